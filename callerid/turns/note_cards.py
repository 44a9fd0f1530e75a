"""Cards with a typed note that could not be kept with its call. Which are on the screen is recorded, so that `forget` and leaving
(termux/cards.py) take them away: nobody else knows them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from callerid.errors import StoreFault

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext

SHOWN = "notes_on_screen"  # in the key values: the ids of the cards, the newest last
_MOST = 50
_KEY_PLACES = 8


def note_card_id(ledger: Ledger, call_key: str, which: str) -> str:
    """Return the id of the card for a note about a call ("" if nobody knows it), and record it if the ledger takes it. `which`
    tells the notes of a call apart, and has no spaces."""
    card = f"{_of_call(call_key)}{which}"
    with suppress(StoreFault):
        shown = [each for each in _shown(ledger) if each != card]
        ledger.key_values.write(SHOWN, " ".join([*shown[1 - _MOST :], card]))
    return card


def remove_note_cards(app: AppContext, call_keys: Collection[str], now: datetime) -> None:
    """Take away the cards with notes about some calls. Raise StoreFault."""
    shown = _shown(app.ledger)
    begin = tuple(map(_of_call, call_keys))
    theirs = [card for card in shown if card.startswith(begin)]
    if theirs:
        kept = [card for card in shown if card not in theirs or not app.remove_card(card, now)]
        app.ledger.key_values.write(SHOWN, " ".join(kept))


def _shown(ledger: Ledger) -> list[str]:
    return (ledger.key_values.read(SHOWN) or "").split()


def _of_call(call_key: str) -> str:
    return f"callerid-note-{call_key[-_KEY_PLACES:] or 'unknown'}-"
