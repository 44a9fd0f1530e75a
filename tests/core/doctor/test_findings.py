"""What doctor makes of what it was told: findings, words, pages and versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.core.delivery.retry_policy import Attempts
from callerid.core.delivery.states import DeliveryState
from callerid.core.doctor import android, apps, data, pages, running, versions
from callerid.core.doctor.apps import Package
from callerid.core.doctor.finding import Cost, bad, good, hearing, job_cannot_work, unknown
from callerid.core.doctor.versions import Part
from callerid.core.followup.states import State
from callerid.core.upkeep.heartbeat import Beat, Freeze
from callerid.core.upkeep.wake_lock import WakeLockPolicy
from tests.core.delivery.rows import ROW

if TYPE_CHECKING:
    from callerid.core.delivery.outbox_row import Delivery

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BEAT = Beat(wall=NOW.timestamp(), boot=50_000, awake=40_000)
LISTED = (
    "package:com.termux versionCode:118  installer=org.fdroid.fdroid uid:10234\n"
    "package:com.termux.api versionCode:1002  installer=null uid:10234\n"
)


def test_a_cost_is_a_part_of_the_battery() -> None:
    cost = Cost(cpu_ms=20, wall_ms=30, looks_a_day=1000)
    assert cost.cpu_seconds_a_day == 20
    assert 0 < cost.battery_a_day < 1


def test_only_what_is_needed_and_surely_broken_stops_the_main_job() -> None:
    broken = replace(bad("it is broken", "Mend it"), needed=True)
    assert job_cannot_work([broken])
    assert not job_cannot_work([replace(broken, needed=False), replace(unknown("who knows"), needed=True)])


def test_a_phone_hears_by_any_sense() -> None:
    assert hearing([replace(good("yes"), name="stream"), replace(bad("no", ""), name="inbox")]).works
    assert hearing([replace(unknown("not tried"), name="notifications")]).works is False


# ------------------------------------------------------------------------------------------------ apps and versions


def test_a_list_of_packages_is_read_with_whatever_this_android_prints() -> None:
    found = apps.parse_packages(LISTED)
    assert found["com.termux.api"] == Package(code=1002, installer="null", uid=10234)
    assert apps.parse_packages("package:com.termux\nError: Unknown option: -U\n") == {"com.termux": Package()}


def test_one_table_tells_which_versions_do_not_work() -> None:
    assert versions.api_version(1001) == "0.52.0"
    assert versions.api_version(51) == "0.50"
    assert versions.known_fault(Part.API, versions.api_version(51), 30)
    assert versions.known_fault(Part.API, "0.51.0", 24)
    assert versions.known_fault(Part.API, f"{versions.OLDEST_GOOD_API}.0", 36) is None
    assert versions.known_fault(Part.API, versions.api_version(1009), 36) is None
    assert versions.known_fault(Part.COMMANDS, "0.57", 34)
    assert versions.known_fault(Part.COMMANDS, "0.57", 33) is None
    assert versions.known_fault(Part.TERMUX, "0.108", 30)


def test_the_readme_names_the_oldest_version_of_that_table() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    assert f"({versions.OLDEST_GOOD_API} or later)" in readme
    assert max(bad.fixed_in for bad in versions.KNOWN_BAD if bad.part is Part.API) == (0, 52)


def test_termux_is_judged_by_its_version_and_store() -> None:
    packages = apps.parse_packages(LISTED)
    assert apps.termux_itself({}, "", 0).works is None
    assert apps.termux_itself(packages, "0.118.3", 34).works
    assert apps.termux_itself(packages, "", 34).says == "installed; its version is not known"
    assert "Play store" in apps.termux_itself(packages, "googleplay.2025.10.05", 34).says
    assert apps.termux_itself(packages, "0.108", 34).works is False
    assert apps.termux_api({}, 34).works is None
    assert apps.termux_api({"com.termux": Package()}, 34).works is False
    assert apps.termux_api(packages, 34).says == "0.53.0"
    assert apps.commands("", 34).works is False
    assert apps.commands("0.59.1", 34).works


def test_apps_of_one_source_share_a_user_or_come_all_from_the_play_store() -> None:
    packages = apps.parse_packages(LISTED)
    assert apps.one_source(packages).says == "com.termux F-Droid, com.termux.api by hand"
    other = Package(code=1002, installer="com.android.vending", uid=10300)
    assert apps.one_source(packages | {"com.termux.api": other}).works is False
    assert apps.one_source({"com.termux": replace(other, uid=10301), "com.termux.api": other}).works
    assert apps.one_source({"com.termux": other}).works is None
    assert apps.one_source({"com.termux": Package(), "com.termux.api": Package()}).works is None


def test_a_makers_pages_end_with_the_apps_own() -> None:
    maker = pages.maker("Redmi")
    assert maker
    assert "AutoStartManagementActivity" in pages.typed(maker.pages[0])
    assert maker.pages[-1] == pages.app_info("com.termux")
    honor = pages.maker(" HONOR ")
    assert honor
    assert "huawei" in pages.typed(honor.pages[0])
    assert pages.maker("Google") is None


# ------------------------------------------------------------------------------------------------ Android's settings


@pytest.mark.parametrize(
    ("printed", "mode"),
    [
        ("SYSTEM_ALERT_WINDOW: allow; time=+2d3h ago\n", "allow"),
        ("Uid mode: SYSTEM_ALERT_WINDOW: ignore\nSYSTEM_ALERT_WINDOW: deny\n", "deny"),
        ("MIUIOP(10008): ignore\n", "ignore"),
        ("No operations.\nDefault mode: default\n", ""),
        ("cmd: Failure calling service appops: Failed transaction (2147483646)\n", ""),
    ],
)
def test_an_appops_mode_is_read(printed: str, mode: str) -> None:
    assert android.appop(printed) == mode


def test_a_freeze_of_yesterday_counts_and_an_older_one_does_not() -> None:
    freeze = Freeze(at=NOW.timestamp(), seconds=1800)
    assert "for 30 min, 2 h ago" in android.freezer("enabled", freeze, 120).says
    assert android.freezer("null", freeze, 30 * 60).works
    assert android.freezer("disabled\n", freeze, 5).works
    assert android.freezer("", None, 0).works


def test_phantoms_and_cooldown_depend_on_the_version_of_android() -> None:
    assert android.phantoms("null", 30).works
    assert android.phantoms("null", 31).works is None
    assert android.phantoms("false\n", 33).works
    assert "Developer options" not in android.phantoms("null", 33).remedy
    assert "Developer options" in android.phantoms("true", 35).remedy
    assert android.cooldown("null", 35).works
    assert android.cooldown("0\n", 36).works
    assert android.cooldown("null", 36).works is False


def test_both_apps_must_be_exempt_from_battery_optimisation() -> None:
    both = "system,com.android.shell,2000\nuser,com.termux,10234\nuser,com.termux.api,10234\n"
    assert android.battery(both).works
    assert "com.termux.api" in android.battery("user,com.termux,10234\n").says
    assert android.battery(None).works is None


def test_dialogs_are_judged_by_the_mode_else_by_the_last_one() -> None:
    assert android.overlay("allow", dialogs_fail=True, dialog_tried=True).works
    assert android.overlay("default", dialogs_fail=False, dialog_tried=True).works is False
    assert android.overlay("", dialogs_fail=True, dialog_tried=True).works is False
    assert android.overlay("", dialogs_fail=False, dialog_tried=True).works
    assert android.overlay("", dialogs_fail=False, dialog_tried=False).works is None


def test_notification_access_is_read_from_the_names_of_listeners() -> None:
    other = "com.android.launcher/.Listener"
    assert android.notification_access(f"{other}:com.termux.api/com.termux.api.apis.X\n").works
    assert android.notification_access(other).works is False
    assert android.notification_access("null\n").works is False
    assert android.notification_access("").works is None
    assert android.notification_access("java.lang.SecurityException").works is None


def test_a_card_is_judged_by_the_list_else_by_the_mode() -> None:
    assert android.cards("", None, "it hung", "Open it").works is False
    assert android.cards("", True, "", "").works
    assert android.cards("", False, "", "").works is False
    assert android.cards("ignore", None, "", "").works is False
    assert android.cards("allow", None, "", "").works
    assert "only you can see" in android.cards("", None, "", "").says


def test_the_dump_grant_and_autostart() -> None:
    assert android.dump_grant(True, is_play_store=False).works
    assert "pm grant" in android.dump_grant(False, is_play_store=False).remedy
    assert "F-Droid" in android.dump_grant(False, is_play_store=True).remedy
    assert android.autostart("Google", "", boot_seen=False).works
    assert android.autostart("Xiaomi", "ignore", boot_seen=True).works is False
    assert android.autostart("Xiaomi", "allow", boot_seen=False).works
    assert android.autostart("Vivo", "", boot_seen=False).works is None


# ------------------------------------------------------------------------------------------------ what runs


def test_the_daemon_lives_is_frozen_sleeps_or_is_not_there() -> None:
    def later(boot: float, awake: float) -> Beat:
        return Beat(wall=BEAT.wall + boot, boot=BEAT.boot + boot, awake=BEAT.awake + awake)

    def says(now: Beat, beat: Beat | None = BEAT) -> str:
        return running.daemon(runs=True, beat=beat, now=now, not_started=False).says

    assert "last heartbeat 5 min ago" in says(later(300, 300))
    assert "has not stirred" in says(later(4000, 4000))
    assert "slept for 50 min" in says(later(3600, 600))
    assert "no heartbeat yet" in says(later(0, 0), None)
    assert running.daemon(runs=False, beat=BEAT, now=BEAT, not_started=False).works is False
    assert "could not be started" in running.daemon(runs=False, beat=BEAT, now=BEAT, not_started=True).says


def test_what_starts_callerid_with_the_phone() -> None:
    def boot(
        *, installed: bool | None = True, script: bool = True, fresh: bool = False, blocked_by: str = "", seen: bool = False
    ) -> str:
        return running.boot(app_installed=installed, script=script, is_fresh=fresh, blocked_by=blocked_by, seen=seen).says

    assert "started last" in boot(seen=True)
    assert "not installed" in boot(installed=False)
    assert "~/.termux/boot" in boot(script=False)
    assert "backups" in boot(blocked_by="backups")
    assert "did not run" in boot()
    assert "cannot be told before" in boot(fresh=True)


def test_the_service_and_the_job() -> None:
    assert running.service(folder=None, down=False, state="").works
    assert running.service(folder=False, down=False, state="").works is None
    assert running.service(folder=True, down=True, state="").works
    assert running.service(folder=True, down=False, state="run").works
    assert "finish" in running.service(folder=True, down=False, state="finish").says
    assert running.job("Pending Job 7: /home/callerid-sync (periodic: 1 ms)", daemon_runs=False).works
    assert running.job("No jobs found\n", daemon_runs=True).works
    assert running.job("No jobs found\n", daemon_runs=False).works is None
    assert "'Establishing connection'" in running.job("Establishing\nconnection", daemon_runs=True).says
    assert "nothing" in running.job("", daemon_runs=True).says


def test_the_wake_lock_is_what_termuxs_notification_says() -> None:
    held = WakeLockPolicy.HELD
    assert running.wake_lock(held, enabled=True, texts=None).works
    assert running.wake_lock(held, enabled=True, texts=["Termux 1 session (wake lock held)"]).works
    assert running.wake_lock(held, enabled=True, texts=["Termux 1 session"]).works is False
    assert running.wake_lock(held, enabled=False, texts=["Termux 1 session"]).works
    assert "rings" in running.wake_lock(WakeLockPolicy.WHILE_RINGING, enabled=True, texts=None).says
    assert "late" in running.wake_lock(WakeLockPolicy.OFF, enabled=True, texts=None).says


def test_heartbeats_survive_their_text_and_nonsense_is_none() -> None:
    assert Beat.parse(str(BEAT)) == BEAT
    assert Beat.parse("x") is None
    freeze = Freeze(at=5, seconds=9)
    assert Freeze.parse(str(freeze)) == freeze
    assert Freeze.parse("5") is None
    before_restart = replace(BEAT, boot=90_000)
    assert (before_restart.late(BEAT), before_restart.asleep(BEAT), before_restart.clock_set_by(BEAT)) == (0.0, 0.0, 0.0)


# ------------------------------------------------------------------------------------------------ what callerid works with


def waiting(**changes: object) -> Delivery:
    return replace(ROW, **changes)  # type: ignore[arg-type]


def test_what_waits_too_long_or_was_refused_is_told() -> None:
    assert data.outbox([], NOW).says == "empty"
    assert data.outbox([waiting()], NOW).says == "1 on the way to the CRM"
    assert "refused" in data.outbox([waiting(state=DeliveryState.DEAD)], NOW).says
    assert data.outbox([waiting(attempts=Attempts(failures=9))], NOW).works is False
    old = waiting(state=DeliveryState.UNSURE, posted_at=NOW - timedelta(days=3))
    assert data.outbox([old], NOW).says == "1 answer does not get into the CRM"


def test_the_mirrors_age_counts_by_how_often_it_is_synced() -> None:
    hour = timedelta(hours=1)
    assert data.mirror_age(None, hour, NOW).works is False
    assert data.mirror_age(NOW - timedelta(minutes=30), hour, NOW).says == "30 minutes old"
    assert data.mirror_age(NOW - timedelta(hours=20), hour, NOW).works
    assert "3 days old" in data.mirror_age(NOW - timedelta(days=3), hour, NOW).says
    assert data.mirror_age(NOW - timedelta(days=3), timedelta(days=7), NOW).works
    assert data.mirror_age(NOW + timedelta(days=3), hour, NOW).works  # by a clock that was corrected since


def test_the_ledgers_sum() -> None:
    assert data.ledger_sum({State.LOGGED: 2, State.OPEN: 1}, 3).works
    assert data.ledger_sum({State.LOGGED: 2}, 3).works is False


def test_how_many_are_on_the_block_list() -> None:
    assert data.block_list(ignored=0, forgotten=0).says == "nobody is ignored or forgotten"
    assert data.block_list(ignored=2, forgotten=1).says == "2 ignored, 1 forgotten"


def test_a_clock_that_cannot_be_right_is_told() -> None:
    def clock(now: datetime = NOW, latest: datetime | None = None, set_by: float = 0.0, *, known: bool = True) -> str:
        return data.clock(now, latest, set_by, "Europe/Berlin", zone_known=known).says

    assert clock() == "2026-11-24 09:00 UTC, zone Europe/Berlin"
    assert data.clock(NOW, None, 0, "", zone_known=True).says == "2026-11-24 09:00 UTC"
    assert "which is over" in clock(datetime(2020, 1, 1, tzinfo=UTC))
    assert "behind" in clock(latest=NOW + timedelta(days=1))
    assert "set back by 10 minutes" in clock(set_by=-600)
    assert "set forward by 3 hours" in clock(set_by=3 * 3600 + 1)
    assert "not known" in clock(known=False)


def test_the_disk_python_and_the_token() -> None:
    assert data.disk(80_000_000, None).works
    assert data.disk(8_000_000, None).works is False
    assert data.python((3, 14), is_upgraded=False).works
    assert data.python((3, 10), is_upgraded=False).works is False
    assert data.python((3, 12), is_upgraded=True).works is False
    assert data.token("", "", is_set=True).works
    assert data.token("it was refused", "Make one", is_set=True).works is False
    assert data.token("", "Make one", is_set=False).works is None
