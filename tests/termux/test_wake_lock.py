"""The daemon takes and releases Termux's wake lock itself, as the setting `wake_lock` wants it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.upkeep import wake_lock
from callerid.daemon import phone_turns, shared
from tests.desks import ANA, daemon_log, ready, report, runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome


@pytest.fixture
def desk(tmp_path: Path, synced_home: SyncedHome) -> Iterator[QuickDesk]:
    with synced_home.desk(tmp_path) as made:
        made.phone.no_automation()
        yield made


@pytest.fixture
def _short_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (wake_lock, phone_turns, shared):
        monkeypatch.setattr(module, "AROUND_CALL", timedelta(seconds=0.5))


def lock(desk: QuickDesk) -> tuple[int, int]:
    """Return how often the lock was taken and released."""
    return runs(desk, "termux-wake-lock"), runs(desk, "termux-wake-unlock")


def test_held_is_from_the_start_of_the_daemon_to_its_end(desk: QuickDesk) -> None:
    with desk.daemon_here():
        desk.phone.wait(lambda: lock(desk) == (1, 0))
        ready(desk)
    assert lock(desk) == (1, 1)


@pytest.mark.usefixtures("_short_calls")
def test_while_ringing_is_around_each_call(desk: QuickDesk) -> None:
    assert desk.start("config", "set", "wake_lock", "while-ringing").returncode == 0
    with desk.daemon_here():
        ready(desk)
        assert lock(desk) == (0, 0)
        report(desk, "ring", ANA)
        desk.phone.wait(lambda: lock(desk) == (1, 0))
        desk.phone.wait(lambda: lock(desk) == (1, 1))
        report(desk, "idle")
        desk.phone.wait(lambda: lock(desk) == (2, 2))
    assert lock(desk) == (2, 2)


def test_a_change_of_the_settings_takes_and_releases_it_at_once(desk: QuickDesk) -> None:
    desk.start("config", "set", "wake_lock", "off")
    with desk.daemon_here():
        ready(desk)
        for word, expected in (("held", (1, 0)), ("off", (1, 1)), ("held", (2, 1))):
            desk.start("config", "set", "wake_lock", word)
            desk.phone.wait(lambda expected=expected: lock(desk) == expected)  # type: ignore[misc]
        desk.start("off")
        desk.phone.wait(lambda: lock(desk) == (2, 2))


def test_a_lock_that_cannot_be_taken_keeps_nothing_else_from_working(desk: QuickDesk) -> None:
    desk.phone.fault("termux-wake-lock", "hang")
    with desk.daemon_here():
        ready(desk)
        report(desk, "ring", ANA)
        desk.phone.wait(lambda: any(shown.title.startswith("Ana López") for shown in desk.phone.notifications()))
    assert runs(desk, "termux-wake-unlock") == 0
    assert "unexpected" not in daemon_log(desk)
