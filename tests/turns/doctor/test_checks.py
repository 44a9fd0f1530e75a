"""Each check of the doctor is seen failing on a simulated phone, and found mended."""

from __future__ import annotations

import os
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from callerid.cli.quick import status
from callerid.core.doctor.finding import job_cannot_work
from callerid.core.upkeep.health import Source
from callerid.core.upkeep.heartbeat import Beat, Freeze
from callerid.errors import Offline, PhoneFault, TokenFault
from callerid.phone.bounded_runner import BoundedRunner
from callerid.store.ledger.block_list import Kind as BlockKind
from callerid.translation import in_language
from callerid.turns.doctor import examination
from callerid.turns.doctor.examination import Examination
from callerid.turns.doctor.examine import examine
from callerid.turns.doctor.table import CHECKS, Check
from callerid.turns.ringing.notification_access import note_list_answered
from callerid.turns.upkeep.heart import BEAT_KEY, FREEZE_KEY, beat, beat_now
from tests.turns.doctor.examinations import examined, surroundings
from tests.turns.ringing.reports import report_ring
from tests.turns.world import ANA

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.core.doctor.finding import Finding
    from tests.turns.world import World

API = "com.termux.api"
OF_HUBSPOT = ("token", "crm", "scopes", "exports", "owner")


class Case(NamedTuple):
    """How a check fails, what it says then, and how that is mended."""

    check: str
    break_it: Callable[[World], object]
    says: str
    mend_it: Callable[[World], object]
    remedy: str = ""
    works: bool | None = True  # when it is mended


def _with(**settings: object) -> Callable[[World], object]:
    return lambda world: world.phone.change(**settings)


def _lose_key(world: World) -> None:
    world.app.ledger.block_list.add(BlockKind.IGNORED_LINE, ["+353861112233"])
    for file in world.where.block_list_key.parent.glob("marks.key*"):
        file.unlink()
    world.restart()


def _package(name: str, **changes: object) -> Callable[[World], object]:
    """Change what is known of an installed app."""

    def change(world: World) -> None:
        packages = world.state.read()["packages"]
        world.phone.change(packages=packages | {name: packages[name] | changes})

    return change


def _without(name: str) -> Callable[[World], object]:
    return lambda world: world.phone.change(packages={k: v for k, v in world.state.read()["packages"].items() if k != name})


def _install(world: World, name: str) -> None:
    packages = world.state.read()["packages"]
    world.phone.change(packages=packages | {name: {"code": 1002, "installer": "org.fdroid.fdroid", "uid": 10234}})


def _fault(command: str, kind: str, **details: object) -> Callable[[World], object]:
    return lambda world: world.phone.fault(command, kind, **details)  # type: ignore[arg-type]


def _nothing(_: World) -> None:
    """Leave the phone as it is: it lacks that already."""


def _dialogs_work(world: World) -> None:
    world.app.report(Source.DIALOGS, None, world.now)
    world.app.ledger.key_values.write("dialog_tried", "1")


def _no_fault(world: World) -> None:
    world.phone.clear_faults()


def _write(name: str, value: object) -> Callable[[World], object]:
    return lambda world: world.app.ledger.key_values.write(name, str(value))


def _settings(more: str) -> Callable[[World], object]:
    return lambda world: world.settings(f'region = "IE"\n{more}\n')


def _stale(world: World) -> None:
    world.later(days=9)


def _fresh(world: World) -> None:
    world.sync()


def _root_with_op(op: str, mode: str) -> Callable[[World], object]:
    def change(world: World) -> None:
        world.phone.root()
        world.phone.change(appops={op: mode})

    return change


