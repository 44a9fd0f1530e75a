"""Databases that are damaged, cut, deleted or replaced while the daemon runs: a card comes at once, and all is well again by itself."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from callerid.errors import StoreFault
from callerid.store.damage import find_damage
from callerid.store.ledger.database import open_ledger
from callerid.store.mirror.database import Mirror
from tests.daemon.hearing import CARD
from tests.damages import DAMAGES, flush
from tests.desks import ANA, daemon_log, ready, report, titles

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.desks import QuickDesk


def wait_and_poke(desk: QuickDesk, happened: Callable[[], bool]) -> None:
    """Wait for something while events come in: without any, the daemon looks at its files once a minute only."""
    for _ in range(60):
        report(desk, "idle")
        with contextlib.suppress(TimeoutError, StoreFault):  # a file that is just being put in another's place is not there
            desk.phone.wait(happened, 1)
            return
    raise AssertionError("it did not happen")


def is_filled(path: Path) -> bool:
    mirror = Mirror(path)
    try:
        return find_damage(path) == "" and mirror.facts().contacts == 40
    finally:
        mirror.close()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_mirror_damaged_under_a_running_daemon_is_filled_again_at_once_and_cards_come_meanwhile(
    desk: QuickDesk, damage: Callable[[Path], None]
) -> None:
    path = desk.home / "mirror.db"
    with desk.daemon_here():
        ready(desk)
        flush(path)
        damage(path)
        report(desk, "ring", ANA)
        desk.phone.wait(
            lambda: any(title in (CARD, ANA) or title.replace(" ", "") == ANA.replace(" ", "") for title in titles(desk))
        )
        wait_and_poke(desk, lambda: is_filled(path))
        desk.phone.wait(lambda: "TROUBLE" not in desk.start("status").stdout, 60)
        report(desk, "ring", ANA)
        desk.phone.wait(lambda: CARD in titles(desk), 60)
    logged = daemon_log(desk)
    assert "Traceback" not in logged
    assert logged.count("mirror.db") <= 12
    assert not (desk.home / "mirror.db.damaged").exists()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_ledger_damaged_under_a_running_daemon_is_restored_and_the_call_is_logged_once(
    desk: QuickDesk, damage: Callable[[Path], None]
) -> None:
    path = desk.home / "ledger.db"
    with desk.daemon_here():
        ready(desk)
        desk.phone.wait(lambda: path.with_name("ledger.db.backup-1").exists())
        desk.start("ignore", "+353861234567")
        flush(path)
        damage(path)
        desk.phone.ring(ANA)
        desk.phone.answer()
        desk.phone.hang_up(talked=75)
        wait_and_poke(desk, lambda: find_damage(path, ("calls",)) == "")
        desk.phone.wait(lambda: any(shown.title.startswith("callerid has restored") for shown in desk.phone.notifications()), 60)
        desk.phone.wait(lambda: any("Ana López" in title for title in titles(desk)), 60)
        assert desk.start("log", "--last", "--outcome", "connected").returncode in (0, 2)
    assert "Traceback" not in daemon_log(desk)
    ledger = open_ledger(path, desk.home / "marks.key")
    assert not ledger.block_list.is_empty
    assert ledger.history.count() >= 1
    ledger.close()
