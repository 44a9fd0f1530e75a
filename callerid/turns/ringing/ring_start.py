"""What the card of a ring needs of the ledger, read at the start by one statement: a ring waits for this."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from callerid.core.callers.contact_history import NO_HISTORY
from callerid.core.wording.ring_card import CardLine
from callerid.records import dataclass
from callerid.turns.facts import turn_facts

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.callers.contact_history import ContactHistory
    from callerid.core.callers.resolve import Resolution
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts

_WEEK = timedelta(days=7)
_OF_HISTORY = (CardLine.LAST_CALL, CardLine.NOTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RingStart:
    """What a ring's turn reads of the ledger at its start."""

    facts: TurnFacts
    # Counted for a stranger only: open cards of rings at about the same time, and calls that came from the line this week.
    cards: int = 0
    calls: int = 0
    history: ContactHistory = NO_HISTORY


def card_lines(app: AppContext) -> tuple[CardLine, ...]:
    """Return the lines of a known caller's card (setting card.lines)."""
    return _lines_of(app.config.card.lines)


@lru_cache(maxsize=8)
def _lines_of(words: tuple[str, ...]) -> tuple[CardLine, ...]:
    return tuple(map(CardLine, words))


def read_start(app: AppContext, caller: Resolution, line: str, rang_at: datetime, now: datetime) -> RingStart:
    """Return the turn's facts; of a stranger on a line also how often they called, and of a contact what there was with them, if
    their card says it. People who share a number have no history of their own there."""
    if not caller.candidates:
        start, cards, calls = app.ledger.turn_starts.stranger_start(line, rang_at, now - _WEEK)
        return RingStart(facts=turn_facts(app, now, start), cards=cards, calls=calls)
    if len(caller.candidates) > 1 or not set(_OF_HISTORY) & set(app.config.card.lines):
        return RingStart(facts=turn_facts(app, now))
    start, history = app.ledger.turn_starts.contact_start(line, caller.candidates[0].id, rang_at)
    return RingStart(facts=turn_facts(app, now, start), history=history)


def outcome_of_last_call(app: AppContext, history: ContactHistory) -> str:
    """Return the label of the outcome with which the last call was logged; "" for none, and for one that only repeats the row."""
    call = history.last_call
    if call is None:
        return ""
    from callerid.core.followup.outcomes import row_outcome

    if call.outcome in ("", row_outcome(call.type, call.duration)):
        return ""
    return outcome_label(app, call.outcome)


def outcome_label(app: AppContext, outcome: str) -> str:
    """Return the label of an outcome (id): in the person's language, unless the portal has one of its own."""
    from callerid.core.followup import outcomes as labels

    return labels.outcome_label(outcome, app.mirror.outcomes(), app.texts)
