"""Hooks while the daemon runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.daemon.hearing import miss_call
from tests.desks import ANA, ready, report, titles

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
