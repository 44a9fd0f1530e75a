"""The life of a ring's card: from the hint to the call log's row, or to nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from callerid.models import CallType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callerid.models import Call

FRESH_FOR = timedelta(minutes=1)  # a ring heard later than this is history: no card
SAME_RING = timedelta(seconds=20)  # two hints of one ring: Tasker and a second sense
REMEMBERED_FOR = timedelta(days=2)  # so long a ring is remembered, for telling whether a sense still hears
_TOLD_TWICE = timedelta(seconds=5)
_BELONGS = timedelta(minutes=2)  # between the hint and the start that the call log states
_BELONGS_UNNAMED = timedelta(seconds=45)  # the same, when the hint told no number
_RINGS_AT_MOST = timedelta(minutes=3)
_TALKS_AT_MOST = timedelta(hours=4)
_LOG_WRITES = timedelta(seconds=20)  # after the end, until the row can be expected to be there
_NEW_A_MINUTE = 6  # cards for unknown numbers; more of them in a minute is no telephone
_NAMED = "name:"


def pseudo_line(name: str) -> str:
    """Given a caller's name, all that is known of one, return what stands for their line: two names are two rings. It shows no
    name."""
    mark = hashlib.sha256(name.casefold().encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_NAMED}{mark[:16]}" if name else ""


def is_number_line(line: str) -> bool:
    """Given what stands for a ring's line, is it a number?"""
    return bool(line) and not line.startswith(_NAMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RingCard:
    """A ring that was heard, and its card: on the screen while `is_open`, which ends when a call of the log claims it.

    `line` is that of its number, else what stands for its name, "" while nobody was told; `number` and `name` are as they were
    told. `heard` names the senses that told of it, with a minus behind those that told nobody; `slot` is the SIM's. One that is
    `unwanted` is not shown, whatever else is told of it.
    """

    id: int
    line: str
    at: datetime
    number: str = ""
    name: str = ""
    notification_id: str = ""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    sense_reports: tuple[str, ...] = ()
    slot: int | None = None
    outgoing: bool = False
    is_open: bool = True
    unwanted: bool = False

    @property
    def reporting_senses(self) -> frozenset[str]:
        """The senses that heard it."""
        return frozenset(name.rstrip("-") for name in self.sense_reports)

    @property
    def identifying_senses(self) -> frozenset[str]:
        """The senses that told who it is, by number or name."""
        return frozenset(name for name in self.sense_reports if not name.endswith("-"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RingReport:
    """What a sense told of a ring: a raw number, a name, both or neither, and the line of the number, or what stands for the
    name."""

    line: str
    at: datetime
    number: str = ""
    name: str = ""
    sense: str
    slot: int | None = None
    outgoing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardUpdate:
    """What a hint makes of the cards that stand: `before` is the one it belongs to (None: it is a new ring) and `card` what that is
    now; `over` are cards of the same line whose ring must have ended."""

    card: RingCard | None
    before: RingCard | None = None
    ended: tuple[RingCard, ...] = ()

    @property
    def reveals_caller(self) -> bool:
        """Is its number known only now, or a name where nobody was?"""
        return self.card is not None and self.before is not None and self.card.line != self.before.line

    @property
    def reveals_name(self) -> bool:
        """Is a name known only now?"""
        return self.card is not None and self.before is not None and self.card.name != self.before.name


def assign_report(hint: RingReport, standing: Sequence[RingCard]) -> CardUpdate:
    """Given a hint and the rings that are not over, newest first, return where it belongs.

    A ring is heard by several senses, and not all of them tell who it is. One without a number joins any ring of this moment; one
    with a number gives it to a ring of this moment that has none, if another sense told that, or the same SIM's.
    """
    now = [card for card in standing if abs(hint.at - card.at) <= SAME_RING and card.outgoing == hint.outgoing]
    now = [card for card in now if card.slot is None or hint.slot is None or card.slot == hint.slot]
    alike = [card for card in now if card.line == hint.line] + [card for card in now if hint.name and card.name == hint.name]
    alike = [card for card in alike if not _are_two(card.line, hint.line)]
    others = [card for card in now if _may_be_one(card, hint) and not _are_two(card.line, hint.line)]
    mine = next(iter((*alike, *others)), None)
    if mine:
        return CardUpdate(card=_with(mine, hint), before=mine)
    return CardUpdate(card=None, ended=tuple(card for card in standing if hint.line and card.line == hint.line))


def _are_two(one: str, other: str) -> bool:
    """Are two lines two callers? A number and a name may be one's."""
    return bool(one and other) and one != other and is_number_line(one) == is_number_line(other)


def _may_be_one(card: RingCard, hint: RingReport) -> bool:
    """May a hint with a number and one without be of one ring? Yes of two senses, or of one SIM; and of one sense within seconds:
    Android tells automation apps of a ring twice, once without its number (TelephonyManager.ACTION_PHONE_STATE_CHANGED). What was
    answered before rings no more."""
    if card.answered_at and card.answered_at < hint.at:
        return False
    if card.unwanted and is_number_line(hint.line):  # it may be whoever waits
        return abs(hint.at - card.at) <= _TOLD_TWICE
    if hint.sense not in card.reporting_senses or (card.slot is not None and card.slot == hint.slot):
        return True
    return abs(hint.at - card.at) <= _TOLD_TWICE


def _with(card: RingCard, hint: RingReport) -> RingCard:
    others = tuple(name for name in card.sense_reports if name.rstrip("-") != hint.sense)
    told = hint.sense if hint.line or hint.sense in card.sense_reports else f"{hint.sense}-"
    heard = replace(card, sense_reports=(*others, told), slot=hint.slot if card.slot is None else card.slot)
    if card.unwanted:  # perhaps of somebody of whom nothing may be written down
        return heard
    line = hint.line if is_number_line(hint.line) or not card.line else card.line
    return replace(heard, line=line, number=card.number or hint.number, name=card.name or hint.name)


def is_fresh(at: datetime, now: datetime) -> bool:
    """Given when a ring was heard and now, is it worth a card? A clock that was set back makes no ring stale."""
    return now - at <= FRESH_FOR


def ring_of_call(call: Call, line: str, cards: Sequence[RingCard], names: Iterable[str] = ()) -> RingCard | None:
    """Given a new call, the names that its number is known under, and the cards, return the one that was its ring: the nearest of
    the same line or name, else one without a number."""
    alike = [card for card in cards if card.outgoing == (call.type is CallType.OUTGOING)]
    own = {line, *(pseudo_line(name) for name in (call.name, *names) if name)}
    near = [card for card in alike if card.line in own and abs(card.at - call.start) <= _BELONGS]
    untold = [card for card in alike if _may_be_of(card, call) and abs(card.at - call.start) <= _BELONGS_UNNAMED]
    return min(near or untold, key=lambda card: abs(card.at - call.start), default=None)


def _may_be_of(card: RingCard, call: Call) -> bool:
    """May a card without a number be of a call with one? A name is often spelt otherwise in the log, or not at all; while somebody
    still rings, the call was not theirs."""
    if is_number_line(card.line) or not card.line:
        return not card.line
    if card.unwanted:
        return False
    return bool(call.number) and (card.outgoing or card.answered_at is not None or card.ended_at is not None)


def has_expired(card: RingCard, now: datetime) -> bool:
    """Given a card that no call claimed and now, has its time passed? A clock that was set back has not stopped it. A call that was
    dialled may be under way without anybody having said so."""
    if card.unwanted:
        return True
    if card.ended_at:
        return abs(now - card.ended_at) > _LOG_WRITES
    if card.answered_at:
        return abs(now - card.answered_at) > _TALKS_AT_MOST
    return abs(now - card.at) > (_TALKS_AT_MOST if card.outgoing else _RINGS_AT_MOST)


def is_talking(off_hook: datetime | None, on_hook: datetime | None, now: datetime) -> bool:
    """Given when the phone was last told to be off the hook and on it, and now, does somebody talk? No talk is forgotten for long:
    its end may not have been told."""
    if off_hook is None or (on_hook is not None and on_hook >= off_hook):
        return False
    return timedelta(0) <= now - off_hook <= _TALKS_AT_MOST


def was_active_at(call: Call, moment: datetime) -> bool:
    """Given a call of the log, which is over, and when the phone was off the hook, was it this call? One that waited meanwhile and
    was missed tells nothing."""
    off_hook = call.type is CallType.OUTGOING or call.duration > 0
    return off_hook and call.start <= moment <= call.start + timedelta(seconds=call.duration) + _BELONGS


def is_flood(shown: int) -> bool:
    """Given how many cards of this minute are on the screen, are they so many that they cannot be a telephone's?"""
    return shown >= _NEW_A_MINUTE
