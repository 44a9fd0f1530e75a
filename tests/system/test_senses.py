"""The real daemon hears with real processes: it follows them, does not wait for them, and leaves none behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.daemon.hearing import CARD, FAST, ring_and_wait_for_card, wait_for_senses
from tests.desks import ANA, ready, report, runs, titles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.desks import QuickDesk, SyncedHome


@pytest.fixture
def desk(tmp_path: Path, synced_home: SyncedHome) -> Iterator[QuickDesk]:
    with synced_home.desk(tmp_path) as made:
        made.phone.no_automation()
        yield made


def test_with_the_dump_permission_the_registry_is_polled(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings(FAST)
    with desk.daemon():
        wait_for_senses(desk, "inbox", "telephony")
        ring_and_wait_for_card(desk)
        desk.phone.miss()
        desk.phone.wait(lambda: titles(desk) == [f"Missed: {CARD}"], 60)


def test_as_root_the_system_log_is_followed_and_nothing_is_polled(desk: QuickDesk) -> None:
    desk.phone.root()
    with desk.daemon() as process:
        wait_for_senses(desk, "stream", "inbox")
        desk.phone.wait(lambda: "inotifyd" in _running(process.pid))
        reads, polls = runs(desk, "termux-call-log"), runs(desk, "dumpsys")
        ring_and_wait_for_card(desk)
        desk.phone.miss()
        desk.phone.wait(lambda: titles(desk) == [f"Missed: {CARD}"], 60)
        assert runs(desk, "dumpsys") - polls <= 4
        assert 1 <= runs(desk, "termux-call-log") - reads <= 8
        children = _running(process.pid)
        assert "logcat" in children
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        desk.phone.wait(lambda: not _alive(children))


def test_a_ring_is_announced_while_the_card_of_the_previous_ring_hangs(desk: QuickDesk) -> None:
    desk.phone.fault("termux-notification", "hang", times=1)
    with desk.daemon():
        ready(desk)
        report(desk, "ring", ANA)
        desk.phone.wait(lambda: runs(desk, "termux-notification") == 1)
        report(desk, "ring", "+353 87 999 8888")
        desk.phone.wait(lambda: titles(desk) == ["+353 87 999 8888"], 8)


def test_the_streams_of_a_killed_daemon_end(desk: QuickDesk) -> None:
    desk.phone.root()
    with desk.daemon() as process:
        wait_for_senses(desk, "stream", "inbox")
        desk.phone.wait(lambda: "inotifyd" in _running(process.pid))
        children = _running(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        desk.phone.wait(lambda: not _alive(children))


def _running(parent: int) -> dict[str, int]:
    """The simulated commands that a daemon runs, by name."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            place = next((n for n, word in enumerate(words) if word.endswith(b"phone/process.py")), None)
            if place is not None:
                commands[int(entry.name)] = words[place + 1].decode()
    return {name: pid for pid, name in commands.items() if parent in (parents.get(pid), parents.get(parents.get(pid, 0)))}


def _alive(children: dict[str, int]) -> bool:
    return any(Path(f"/proc/{pid}").exists() for pid in children.values())