HEALTHY = _package(API, code=1002, uid=10234, installer="org.fdroid.fdroid")
PHANTOMS = "global settings_enable_monitor_phantom_procs"
COOLDOWN = "system notification_cooldown_enabled"
XIAOMI = _with(maker="Xiaomi", dump_granted=False)
DIALOGS = PhoneFault("no dialog was shown.", remedy="Allow it.")
CASES = (
    Case("cards", _fault("termux-notification", "hang"), "no answer", _no_fault, "Open the Termux:API app"),
    Case("cards", _fault("termux-notification", "killed"), "ended with 137", _no_fault, "pkg reinstall termux-api"),
    Case("cards", _with(appops={f"{API} POST_NOTIFICATION": "ignore"}), "Android shows no", _with(appops={}), "APP_NOTIFICATION"),
    Case("call log", _fault("termux-call-log", "denied"), "READ_CALL_LOG", _no_fault, "Grant it"),
    Case("call log", _fault("termux-call-log", "empty"), "printed nothing", _no_fault, "0.52 or later"),
    Case(
        "call log",
        _fault("termux-call-log", "prints", text="Establishing connection to Termux:API ...\n"),
        "Establishing connection to Termux:API ...",
        _no_fault,
    ),
    Case("phone contacts", _fault("termux-contact-list", "denied"), "READ_CONTACTS", _no_fault, "Grant it"),
    Case("sim", _fault("termux-telephony-deviceinfo", "denied"), "READ_PHONE_STATE", _no_fault, "Grant it"),
    Case("sim", _with(sim_country="", network_country=""), "neither SIM", _with(sim_country="ie"), "config set region"),
    Case("job", _fault("termux-job-scheduler", "empty"), "printed nothing", _with(faults={}, jobs={"7": "/x/callerid-sync"})),
    Case(
        "termux",
        _package("com.termux", installer="com.android.vending"),
        "Play store's",
        _package("com.termux", installer="org.fdroid.fdroid"),
        "F-Droid",
    ),
    *(
        Case("settings", _settings(broken), says, _settings(""), remedy)
        for broken, says, remedy in (
            ('[hooks]\nmissed = "/no/such/program"', "hooks.missed: there is no file /no/such/program", "ls -la"),
            (
                '[carddav]\nurl = "ftp://dav.example.com/"',
                "carddav.url: The address of the server is not a web address",
                "https://",
            ),
            ('[carddav]\nuser = "x"\npassword_file = "/nope"', "The password file /nope does not exist", "chmod 600"),
            ('[carddav]\nurl = "http://dav.example.com/"', "carddav.url: The address is not encrypted", "Write https://"),
        )
    ),
    Case("termux:api", _without(API), "not installed", lambda world: _install(world, API), "Install Termux:API"),
    Case("termux:api", _package(API, code=51), "empty", HEALTHY, "0.52 or later"),
    Case("termux:api", _package(API, code=1000), "first action", HEALTHY, "0.52 or later"),
    Case("one source", _package(API, uid=10300, installer="null"), "signed by different makers", HEALTHY, "all from F-Droid"),
    Case("access", _with(notification_access=False), "may not read", _with(notification_access=True), "Allow restricted settings"),
    Case("access", _with(listener_connected=False), "not connected", _with(listener_connected=True), "off and on"),
    Case(
        "draw over",
        lambda world: world.app.report(Source.DIALOGS, DIALOGS, world.now),
        "last dialog did not show",
        _dialogs_work,
        "MANAGE_OVERLAY_PERMISSION",
    ),
    Case("draw over", _root_with_op(f"{API} SYSTEM_ALERT_WINDOW", "deny"), "may not draw", _with(appops={}), "MANAGE_OVERLAY"),
    Case(
        "battery", _with(dump_granted=True, whitelist=["com.termux"]), API, _with(whitelist=["com.termux", API]), "IGNORE_BATTERY"
    ),
    Case("battery", _with(dump_granted=False), "cannot be read", _with(dump_granted=True), "IGNORE_BATTERY"),
    Case(
        "freezer",
        _write(FREEZE_KEY, Freeze(at=time.time() - 7200, seconds=1800)),
        "froze the daemon for 30 min",
        _with(settings={"global cached_apps_freezer": "disabled"}),
        "cached_apps_freezer disabled",
    ),
    Case("phantoms", _with(sdk=33), "signal 9", _with(settings={PHANTOMS: "false"}), f"adb shell settings put {PHANTOMS} false"),
    Case("phantoms", _with(sdk=34), "signal 9", _with(sdk=30), "Disable child process restrictions"),
    Case("phantoms", _with(sdk=31), "cannot be told", _with(sdk=30), "max_phantom_processes"),
    Case("cooldown", _with(sdk=36), "makes no sound", _with(settings={COOLDOWN: "0"}), "NOTIFICATION_SETTINGS"),
    Case("autostart", XIAOMI, "cannot be read", lambda world: world.where.booted.touch(), "AutoStartManagementActivity"),
    Case(
        "autostart",
        lambda world: (XIAOMI(world), _root_with_op("com.termux 10008", "ignore")(world)),
        "does not let",
        _with(appops={}),
        "Autostart",
    ),
    Case("dump grant", _with(dump_granted=False), "not granted", _with(dump_granted=True), "pm grant com.termux"),
    Case("root", _nothing, "no root", lambda world: world.phone.root(), "su -c id"),
    Case("shizuku", _nothing, "no Shizuku", lambda world: world.phone.start_shizuku()),
    Case("boot", _nothing, "~/.termux/boot", lambda world: world.where.booted.touch(), "install.sh"),
    Case("boot", _without("com.termux.boot"), "not installed", lambda world: world.where.booted.touch(), "Install it"),
    Case(
        "wake lock",
        lambda world: _termux_says(world, "1 session"),
        "released it",
        lambda world: _termux_says(world, "1 session (wake lock held)"),
        "termux-wake-lock",
    ),
    Case("clock", _write("last_sync", 4_000_000_000), "it is behind", _write("last_sync", 1), "DATE_SETTINGS"),
    Case(
        "clock", lambda world: setattr(world, "now", world.now.replace(year=2020)), "2020", lambda w: w.later(days=2500), "DATE_S"
    ),
    Case("clock", _with(zone="Fancy/Zone"), "'Fancy/Zone'", _with(zone="Europe/Berlin"), "tzdata"),
    Case("block list", _lose_key, "marks.key is gone", lambda world: world.app.ledger.block_list.reset(), "ignore --reset"),
    Case("mirror age", _stale, "9 days old", _fresh, "callerid sync"),
    Case("region", lambda world: _region(world, ""), "not understood", lambda world: _region(world, "IE"), "config set region"),
    Case("inbox", _nothing, "no automation app", _write("ear inbox", "0 1 1"), "hearing-a-ring"),
    Case("inbox", _write("ear inbox", "0 1 0"), "without their numbers", _write("ear inbox", "0 1 1"), "Allow it Call logs"),
    Case("inbox", _write("ear inbox", "2 1 1"), "missed the last ones", _write("ear inbox", "0 1 1"), "profile is on"),
    Case("stream", _nothing, "no root and no Shizuku", lambda world: world.phone.start_shizuku(), "Start Shizuku"),
    Case("telephony", _with(dump_granted=False), "may not read", _with(dump_granted=True), "pm grant"),
    Case("notifications", _with(notification_access=False), "no notification access", _with(notification_access=True), "Allow res"),
)


