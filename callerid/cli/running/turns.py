"""The turns of the daemon, taken once in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.cli.language.output import echo, print_fitted, shown
from callerid.cli.session import crm_connection, open_session
from callerid.messages import as_typed, message

if TYPE_CHECKING:
    from callerid.phone.inbox import Inbox, ReceivedEvent
    from callerid.turns.context import AppContext

TURNS = ("upkeep", "inbox", "watch", "reconcile", "contacts", "attend", "ask", "deliver", "hooks", "pull", "addressbook")


def take_turns(turns: tuple[str, ...]) -> None:
    """Take turns in the order of a call's life, and once more when a database was damaged, which the session has repaired then."""
    from callerid.errors import DatabaseDamaged

    try:
        _take_each(turns)
    except DatabaseDamaged as fault:
        print_fitted(f"callerid: {shown(fault.sentence)}", err=True)
        _take_each(turns)


def _take_each(turns: tuple[str, ...]) -> None:
    """Take each turn. One that fails does not keep the others from running; raise the first fault. That the disk is full, or
    takes no writes, is said to the person too: nobody may read what this process prints."""
    from callerid.errors import CalleridError, DatabaseDamaged, DiskFull, DiskReadOnly
    from callerid.turns.full_disk import keep_reserve, report_full_disk
    from callerid.turns.read_only_disk import report_read_only_disk

    first: CalleridError | None = None
    with open_session() as app:
        keep_reserve(app.paths, app.termux)
        for take in (_follow_settings, *(_TURNS[name] for name in TURNS if name in turns)):
            try:
                take(app)
            except DatabaseDamaged:
                raise
            except CalleridError as fault:
                first = fault if first is None or isinstance(fault, DiskFull | DiskReadOnly) else first
        if isinstance(first, DiskFull):
            report_full_disk(app.paths, app.termux, app.texts)
        if isinstance(first, DiskReadOnly):
            report_read_only_disk(app.termux, app.texts, first)
    if first:
        raise first


def _follow_settings(app: AppContext) -> None:
    """Have what failed under other settings tried now, and events queued for hooks, if the settings name any: what that loads, a
    turn without hooks does not need."""
    from callerid.turns.context import utc_now
    from callerid.turns.upkeep.changed_settings import follow_settings

    follow_settings(app, utc_now())
    if app.config.hooks.missed or app.config.hooks.logged:
        from callerid.turns.hooks.report_event import choose_events

        choose_events(app)


def _upkeep(app: AppContext) -> None:
    from callerid.turns.context import utc_now
    from callerid.turns.upkeep.maintenance import maintain_databases

    maintain_databases(app, utc_now())


def take_inbox(app: AppContext) -> None:
    """Handle what has arrived, one process at a time: two taps may have started two. Raise StoreFault if any of it stays."""
    from callerid.errors import StoreFault
    from callerid.phone.inbox import Inbox
    from callerid.turns.context import utc_now

    inbox = Inbox(app.paths.inbox)
    with inbox.lock():
        kept = sum(not _received(app, inbox, received) for received in inbox.read(utc_now()))
    if kept:
        raise StoreFault(
            message("{kept} of the events in {inbox} could not be handled, and stay there.", kept=kept, inbox=app.paths.inbox),
            remedy=message("See why: tail {log_file}", log_file=as_typed(app.paths.log_file)),
        )


def _received(app: AppContext, inbox: Inbox, received: ReceivedEvent) -> bool:
    """Handle an event and remove its file; return False if the file stays. Raise StoreFault if nothing can be stored, Stopped."""
    from callerid.errors import CalleridError
    from callerid.logs import log
    from callerid.turns.context import utc_now
    from callerid.turns.inbox.receive import must_stay, receive

    try:
        receive(app, received.event, utc_now())
    except CalleridError as fault:
        if must_stay(received.event, fault):
            raise
        log.warning("%s", fault)
    except Exception as fault:  # whatever it is, the other events are handled
        log.exception("unexpected error with an event")
        if must_stay(received.event, fault):
            return False
    inbox.remove(received)
    return True


