"""Forget a person in files: copies of the databases, events that wait in the inbox, and log lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from callerid.core.inbox_events import Dialled, Reply, Ring, Tap
from callerid.core.upkeep.health import Source
from callerid.errors import StoreFault
from callerid.phone.inbox import Inbox
from callerid.store.connection import store_errors
from callerid.store.damage import remove_put_aside
from callerid.store.erase import erase_log_lines
from callerid.store.ledger.database import replace_copies
from callerid.turns.addressbook.left_cards import forget_left_cards
from callerid.turns.hygiene.saved_corrections import forget_saved

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from callerid.core.inbox_events import Event
    from callerid.core.upkeep.traces import Traces
    from callerid.paths import Paths
    from callerid.phone.termux import Termux
    from callerid.turns.context import AppContext

_EVERY_EVENT = 1_000_000


def forget_copies(app: AppContext, now: datetime) -> None:
    """Delete every copy of both databases that may have the person: backups, the journal of answers, what migrations kept, what was
    put aside, and what a process left half-written. A new backup is taken of what is left; where that fails, the daily one reports
    it."""
    with store_errors(app.paths.ledger):
        for path in (app.paths.ledger, app.paths.mirror):
            remove_put_aside(path)
    try:
        replace_copies(app.ledger, app.paths.ledger, now)
    except StoreFault as fault:
        app.report(Source.BACKUP, fault, now)


def forget_corrections(app: AppContext, contacts: Collection[str]) -> None:
    """Delete what `hygiene` saved of these contacts (ids), so that it can no longer be reverted. Raise StoreFault."""
    forget_saved(app.paths.corrections, contacts)


def forget_address_book(app: AppContext) -> None:
    """Delete what is noted of a server's address book: it has ids of contacts. The next export reads the book instead, and deletes
    the card of whoever is forgotten. Raise StoreFault."""
    with store_errors(app.paths.left_cards):
        forget_left_cards(app.paths.left_cards)


def forget_events(app: AppContext, lines: Collection[str], names: Collection[str], tokens: Collection[str]) -> None:
    """Delete from the inbox what has not been handled yet: rings of theirs, and taps and notes on cards about them. What
    callerid-event wrote and could not rename comes into the inbox first."""
    inbox = Inbox(app.paths.inbox)
    inbox.recover_interrupted()
    for arrived in inbox.read(most=_EVERY_EVENT):
        if _is_about(app, arrived.event, lines, names, tokens):
            inbox.remove(arrived)


def _is_about(app: AppContext, event: Event, lines: Collection[str], names: Collection[str], tokens: Collection[str]) -> bool:
    match event:
        case Ring() | Dialled():
            return app.line_of(event.number) in lines or event.name in names
        case Tap() | Reply():
            return event.token in tokens
    return False


def forget_log(termux: Termux, paths: Paths, traces: Traces) -> int:
    """Delete the lines about a person from our log files, and return how many those were."""
    files = [paths.log_file, paths.log_file.with_name(f"{paths.log_file.name}.1"), *_service_logs(termux)]
    return sum(erase_log_lines(file, traces) for file in files)


def _service_logs(termux: Termux) -> list[Path]:
    """Return the files in which termux-services keeps the output of the daemon (svlogd)."""
    folder = Path(termux.runner.variable("PREFIX") or "/") / "var" / "log" / "sv" / "callerid"
    return sorted(path for path in folder.glob("*") if path.is_file() and path.name not in ("lock", "config"))