def _termux_says(world: World, text: str) -> None:
    row = {"id": 1337, "tag": "", "key": "0|com.termux|1337|null|10234", "packageName": "com.termux", "title": "Termux"}
    world.phone.change(dialer_rows=[row | {"content": text, "group": "", "when": "2026-11-23 12:00:00"}])


def _region(world: World, region: str) -> None:
    world.app = replace(world.app, region=region)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.check}: {case.says}" for case in CASES])
def test_a_check_fails_with_a_remedy_and_finds_what_was_mended(world: World, case: Case) -> None:
    case.break_it(world)
    found = examined(world, case.check)[case.check]
    assert found.works is not True
    assert case.says in found.says
    assert case.remedy in found.remedy
    assert found.why
    case.mend_it(world)
    assert examined(world, case.check)[case.check].works is case.works


def test_every_check_has_a_case() -> None:
    in_other_tests = {
        "commands",
        "service",
        "python",
        "token",
        "crm",
        "scopes",
        "exports",
        "outbox",
        "sum",
        "owner",
        "daemon",
    }
    assert {case.check for case in CASES} | in_other_tests == {check.name for check in CHECKS}


def test_without_a_token_nobody_is_said_to_have_calls_logged_in_their_name(world: World) -> None:
    checks = [check for check in CHECKS if check.name == "owner"]
    (found,) = examine(world.app, surroundings(world), environ={}, connect=lambda: world.hub, checks=checks)
    assert (found.works, found.says) == (None, "no call is logged: no token is set")


def test_where_names_come_from_a_file_nothing_is_said_of_hubspot(world: World) -> None:
    config = world.app.config
    world.app = replace(world.app, config=replace(config, crm=replace(config.crm, provider="file", owner="me@example.com")))
    found = examined(world, *OF_HUBSPOT)
    assert found.keys() == set(OF_HUBSPOT)
    for finding in found.values():
        assert (finding.works, finding.says, finding.remedy) == (
            None,
            "not used: names come from a file, and no call is logged",
            "",
        )


def test_a_test_notification_is_really_shown_and_is_gone_afterwards(world: World) -> None:
    found = examined(world, "cards")["cards"]
    assert "was on the screen, and is gone again" in found.says
    assert [shown["id"] for shown in world.phone.happened("shown")] == ["callerid-doctor"]
    assert world.titles() == []


def test_the_package_termux_api_is_asked_for_its_version(world: World, tmp_path: Path) -> None:
    client = tmp_path / "usr" / "libexec" / "termux-api"
    runner = world.runner()
    runner.environment["PREFIX"] = str(tmp_path / "usr")
    world.app = replace(world.app, runner=runner)
    assert "half upgraded" in examined(world, "commands")["commands"].says
    client.parent.mkdir(parents=True)
    for version, works in (("0.57", False), ("0.59.1", True)):
        client.write_text(f"#!/bin/sh\necho {version}\n")
        client.chmod(0o700)
        assert examined(world, "commands")["commands"].works is works


