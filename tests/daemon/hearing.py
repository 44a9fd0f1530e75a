"""What the tests of a daemon that hears share."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from callerid.store.ledger.database import open_ledger
from tests.desks import ANA, ready, titles

if TYPE_CHECKING:
    from tests.desks import QuickDesk

CARD = "Ana López · Acme Ltd"
STRANGER = "+353 87 999 8888"
FAST = '\n[ring]\npoll = "1s"\n'


def wait_for_senses(desk: QuickDesk, *senses: str) -> None:
    """Wait until the daemon hears with these senses, and no others."""
    desk.phone.wait(lambda: desk.json("status")["senses"] == list(senses), 60)


def ring_and_wait_for_card(desk: QuickDesk, number: str = ANA, card: str = CARD) -> None:
    """Let a call come in, and wait for the card."""
    desk.phone.ring(number)
    desk.phone.wait(lambda: card in titles(desk))


def in_log(desk: QuickDesk) -> int:
    """Return how many calls of the log callerid knows."""
    return int(desk.json("status")["calls"]["in_log"])


def wait_until_proven(desk: QuickDesk, sense: str) -> None:
    """Wait until the daemon has recorded that a sense heard a call, which it does a moment after it has recorded the call."""
    ledger = open_ledger(desk.home / "ledger.db")
    try:
        desk.phone.wait(lambda: (ledger.key_values.read(f"ear {sense}") or "0 0 0").split()[1] == "1", 60)
    finally:
        ledger.close()


def miss_call(desk: QuickDesk, number: str = STRANGER) -> None:
    """Let a call ring out, and wait until callerid knows it from the log."""
    known = in_log(desk)
    desk.phone.ring(number)
    desk.phone.miss()
    desk.phone.wait(lambda: in_log(desk) > known, 60)


def miss_unheard_calls(desk: QuickDesk, calls: int) -> None:
    """Let calls ring out of which no sense can report; each of another number, for a ring of the last two minutes may be of the same.

    The log knows the second in which a call began, so what rings in the second in which callerid began to listen says nothing.
    """
    ready(desk)
    began = int(time.time())
    desk.phone.wait(lambda: int(time.time()) > began)
    for number in range(calls):
        miss_call(desk, f"+3314567890{number}")


def trouble(desk: QuickDesk, source: str) -> dict[str, str]:
    """Wait until something is out of order, and return what the status says of it."""
    of_source = partial(_troubles, desk, source)
    return desk.phone.wait(of_source, 20)[0]


def _troubles(desk: QuickDesk, source: str) -> list[dict[str, str]]:
    return [trouble for trouble in desk.json("status")["troubles"] if trouble["source"] == source]
