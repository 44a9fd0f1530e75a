"""Hooks while the daemon runs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from callerid.models import CallType
from tests.daemon.hearing import miss_call
from tests.desks import ANA, daemon_log, ready, report, titles

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome


def test_programs_are_told_at_once_and_one_that_hangs_delays_no_card(tmp_path: Path, synced_home: SyncedHome) -> None:
    with synced_home.desk(tmp_path) as desk:
        _tell(desk)


def _tell(desk: QuickDesk) -> None:
    told, hook = desk.folder / "told", desk.folder / "hook"
    hook.write_text(f'#!/bin/sh\nread -r line\necho "$line" >> {told}\ncase $line in *\\"ring*) exec sleep 3600 ;; esac\n')
    hook.chmod(0o700)
    desk.start("config", "set", "hooks.missed", str(hook))
    assert desk.start("config", "set", "hooks.ring", f"{hook}-none").returncode == 10
    with desk.daemon_here():
        ready(desk)
        miss_call(desk)
        desk.phone.wait(told.exists, 60)
        desk.start("config", "set", "hooks.ring", str(hook))
        report(desk, "ring", ANA)
        desk.phone.wait(lambda: len(told.read_text().splitlines()) == 2, 60)
        report(desk, "ring", "+33145678900")
        desk.phone.wait(lambda: any("33" in title for title in titles(desk)), 60)
        assert [json.loads(line)["event"] for line in told.read_text().splitlines()] == ["missed", "ring"]  # which still hangs


def test_without_a_daemon_too_a_program_is_looked_at_and_what_was_said_of_one_goes_with_its_setting(
    tmp_path: Path, synced_home: SyncedHome
) -> None:
    with synced_home.desk(tmp_path) as desk:
        hook = desk.folder / "hook"
        hook.write_text("#!/bin/sh\nexit 3\n")
        hook.chmod(0o700)
        desk.start("config", "set", "hooks.missed", str(hook))
        desk.start("run", "--once", "watch", "hooks")
        desk.phone.add_call(ANA, CallType.MISSED, datetime.now(UTC) - timedelta(minutes=1))
        desk.start("run", "--once", "watch", "hooks")
        assert "ended with status 3" in desk.start("status").stdout
        hook.unlink()
        desk.start("run", "--once", "hooks")
        assert "there is no file" in desk.start("status").stdout
        desk.start("config", "set", "hooks.missed", "")
        desk.start("run", "--once", "hooks")
        assert "hooks.missed" not in desk.start("status").stdout


def test_a_fault_of_the_settings_that_a_daemon_has_reported_goes_when_they_can_be_read_again(
    tmp_path: Path, synced_home: SyncedHome
) -> None:
    with synced_home.desk(tmp_path) as desk:
        settings = desk.home / "config.toml"
        whole = settings.read_text()
        with desk.daemon_here():
            ready(desk)
            settings.write_text("broken")
            desk.phone.wait(lambda: "is not valid TOML" in daemon_log(desk), 20)
        settings.write_text(whole)
        assert "is not valid TOML" in desk.start("status").stdout
        desk.start("run", "--once", "upkeep")
        assert "is not valid TOML" not in desk.start("status").stdout
