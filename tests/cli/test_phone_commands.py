"""Commands about senses and about blocked callers, each test on a phone of its own."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest

from callerid.cli import doctor
from callerid.core.wording.table import places
from callerid.phone import line_stream
from callerid.store.ledger.database import VERSION, open_ledger
from tests.desks import titles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome

pytestmark = pytest.mark.usefixtures("quick_searches")


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait until a stream is stable."""
    monkeypatch.setattr(line_stream, "_STABLE", 0.1)


@pytest.fixture
def desk(tmp_path: Path, synced_home: SyncedHome) -> Iterator[QuickDesk]:
    with synced_home.desk(tmp_path) as made:
        yield made


def test_doctor_prints_what_works_what_it_costs_and_how_to_fix_the_rest(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    printed = desk.start("doctor").stdout
    assert "✓ telephony" in printed
    assert "ms of CPU time" in printed
    assert "+ inbox           no automation app has reported a call yet (optional: a way to hear a ring)\n" in printed
    assert "docs/hearing-a-ring.md" in printed
    assert "✗ daemon          not running (without it no ring is shown)\n" in printed
    findings = {finding["name"]: finding for finding in desk.json("doctor", "--notifications")}
    assert findings["notifications"]["works"] is True
    assert findings["telephony"]["looks_a_day"] == 43_500
    assert findings["stream"]["works"] is False


def test_doctor_marks_what_is_optional_in_japanese_too(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "terminal_columns", lambda: 40)
    desk.start("config", "set", "language", "ja")
    printed = desk.start("doctor").stdout
    assert "\n+ inbox " in printed
    assert "（任意: " in printed
    typed = ("am", "adb", "callerid", "sh", "settings")
    assert [
        line for line in printed.splitlines() if places(line) > 40 and not set(typed) & set(line.replace(":", " ").split())
    ] == []


def test_doctor_fits_a_narrow_terminal_but_what_is_typed_is_one_line(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.phone.change(notification_access=False)
    monkeypatch.setattr(doctor, "terminal_columns", lambda: 40)
    long = [line for line in desk.start("doctor").stdout.splitlines() if len(line) > 40]
    assert [line for line in long if not line.startswith("  ")] == []
    assert any(line.startswith("  am start -a android.settings") for line in long)
    assert all(line.lstrip().split()[0] in ("am", "adb", "callerid") for line in long)


def test_doctor_on_a_phone_where_nothing_works(desk: QuickDesk) -> None:
    desk.start("config", "set", "region", "auto")
    for command in ("termux-call-log", "termux-contact-list", "termux-notification-list", "termux-telephony-deviceinfo"):
        desk.phone.fault(command, "denied")
    desk.phone.change(notification_access=False, packages={})
    (desk.home / "ledger.db.answers-of-another").touch()
    findings = {finding["name"]: finding for finding in desk.json("doctor", "--notifications")}
    phone = (
        "journal",
        "call log",
        "phone contacts",
        "sim",
        "region",
        "daemon",
        "stream",
        "telephony",
        "notifications",
        "hearing",
        "access",
    )
    assert [name for name in phone if findings[name]["works"] is not False] == []
    assert "adb shell pm grant" in findings["telephony"]["remedy"]
    assert "NOTIFICATION_LISTENER" in findings["notifications"]["remedy"]
    assert "READ_CALL_LOG" in findings["call log"]["says"]


@pytest.mark.parametrize("with_daemon", [False, True])
def test_the_inbox_is_tried_by_the_command_that_doctor_names_and_nothing_of_it_stays(desk: QuickDesk, *, with_daemon: bool) -> None:
    def inbox() -> tuple[bool, str]:
        finding = next(finding for finding in desk.json("doctor") if finding["name"] == "inbox")
        return finding["works"], finding["remedy"]

    works, remedy = inbox()
    assert (works, "try the way to callerid without one: callerid doctor --ring" in remedy) == (False, True)
    with desk.daemon_here() if with_daemon else contextlib.nullcontext():
        tried = desk.start("doctor", "--ring")
        assert tried.stdout == "A test ring was heard by the inbox; its card is taken away again.\n"
        assert ("No daemon runs" in tried.stderr) is not with_daemon
        assert [entry["shown"]["title"] for entry in desk.phone.journal() if "shown" in entry][-1] == "+1 202-555-0100"
        assert titles(desk) == []
    assert inbox() == (True, "")


def test_doctor_ends_with_1_unless_the_main_job_can_work_and_mends_what_it_can(desk: QuickDesk) -> None:
    desk.phone.start_shizuku()
    with desk.daemon_here():
        desk.phone.wait(lambda: desk.json("status")["last_poll"], 60)
        assert desk.start("doctor").returncode == 0
        desk.phone.change(appops={"com.termux.api POST_NOTIFICATION": "ignore"})
        broken = desk.start("doctor", "--fix")
        assert broken.returncode == 1
        assert "✗ cards           Android shows no notifications of Termux:API (a ring is shown as a notification)" in broken.stdout
        assert "cards: set by shizuku" in broken.stdout
        assert desk.start("doctor").returncode == 0
    assert desk.start("doctor").returncode == 1


def test_doctor_shows_what_both_databases_hold(desk: QuickDesk) -> None:
    findings = {finding["name"]: finding for finding in desk.json("doctor")}
    assert findings["mirror"]["rows"]["contacts"] == 40
    assert findings["ledger"]["version"] == VERSION
    assert findings["ledger"]["bytes"] > 0
    assert findings["telephony"]["rows"] is None
    printed = desk.start("doctor").stdout.splitlines()
    assert printed[0].startswith("✓ disk ")
    assert printed[1].startswith("✓ ledger          whole, version")
    assert "40 contacts" in printed[2]


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_doctor_on_a_damaged_ledger_says_how_to_restore_it_and_leaves_it_alone(desk: QuickDesk, words: tuple[str, ...]) -> None:
    ledger = desk.home / "ledger.db"
    ledger.write_bytes(b"once upon a time " * 1000)
    before = ledger.read_bytes()
    ended = desk.start("doctor", *words)
    assert ended.returncode == 50
    assert "The ledger is out of order" in ended.stderr
    assert "file is not a database" in ended.stdout
    assert "callerid run --once upkeep" in ended.stdout
    assert "mirror" in ended.stdout
    assert ledger.read_bytes() == before


def test_doctor_on_a_mirror_of_garbage_says_so_and_checks_everything_else(desk: QuickDesk) -> None:
    (desk.home / "mirror.db").write_bytes(b"garbage" * 4000)
    ended = desk.start("doctor", "--json")
    found = {finding["name"]: finding for finding in json.loads(ended.stdout)}
    assert (found["mirror"]["works"], found["mirror"]["says"]) == (False, "damaged: file is not a database")
    assert "run --once upkeep pull" in found["mirror"]["remedy"]
    assert found["clock"]["works"]
    assert "mirror.db is damaged" in ended.stderr  # it was put aside, as by each command


def test_doctor_recognises_root_an_automation_app_and_hidden_numbers(desk: QuickDesk) -> None:
    desk.phone.root()
    ledger = open_ledger(desk.home / "ledger.db")
    for name, value in (("ear inbox", "0 1 1"), ("hides numbers: telephony", "1")):
        ledger.key_values.write(name, value)
    ledger.close()
    findings = {finding["name"]: finding for finding in desk.json("doctor")}
    assert findings["inbox"]["works"]
    assert "root" in findings["stream"]["says"]
    assert not findings["telephony"]["works"]


def test_numbers_are_ignored_and_the_list_prints_only_their_count(desk: QuickDesk) -> None:
    assert desk.start("ignore", "087 123 4567").returncode == 0
    assert desk.start("ignore").stdout == "1 number is ignored\n"
    refused = desk.start("ignore", "nonsense")
    assert (refused.returncode, "callerid ignore +353871234567" in refused.stderr) == (2, True)
    assert desk.start("ignore", "+353871234567", "--remove").returncode == 0
    gone = desk.start("ignore", "+353871234567", "--remove")
    assert (gone.returncode, "with its country code; how many are on it: callerid ignore" in gone.stderr) == (2, True)


def test_what_is_no_number_is_said_to_be_none_where_the_country_is_not_known_either(desk: QuickDesk) -> None:
    desk.phone.fault("termux-telephony-deviceinfo", "empty")
    settings = desk.home / "config.toml"
    settings.write_text(settings.read_text().replace('region = "IE"', 'region = "auto"'))
    assert "'nonsense' is not a phone number" in desk.start("ignore", "nonsense").stderr
    assert "The country of this phone is not known yet" in desk.start("ignore", "087 123 4567").stderr


def test_what_cannot_be_taken_off_the_ignored_is_not_answered_with_the_command_that_adds(desk: QuickDesk) -> None:
    refused = desk.start("ignore", "--remove", "nonsense")
    assert (refused.returncode, "callerid ignore --remove +353871234567" in refused.stderr) == (2, True)


def test_forgetting_a_person_needs_confirmation(desk: QuickDesk) -> None:
    asked = desk.start("forget", "087 123 4567")
    assert asked.returncode != 0
    assert "Forget Ana López · Acme Ltd (1 contact, 1 number) and all their calls" in asked.stdout + asked.stderr
    assert "Ana López" in desk.start("lookup", "087 123 4567").stdout
    assert desk.start("forget", "Nobody Atall").returncode == 2
    assert desk.json("forget", "087 123 4567", "--yes")["contacts"] == 1
    assert "Ana" not in desk.start("lookup", "087 123 4567").stdout
    assert "forgotten: 0 contacts" in desk.start("forget", "+33145678900", "--yes").stdout
    (desk.home / "addressbook.json").mkdir()
    done = desk.start("forget", "+33145678900", "--yes")
    assert (done.returncode, "forgotten: 0 contacts" in done.stdout) == (50, True)
    assert "not everywhere" in done.stderr
    assert "addressbook.json" in done.stderr
    assert "Then type the same command again." in done.stderr
    done = desk.start("forget", "+33145678900", "--yes", "--json")
    assert (done.returncode, json.loads(done.stdout)["is_complete"]) == (50, False)


def test_while_the_region_is_unknown_no_national_number_is_put_on_the_block_list(desk: QuickDesk) -> None:
    settings = desk.home / "config.toml"
    settings.write_text(settings.read_text().replace('region = "IE"', 'region = "auto"'))
    desk.phone.fault("termux-telephony-deviceinfo", "empty")
    for words in (("ignore", "087 123 4567"), ("forget", "087 123 4567", "--yes")):
        refused = desk.start(*words)
        assert (refused.returncode, "callerid config set region" in refused.stderr) == (2, True)
    for words in (("ignore", "+33145678900"), ("forget", "+33145678900", "--yes")):
        assert desk.start(*words).returncode == 0
    assert desk.start("ignore", "+353871234567").returncode == 0


def test_status_shows_when_the_last_ring_was_heard_and_by_which_sense(desk: QuickDesk) -> None:
    assert "no ring in the last two days" in desk.start("status").stdout
    desk.phone.ring("+353 87 123 4567")
    desk.start("run", "--once", "inbox")
    assert "heard just now (inbox)" in desk.start("status").stdout