def _watch(app: AppContext) -> None:
    from callerid.turns.calllog.read_new_calls import read_new_calls
    from callerid.turns.context import utc_now

    calls = read_new_calls(app, utc_now())
    echo(message("call log: {count} new, {baseline} from before callerid", count=len(calls.new), baseline=calls.baseline), err=True)


def _reconcile(app: AppContext) -> None:
    from callerid.turns.context import utc_now
    from callerid.turns.upkeep.reconcile import reconcile, summary

    echo(message("reconcile: {summary}", summary=summary(reconcile(app, utc_now()))), err=True)


def _contacts(app: AppContext) -> None:
    from callerid.turns.context import utc_now
    from callerid.turns.ringing.phone_contacts import read_phone_contacts

    read_phone_contacts(app, utc_now())


def _attend(app: AppContext) -> None:
    from callerid.turns.context import utc_now
    from callerid.turns.followup.attend import attend

    app.mirror.reindex_when_free(app.region)
    attend(app, utc_now())


def _ask(app: AppContext) -> None:
    from callerid.turns.context import utc_now
    from callerid.turns.followup.attend import attend
    from callerid.turns.followup.dialogs import AskResult, ask

    app.mirror.reindex_when_free(app.region)
    while ask(app, utc_now) in (AskResult.ANSWERED, AskResult.LEFT):
        attend(app, utc_now())


def _deliver(app: AppContext) -> None:
    from callerid.turns.context import utc_now
    from callerid.turns.delivery.with_late_calls import deliver_with_late_calls
    from callerid.turns.followup.attend import attend

    with crm_connection(app) as connection:
        result = deliver_with_late_calls(app, connection, utc_now)
    if result.settled:
        attend(app, utc_now())
    echo(message("outbox: {delivered} delivered, {left} left", delivered=result.delivered, left=result.left), err=True)
    if result.fault:
        raise result.fault


def _hooks(app: AppContext) -> None:
    from callerid.core.upkeep.health import HOOKS
    from callerid.turns.context import utc_now

    if not app.config.hooks.has_program:
        app.ledger.hook_events.choose((), utc_now())
        for source in HOOKS.values():
            app.report(source, None, utc_now())
        return
    from callerid.turns.hooks.report_event import check_programs, choose_events, report_next_event

    choose_events(app)
    check_programs(app, utc_now())
    while report_next_event(app, utc_now()):
        pass


def _pull(app: AppContext) -> None:
    from callerid.core.wording.counts import records
    from callerid.turns.context import utc_now
    from callerid.turns.followup.late_matches import offer_late_matches
    from callerid.turns.sync.pull import pull
    from callerid.turns.upkeep.forget_later import finish_forgetting

    with crm_connection(app) as connection:
        result = pull(app, connection.source(), utc_now)
    finish_forgetting(app, utc_now())
    offer_late_matches(app, utc_now())
    echo(message("sync: {records}", records=records(result.contacts, result.companies, result.deals)), err=True)


def _keep_book(app: AppContext) -> None:
    from callerid.core.upkeep.health import Source
    from callerid.turns.context import utc_now

    if not app.config.carddav.url:
        app.report(Source.ADDRESS_BOOK, None, utc_now())
        return
    from callerid.turns.carddav.kept_book import keep_book

    done = keep_book(app, utc_now)
    if done:
        echo(message("address book: {changes}", changes=done.changes), err=True)


_TURNS = {
    "upkeep": _upkeep,
    "inbox": take_inbox,
    "watch": _watch,
    "reconcile": _reconcile,
    "contacts": _contacts,
    "attend": _attend,
    "ask": _ask,
    "deliver": _deliver,
    "hooks": _hooks,
    "pull": _pull,
    "addressbook": _keep_book,
}
