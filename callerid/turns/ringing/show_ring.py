"""Show the card of a ring. A ring is never recorded as a call: the call log does that."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import Certainty
from callerid.core.inbox_events import Dialled
from callerid.core.ringing.card_lifecycle import CardUpdate, RingCard, RingReport, is_flood, is_fresh, pseudo_line
from callerid.core.wording.ring_card import RingCardDetails, ring_body, ring_title, spoken_text
from callerid.logs import log
from callerid.models import Notification
from callerid.records import dataclass
from callerid.turns.context import quiet_until
from callerid.turns.ringing.blocked_callers import entries_if_forgotten, is_forgotten, is_ignored_caller
from callerid.turns.ringing.caller_location import known_location
from callerid.turns.ringing.resolve_caller import resolve_caller, resolve_number
from callerid.turns.ringing.ring_start import RingStart, card_lines, outcome_of_last_call, read_start
from callerid.turns.ringing.sims import sim_of_slot

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.config.settings import Config
    from callerid.core.callers.resolve import Resolution
    from callerid.core.inbox_events import Ring
    from callerid.store.ledger.block_list import Kind
    from callerid.store.ledger.database import Ledger
    from callerid.store.mirror.database import Mirror
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts

_CARD_MAY_BE_LEFT = timedelta(hours=1)  # each removal is a command; of older rings there may be many in the inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRing:
    """A ring card that was shown."""

    notification: Notification
    spoken_text: str = ""  # to be spoken aloud, "" for nothing
    has_number: bool = False  # by which a look-up may find out more


def show_ring(app: AppContext, ring: Ring | Dialled, now: datetime, *, ended: bool = False) -> ShownRing | None:
    """Show the card of a ring, or of a dialled number, that a sense reported, and remember it; one that has `ended` gets no card.

    Return None if no card is wanted, or the report adds nothing to it. Raise PhoneFault if it could not be shown.
    """
    if not is_fresh(ring.at, now):
        _remove_unrecorded_card(app, _report(app, ring, app.line_of(ring.number)), now)
        return None
    caller = resolve_caller(app, ring.number, ring.name)  # first: it mostly tells the line, without the numbering plan
    report = _report(app, ring, _line_of(app, caller, ring.number))
    update = app.ledger.rings.match_report(report)
    known = update.card or report
    if (known.number, known.name) != (ring.number, ring.name):
        caller = resolve_caller(app, known.number, known.name)
    listed = app.ledger.block_list.lists_of(_line_of(app, caller, known.number), known.name)
    if is_forgotten(app, known.number, known.name, listed):
        _record_forgotten(app.ledger, report, update)
        return None
    if report.outgoing and not known.number and not caller.saved_name and not caller.candidates:
        return None  # the person who dialled knows more than the card could show
    unwanted = is_ignored_caller(app, known.number, known.name, listed) or not _is_chosen_sim(app.ledger, app.config, known.slot)
    start = read_start(app, caller, known.line, report.at, now)
    shown = _may_show(app.ledger, app.config, report, start.facts) and not unwanted
    shown = shown and not _is_flood(app.mirror, caller, start.cards)
    is_news = shown and not ended and _is_news(app, update)
    result = _show_and_record(app, report, caller, update, start, listed, shown=shown, unwanted=unwanted, is_news=is_news)
    if result.is_forgotten:
        app.remove_card(result.notification_id, now)
        _record_forgotten(app.ledger, report, CardUpdate(card=None))
        return None
    return result.shown


@dataclass(frozen=True, slots=True, kw_only=True)
class _RecordedRing:
    """What became of a report."""

    shown: ShownRing | None
    notification_id: str
    is_forgotten: bool  # the caller was forgotten while the card was being shown


def _line_of(app: AppContext, caller: Resolution, number: str) -> str:
    """Return the line of a raw number as `AppContext.line_of` does, where the mirror did not tell it of the caller."""
    return caller.line if caller.line and caller.number == number else app.line_of(number)


def _report(app: AppContext, ring: Ring | Dialled, line: str) -> RingReport:
    return RingReport(
        line=line or pseudo_line(ring.name),
        at=ring.at,
        number=ring.number if line else "",  # not a word for a hidden number
        name=ring.name,
        sense=ring.sense,
        slot=ring.slot,
        outgoing=isinstance(ring, Dialled),
        earlier_line=line_or_name(app, ring.earlier.number, ring.earlier.name) if ring.earlier else None,
        earlier_name=ring.earlier.name if ring.earlier else "",
    )


def _remove_unrecorded_card(app: AppContext, report: RingReport, now: datetime) -> None:
    """Remove the card of a ring whose event is read again when it is history, if the ring was never recorded: a process died
    between showing its card and recording it, so that nothing else would remove it."""
    notification_id = _notification_id(report)
    if now - report.at <= _CARD_MAY_BE_LEFT and not app.ledger.rings.has_recorded(notification_id, report.at):
        app.remove_card(notification_id, now)


def _record_forgotten(ledger: Ledger, report: RingReport, update: CardUpdate) -> None:
    """Record that there was a ring, without its caller, so that a later report of it shows no card."""
    anonymous = replace(report, line="", number="", name="")
    ledger.rings.record(anonymous, CardUpdate(card=update.before), "", shown=False, unwanted=True)


def _is_news(app: AppContext, update: CardUpdate) -> bool:
    """Return whether a report changes what the card shows; a name does if nothing is known by the number."""
    card = update.card
    if card is None:
        return True
    if not card.is_open or card.unwanted:
        return False
    if update.reveals_caller or not update.reveals_name:
        return update.reveals_caller
    by_number = resolve_number(app, card.number)
    return not by_number.candidates and not by_number.saved_name


def _show_and_record(
    app: AppContext,
    report: RingReport,
    caller: Resolution,
    update: CardUpdate,
    start: RingStart,
    listed: frozenset[Kind],
    *,
    shown: bool,
    unwanted: bool,
    is_news: bool,
) -> _RecordedRing:
    card = update.card or RingCard(
        id=0, line=report.line, at=report.at, slot=report.slot, outgoing=report.outgoing, notification_id=_notification_id(report)
    )
    number_unavailable = not report.line and app.hides_numbers(report.sense)
    try:  # the card first: a person waits for it, and not for the record
        ring = _show(app, caller, card, start, number_unavailable=number_unavailable) if is_news else None
    finally:
        line = _line_of(app, caller, card.number or report.number)
        unless = entries_if_forgotten(app.ledger, line, card.name or report.name, listed)
        is_stored = app.ledger.rings.record(report, update, card.notification_id, shown=shown, unwanted=unwanted, unless=unless)
    if ring and is_stored:
        log.info("%s from %s: %s", "call" if report.outgoing else "ring", app.masked(caller.number), caller.certainty)
    return _RecordedRing(shown=ring, notification_id=card.notification_id, is_forgotten=not is_stored)


def _notification_id(report: RingReport) -> str:
    """Return an id that is the same if the event comes again, after a process died between showing and recording its card."""
    key = f"{report.line} {report.at.timestamp()} {report.slot}"
    return f"callerid-ring-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def line_or_name(app: AppContext, number: str, name: str) -> str:
    """Return the key of a ring's caller: the line of the raw number, or one in its place where only the name is known."""
    return app.line_of(number) or pseudo_line(name)