def test_the_service_is_on_off_or_not_supervised(world: World, tmp_path: Path) -> None:
    runner = world.runner()
    runner.environment["PREFIX"] = str(tmp_path / "usr")
    world.app = replace(world.app, runner=runner)
    service = tmp_path / "usr" / "var" / "service" / "callerid"

    def finding() -> Finding:
        return examined(world, "service")["service"]

    assert finding().works  # without termux-services
    service.parent.mkdir(parents=True)
    assert finding().works is None
    (service / "supervise").mkdir(parents=True)
    (service / "run").touch()
    assert "not supervised" in finding().says
    (service / "supervise" / "stat").write_text("run\n")
    assert finding().says == "runsv keeps the daemon running"
    (service / "down").touch()
    assert finding().works


def test_termux_boot_is_opened_once_and_a_folder_before_our_script_is_told(world: World) -> None:
    folder = Path(world.app.termux.runner.variable("HOME"), ".termux", "boot")
    folder.mkdir(parents=True)
    (folder / "callerid").touch()
    assert "Open Termux:Boot once" in examined(world, "boot")["boot"].remedy
    (folder / "backups").mkdir()
    assert "backups" in examined(world, "boot")["boot"].says
    world.where.booted.touch()
    os.utime(world.where.booted, (1, 1))  # of an earlier start of the phone
    assert examined(world, "boot")["boot"].works is False


def test_a_python_that_is_gone_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert examined(world, "python")["python"].works
    monkeypatch.setattr(sys, "executable", "/no/python")
    assert "replaced" in examined(world, "python")["python"].says


def test_the_token_the_crm_and_each_scope_are_tried(world: World) -> None:
    names = ("token", "crm", "scopes")
    assert all(finding.works for finding in examined(world, *names).values())
    world.portal.scopes.discard("crm.objects.deals.read")
    assert examined(world, *names)["deals.read"].works is False
    world.portal.go_offline()
    found = examined(world, *names)
    assert (found["token"].works, found["crm"].works, found["scopes"].works) == (None, False, None)
    world.portal.go_online()


def test_a_daemon_that_was_frozen_is_told_apart_from_a_phone_that_slept(world: World) -> None:
    now = beat_now()

    def finding(before: Beat, *, runs: bool = True) -> Finding:
        _write(BEAT_KEY, before)(world)
        around = replace(surroundings(world, daemon_runs=runs), beat=now)
        return examined(world, "daemon", around=around)["daemon"]

    assert "not running" in finding(now, runs=False).says
    frozen = finding(replace(now, awake=now.awake - 3600, boot=now.boot - 3600))
    assert frozen.works is False
    assert "has not stirred for 60 min" in frozen.says
    slept = finding(replace(now, boot=now.boot - 3600, awake=now.awake - 60))
    assert slept.works
    assert "slept for 59 min" in slept.says
    assert "no heartbeat yet" in finding(replace(now, boot=now.boot + 9999)).says  # of before the last restart
    world.where.not_started.touch()
    assert "could not be started" in finding(now, runs=False).says


def test_a_late_heartbeat_is_remembered_unless_it_is_a_new_daemons_first(world: World) -> None:
    key_values, now = world.app.ledger.key_values, beat_now()
    late = replace(now, boot=now.boot + 9000, awake=now.awake + 9000, wall=now.wall + 9000)
    beat(key_values, now, is_first=True)
    beat(key_values, late, is_first=True)
    assert key_values.read(FREEZE_KEY) is None
    beat(key_values, now, is_first=True)
    beat(key_values, late, is_first=False)
    kept = Freeze.parse(key_values.read(FREEZE_KEY) or "")
    assert kept
    assert kept.seconds == 9000 - 900


def test_what_the_main_job_needs_decides_the_exit_status(world: World) -> None:
    world.phone.change(dump_granted=True)
    assert not job_cannot_work(examined(world).values())
    world.phone.fault("termux-contact-list", "denied")
    assert not job_cannot_work(examined(world).values())
    world.phone.fault("termux-call-log", "denied")
    assert job_cannot_work(examined(world).values())
    world.phone.clear_faults()
    world.phone.change(dump_granted=False, notification_access=False)
    assert [finding.name for finding in examined(world).values() if job_cannot_work([finding])] == ["hearing"]


