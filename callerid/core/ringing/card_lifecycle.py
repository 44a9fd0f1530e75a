"""The life of a ring's card: from the first report of a sense until a call of the log takes it over, or it expires."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline
from callerid.core.ringing.ring_times import FRESH_FOR, SAME_RING
from callerid.models import CallType
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callerid.models import Call

_REPEATED = timedelta(seconds=5)  # between two reports of one ring by one sense
_BELONGS = timedelta(minutes=2)  # between a report and the start that the call log gives
_BELONGS_UNKNOWN = timedelta(seconds=45)  # the same, for a report without a number
_RINGS_AT_MOST = timedelta(minutes=3)
_TALKS_AT_MOST = timedelta(hours=4)
_LOG_WRITES = timedelta(seconds=20)  # its row after the end of a call
_FLOOD_A_MINUTE = 6  # cards for unknown numbers; no telephone rings for so many
NAME_PREFIX = "name:"  # of the line of a caller of whom only the name is known


def pseudo_line(name: str) -> str:
    """Return a key in place of the line of a caller of whom only the name is known, "" without a name.

    It is a hash, so it does not show the name.
    """
    digest = hashlib.sha256(name.casefold().encode("utf-8", "surrogatepass")).hexdigest()
    return f"{NAME_PREFIX}{digest[:16]}" if name else ""


def is_number_line(line: str) -> bool:
    """Return whether the line of a ring is a number's, not a name's or empty."""
    return bool(line) and not line.startswith(NAME_PREFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class RingCard:
    """A ring that was reported, and its card. Times are UTC."""

    id: int
    line: str  # of the number, else `pseudo_line` of the name, "" if neither is known
    at: datetime
    number: str = ""  # raw, as reported
    name: str = ""
    notification_id: str = ""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    sense_reports: tuple[str, ...] = ()  # the senses that reported it, with a minus after those that gave neither number nor name
    slot: int | None = None  # of the SIM
    outgoing: bool = False
    is_open: bool = True  # the card is on the screen; ends when a call of the log takes it over
    unwanted: bool = False  # never to be shown, whatever else is reported

    @property
    def reporting_senses(self) -> frozenset[str]:
        """The senses that reported it."""
        return frozenset(name.rstrip("-") for name in self.sense_reports)

    @property
    def identifying_senses(self) -> frozenset[str]:
        """The senses that gave the caller's number or name."""
        return frozenset(name for name in self.sense_reports if not name.endswith("-"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RingReport:
    """What one sense reported of a ring."""

    line: str  # as in RingCard
    at: datetime
    number: str = ""  # raw
    name: str = ""
    sense: str
    slot: int | None = None
    outgoing: bool = False
    earlier_line: str | None = None  # under which the same call was reported before, None if it was not
    earlier_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardUpdate:
    """What a report changes about the cards."""

    card: RingCard | None  # the card of its ring as it is now, None if it is a new ring
    before: RingCard | None = None  # the same card before the report
    ended: tuple[RingCard, ...] = ()  # cards of the same line, whose rings must have ended

    @property
    def reveals_caller(self) -> bool:
        """Return whether the report added the number, or a name where nothing was known."""
        return self.card is not None and self.before is not None and self.card.line != self.before.line

    @property
    def reveals_name(self) -> bool:
        """Return whether the report added a name."""
        return self.card is not None and self.before is not None and self.card.name != self.before.name


def assign_report(report: RingReport, cards: Sequence[RingCard]) -> CardUpdate:
    """Return which card a report belongs to. `cards` are those of rings that have not ended, newest first.

    Several senses report one ring, and not all give the caller. A report without a number belongs to any ring of the moment; one
    with a number also to a ring without one, if another sense reported that, or it is of the same SIM.
    """
    if not cards:
        return CardUpdate(card=None)
    earlier = _earlier_card(report, cards)
    if earlier:
        return CardUpdate(card=_with_later_caller(earlier, report), before=earlier)
    current = [card for card in cards if abs(report.at - card.at) <= SAME_RING and card.outgoing == report.outgoing]
    current = [card for card in current if card.slot is None or report.slot is None or card.slot == report.slot]
    same_line = [card for card in current if card.line == report.line]
    one_caller = [card for card in current if not _are_two_callers(card.line, report.line)]
    same_name = [card for card in one_caller if report.name and card.name == report.name]
    possible = [card for card in one_caller if _may_be_one_ring(card, report)]
    card = next(iter((*same_line, *same_name, *possible)), None)
    if card:
        return CardUpdate(card=_with_report(card, report), before=card)
    return CardUpdate(card=None, ended=tuple(card for card in cards if report.line and card.line == report.line))


def is_of_no_other_number(report: RingReport) -> bool:
    """Return whether no ring of another number can be that of a report: it has one itself, and the call was not reported before
    with something else."""
    return report.earlier_line is None and is_number_line(report.line)


def _earlier_card(report: RingReport, cards: Sequence[RingCard]) -> RingCard | None:
    """Return the card that the same call got by an earlier report of it."""
    if report.earlier_line is None:
        return None
    current = [card for card in cards if abs(report.at - card.at) <= _RINGS_AT_MOST and card.outgoing == report.outgoing]
    same_line = [card for card in current if card.line == report.earlier_line]
    same_name = [card for card in current if report.earlier_name and card.name == report.earlier_name]
    return next(iter((*same_line, *same_name)), None)


def _with_later_caller(card: RingCard, report: RingReport) -> RingCard:
    """Return a card with the caller that a later report of its call gives; what that leaves open stays, but no name stays with
    another number."""
    updated = _with_report(card, report)
    if card.unwanted or not report.line:
        return updated
    line = card.line if is_number_line(card.line) and not is_number_line(report.line) else report.line
    is_earlier_name = card.name in ("", report.earlier_name)
    return replace(updated, line=line, number=report.number or card.number, name=report.name if is_earlier_name else card.name)


def _are_two_callers(line: str, other_line: str) -> bool:
    """Return whether two lines are surely of two callers; a number and a name may be of one."""
    return bool(line and other_line) and line != other_line and is_number_line(line) == is_number_line(other_line)


def _may_be_one_ring(card: RingCard, report: RingReport) -> bool:
    """Return whether a card and a report, one of them without a number, may be of one ring.

    They may if two senses reported them, or they are of one SIM. One sense may report a ring twice within seconds: Android sends
    it twice, once without the number (Source: TelephonyManager.ACTION_PHONE_STATE_CHANGED). An answered call does not ring.
    """
    if card.answered_at and card.answered_at < report.at:
        return False
    if card.unwanted and is_number_line(report.line):  # it may be a waiting call's
        return abs(report.at - card.at) <= _REPEATED
    if report.sense not in card.reporting_senses or (card.slot is not None and card.slot == report.slot):
        return True
    return abs(report.at - card.at) <= _REPEATED


def _with_report(card: RingCard, report: RingReport) -> RingCard:
    others = tuple(name for name in card.sense_reports if name.rstrip("-") != report.sense)
    by_sense = report.sense if report.line or report.sense in card.sense_reports else f"{report.sense}-"
    reported = replace(card, sense_reports=(*others, by_sense), slot=report.slot if card.slot is None else card.slot)
    if card.unwanted:  # perhaps of a forgotten caller, of whom nothing may be stored
        return reported
    line = report.line if is_number_line(report.line) or not card.line else card.line
    return replace(reported, line=line, number=card.number or report.number, name=card.name or report.name)


def is_fresh(at: datetime, now: datetime) -> bool:
    """Return whether a ring is recent enough for a card; after the clock was set back, every ring is."""
    return now - at <= FRESH_FOR


def ring_of_call(call: Call, line: str, cards: Sequence[RingCard], names: Iterable[str] = ()) -> RingCard | None:
    """Return the card of a new call's ring: the nearest of the same line or name, else of an unknown caller; None if there is none.

    `line` is the call's, and `names` are those under which its number is known.
    """
    same_direction = [card for card in cards if card.outgoing == (call.type is CallType.OUTGOING)]
    lines = {line, *(pseudo_line(name) for name in (call.name, *names) if name)}
    near = [card for card in same_direction if card.line in lines and abs(card.at - call.start) <= _BELONGS]
    unknown = [card for card in same_direction if _may_be_of(card, call) and abs(card.at - call.start) <= _BELONGS_UNKNOWN]
    return min(near or unknown, key=lambda card: abs(card.at - call.start), default=None)


def earliest_ring(calls: Sequence[Call]) -> datetime:
    """Return the time before which no ring is of any of some calls, of which there is one at least."""
    return min(call.start for call in calls) - _BELONGS


def any_known_by_name_only(cards: Iterable[RingCard]) -> bool:
    """Return whether a card is of a caller of whom only a name is known, so that `ring_of_call` needs names."""
    return any(card.line and not is_number_line(card.line) for card in cards)


def _may_be_of(card: RingCard, call: Call) -> bool:
    """Return whether a card without a number may be of a call with one.

    The log often spells a name differently or lacks it; a caller who still rings is not the one of a call that is over.
    """
    if is_number_line(card.line) or not card.line:
        return not card.line
    if card.unwanted:
        return False
    return bool(call.number) and (card.outgoing or card.answered_at is not None or card.ended_at is not None)


def has_expired(card: RingCard, now: datetime) -> bool:
    """Return whether the card of a ring that no call took over is to go. A clock that was set back does not keep it.

    No sense may have reported that a dialled call was answered, so its card stays as long as a call.
    """
    if card.unwanted:
        return True
    if card.ended_at:
        return abs(now - card.ended_at) > _LOG_WRITES
    if card.answered_at:
        return abs(now - card.answered_at) > _TALKS_AT_MOST
    return abs(now - card.at) > (_TALKS_AT_MOST if card.outgoing else _RINGS_AT_MOST)


def is_talking(off_hook: datetime | None, on_hook: datetime | None, now: datetime) -> bool:
    """Return whether a call goes on, by the times when the phone was last reported off the hook and on it.

    The end of a call may not have been reported, so it counts for hours at most.
    """
    if off_hook is None or (on_hook is not None and on_hook >= off_hook):
        return False
    return Deadline.after(_TALKS_AT_MOST, off_hook).holds(now)


def was_active_at(call: Call, moment: datetime) -> bool:
    """Return whether the phone was off the hook for this call of the log at a moment; for a call that was missed it was not."""
    was_connected = call.type is CallType.OUTGOING or call.duration > 0
    return was_connected and call.start <= moment <= call.start + timedelta(seconds=call.duration) + _BELONGS


def is_flood(shown: int) -> bool:
    """Return whether so many cards for unknown numbers are shown within a minute that no telephone can have rung for them."""
    return shown >= _FLOOD_A_MINUTE