def refresh_ring_card(app: AppContext, number: str, rang_at: datetime, now: datetime, name: str = "") -> ShownRing | None:
    """Show the card of a ring again with what has become known of its caller; None if the card is gone or not wanted."""
    card = app.ledger.rings.current(line_or_name(app, number, name), rang_at)
    if card is None:
        return None
    caller = resolve_caller(app, number, card.name)
    start = read_start(app, caller, card.line, rang_at, now)
    report = RingReport(line=card.line, at=rang_at, sense="", slot=card.slot, outgoing=card.outgoing)
    return _show(app, caller, card, start) if _may_show(app.ledger, app.config, report, start.facts) else None


def _show(
    app: AppContext,
    caller: Resolution,
    card: RingCard,
    start: RingStart,
    *,
    number_unavailable: bool = False,
) -> ShownRing:
    facts = start.facts
    details = RingCardDetails(
        lines=card_lines(app),
        history=start.history,
        last_outcome=outcome_of_last_call(app, start.history),
        number_shown="" if caller.candidates else numbers.display(caller.number, app.region),
        calls_this_week=start.calls,
        whereabouts="" if caller.candidates else known_location(app, caller.number),
        outgoing=card.outgoing,
        number_unavailable=number_unavailable,
    )
    notification = Notification(
        id=card.notification_id,
        title=ring_title(caller, facts.style, details),
        body=ring_body(caller, facts.style, details),
        urgent=True,
        alert_once=bool(card.id) and (not caller.candidates or card.answered_at is not None),
    )
    app.show_ring_card(notification, facts.now, had_failed=facts.notifications_fail)
    return ShownRing(
        notification=notification,
        spoken_text=""
        if card.outgoing or not _sim_is_known(app.ledger, app.config, card.slot)
        else spoken_text(caller, facts.style),
        has_number=caller.certainty is not Certainty.HIDDEN,
    )


def _may_show(ledger: Ledger, config: Config, report: RingReport, facts: TurnFacts) -> bool:
    if not config.enabled or (report.outgoing and not config.ring.outgoing) or quiet_until(config, facts.local):
        return False
    return _is_chosen_sim(ledger, config, report.slot)


def _is_chosen_sim(ledger: Ledger, config: Config, slot: int | None) -> bool:
    """Return whether a ring on a slot may be shown; also if its SIM is not known yet, because the call log will show it."""
    sims = config.log.sims
    sim = sim_of_slot(ledger, slot) if sims else None
    return sim is None or sim in sims


def _sim_is_known(ledger: Ledger, config: Config, slot: int | None) -> bool:
    """Return whether a ring is surely on one of the chosen SIMs: a spoken name cannot be taken back."""
    return not config.log.sims or sim_of_slot(ledger, slot) is not None


def _is_flood(mirror: Mirror, caller: Resolution, cards: int) -> bool:
    """Return whether there are too many cards within a minute for another stranger's; a known caller always gets a card."""
    if caller.candidates or (caller.saved_name and (caller.number or mirror.phone_contacts.numbers_of(caller.saved_name))):
        return False
    return is_flood(cards)
