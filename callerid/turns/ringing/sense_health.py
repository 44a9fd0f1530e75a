"""Check the senses: compare the new calls of the log with what each sense reported of them, and warn when one is deaf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.ringing import sense_health
from callerid.core.ringing.card_lifecycle import earliest_ring, ring_of_call
from callerid.core.ringing.hearing import Sense
from callerid.core.ringing.ring_times import REMEMBERED_FOR
from callerid.core.ringing.sense_health import Hearing
from callerid.core.upkeep.health import Source
from callerid.errors import PhoneFault
from callerid.messages import joined
from callerid.models import Notification
from callerid.turns.context import hides_numbers_key, local_clock, quiet_until
from callerid.turns.ringing.hearing import health_key, read_sense_health
from callerid.turns.ringing.resolve_caller import known_names
from callerid.turns.ringing.sims import learn_sim

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from callerid.core.ringing.card_lifecycle import RingCard
    from callerid.models import Call
    from callerid.phone.termux import Termux
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext


# keys of the key values
DIALERS_KEY = "dialers"
_LAST_WARNING = "canary told"  # named so by the first version; the value outlives updates
_UNHEARD = "rings unheard"  # calls in a row that no sense reported, while none was expected to


class _SenseDeaf(PhoneFault):
    """Calls rang, and a sense reported none of them."""


def check_senses(
    app: AppContext,
    calls: Sequence[Call],
    listening: Mapping[Sense, datetime],
    since: datetime,
    now: datetime,
    lost: Collection[Sense] = (),
) -> bool:
    """Count what the senses missed of the new calls of the log, and warn once when one is deaf or hears again.

    `listening` is since when each sense has listened, `since` when the daemon started (UTC), and `lost` are the senses that should
    work and cannot be used. Calls in quiet hours or while caller ID is off do not count: then nothing listens. Return whether the
    set of deaf senses has changed.
    """
    if not calls or not app.config.enabled:
        return False
    before = hearing = _read_hearing(app.ledger)
    local = local_clock(app.ledger)
    rings = app.ledger.rings.since(max(now - REMEMBERED_FOR, earliest_ring(calls)))
    ring_of = {call.key: ring_of_call(call, app.line_of(call.number), rings, known_names(app, call.number)) for call in calls}
    counted = [call for call in calls if sense_health.counts_for_health(call, since, now, heard=ring_of[call.key] is not None)]
    for call in sorted(counted, key=lambda call: call.start):
        if not quiet_until(app.config, local(call.start)):
            ring, expected = ring_of[call.key], {sense for sense, begun in listening.items() if begun <= call.start}
            hearing = sense_health.hearing_after_call(hearing, call, ring, expected if ring else {*expected, *lost})
            if ring:
                learn_sim(app.ledger, call, ring)
                _learn_hidden_numbers(app, call, ring)
    _write_changes(app.ledger, before, hearing)
    if counted and not quiet_until(app.config, local(now)):
        _report(app, hearing, lost, now)
    return (hearing.deaf, hearing.is_unheard) != (before.deaf, before.is_unheard)


def _read_hearing(ledger: Ledger) -> Hearing:
    senses = {sense: read_sense_health(ledger, sense) for sense in Sense}
    return Hearing(senses=senses, unheard=int(ledger.key_values.read(_UNHEARD) or "0"))


def _write_changes(ledger: Ledger, before: Hearing, after: Hearing) -> None:
    for sense, health in after.senses.items():
        if health != before.senses[sense]:
            heard = f"{health.missed} {int(health.ever_heard)} {int(health.identifies_callers)}"
            ledger.key_values.write(health_key(sense), heard)
    if after.unheard != before.unheard:
        ledger.key_values.write(_UNHEARD, str(after.unheard))


def _learn_hidden_numbers(app: AppContext, call: Call, ring: RingCard) -> None:
    """Record which senses leave numbers out on this phone: those that reported a call with a number without it."""
    for sense in Sense:
        if call.number and sense.value in ring.reporting_senses:
            hides = sense.value not in ring.identifying_senses
            if hides != app.hides_numbers(sense):
                app.ledger.key_values.write(hides_numbers_key(sense), "1" if hides else "")


def _report(app: AppContext, hearing: Hearing, lost: Collection[Sense], now: datetime) -> None:
    deaf = hearing.deaf
    if not deaf and not hearing.is_unheard:
        app.report(Source.RINGS, None, now)
        app.ledger.key_values.write(_LAST_WARNING, "")
        return
    remedies = [sense_health.remedy(sense, _maker(app.termux), lost=sense in lost) for sense in Sense if sense in deaf]
    fault = _SenseDeaf(sense_health.deaf_sentence(deaf), remedy=joined(" ", remedies) if remedies else sense_health.NOTHING_SET_UP)
    app.report(Source.RINGS, fault, now)
    if app.ledger.key_values.read(_LAST_WARNING) != fault.sentence and _notify(app, fault, now):
        app.ledger.key_values.write(_LAST_WARNING, fault.sentence)


def _maker(termux: Termux) -> str:
    try:
        return termux.maker()
    except PhoneFault:
        return ""


def _notify(app: AppContext, fault: _SenseDeaf, now: datetime) -> bool:
    title = app.texts.say("sense.ring_missed")
    warning = Notification(id="callerid-canary", title=title, body=f"{app.say(fault.sentence)}\n{app.say(fault.remedy)}")
    return app.show_card(warning, now)
