"""The life of a ring's card: from the hint to the call log's row, or to nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from callerid.models import CallType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.models import Call

FRESH = timedelta(minutes=1)  # a ring heard later than this is history: no card
SAME_RING = timedelta(seconds=20)  # two hints of one ring: Tasker and a second sense
KEPT = timedelta(days=2)  # so long a ring is remembered, for telling whether a sense still hears
_TOLD_TWICE = timedelta(seconds=5)
_BELONGS = timedelta(minutes=2)  # between the hint and the start that the call log states
_BELONGS_UNNAMED = timedelta(seconds=45)  # the same, when the hint told no number
_RINGS_AT_MOST = timedelta(minutes=3)
_TALKS_AT_MOST = timedelta(hours=4)
_LOG_WRITES = timedelta(seconds=20)  # after the end, until the row can be expected to be there
_NEW_A_MINUTE = 6  # cards for unknown numbers; more of them in a minute is no telephone
UNWANTED = datetime.fromtimestamp(0, UTC)  # a ring's end that says: it was not to be shown, which was told after its card was
_NAMED = "name:"


def line_of_name(name: str) -> str:
    """Given a caller's name, all that is known of one, return what stands for their line: two names are two rings. It shows no
    name."""
    mark = hashlib.sha256(name.casefold().encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_NAMED}{mark[:16]}" if name else ""


def has_number(line: str) -> bool:
    """Given what stands for a ring's line, is it a number?"""
    return bool(line) and not line.startswith(_NAMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RingCard:
    """A ring that was heard, and its card: on the screen while `is_open`, which ends when a call of the log claims it.

    `line` is "" while no number is known; `heard` names the senses that told of it, with a minus behind those that told nobody;
    `slot` is the SIM's.
    """

    id: int
    line: str
    at: datetime
    notification_id: str = ""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    heard: tuple[str, ...] = ()
    slot: int | None = None
    outgoing: bool = False
    is_open: bool = True

    @property
    def hearers(self) -> frozenset[str]:
        """The senses that heard it."""
        return frozenset(name.rstrip("-") for name in self.heard)

    @property
    def tellers(self) -> frozenset[str]:
        """The senses that told who it is, by number or name."""
        return frozenset(name for name in self.heard if not name.endswith("-"))

    @property
    def is_unwanted(self) -> bool:
        """Is it not to be shown, whatever else is told of it?"""
        return self.ended_at == UNWANTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What a sense told of a ring: the line of its number, or what stands for its name ("" when it told nobody)."""

    line: str
    at: datetime
    sense: str
    slot: int | None = None
    outgoing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What a hint makes of the cards that stand: `card` is the one it belongs to as it is now (None: it is a new ring), `news` says
    that the card tells more than before, `over` are cards of the same line whose ring must have ended."""

    card: RingCard | None
    news: bool = False
    over: tuple[RingCard, ...] = ()


def join(hint: Hint, standing: Sequence[RingCard]) -> Joined:
    """Given a hint and the rings that are not over, newest first, return where it belongs.

    A ring is heard by several senses, and not all of them tell the number. One without a number joins any ring of this moment; one
    with a number gives it to a ring of this moment that has none, if another sense told that, or the same SIM's.
    """
    now = [card for card in standing if abs(hint.at - card.at) <= SAME_RING and card.outgoing == hint.outgoing]
    now = [card for card in now if card.slot is None or hint.slot is None or card.slot == hint.slot]
    same = next((card for card in now if card.line == hint.line), None)
    if same:
        return Joined(card=_with(same, hint))
    if not has_number(hint.line):
        other = next((card for card in now if _may_be_one(card, hint) and not _are_two_names(card.line, hint.line)), None)
        if other:
            return Joined(card=_with(other, hint))
    unnamed = next((card for card in now if not has_number(card.line) and _may_be_one(card, hint)), None)
    if unnamed and has_number(hint.line):
        return Joined(card=replace(_with(unnamed, hint), line=hint.line), news=True)
    return Joined(card=None, over=tuple(card for card in standing if hint.line and card.line == hint.line))


def _are_two_names(one: str, other: str) -> bool:
    return one.startswith(_NAMED) and other.startswith(_NAMED)


def _may_be_one(card: RingCard, hint: Hint) -> bool:
    """May a hint with a number and one without be of one ring? Yes of two senses, or of one SIM; and of one sense within seconds:
    Android tells automation apps of a ring twice, once without its number (TelephonyManager.ACTION_PHONE_STATE_CHANGED)."""
    if hint.sense not in card.hearers or (card.slot is not None and card.slot == hint.slot):
        return True
    return abs(hint.at - card.at) <= _TOLD_TWICE


def _with(card: RingCard, hint: Hint) -> RingCard:
    others = tuple(name for name in card.heard if name.rstrip("-") != hint.sense)
    told = hint.sense if hint.line or hint.sense in card.heard else f"{hint.sense}-"
    return replace(card, heard=(*others, told), slot=hint.slot if card.slot is None else card.slot)


def is_fresh(at: datetime, now: datetime) -> bool:
    """Given when a ring was heard and now, is it worth a card? A clock that was set back makes no ring stale."""
    return now - at <= FRESH


def claimed_by(call: Call, line: str, cards: Sequence[RingCard]) -> RingCard | None:
    """Given a new call and the cards, return the one that was its ring: the nearest of the same line or name, else one without a
    number."""
    alike = [card for card in cards if card.outgoing == (call.type is CallType.OUTGOING)]
    own = {line} | ({line_of_name(call.name)} if call.name else set())
    near = [card for card in alike if card.line in own and abs(card.at - call.start) <= _BELONGS]
    untold = [card for card in alike if not has_number(card.line)]
    near = near or [card for card in untold if abs(card.at - call.start) <= _BELONGS_UNNAMED]
    return min(near, key=lambda card: abs(card.at - call.start), default=None)


def is_over(card: RingCard, now: datetime) -> bool:
    """Given a card that no call claimed and now, has its time passed? A clock that was set back has not stopped it. A call that was
    dialled may be under way without anybody having said so."""
    if card.ended_at:
        return abs(now - card.ended_at) > _LOG_WRITES
    if card.answered_at:
        return abs(now - card.answered_at) > _TALKS_AT_MOST
    return abs(now - card.at) > (_TALKS_AT_MOST if card.outgoing else _RINGS_AT_MOST)


def talks(off_hook: datetime | None, on_hook: datetime | None, now: datetime) -> bool:
    """Given when the phone was last told to be off the hook and on it, and now, does somebody talk? No talk is forgotten for long:
    its end may not have been told."""
    if off_hook is None or (on_hook is not None and on_hook >= off_hook):
        return False
    return timedelta(0) <= now - off_hook <= _TALKS_AT_MOST


def was_under_way(call: Call, moment: datetime) -> bool:
    """Given a call of the log, which is over, and when the phone was off the hook, was it this call? A call that waited meanwhile
    began later, and tells nothing."""
    return call.start <= moment <= call.start + timedelta(seconds=call.duration) + _BELONGS


def is_flood(shown: int) -> bool:
    """Given how many cards of this minute are on the screen, are they so many that they cannot be a telephone's?"""
    return shown >= _NEW_A_MINUTE
