"""What `callerid status` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.delivery.outbox_row import DeliveryState
from callerid.core.followup.state import UNSETTLED, State
from callerid.core.ringing.ring_card import REMEMBERED_FOR
from callerid.core.wording.counts import counted, records
from callerid.core.wording.times import ago
from callerid.turns.calllog.read_new_calls import LAST_POLL
from callerid.turns.context import source_name, utc_now
from callerid.turns.ringing.sense_health import SENSES_KEY
from callerid.turns.sync.sync import LAST_SYNC

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from callerid.turns.context import AppContext

_REFUSED = (State.CHANGE_REFUSED, State.DEAD)
_SETTLED = (State.LOGGED, State.DISMISSED, State.IGNORED, State.NOT_IN_CRM, State.BASELINE, *_REFUSED)
_ON_THE_WAY = (DeliveryState.WAITING, DeliveryState.UNSURE, DeliveryState.DEAD)


def call_counts(app: AppContext) -> dict[str, int]:
    """Return how many calls stand where; the sum is the number of calls in the log that callerid has seen."""
    counts = app.ledger.calls.counts()
    pending = sum(counts.get(state, 0) for state in UNSETTLED)
    return {state.value: counts.get(state, 0) for state in _SETTLED} | {"pending": pending}


def status_json(app: AppContext, *, running: bool) -> dict[str, object]:
    """Given a house and whether a daemon runs, return what `status --json` promises."""
    facts, book, calls = app.mirror.facts(), app.ledger.key_values, call_counts(app)
    outbox = app.ledger.outbox.all()
    in_log = app.ledger.calls.in_log()
    return {
        "enabled": app.config.enabled,
        "log_screen": app.config.log.screen,
        "running": running,
        "region": app.region,
        "senses": _senses(app) if running else [],
        "last_poll": _iso(book.read_time(LAST_POLL)),
        "last_sync": _iso(book.read_time(LAST_SYNC)),
        "mirror": {
            "contacts": facts.contacts,
            "companies": facts.companies,
            "deals": facts.deals,
            "phones": facts.phones,
            "built_at": _iso(facts.built_at),
        },
        "calls": calls | {"in_log": in_log, "adds_up": sum(calls.values()) == in_log},
        "outbox": {state.value: sum(row.state is state for row in outbox) for state in _ON_THE_WAY},
        "troubles": [
            {"source": t.source.value, "since": _iso(t.since), "sentence": t.sentence, "remedy": t.remedy} for t in book.troubles()
        ],
    }


def _senses(app: AppContext) -> list[str]:
    return (app.ledger.key_values.read(SENSES_KEY) or "").split()


def _last_ring(app: AppContext, now: datetime) -> str:
    rings = app.ledger.rings.heard_since(now - REMEMBERED_FOR)
    if not rings:
        return "none heard of late"
    return f"heard {ago(rings[-1].at, now, app.texts)} ({', '.join(rings[-1].sense_reports)})"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def status_text(app: AppContext, *, running: bool) -> str:
    """Given a house and whether a daemon runs, return the status for a person."""
    return "\n".join(_lines(app, running=running))


def _lines(app: AppContext, *, running: bool) -> Iterator[str]:
    now = app.local_time(utc_now())
    facts, book = app.mirror.facts(), app.ledger.key_values
    yield _line("caller ID", "on" if app.config.enabled else "off (callerid on)")
    yield _line("log screen", "on" if app.config.log.screen else "off (callerid log-screen on)")
    yield _line("daemon", "running" if running else "not running (callerid run)")
    yield _line("hears by", ", ".join(_senses(app)) or "nothing yet" if running else "nothing: the daemon is not running")
    yield _line("last ring", _last_ring(app, now))
    yield _line("region", app.region or "unknown: only international numbers are understood (callerid config set region DE)")
    people = f"{records(facts.contacts, facts.companies, facts.deals)}, {counted(facts.phones, 'number')}"
    yield _line("mirror", f"{people} from {source_name(app)}" if facts.built_at else "none yet (callerid sync)")
    yield _line("last sync", _ago(app, book.read_time(LAST_SYNC), now))
    yield _line("call log", f"read {_ago(app, book.read_time(LAST_POLL), now)}")
    yield _line("calls", _sum(app))
    outbox = app.ledger.outbox.all()
    waiting = sum(row.state is not DeliveryState.DEAD for row in outbox)
    yield _line("outbox", f"{waiting} waiting, {len(outbox) - waiting} refused (callerid outbox)" if outbox else "empty")
    for trouble in book.troubles():
        since = ago(trouble.since, now, app.texts)
        yield _line("TROUBLE", f"{trouble.source}: {trouble.sentence} {trouble.remedy}".rstrip() + f" (since {since})")


def _line(name: str, value: str) -> str:
    return f"{name:<11} {value}"


def _ago(app: AppContext, moment: datetime | None, now: datetime) -> str:
    return ago(moment, now, app.texts) if moment else "never"


def _sum(app: AppContext) -> str:
    calls, in_log = call_counts(app), app.ledger.calls.in_log()
    parts = " + ".join(f"{count} {name}" for name, count in calls.items())
    good = sum(calls.values()) == in_log
    return f"{in_log} in the log = {parts}" if good else f"ERROR: {in_log} in the log, but {parts}"
