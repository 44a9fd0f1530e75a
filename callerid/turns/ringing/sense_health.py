"""Check the senses: compare the new calls of the log with what each sense reported of them, and warn when one is deaf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.ringing import sense_health
from callerid.core.ringing.card_lifecycle import earliest_ring, ring_of_call
from callerid.core.ringing.ring_times import REMEMBERED_FOR
from callerid.core.ringing.sense_health import Hearing, SenseHealth
from callerid.core.ringing.senses import Sense
from callerid.core.upkeep.health import Source
from callerid.errors import PhoneFault
from callerid.models import Notification
from callerid.turns.context import hides_numbers_key, local_clock, quiet_until
from callerid.turns.ringing.notification_access import failure_count
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
            ledger.key_values.write(_health_key(sense), heard)
    if after.unheard != before.unheard:
        ledger.key_values.write(_UNHEARD, str(after.unheard))


def proven_senses(ledger: Ledger) -> tuple[Sense, ...]:
    """Return the senses that ever reported a ring on this phone."""
    return tuple(sense for sense in Sense if read_sense_health(ledger, sense).ever_heard)


def read_sense_health(ledger: Ledger, sense: Sense) -> SenseHealth:
    """Return how well a sense hears, by the calls so far."""
    missed, ever_heard, identifies = (ledger.key_values.read(_health_key(sense)) or "0 0 0").split()
    return SenseHealth(missed=int(missed), ever_heard=ever_heard == "1", identifies_callers=identifies == "1")


def _health_key(sense: Sense) -> str:
    return f"ear {sense}"  # named so by the first version; the value outlives updates


def is_proven(ledger: Ledger, sense: Sense) -> bool:
    """Return whether a sense reported the last calls, with their numbers."""
    health = read_sense_health(ledger, sense)
    return health.ever_heard and health.identifies_callers and not sense_health.is_deaf(health)


def has_reported(ledger: Ledger, sense: Sense, now: datetime) -> bool:
    """Return whether a sense reported a ring of the last calls; or of the last two days, where no call has shown yet how well it
    hears, such as the test call of a setup."""
    health = read_sense_health(ledger, sense)
    if health.ever_heard:
        return not sense_health.is_deaf(health)
    return any(sense.value in ring.reporting_senses for ring in ledger.rings.since(now - REMEMBERED_FOR))


def heard_by(ledger: Ledger, listening: Collection[str], now: datetime) -> list[str]:
    """Return by which senses of those that listen a ring is heard, as far as is known. The inbox listens always, whether or not
    anything reports to it; a list of notifications that gives no answer is still polled, and a deaf sense too."""

    def hears(sense: Sense) -> bool:
        if sense is Sense.INBOX:
            return has_reported(ledger, sense, now)
        is_silent = sense is Sense.NOTIFICATIONS and failure_count(ledger) > 0
        return not is_silent and not sense_health.is_deaf(read_sense_health(ledger, sense))

    return [name for name in listening if hears(Sense(name))]


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
    fault = _SenseDeaf(sense_health.deaf_sentence(deaf), remedy=" ".join(remedies) or sense_health.NOTHING_SET_UP)
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
    warning = Notification(id="callerid-canary", title=title, body=f"{fault.sentence}\n{fault.remedy}")
    return app.show_card(warning, now)
