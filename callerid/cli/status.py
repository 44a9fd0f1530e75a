"""callerid status: what is on, how fresh the data is, what became of the calls, and what is out of order."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

import click

from callerid.catalogue import load
from callerid.cli.session import BY_LISTS, home, missing_scope_json, no_export_json, open_session, print_json
from callerid.core.delivery.outbox_row import DeliveryState, is_settled
from callerid.core.followup.state import AWAITING_ANSWER, UNSETTLED, State
from callerid.core.ringing.card_lifecycle import REMEMBERED_FOR
from callerid.core.upkeep.health import Source, Trouble
from callerid.core.wording.counts import counted
from callerid.core.wording.times import ago
from callerid.daemon.single_instance import is_running
from callerid.store.ledger.key_value import EXPORT_TROUBLE, LAST_POLL, LAST_SYNC, SENSES
from callerid.token_scopes import remedy_of, without_it
from callerid.turns.context import PHONE_SOURCE, utc_now
from callerid.turns.full_disk import full_disk_trouble
from callerid.turns.read_only_disk import read_only_trouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from callerid.catalogue import Catalogue
    from callerid.core.sync.by_export import ExportTrouble
    from callerid.turns.context import AppContext

_REFUSED = (State.CHANGE_REFUSED, State.DEAD)
_SETTLED = (State.LOGGED, State.DISMISSED, State.IGNORED, State.NOT_IN_CRM, State.BASELINE, *_REFUSED)
_WORDS = {
    State.NOT_IN_CRM: "not in the CRM",
    State.BASELINE: "from before callerid",
    State.CHANGE_REFUSED: "logged but a change refused",
    State.DEAD: "refused",
    "pending": "waiting",
}
_NAMES = 7  # columns of the names
_UNDELIVERED = (DeliveryState.WAITING, DeliveryState.UNSURE, DeliveryState.DEAD)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON; docs/json.md lists the keys.")
def status(*, as_json: bool) -> None:
    """Show what is on, how fresh the data is, what became of the calls, and what is out of order.

    Example: callerid status
    """
    running = is_running(home())
    with open_session() as app:
        _report_owner(app)
        if as_json:
            print_json(status_json(app, running=running))
        else:
            click.echo(status_text(app, running=running, columns=_columns()))


def _report_owner(app: AppContext) -> None:
    """Report whether the person whom the settings name is in the CRM: each command tells it anew."""
    if app.config.crm.owner or any(trouble.source is Source.OWNER for trouble in app.ledger.key_values.troubles()):
        from callerid.turns.sync.mirror_scope import owner_fault

        app.report(Source.OWNER, owner_fault(app.mirror, app.config), utc_now())


def _export_trouble(app: AppContext) -> ExportTrouble | None:
    """Return why the last full sync read lists, if exports were wanted."""
    if not app.ledger.key_values.read(EXPORT_TROUBLE):
        return None
    from callerid.turns.sync.exports import export_trouble

    return export_trouble(app.ledger.key_values, app.config)


def _columns() -> int | None:
    """Return how many columns the terminal has; None where the answer goes elsewhere."""
    with suppress(OSError, ValueError):
        return os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else None
    return None


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
        "no_export": no_export_json(_export_trouble(app)),
        "calls": calls | {"in_log": in_log, "adds_up": sum(calls.values()) == in_log},
        "outbox": {state.value: sum(row.state is state for row in outbox) for state in _UNDELIVERED},
        "troubles": [
            {"source": t.source.value, "since": _iso(t.since), "sentence": t.sentence, "remedy": t.remedy} for t in _troubles(app)
        ],
    }


def _troubles(app: AppContext) -> tuple[Trouble, ...]:
    """Return what is out of order. That the disk is full or takes no writes is not in the ledger, where it could not be written."""
    now = utc_now()
    seen = full_disk_trouble(app.paths), read_only_trouble(app.paths, now), _block_list_trouble(app, now)
    return (*app.ledger.key_values.troubles(), *filter(None, seen))


def _block_list_trouble(app: AppContext, now: datetime) -> Trouble | None:
    fault = app.ledger.block_list.fault
    return Trouble(source=Source.BLOCK_LIST, since=now, sentence=fault.sentence, remedy=fault.remedy) if fault else None


def _senses(app: AppContext) -> list[str]:
    return (app.ledger.key_values.read(SENSES) or "").split()


@cache
def _english() -> Catalogue:
    """Return the texts of commands, which speak English whatever the language of cards is."""
    return load("en")


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def status_text(app: AppContext, *, running: bool, columns: int | None = None) -> str:
    """Return the status as lines for a person, what matters first; `running`: whether a daemon runs. Lines are broken to fit into
    so many columns (None: as long as they are)."""
    return "\n".join(line for name, value in status_lines(app, running=running) for line in _fitted(name, value, columns))


def _fitted(name: str, value: str, columns: int | None) -> Iterator[str]:
    """Return a value beside its name, on as many lines as it takes."""
    line = f"{name:<{_NAMES}}"
    for word in value.split(" "):
        if columns and len(line) > _NAMES and len(line) + 1 + len(word) > columns:
            yield line
            line = " " * _NAMES
        line += f" {word}"
    yield line


def status_lines(app: AppContext, *, running: bool) -> Iterator[tuple[str, str]]:
    """Return names and values: does it hear, is it fresh, does anything wait, what is out of order; then the rest."""
    now = app.local_time(utc_now())
    yield "hearing", f"{_hearing(app, running=running)}; {_last_ring(app, now)}"
    yield "fresh", _fresh(app, now)
    if filling := app.mirror.filling():
        facts = app.mirror.facts()
        named = "" if facts.built_at else f"; {counted(facts.contacts, 'recent caller')} can be named already"
        yield "filling", f"{filling[0]:,} of {counted(filling[1], 'record')} read{named}"
    yield "waiting", "; ".join(_waiting(app)) or "nothing"
    for trouble in _troubles(app):
        since = ago(trouble.since, now, _english())
        yield "TROUBLE", f"{trouble.source}: {trouble.sentence} {trouble.remedy}".rstrip() + f" (since {since})"
    for missing in app.mirror.facts().missing:
        kept = f" What is shown of it is of {_ago(missing.as_of, now)}." if missing.as_of else ""
        yield "scope", f"{without_it(missing.scope)}{kept} {remedy_of(missing.scope)}"
    if no_export := _export_trouble(app):
        yield "sync", f"{BY_LISTS} {no_export.why} {no_export.remedy}".rstrip()
    yield "calls", _calls(app, now)
    yield "region", app.region or "unknown: numbers need a country code (set it: callerid config set region DE)"
    if not app.config.log.screen:
        yield "dialog", "off after a call (turn it on: callerid log-screen on)"


def _hearing(app: AppContext, *, running: bool) -> str:
    if not app.config.enabled:
        return "caller ID is off (turn it on: callerid on)"
    if not running:
        return "no: the daemon is not running (start it: callerid run)"
    senses = _senses(app)
    return f"yes, by {', '.join(senses)}" if senses else "not yet (see: callerid doctor)"


def _last_ring(app: AppContext, now: datetime) -> str:
    rings = app.ledger.rings.since(now - REMEMBERED_FOR)
    if not rings:
        return "no ring in the last two days"
    return f"last ring heard {ago(rings[-1].at, now, _english())} ({', '.join(rings[-1].sense_reports)})"


def _fresh(app: AppContext, now: datetime) -> str:
    """Return how old the mirror is, what is in it, and what it was built from, whatever the settings name now."""
    facts = app.mirror.facts()
    if not facts.built_at:
        return "no: there is no mirror yet (fill it: callerid sync)"
    counts = [(facts.contacts, "contact", ""), (facts.companies, "company", "companies"), (facts.deals, "deal", "")]
    held = [counted(*count) for count in (*counts, (facts.phones, "number", "")) if count[0]]
    last_sync = app.ledger.key_values.read_time(LAST_SYNC) or facts.built_at
    return f"read {_ago(last_sync, now)} from {_source(facts.source)}: {', '.join(held) or 'nobody'}"


def _source(built_from: str) -> str:
    """Return what a mirror was built from: HubSpot, the phone contacts, or a file, of which that is the path."""
    return {"hubspot": "HubSpot", PHONE_SOURCE: _english().say("provider.phone")}.get(built_from) or built_from.rpartition("/")[2]


def _waiting(app: AppContext) -> Iterator[str]:
    counts, outbox = app.ledger.history.count_by_state(), app.ledger.outbox.all()
    asked = sum(counts.get(state, 0) for state in AWAITING_ANSWER)
    if asked:
        yield f"{counted(asked, 'call')} for your answer (see: callerid calls)"
    settled = sum(map(is_settled, outbox))
    waiting = sum(row.state in (DeliveryState.WAITING, DeliveryState.UNSURE) for row in outbox)
    refused = len(outbox) - waiting - settled
    states = ((waiting, "on the way to the CRM"), (refused, "refused"), (settled, "not certain yet"))
    sent = ", ".join(f"{count} {state}" for count, state in states if count)
    if sent:
        yield f"{sent} (see: callerid outbox)"


def _calls(app: AppContext, now: datetime) -> str:
    """Return what became of the calls in the log, which have to add up."""
    counts, in_log = call_counts(app), app.ledger.history.count()
    last_poll = app.ledger.key_values.read_time(LAST_POLL)
    if last_poll is None:
        return "the call log was not read yet"
    parts = ", ".join(f"{count} {_WORDS.get(state, state)}" for state, count in counts.items() if count)
    read = f"{in_log} in the log, read {_ago(last_poll, now)}"
    if sum(counts.values()) != in_log:
        return f"ERROR: {read}, but {parts}"
    return f"{read}: {parts}" if parts else read


def _ago(moment: datetime | None, now: datetime) -> str:
    return ago(moment, now, _english()) if moment else "never"