def test_doctor_and_status_say_the_same_of_a_ring_that_was_reported_before_any_call_has_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after the test call of a setup: else doctor would say that nobody is told who calls."""
    monkeypatch.setattr(status, "utc_now", lambda: world.now)
    world.app.ledger.key_values.write("senses", "inbox")

    def said() -> tuple[bool | None, str]:
        return examined(world, "inbox")["inbox"].works, dict(status.status_lines(world.app, running=True))["hearing"]

    works, hearing = said()
    assert (works, hearing.startswith("not certain: no sense is known to hear a ring")) == (False, True)
    report_ring(world, ANA, sense="inbox")
    works, hearing = said()
    assert (works, hearing.startswith("yes, by inbox")) == (True, True)


def test_when_every_command_hangs_all_checks_end_in_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a phone the sixteen seconds are a second here, and each command waits as long as it may."""
    monkeypatch.setattr(examination, "WITHIN", 1.0)
    for command in world.phone._installed():
        world.phone.fault(command, "hang")
    runner = world.runner()
    runner.waits_for_hangs = True
    world.app = replace(world.app, runner=runner)
    began = time.monotonic()
    found = examined(world)
    assert time.monotonic() - began < 4.0
    assert found["cards"].works is False
    assert job_cannot_work(found.values())


def test_when_the_crm_hangs_too_all_checks_together_wait_for_it_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each waited for a second of its own, so that a network that swallows everything made the whole take 24 seconds."""
    monkeypatch.setattr(examination, "WITHIN", 0.0)
    monkeypatch.setattr("callerid.turns.doctor.examine._MORE", 0.1)
    answers = threading.Event()
    checks = [Check(name=f"check {number}", why="", crm=lambda _: answers.wait(5)) for number in range(12)]  # type: ignore[arg-type,return-value]
    began = time.monotonic()
    found = [*examine(world.app, surroundings(world), environ={}, connect=lambda: world.hub, checks=checks)]
    assert time.monotonic() - began < 1.0
    answers.set()
    assert {finding.says for finding in found} == {"no answer in time"}


def test_commands_that_would_come_too_late_are_not_started(world: World) -> None:
    clock = iter((0.0, 9.0, 20.0))
    runner = BoundedRunner(world.app.termux.runner, 16.0, clock=lambda: next(clock))
    assert runner.run(["getprop", "persist.sys.timezone"], timeout=10).stdout == "Europe/Berlin\n"
    with pytest.raises(PhoneFault, match="was not tried"):
        runner.run(["getprop"], timeout=10)


def test_what_two_checks_ask_the_phone_is_asked_once(world: World) -> None:
    examined(world, "termux", "termux:api", "one source", "boot")
    assert sum(entry.get("command") == "pm" for entry in world.phone.journal()) == 1
    x = Examination(world.app, surroundings(world), has_token=True)
    asked: list[int] = []
    threads = [threading.Thread(target=lambda: x.once("word", lambda: asked.append(1))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked == [1]


def test_a_listed_test_card_needs_access_that_was_seen_to_work(world: World) -> None:
    world.phone.fault("settings", "empty")
    found = examined(world, "cards", "notifications")
    assert found["notifications"].works is None
    assert "only you can see" in found["cards"].says
    note_list_answered(world.app.ledger)
    assert examined(world, "notifications")["notifications"].works


def test_why_no_test_card_is_shown_is_said_in_japanese(world: World) -> None:
    world.phone.uninstall("termux-notification")
    found = examined(world, "cards")["cards"]
    assert not found.works
    assert in_language(found.says, "ja") != found.says


@pytest.mark.parametrize("fault", [TokenFault("It is not accepted."), Offline("No network.")])
def test_a_crm_that_cannot_even_be_connected_to_is_a_finding(world: World, fault: Exception) -> None:
    def connect() -> None:
        raise fault

    checks = [check for check in CHECKS if check.crm]
    found = examine(world.app, surroundings(world), environ={"CALLERID_TOKEN": "x" * 9}, connect=connect, checks=checks)  # type: ignore[arg-type]
    assert str(fault) in " ".join(finding.says for finding in found)


def test_without_a_token_the_crm_is_not_asked(world: World) -> None:
    checks = [check for check in CHECKS if check.crm]
    found = list(examine(world.app, surroundings(world), environ={}, connect=lambda: world.hub, checks=checks))
    assert [finding.works for finding in found] == [None, None, None]


def test_a_clock_that_was_set_is_told(world: World) -> None:
    now = beat_now()
    _write(BEAT_KEY, replace(now, wall=now.wall - 7260))(world)
    found = examined(world, "clock", around=replace(surroundings(world), beat=now))["clock"]
    assert "set forward by 2 hours" in found.says
