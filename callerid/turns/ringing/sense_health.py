"""The canary: calls of the log against what each sense heard of them."""

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


# facts of the notebook
SENSES_KEY, DIALERS_KEY = "senses", "dialers"
_TOLD = "canary told"  # in which words
_UNHEARD = "rings unheard"  # calls in a row while nothing was ever heard here


class _SenseDeaf(PhoneFault):
    """Calls rang, and a sense heard nothing."""


def check_senses(
    app: AppContext,
    calls: Sequence[Call],
    listening: Mapping[Sense, datetime],
    since: datetime,
    now: datetime,
    lost: Collection[Sense] = (),
) -> bool:
    """Given calls that are new in the log, since when which sense listens, since when the daemon runs, and the senses that should
    listen and cannot, count what was not heard, and say it once when a sense seems deaf, or well again. Return whether others are
    deaf now than before.

    Calls of quiet hours do not count, nor any while caller ID is off: then nothing listens, because nothing is to be shown.
    """
    if not calls or not app.config.enabled:
        return False
    before = _deaf(app), _is_unheard(app)
    rings = app.ledger.rings.heard_since(now - REMEMBERED_FOR)
    claims = {call.key: ring_of_call(call, app.line_of(call.number), rings, known_names(app, call.number)) for call in calls}
    counted = [call for call in calls if sense_health.counts_for_health(call, since, now, heard=claims[call.key] is not None)]
    for call in sorted(counted, key=lambda call: call.start):
        if not quiet_until(app.config, app.local_time(call.start)):
            _weigh(app, call, claims[call.key], {s for s, begun in listening.items() if begun <= call.start}, lost)
    if counted and not quiet_until(app.config, app.local_time(now)):
        _tell(app, lost, now)
    return (_deaf(app), _is_unheard(app)) != before


def _weigh(app: AppContext, call: Call, ring: RingCard | None, expected: Collection[Sense], lost: Collection[Sense]) -> None:
    _count(app, call, ring, expected if ring else {*expected, *lost})
    if ring:
        learn_sim(app, call, ring)
        _learn_hiding(app, call, ring)


def _count(app: AppContext, call: Call, ring: RingCard | None, expected: Collection[Sense]) -> None:
    hearers, tellers = (ring.reporting_senses, ring.identifying_senses) if ring else (frozenset(), frozenset())
    for sense in Sense:
        if sense.value in hearers or sense in expected:
            told = sense.value in tellers if call.number else None
            _write(
                app,
                sense,
                sense_health.health_after_call(read_sense_health(app, sense), heard=sense.value in hearers, identified=told),
            )
    unheard = 0 if ring or expected else int(app.ledger.key_values.read(_UNHEARD) or "0") + 1
    app.ledger.key_values.write(_UNHEARD, str(unheard))


def _deaf(app: AppContext) -> set[Sense]:
    return {sense for sense in Sense if sense_health.is_deaf(read_sense_health(app, sense))}


def _is_unheard(app: AppContext) -> bool:
    return int(app.ledger.key_values.read(_UNHEARD) or "0") >= sense_health.DEAF_AFTER


def proven_senses(app: AppContext) -> tuple[Sense, ...]:
    """Return the senses that ever heard a ring here."""
    return tuple(sense for sense in Sense if read_sense_health(app, sense).ever_heard)


def read_sense_health(app: AppContext, sense: Sense) -> SenseHealth:
    """Given a sense, return how many calls in a row it has not heard."""
    missed, heard_ever, tells = (app.ledger.key_values.read(f"ear {sense}") or "0 0 0").split()
    return SenseHealth(missed=int(missed), ever_heard=heard_ever == "1", identifies_callers=tells == "1")


def is_proven(app: AppContext, sense: Sense) -> bool:
    """Given a sense, has it told of the last calls, and who they were?"""
    found = read_sense_health(app, sense)
    return found.ever_heard and found.identifies_callers and not sense_health.is_deaf(found)


def _write(app: AppContext, sense: Sense, now: SenseHealth) -> None:
    app.ledger.key_values.write(f"ear {sense}", f"{now.missed} {int(now.ever_heard)} {int(now.identifies_callers)}")


def _learn_hiding(app: AppContext, call: Call, ring: RingCard) -> None:
    """Does a sense leave numbers out here? A call that had one, and that it heard without, tells; and the reverse."""
    for sense in Sense:
        if call.number and sense.value in ring.reporting_senses:
            hides = sense.value not in ring.identifying_senses
            if hides != app.hides_numbers(sense):
                app.ledger.key_values.write(hides_numbers_key(sense), "1" if hides else "")


def _tell(app: AppContext, lost: Collection[Sense], now: datetime) -> None:
    deaf = _deaf(app)
    if not deaf and not _is_unheard(app):
        app.report(Source.RINGS, None, now)
        app.ledger.key_values.write(_TOLD, "")
        return
    remedies = [sense_health.remedy(sense, _maker(app), lost=sense in lost) for sense in Sense if sense in deaf]
    fault = _SenseDeaf(sense_health.deaf_sentence(deaf), remedy=" ".join(remedies) or sense_health.NOTHING_SET_UP)
    app.report(Source.RINGS, fault, now)
    if app.ledger.key_values.read(_TOLD) != fault.sentence and _notify(app, fault, now):
        app.ledger.key_values.write(_TOLD, fault.sentence)


def _maker(app: AppContext) -> str:
    try:
        return app.termux.maker()
    except PhoneFault:
        return ""


def _notify(app: AppContext, fault: _SenseDeaf, now: datetime) -> bool:
    """A person reads the screen, not the log. Say whether it could be shown."""
    title = app.texts.say("sense.ring_missed")
    told = Notification(id="callerid-canary", title=title, body=f"{fault.sentence}\n{fault.remedy}")
    return app.show_card(told, now)
