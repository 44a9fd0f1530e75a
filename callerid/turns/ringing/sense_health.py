"""Check the senses: compare the new calls of the log with what each sense reported of them, and warn when one is deaf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.ringing import sense_health
from callerid.core.ringing.ring_card import REMEMBERED_FOR, ring_of_call
from callerid.core.ringing.sense_health import SenseHealth
from callerid.core.ringing.senses import Sense
from callerid.core.upkeep.health import Source
from callerid.errors import PhoneFault
from callerid.models import Notification
from callerid.turns.context import hides_numbers_key, quiet_until
from callerid.turns.ringing.resolve_caller import known_names
from callerid.turns.ringing.sims import learn_sim

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from callerid.core.ringing.ring_card import RingCard
    from callerid.models import Call
    from callerid.turns.context import AppContext


# keys of the key values
SENSES_KEY, DIALERS_KEY = "senses", "dialers"
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
    before = _deaf(app), _is_unheard(app)
    rings = app.ledger.rings.since(now - REMEMBERED_FOR)
    ring_of = {call.key: ring_of_call(call, app.line_of(call.number), rings, known_names(app, call.number)) for call in calls}
    counted = [call for call in calls if sense_health.counts_for_health(call, since, now, heard=ring_of[call.key] is not None)]
    for call in sorted(counted, key=lambda call: call.start):
        if not quiet_until(app.config, app.local_time(call.start)):
            expected = {sense for sense, begun in listening.items() if begun <= call.start}
            _learn_from_call(app, call, ring_of[call.key], expected, lost)
    if counted and not quiet_until(app.config, app.local_time(now)):
        _report(app, lost, now)
    return (_deaf(app), _is_unheard(app)) != before


def _learn_from_call(
    app: AppContext, call: Call, ring: RingCard | None, expected: Collection[Sense], lost: Collection[Sense]
) -> None:
    _count(app, call, ring, expected if ring else {*expected, *lost})
    if ring:
        learn_sim(app, call, ring)
        _learn_hidden_numbers(app, call, ring)


def _count(app: AppContext, call: Call, ring: RingCard | None, expected: Collection[Sense]) -> None:
    reporting, identifying = (ring.reporting_senses, ring.identifying_senses) if ring else (frozenset(), frozenset())
    for sense in Sense:
        if sense.value in reporting or sense in expected:
            identified = sense.value in identifying if call.number else None
            before = read_sense_health(app, sense)
            _write(app, sense, sense_health.health_after_call(before, heard=sense.value in reporting, identified=identified))
    unheard = 0 if ring or expected else int(app.ledger.key_values.read(_UNHEARD) or "0") + 1
    app.ledger.key_values.write(_UNHEARD, str(unheard))


def _deaf(app: AppContext) -> set[Sense]:
    return {sense for sense in Sense if sense_health.is_deaf(read_sense_health(app, sense))}


def _is_unheard(app: AppContext) -> bool:
    return int(app.ledger.key_values.read(_UNHEARD) or "0") >= sense_health.DEAF_AFTER


def proven_senses(app: AppContext) -> tuple[Sense, ...]:
    """Return the senses that ever reported a ring on this phone."""
    return tuple(sense for sense in Sense if read_sense_health(app, sense).ever_heard)


def read_sense_health(app: AppContext, sense: Sense) -> SenseHealth:
    """Return how well a sense hears, by the calls so far."""
    missed, ever_heard, identifies = (app.ledger.key_values.read(f"ear {sense}") or "0 0 0").split()
    return SenseHealth(missed=int(missed), ever_heard=ever_heard == "1", identifies_callers=identifies == "1")


def is_proven(app: AppContext, sense: Sense) -> bool:
    """Return whether a sense reported the last calls, with their numbers."""
    health = read_sense_health(app, sense)
    return health.ever_heard and health.identifies_callers and not sense_health.is_deaf(health)


def _write(app: AppContext, sense: Sense, health: SenseHealth) -> None:
    app.ledger.key_values.write(f"ear {sense}", f"{health.missed} {int(health.ever_heard)} {int(health.identifies_callers)}")


def _learn_hidden_numbers(app: AppContext, call: Call, ring: RingCard) -> None:
    """Record which senses leave numbers out on this phone: those that reported a call with a number without it."""
    for sense in Sense:
        if call.number and sense.value in ring.reporting_senses:
            hides = sense.value not in ring.identifying_senses
            if hides != app.hides_numbers(sense):
                app.ledger.key_values.write(hides_numbers_key(sense), "1" if hides else "")


def _report(app: AppContext, lost: Collection[Sense], now: datetime) -> None:
    deaf = _deaf(app)
    if not deaf and not _is_unheard(app):
        app.report(Source.RINGS, None, now)
        app.ledger.key_values.write(_LAST_WARNING, "")
        return
    remedies = [sense_health.remedy(sense, _maker(app), lost=sense in lost) for sense in Sense if sense in deaf]
    fault = _SenseDeaf(sense_health.deaf_sentence(deaf), remedy=" ".join(remedies) or sense_health.NOTHING_SET_UP)
    app.report(Source.RINGS, fault, now)
    if app.ledger.key_values.read(_LAST_WARNING) != fault.sentence and _notify(app, fault, now):
        app.ledger.key_values.write(_LAST_WARNING, fault.sentence)


def _maker(app: AppContext) -> str:
    try:
        return app.termux.maker()
    except PhoneFault:
        return ""


def _notify(app: AppContext, fault: _SenseDeaf, now: datetime) -> bool:
    title = app.texts.say("sense.ring_missed")
    warning = Notification(id="callerid-canary", title=title, body=f"{fault.sentence}\n{fault.remedy}")
    return app.show_card(warning, now)
