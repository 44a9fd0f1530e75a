"""The canary: calls of the log against what each sense heard of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.ringing import sense_health
from callerid.core.ringing.ring_card import KEPT, claimed_by
from callerid.core.ringing.sense_health import Deafness
from callerid.core.ringing.senses import Sense
from callerid.core.upkeep.health import Source
from callerid.errors import PhoneFault
from callerid.models import Notification
from callerid.turns.context import hides_fact, is_quiet, log
from callerid.turns.ringing.callers import names_of
from callerid.turns.ringing.sims import learn_sim

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from callerid.core.ringing.ring_card import RingCard
    from callerid.models import Call
    from callerid.turns.context import House


# facts of the notebook
SENSES, DIALERS = "senses", "dialers"
_TOLD = "canary told"  # in which words
_UNHEARD = "rings unheard"  # calls in a row while nothing was ever heard here


class _Deaf(PhoneFault):
    """Calls rang, and a sense heard nothing."""


def check_ears(
    house: House,
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
    if not calls or not house.config.enabled:
        return False
    before = _deaf(house), _is_unheard(house)
    rings = house.ledger.rings.heard_since(now - KEPT)
    claims = {call.key: claimed_by(call, house.line_of(call.number), rings, names_of(house, call.number)) for call in calls}
    counted = [call for call in calls if sense_health.counts(call, since, now, heard=claims[call.key] is not None)]
    for call in sorted(counted, key=lambda call: call.start):
        if not is_quiet(house, call.start):
            _weigh(house, call, claims[call.key], {s for s, begun in listening.items() if begun <= call.start}, lost)
    if counted and not is_quiet(house, now):
        _tell(house, lost, now)
    return (_deaf(house), _is_unheard(house)) != before


def _weigh(house: House, call: Call, ring: RingCard | None, expected: Collection[Sense], lost: Collection[Sense]) -> None:
    _count(house, call, ring, expected if ring else {*expected, *lost})
    if ring:
        learn_sim(house, call, ring)
        _learn_hiding(house, call, ring)


def _count(house: House, call: Call, ring: RingCard | None, expected: Collection[Sense]) -> None:
    hearers, tellers = (ring.hearers, ring.tellers) if ring else (frozenset(), frozenset())
    for sense in Sense:
        if sense.value in hearers or sense in expected:
            told = sense.value in tellers if call.number else None
            _write(house, sense, sense_health.after_call(deafness(house, sense), heard=sense.value in hearers, told=told))
    unheard = 0 if ring or expected else int(house.ledger.notebook.read(_UNHEARD) or "0") + 1
    house.ledger.notebook.write(_UNHEARD, str(unheard))


def _deaf(house: House) -> set[Sense]:
    return {sense for sense in Sense if sense_health.is_deaf(deafness(house, sense))}


def _is_unheard(house: House) -> bool:
    return int(house.ledger.notebook.read(_UNHEARD) or "0") >= sense_health.TELL_AFTER


def proven(house: House) -> tuple[Sense, ...]:
    """Return the senses that ever heard a ring here."""
    return tuple(sense for sense in Sense if deafness(house, sense).heard_ever)


def deafness(house: House, sense: Sense) -> Deafness:
    """Given a sense, return how many calls in a row it has not heard."""
    missed, heard_ever, tells = (house.ledger.notebook.read(f"ear {sense}") or "0 0 0").split()
    return Deafness(missed=int(missed), heard_ever=heard_ever == "1", tells=tells == "1")


def is_proven(house: House, sense: Sense) -> bool:
    """Given a sense, has it told of the last calls, and who they were?"""
    found = deafness(house, sense)
    return found.heard_ever and found.tells and not sense_health.is_deaf(found)


def _write(house: House, sense: Sense, now: Deafness) -> None:
    house.ledger.notebook.write(f"ear {sense}", f"{now.missed} {int(now.heard_ever)} {int(now.tells)}")


def _learn_hiding(house: House, call: Call, ring: RingCard) -> None:
    """Does a sense leave numbers out here? A call that had one, and that it heard without, tells; and the reverse."""
    for sense in Sense:
        if call.number and sense.value in ring.hearers:
            hides = sense.value not in ring.tellers
            if hides != house.hides_numbers(sense):
                house.ledger.notebook.write(hides_fact(sense), "1" if hides else "")


def _tell(house: House, lost: Collection[Sense], now: datetime) -> None:
    deaf = _deaf(house)
    if not deaf and not _is_unheard(house):
        house.report(Source.RINGS, None, now)
        house.ledger.notebook.write(_TOLD, "")
        return
    remedies = [sense_health.remedy(sense, _maker(house), lost=sense in lost) for sense in Sense if sense in deaf]
    fault = _Deaf(sense_health.sentence(deaf), remedy=" ".join(remedies) or sense_health.NOTHING_SET_UP)
    house.report(Source.RINGS, fault, now)
    if house.ledger.notebook.read(_TOLD) != fault.sentence and _notify(house, fault):
        house.ledger.notebook.write(_TOLD, fault.sentence)


def _maker(house: House) -> str:
    try:
        return house.termux.maker()
    except PhoneFault:
        return ""


def _notify(house: House, fault: _Deaf) -> bool:
    """A person reads the screen, not the log. Say whether it could be shown."""
    title = house.texts.say("canary.title")
    told = Notification(id="callerid-canary", title=title, body=f"{fault.sentence}\n{fault.remedy}")
    try:
        house.termux.notify(told, house.actions)
    except PhoneFault as failed:
        log.warning("%s", failed)
        return False
    return True
