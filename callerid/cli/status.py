"""callerid status: what is on, how fresh the data is, what became of the calls, and what is out of order."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import click

from callerid.catalogue import load
from callerid.cli.session import home, missing_scope_json, open_session, print_json
from callerid.core.delivery.outbox_row import DeliveryState, is_settled
from callerid.core.followup.state import UNSETTLED, State
from callerid.core.ringing.card_lifecycle import REMEMBERED_FOR
from callerid.core.upkeep.health import Source
from callerid.core.wording.counts import counted, records
from callerid.core.wording.times import ago
from callerid.daemon.single_instance import is_running
from callerid.token_scopes import remedy_of, without_it
from callerid.turns.calllog.read_new_calls import LAST_POLL
from callerid.turns.context import source_name, utc_now
from callerid.turns.full_disk import full_disk_trouble
from callerid.turns.read_only_disk import read_only_trouble
from callerid.turns.ringing.sense_health import SENSES_KEY
from callerid.turns.sync.mirror_scope import owner_fault
from callerid.turns.sync.pull import LAST_SYNC

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from callerid.catalogue import Catalogue
    from callerid.core.upkeep.health import Trouble
    from callerid.turns.context import AppContext

_REFUSED = (State.CHANGE_REFUSED, State.DEAD)
_SETTLED = (State.LOGGED, State.DISMISSED, State.IGNORED, State.NOT_IN_CRM, State.BASELINE, *_REFUSED)
_UNDELIVERED = (DeliveryState.WAITING, DeliveryState.UNSURE, DeliveryState.DEAD)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON; docs/json.md lists the keys.")
def status(*, as_json: bool) -> None:
    """Show what is on, how fresh the data is, what became of the calls, and what is out of order."""
    running = is_running(home())
    with open_session() as app:
        app.report(Source.OWNER, owner_fault(app.mirror, app.config), utc_now())
        if as_json:
            print_json(status_json(app, running=running))
        else:
            click.echo(status_text(app, running=running))


def call_counts(app: AppContext) -> dict[str, int]:
    """Return how many calls are in each state; their sum is the number of calls that were read from the call log."""
    counts = app.ledger.history.count_by_state()
    pending = sum(counts.get(state, 0) for state in UNSETTLED)
    return {state.value: counts.get(state, 0) for state in _SETTLED} | {"pending": pending}


def status_json(app: AppContext, *, running: bool) -> dict[str, object]:
    """Return the answer of `status --json` (docs/json.md); `running`: whether a daemon runs."""
    facts, key_values, calls = app.mirror.facts(), app.ledger.key_values, call_counts(app)
    outbox = app.ledger.outbox.all()
    in_log = app.ledger.history.count()
    return {
        "enabled": app.config.enabled,
        "log_screen": app.config.log.screen,
        "running": running,
        "region": app.region,
        "senses": _senses(app) if running else [],
        "last_poll": _iso(key_values.read_time(LAST_POLL)),
        "last_sync": _iso(key_values.read_time(LAST_SYNC)),
        "mirror": {
            "contacts": facts.contacts,
            "companies": facts.companies,
            "deals": facts.deals,
            "phones": facts.phones,
            "built_at": _iso(facts.built_at),
            "filling": {"read": filling[0], "of": filling[1]} if (filling := app.mirror.filling()) else None,
        },
        "missing_scopes": [missing_scope_json(missing) for missing in facts.missing],
        "calls": calls | {"in_log": in_log, "adds_up": sum(calls.values()) == in_log},
        "outbox": {state.value: sum(row.state is state for row in outbox) for state in _UNDELIVERED},
        "troubles": [
            {"source": t.source.value, "since": _iso(t.since), "sentence": t.sentence, "remedy": t.remedy} for t in _troubles(app)
        ],
    }


def _troubles(app: AppContext) -> tuple[Trouble, ...]:
    """Return what is out of order. That the disk is full or takes no writes is not in the ledger, where it could not be written."""
    of_disk = full_disk_trouble(app.paths), read_only_trouble(app.paths, utc_now())
    return (*app.ledger.key_values.troubles(), *filter(None, of_disk))


def _senses(app: AppContext) -> list[str]:
    return (app.ledger.key_values.read(SENSES_KEY) or "").split()


@cache
def _english() -> Catalogue:
    """Return the texts of commands, which speak English whatever the language of cards is."""
    return load("en")


def _last_ring(app: AppContext, now: datetime) -> str:
    rings = app.ledger.rings.since(now - REMEMBERED_FOR)
    if not rings:
        return "none reported in the last two days"
    return f"heard {ago(rings[-1].at, now, _english())} ({', '.join(rings[-1].sense_reports)})"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def status_text(app: AppContext, *, running: bool) -> str:
    """Return the status as lines for a person; `running`: whether a daemon runs."""
    return "\n".join(_lines(app, running=running))


def _lines(app: AppContext, *, running: bool) -> Iterator[str]:
    now = app.local_time(utc_now())
    facts, key_values = app.mirror.facts(), app.ledger.key_values
    yield _line("caller ID", "on" if app.config.enabled else "off (turn it on: callerid on)")
    yield _line("log screen", "on" if app.config.log.screen else "off (turn it on: callerid log-screen on)")
    yield _line("daemon", "running" if running else "not running (start it: callerid run)")
    yield _line("senses", ", ".join(_senses(app)) or "none yet" if running else "none: the daemon is not running")
    yield _line("last ring", _last_ring(app, now))
    yield _line("region", app.region or "unknown: numbers need a country code (set it: callerid config set region DE)")
    people = f"{records(facts.contacts, facts.companies, facts.deals)}, {counted(facts.phones, 'number')}"
    yield _line("mirror", f"{people} from {source_name(app)}" if facts.built_at else "none yet (fill it: callerid sync)")
    if filling := app.mirror.filling():
        named = "" if facts.built_at else f"; {counted(facts.contacts, 'recent caller')} can be named already"
        yield _line("filling", f"{filling[0]:,} of {counted(filling[1], 'record')} read{named}")
    for missing in facts.missing:
        kept = f" What is shown of it is of {_ago(missing.as_of, now)}." if missing.as_of else ""
        yield _line("scope", f"{without_it(missing.scope)}{kept} {remedy_of(missing.scope)}")
    yield _line("last sync", _ago(key_values.read_time(LAST_SYNC), now))
    last_poll = key_values.read_time(LAST_POLL)
    yield _line("call log", f"read {_ago(last_poll, now)}" if last_poll else "not read yet")
    yield _line("calls", _call_counts_line(app))
    outbox = app.ledger.outbox.all()
    waiting, settled = (
        sum(row.state in (DeliveryState.WAITING, DeliveryState.UNSURE) for row in outbox),
        sum(map(is_settled, outbox)),
    )
    counts = f"{waiting} waiting, {len(outbox) - waiting - settled} refused{f', {settled} not certain yet' if settled else ''}"
    yield _line("outbox", f"{counts} (see: callerid outbox)" if outbox else "empty")
    for trouble in _troubles(app):
        since = ago(trouble.since, now, _english())
        yield _line("TROUBLE", f"{trouble.source}: {trouble.sentence} {trouble.remedy}".rstrip() + f" (since {since})")


def _line(name: str, value: str) -> str:
    return f"{name:<11} {value}"


def _ago(moment: datetime | None, now: datetime) -> str:
    return ago(moment, now, _english()) if moment else "never"


def _call_counts_line(app: AppContext) -> str:
    calls, in_log = call_counts(app), app.ledger.history.count()
    parts = " + ".join(f"{count} {name}" for name, count in calls.items())
    adds_up = sum(calls.values()) == in_log
    return f"{in_log} in the log = {parts}" if adds_up else f"ERROR: {in_log} in the log, but {parts}"
