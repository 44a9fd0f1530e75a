"""Ring -> card. A ring is a hint: it makes a card early and is never recorded as a call."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import Certainty
from callerid.core.inbox_events import Dialled
from callerid.core.ringing.ring_card import FRESH_FOR, CardUpdate, RingCard, RingReport, is_flood, is_fresh, pseudo_line
from callerid.core.wording.ring_card import RingCardDetails, ring_body, ring_title, spoken_text
from callerid.models import Notification
from callerid.turns.context import log, quiet_until, turn_facts
from callerid.turns.ringing.callers import block_list_kinds, is_forgotten, is_ignored_caller, resolve_caller, resolve_number
from callerid.turns.ringing.sims import sim_of_slot

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.callers.resolve import Resolution
    from callerid.core.inbox_events import Ring
    from callerid.turns.context import AppContext, TurnFacts

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRing:
    """A card that was shown, and what is to be said aloud about it ("" for nothing)."""

    notification: Notification
    spoken_text: str = ""
    is_stranger: bool = False  # more may be found out


def show_ring(app: AppContext, ring: Ring | Dialled, now: datetime, *, over: bool = False) -> ShownRing | None:
    """Given a ring or a dialled number as a sense told it, show its card; None when no card is wanted, or nothing is new about it.
    One that is `over` already is remembered without a card."""
    if not is_fresh(ring.at, now):
        return None
    hint = _hint(app, ring)
    joined = app.ledger.rings.meet(hint)
    told = joined.card or hint
    listed = block_list_kinds(app, told.number, told.name)
    if is_forgotten(app, told.number, told.name, listed):
        _withhold(app, hint, joined)
        return None
    caller = resolve_caller(app, told.number, told.name)
    if hint.outgoing and not told.number and not caller.saved_name and not caller.candidates:
        return None  # a number that was not told: who dialled it knows more
    unwelcome = is_ignored_caller(app, told.number, told.name, listed) or not _is_chosen_sim(app, told.slot)
    facts = turn_facts(app, now)
    wanted = _wanted(app, hint, facts) and not unwelcome and not _is_flood(app, caller, hint)
    news = wanted and not over and _is_news(app, joined)
    return _met(app, hint, caller, joined, facts, wanted=wanted, unwelcome=unwelcome, news=news)


def _hint(app: AppContext, ring: Ring | Dialled) -> RingReport:
    line = app.line_of(ring.number)
    return RingReport(
        line=line or pseudo_line(ring.name),
        at=ring.at,
        number=ring.number if line else "",  # not a word for somebody who hides
        name=ring.name,
        sense=ring.sense,
        slot=ring.slot,
        outgoing=isinstance(ring, Dialled),
    )


def _withhold(app: AppContext, hint: RingReport, joined: CardUpdate) -> None:
    """Of somebody who is forgotten nothing is written down but that somebody rang: what else is told of it must show nobody."""
    nobody = replace(hint, line="", number="", name="")
    app.ledger.rings.record(nobody, CardUpdate(card=joined.before), "", shown=False, unwanted=True)


def _is_news(app: AppContext, joined: CardUpdate) -> bool:
    """A name is news where the number says nothing."""
    card = joined.card
    if card is None:
        return True
    if not card.is_open or card.unwanted:
        return False
    if joined.reveals_caller or not joined.reveals_name:
        return joined.reveals_caller
    by_number = resolve_number(app, card.number)
    return not by_number.candidates and not by_number.saved_name


def _met(
    app: AppContext,
    hint: RingReport,
    caller: Resolution,
    joined: CardUpdate,
    facts: TurnFacts,
    *,
    wanted: bool,
    unwelcome: bool,
    news: bool,
) -> ShownRing | None:
    card = joined.card or RingCard(
        id=0, line=hint.line, at=hint.at, slot=hint.slot, outgoing=hint.outgoing, notification_id=_id_of(hint)
    )
    told_nobody = not hint.line and app.hides_numbers(hint.sense)
    try:  # the card first: what is written waits for nobody, and nobody waits for it
        announced = _show(app, caller, card, facts, told_no_number=told_nobody) if news else None
    finally:
        app.ledger.rings.record(hint, joined, card.notification_id, shown=wanted, unwanted=unwelcome)
    if announced:
        log.info("%s from %s: %s", "call" if hint.outgoing else "ring", app.masked(caller.number), caller.certainty)
    return announced


def _id_of(hint: RingReport) -> str:
    """The same for the same ring: a process may die when its card is shown and not yet written down, and its event comes again."""
    said = f"{hint.line} {hint.at.timestamp()} {hint.slot}"
    return f"callerid-ring-{hashlib.sha256(said.encode()).hexdigest()[:12]}"


def refresh_ring_card(app: AppContext, number: str, rang_at: datetime, now: datetime) -> ShownRing | None:
    """Given a ring of whose caller more has become known, replace its card; None when the card is no longer there."""
    card = app.ledger.rings.standing(app.line_of(number), rang_at)
    if card is None:
        return None
    facts = turn_facts(app, now)
    if not _wanted(app, RingReport(line=card.line, at=rang_at, sense="", slot=card.slot, outgoing=card.outgoing), facts):
        return None
    return _show(app, resolve_caller(app, number, card.name), card, facts)


def _show(app: AppContext, caller: Resolution, card: RingCard, facts: TurnFacts, *, told_no_number: bool = False) -> ShownRing:
    speak = facts.style
    around = RingCardDetails(
        number_shown="" if caller.candidates else numbers.display(caller.number, app.region),
        calls_this_week=0 if caller.candidates else app.ledger.calls.count_on_line(card.line, facts.now - _WEEK),
        whereabouts="" if caller.candidates else known_location(app, caller.number),
        outgoing=card.outgoing,
        number_unavailable=told_no_number,
    )
    shown = Notification(
        id=card.notification_id,
        title=ring_title(caller, speak, around),
        body=ring_body(caller, speak, around),
        urgent=True,
        alert_once=bool(card.id) and (not caller.candidates or card.answered_at is not None),
    )
    app.show_ring_card(shown, facts.now)
    return ShownRing(
        notification=shown,
        spoken_text="" if card.outgoing or not _sim_is_known(app, card.slot) else spoken_text(caller, speak),
        is_stranger=not caller.candidates and caller.certainty is not Certainty.HIDDEN,
    )


def known_location(app: AppContext, number: str) -> str:
    """Given a stranger's raw number, return what is known of where it is, `Munich, Germany · landline`: the kind of line at once,
    the place once it was found out."""
    kind = numbers.line_type(number, app.region)
    place = app.mirror.live_lookups.whereabouts(app.line_of(number), app.texts.language) or ""
    return " · ".join(part for part in (place, app.texts.say(f"place.{kind}") if kind else "") if part)


def _wanted(app: AppContext, hint: RingReport, facts: TurnFacts) -> bool:
    if not app.config.enabled or (hint.outgoing and not app.config.ring.outgoing) or quiet_until(app.config, facts.local):
        return False
    return _is_chosen_sim(app, hint.slot)


def _is_chosen_sim(app: AppContext, slot: int | None) -> bool:
    """May a ring of a slot be shown? One whose SIM is not known may: the call log will tell."""
    sims = app.config.log.sims
    sim = sim_of_slot(app, slot) if sims else None
    return sim is None or sim in sims


def _sim_is_known(app: AppContext, slot: int | None) -> bool:
    """Is it known that a ring is for one of the chosen SIMs? What is said aloud cannot be taken back."""
    return not app.config.log.sims or sim_of_slot(app, slot) is not None


def _is_flood(app: AppContext, caller: Resolution, hint: RingReport) -> bool:
    """A known caller is always announced; of strangers, no more in a minute than a telephone can bring."""
    if caller.candidates or (caller.saved_name and (caller.number or app.mirror.phone_contacts.numbers_of(caller.saved_name))):
        return False
    return is_flood(app.ledger.rings.count_shown(hint.at - FRESH_FOR, hint.at + FRESH_FOR))
