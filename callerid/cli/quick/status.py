"""The answer of `callerid status`: what is on, how fresh the data is, what became of the calls, and what is out of order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from callerid.catalogue import load
from callerid.cli.language.output import language, print_text, shown, terminal_columns
from callerid.cli.session import BY_LISTS, home, open_session
from callerid.core.delivery.states import SETTLED, DeliveryState
from callerid.core.followup.states import AWAITING_ANSWER, UNSETTLED, ShownState, State, shown_state
from callerid.core.ringing.ring_times import REMEMBERED_FOR
from callerid.core.upkeep.health import SOURCE_NAMES, Source
from callerid.core.wording.table import beside, padded, places
from callerid.core.wording.times import ago
from callerid.daemon.single_instance import is_running
from callerid.messages import counted, joined, message
from callerid.store.ledger.key_value import EXPORT_TROUBLE, LAST_POLL, LAST_SYNC, SENSES
from callerid.token_scopes import remedy_of, without_it
from callerid.turns.context import PHONE_SOURCE, utc_now
from callerid.turns.full_disk import full_disk_trouble
from callerid.turns.read_only_disk import read_only_trouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from callerid.core.sync.by_export import ExportTrouble
    from callerid.core.upkeep.troubles import Trouble
    from callerid.turns.context import AppContext

_REFUSED = (State.CHANGE_REFUSED, State.DEAD)
_SETTLED = (State.LOGGED, State.DISMISSED, State.IGNORED, State.NOT_IN_CRM, State.BASELINE, *_REFUSED)
NAMES = {
    "hearing": message("hearing"),
    "fresh": message("fresh"),
    "filling": message("filling"),
    "waiting": message("waiting"),
    "TROUBLE": message("TROUBLE"),
    "scope": message("scope"),
    "sync": message("sync"),
    "calls": message("calls"),
    "region": message("region"),
    "dialog": message("dialog"),
}
_UNDELIVERED = (DeliveryState.WAITING, DeliveryState.UNSURE, DeliveryState.DEAD)


def answer(*, as_json: bool) -> None:
    """Print what is on, how fresh the data is, what became of the calls, and what is out of order."""
    running = is_running(home())
    with open_session() as app:
        _report_owner(app)
        if as_json:
            from callerid.cli.language.json_answers import print_json

            print_json(status_json(app, running=running))
        else:
            print_text(status_text(app, running=running, columns=terminal_columns()))


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


def call_counts(app: AppContext) -> dict[str, int]:
    """Return how many calls are in each state; their sum is the number of calls that were read from the call log."""
    counts = app.ledger.history.count_by_state()
    pending = sum(counts.get(state, 0) for state in UNSETTLED)
    return {state.value: counts.get(state, 0) for state in _SETTLED} | {"pending": pending}


def status_json(app: AppContext, *, running: bool) -> dict[str, object]:
    """Return the answer of `status --json` (docs/json.md); `running`: whether a daemon runs."""
    from callerid.cli.language.json_answers import missing_scope_json, no_export_json

    facts, key_values, calls = app.mirror.facts(), app.ledger.key_values, call_counts(app)
    outbox = app.ledger.summary.unfinished_deliveries()
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
        "outbox": {state.value: outbox.get(state, 0) for state in _UNDELIVERED},
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
    if fault is None:
        return None
    from callerid.core.upkeep.troubles import Trouble

    return Trouble(source=Source.BLOCK_LIST, since=now, sentence=fault.sentence, remedy=fault.remedy)


def _senses(app: AppContext) -> list[str]:
    return (app.ledger.key_values.read(SENSES) or "").split()


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def status_text(app: AppContext, *, running: bool, columns: int | None = None) -> str:
    """Return the status as lines for a person, what matters first; `running`: whether a daemon runs. Lines are broken to fit into
    so many columns (None: as long as they are)."""
    lines = status_lines(app, running=running)
    width = max(places(shown(name)) for name in NAMES.values())
    return "\n".join(line for name, value in lines for line in beside(padded(shown(NAMES[name]), width), shown(value), columns))


def status_lines(app: AppContext, *, running: bool) -> Iterator[tuple[str, str]]:
    """Return names and values: does it hear, is it fresh, does anything wait, what is out of order; then the rest."""
    now = app.local_time(utc_now())
    yield "hearing", joined("; ", (_hearing(app, now, running=running), _last_ring(app, now)))
    yield "fresh", _fresh(app, now)
    if filling := app.mirror.filling():
        facts = app.mirror.facts()
        read = counted(filling[1], "{read:,} of {count} record read", "{read:,} of {count} records read", read=filling[0])
        yield (
            "filling",
            read
            if facts.built_at
            else joined(
                "; ",
                (
                    read,
                    counted(
                        facts.contacts, "{count} recent caller can be named already", "{count} recent callers can be named already"
                    ),
                ),
            ),
        )
    yield "waiting", joined("; ", _waiting(app)) or message("nothing")
    for trouble in _troubles(app):
        told = joined(" ", filter(None, (trouble.sentence, trouble.remedy)))
        yield (
            "TROUBLE",
            message("{source}: {told} (since {ago})", source=SOURCE_NAMES[trouble.source], told=told, ago=_ago(trouble.since, now)),
        )
    for missing in app.mirror.facts().missing:
        kept = message("What is shown of it is of {ago}.", ago=_ago(missing.as_of, now)) if missing.as_of else ""
        yield "scope", joined(" ", filter(None, (without_it(missing.scope), kept, remedy_of(missing.scope))))
    if no_export := _export_trouble(app):
        yield "sync", joined(" ", filter(None, (BY_LISTS, no_export.why, no_export.remedy)))
    yield "calls", _calls(app, now)
    yield "region", app.region or message("unknown: numbers need a country code (set it: callerid config set region DE)")
    if not app.config.log.screen:
        yield "dialog", message("off after a call (turn it on: callerid log-screen on)")


def _hearing(app: AppContext, now: datetime, *, running: bool) -> str:
    if not app.config.enabled:
        return message("caller ID is off (turn it on: callerid on)")
    if not running:
        return message("no: the daemon is not running (start it: callerid run)")
    senses = _senses(app)
    if not senses:
        return message("not yet (see: callerid doctor)")
    from callerid.turns.ringing.hearing import heard_by

    hearing = heard_by(app.ledger, senses, now)
    if not hearing:
        return message("not certain: no sense is known to hear a ring (see: callerid doctor)")
    return message("yes, by {names}", names=joined(", ", hearing))


def _last_ring(app: AppContext, now: datetime) -> str:
    last = app.ledger.summary.last_ring(now - REMEMBERED_FOR)
    if last is None:
        return message("no ring in the last two days")
    rang_at, senses = last
    return message("last ring heard {ago} ({senses})", ago=_ago(rang_at, now), senses=joined(", ", senses))


def _fresh(app: AppContext, now: datetime) -> str:
    """Return how old the mirror is, what is in it, and what it was built from, whatever the settings name now."""
    facts = app.mirror.facts()
    if not facts.built_at:
        return message("no: there is no mirror yet (fill it: callerid sync)")
    counts = (
        counted(facts.contacts, "{count} contact", "{count} contacts"),
        counted(facts.companies, "{count} company", "{count} companies"),
        counted(facts.deals, "{count} deal", "{count} deals"),
        counted(facts.phones, "{count} number", "{count} numbers"),
    )
    held = [count for count in counts if count.values["count"]]
    last_sync = app.ledger.key_values.read_time(LAST_SYNC) or facts.built_at
    return message(
        "read {ago} from {source}: {held}",
        ago=_ago(last_sync, now),
        source=_source(facts.source),
        held=joined(", ", held) or message("nobody"),
    )


def _source(built_from: str) -> str:
    """Return what a mirror was built from: HubSpot, the phone contacts, or a file, of which that is the path."""
    return {"hubspot": "HubSpot", PHONE_SOURCE: load(language()).say("provider.phone")}.get(built_from) or built_from.rpartition(
        "/"
    )[2]


def _waiting(app: AppContext) -> Iterator[str]:
    counts, outbox = app.ledger.history.count_by_state(), app.ledger.summary.unfinished_deliveries()
    undecided = sum(counts.get(state, 0) for state in AWAITING_ANSWER)
    if undecided:
        yield counted(
            undecided,
            "{count} {state} call (see: callerid calls)",
            "{count} {state} calls (see: callerid calls)",
            state=_state_text(ShownState.UNDECIDED),
        )
    settled = sum(outbox.get(state, 0) for state in SETTLED)
    waiting = sum(outbox.get(state, 0) for state in (DeliveryState.WAITING, DeliveryState.UNSURE))
    refused = outbox.get(DeliveryState.DEAD, 0)
    withdrawals = app.ledger.summary.withdrawals()[0] if waiting else 0
    states = (
        message("{count} on the way to the CRM", count=waiting - withdrawals),
        message("{count} to be withdrawn from the CRM", count=withdrawals),
        message("{count} refused", count=refused),
        message("{count} not certain yet", count=settled),
    )
    sent = joined(", ", (state for state in states if state.values["count"]))
    if sent:
        yield message("{sent} (see: callerid outbox)", sent=sent)


def _state_text(state: ShownState) -> str:
    """Return what lists of calls say of a state."""
    return load(language()).say(f"state.{state}")


def _calls(app: AppContext, now: datetime) -> str:
    """Return what became of the calls in the log, which have to add up."""
    counts, in_log = Counter[ShownState](), app.ledger.history.count()
    for state, count in app.ledger.history.count_by_state().items():
        counts[shown_state(state)] += count
    if counts[ShownState.QUEUED]:
        counts[ShownState.WITHDRAWING] = app.ledger.summary.withdrawals()[1]
        counts[ShownState.QUEUED] -= counts[ShownState.WITHDRAWING]
    last_poll = app.ledger.key_values.read_time(LAST_POLL)
    if last_poll is None:
        return message("the call log was not read yet")
    texts, shown_counts = load(language()), ((state, counts[state]) for state in ShownState if counts[state])
    parts = joined(", ", (texts.say("calls.in_state", count=count, state=_state_text(state)) for state, count in shown_counts))
    read = message("{in_log} in the log, read {ago}", in_log=in_log, ago=_ago(last_poll, now))
    if sum(counts.values()) != in_log:
        return message("ERROR: {read}, but {parts}", read=read, parts=parts)
    return message("{read}: {parts}", read=read, parts=parts) if parts else read


def _ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago a moment was, as cards say it, in the language of the output."""
    return ago(moment, now, load(language())) if moment else message("never")
