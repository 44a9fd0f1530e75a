"""An event of a call -> the program that the settings name for it, told once.

Rings, missed calls and logged calls are in the ledger; each is taken from there before its program runs. What is older than its use
is dropped, and so is what became of a call before the ledger was restored: it may have been told already.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from callerid.core.ringing.ring_times import FRESH_FOR
from callerid.core.upkeep.health import HOOKS
from callerid.errors import CalleridError, ConfigFault, Stopped, StoreFault
from callerid.logs import log
from callerid.store.ledger.outbox import RESTORED_AT
from callerid.turns.context import utc_now
from callerid.turns.hooks import payload
from callerid.turns.hooks.program import found_program, run_program
from callerid.turns.ringing.blocked_callers import is_ignored_caller, is_ignored_number
from callerid.turns.ringing.sims import sim_of_slot

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.config.settings import Config
    from callerid.core.followup.state import FollowUp
    from callerid.core.ringing.card_lifecycle import RingCard
    from callerid.core.upkeep.health import Source
    from callerid.store.ledger.hooks.hook_events import HookEvent
    from callerid.turns.context import AppContext

_TOO_OLD = timedelta(days=1)  # such as after a week in which the phone was off


def choose_events(app: AppContext) -> None:
    """Have the ledger keep the events for which the settings name a program, and no others."""
    events = [event for event in HOOKS if _program(app.config, event)]
    app.ledger.hook_events.choose(events, _written_at(app.paths.config_file))


def _written_at(file: Path) -> datetime:
    """Return when the settings were written; now where there is no file."""
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return utc_now()


def check_programs(app: AppContext, now: datetime) -> None:
    """Report the programs that cannot be run, before there is an event. What was reported of a program is taken back when it can
    be found again, and when the settings have another one, or none."""
    for event, source in HOOKS.items():
        words = _program(app.config, event)
        try:
            if words:
                found_program(source, words, app.termux.runner)
        except CalleridError as fault:
            _report(app, source, fault, now)
        else:
            if not words or app.ledger.key_values.read(_failed(source)) != _named(words):
                _report(app, source, None, now)


def report_next_event(app: AppContext, now: datetime) -> bool:
    """Tell the program of the next event about it, of a ring first, and return whether there was one. Raise Stopped, StoreFault."""
    ring = _next_ring(app, now) if app.config.hooks.ring and app.config.enabled else None
    if ring:
        _run(app, "ring", payload.of_ring(app, ring, now), now)
        return True
    event = app.ledger.hook_events.take()
    if event is None:
        return False
    followup = app.ledger.calls.followup(event.call_key)
    if followup and _is_wanted(app, event, followup, now):
        _run(app, event.event, payload.of_call(app, event.event, followup, event.at, now), now)
    return True


def _next_ring(app: AppContext, now: datetime) -> RingCard | None:
    """Return a ring that began a moment ago and that nobody was told of, which counts as told from now on."""
    since = now - FRESH_FOR
    untold = app.ledger.hook_events.untold_rings(since)
    of_now = app.ledger.rings.since(since) if untold else ()
    rings = (ring for ring in of_now if ring.id in untold and _says_all(app, ring) and _is_wanted_ring(app, ring))
    return next((ring for ring in rings if app.ledger.hook_events.claim_ring(ring.id)), None)


def _says_all(app: AppContext, ring: RingCard) -> bool:
    """Return whether no other sense has to be waited for: it is known who rings, or that the number is hidden."""
    return bool(ring.line) or not all(app.hides_numbers(sense) for sense in ring.reporting_senses)


def _is_wanted_ring(app: AppContext, ring: RingCard) -> bool:
    """Return whether a ring that was wanted when it came still is: its program may have had to wait for another one."""
    sim = sim_of_slot(app.ledger, ring.slot) if app.config.log.sims else None
    return _is_of_chosen_sim(app, sim) and not is_ignored_caller(app, ring.number, ring.name)


def _is_of_chosen_sim(app: AppContext, sim: str | None) -> bool:
    return sim is None or not app.config.log.sims or sim in app.config.log.sims


def _is_wanted(app: AppContext, event: HookEvent, followup: FollowUp, now: datetime) -> bool:
    call = followup.call
    restored = int(app.ledger.key_values.read(RESTORED_AT) or "0")
    if now - event.at > _TOO_OLD or call.start <= datetime.fromtimestamp(restored, UTC) or not _program(app.config, event.event):
        log.debug("call %s: no hook is told", call.key)
        return False
    if event.event == "missed" and (now - call.start > _TOO_OLD or not app.config.enabled):
        return False
    return _is_of_chosen_sim(app, call.sim) and not is_ignored_number(app, call.number)


def _run(app: AppContext, event: str, told: str, now: datetime) -> None:
    source = HOOKS[event]
    try:
        run_program(source, _program(app.config, event), told, app.config.hooks.time_limit.total_seconds(), app.termux.runner)
    except (Stopped, StoreFault):
        raise
    except CalleridError as fault:
        was_found = not isinstance(fault, ConfigFault)
        _report(app, source, fault, now, _named(_program(app.config, event)) if was_found else "")
    else:
        _report(app, source, None, now)


def _report(app: AppContext, source: Source, fault: CalleridError | None, now: datetime, failed: str = "") -> None:
    """Report how a hook works, and note which program has failed that could be run: only another one, or an event that it takes,
    ends its trouble."""
    if (app.ledger.key_values.read(_failed(source)) or "") != failed:
        app.ledger.key_values.write(_failed(source), failed)
    app.report(source, fault, now)


def _failed(source: Source) -> str:
    return f"failed: {source}"


def _named(words: tuple[str, ...]) -> str:
    return " ".join(words)


def _program(config: Config, event: str) -> tuple[str, ...]:
    words: tuple[str, ...] = getattr(config.hooks, event)
    return words
