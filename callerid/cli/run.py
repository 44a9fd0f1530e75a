"""callerid run: the daemon in the foreground, or turns once."""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys
import time
from typing import TYPE_CHECKING

import click

from callerid.cli.session import open_session, settings

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.turns.context import AppContext

TURNS = ("inbox", "watch", "reconcile", "attend", "ask", "deliver", "pull")
_LOG_BYTES = 500_000


@click.command()
@click.option("--once", is_flag=True, help="Take each turn once and end; with TURNS, only those.")
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
@click.argument("turns", nargs=-1, type=click.Choice(TURNS))
def run(turns: tuple[str, ...], *, once: bool, verbose: bool) -> None:
    """Run the daemon in the foreground until SIGTERM; with --once, take turns once and end.

    TURNS: inbox (rings and taps), watch (call log), reconcile (ledger with log), attend (notifications), ask (dialogs),
    deliver (outbox), pull (sync).
    """
    from callerid.errors import UsageFault

    if turns and not once:
        raise UsageFault("Turns can be named only with --once.", remedy=f"Type: callerid run --once {' '.join(turns)}")
    where, config = settings()
    _log_to(where.log_file, verbose=verbose)
    if once:
        _take(turns or TURNS)
        return
    from callerid.daemon.main import Daemon
    from callerid.turns.open_context import environment

    Daemon(where, config, environment()).run()
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)  # a thread that still waits for the network must not hold up the end: every effect can be repeated


def _log_to(file: Path, *, verbose: bool) -> None:
    os.umask(0o077)  # of every file that this process makes, the log after its rotation too
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    kept = logging.handlers.RotatingFileHandler(file, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", errors="replace")
    logging.getLogger("callerid").handlers.clear()
    logging.getLogger("callerid.health").propagate = True
    for handler in (kept, logging.StreamHandler(sys.stderr)):
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
        logging.getLogger("callerid").addHandler(handler)
    logging.getLogger("callerid").setLevel(logging.DEBUG if verbose else logging.INFO)


def _take(turns: tuple[str, ...]) -> None:
    """Take the turns in the order of a call's life; a turn that fails does not keep the others from theirs."""
    from callerid.errors import CalleridError

    first: CalleridError | None = None
    with open_session() as opened:
        for name in (turn for turn in TURNS if turn in turns):
            try:
                _TAKE[name](opened)
            except CalleridError as fault:
                first = first or fault
    if first:
        raise first


def _inbox(opened: AppContext) -> None:
    """Deal with what has arrived; one process at a time, because two taps may have started two."""
    from callerid.errors import CalleridError, StoreFault
    from callerid.phone.inbox import Inbox
    from callerid.turns.context import log, utc_now
    from callerid.turns.inbox.receive import receive

    inbox = Inbox(opened.paths.inbox)
    with inbox.lock():
        for arrived in inbox.read(utc_now()):
            try:
                receive(opened, arrived.event, utc_now())
            except StoreFault:
                raise  # the event's file stays: whoever comes next deals with it
            except CalleridError as fault:
                log.warning("%s", fault)
            inbox.remove(arrived)


def _watch(opened: AppContext) -> None:
    from callerid.turns.calllog.read_new_calls import read_new_calls
    from callerid.turns.context import utc_now

    calls = read_new_calls(opened, utc_now())
    click.echo(f"call log: {len(calls.new)} new, {calls.baseline} were there before", err=True)


def _reconcile(opened: AppContext) -> None:
    from callerid.turns.context import utc_now
    from callerid.turns.upkeep.reconcile import reconcile, summary

    click.echo(f"reconcile: {summary(reconcile(opened, utc_now()))}", err=True)


def _attend(opened: AppContext) -> None:
    from callerid.turns.context import utc_now
    from callerid.turns.followup.attend import attend

    opened.mirror.reindex_when_free(opened.region)
    attend(opened, utc_now())


def _ask(opened: AppContext) -> None:
    from callerid.turns.context import utc_now
    from callerid.turns.followup.attend import attend
    from callerid.turns.followup.dialogs import AskResult, ask

    opened.mirror.reindex_when_free(opened.region)
    while ask(opened, utc_now) in (AskResult.ANSWERED, AskResult.LEFT):
        attend(opened, utc_now())


def _deliver(opened: AppContext) -> None:
    from callerid.turns.context import utc_now
    from callerid.turns.delivery.deliver import deliver
    from callerid.turns.followup.attend import attend
    from callerid.turns.open_context import CrmConnection, environment

    with CrmConnection(opened, environment(), time.sleep, utc_now) as crm:
        done = deliver(opened, crm, utc_now)
    if done.settled:
        attend(opened, utc_now())
    click.echo(f"outbox: {done.delivered} delivered, {done.left} left", err=True)
    if done.fault:
        raise done.fault


def _pull(opened: AppContext) -> None:
    from callerid.core.wording.counts import records
    from callerid.turns.context import utc_now
    from callerid.turns.followup.late_matches import offer_late
    from callerid.turns.open_context import CrmConnection, environment
    from callerid.turns.sync.sync import pull

    with CrmConnection(opened, environment(), time.sleep, utc_now) as crm:
        pulled = pull(opened, crm.source(), utc_now)
    offer_late(opened, utc_now())
    click.echo(f"sync: {records(pulled.contacts, pulled.companies, pulled.deals)}", err=True)


_TAKE = {
    "inbox": _inbox,
    "watch": _watch,
    "reconcile": _reconcile,
    "attend": _attend,
    "ask": _ask,
    "deliver": _deliver,
    "pull": _pull,
}
