"""The life of a ring's card: from the hint to the call log's row, or to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callerid.models import Call

FRESH = timedelta(minutes=1)  # a ring heard later than this is history: no card
SAME_RING = timedelta(seconds=20)  # two hints of one ring: Tasker and a second sense
_BELONGS = timedelta(minutes=2)  # between the hint and the start that the call log states
_RINGS_AT_MOST = timedelta(minutes=3)
_TALKS_AT_MOST = timedelta(hours=4)
_LOG_WRITES = timedelta(seconds=20)  # after the end, until the row can be expected to be there


@dataclass(frozen=True, slots=True, kw_only=True)
class RingCard:
    """A card on the screen that no call of the log has claimed yet."""

    id: int
    notification_id: str
    line: str
    at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None


def is_fresh(at: datetime, now: datetime) -> bool:
    """Given when a ring was heard and now, is it worth a card? A clock that was set back makes no ring stale."""
    return now - at <= FRESH


def claimed_by(call: Call, line: str, cards: tuple[RingCard, ...]) -> RingCard | None:
    """Given a new call and the open cards, return the card that was its ring: the nearest of the same line."""
    near = [card for card in cards if card.line == line and abs(card.at - call.start) <= _BELONGS]
    return min(near, key=lambda card: abs(card.at - call.start), default=None)


def is_over(card: RingCard, now: datetime) -> bool:
    """Given a card that no call claimed and now, has its time passed?"""
    if card.ended_at:
        return now - card.ended_at > _LOG_WRITES
    if card.answered_at:
        return now - card.answered_at > _TALKS_AT_MOST
    return now - card.at > _RINGS_AT_MOST
