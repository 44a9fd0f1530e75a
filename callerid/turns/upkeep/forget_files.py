"""Forget a person in files: copies of the databases, events that wait in the inbox, and log lines."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.core.inbox_events import Dialled, Reply, Ring, Tap
from callerid.core.upkeep.health import Source
from callerid.errors import StoreFault
from callerid.messages import as_typed, message
from callerid.phone.inbox import Inbox
from callerid.store.damage import files_put_aside, remove
from callerid.store.erase import erase_log_lines
from callerid.store.ledger.database import back_up, remove_copies
from callerid.store.ledger.key_value import KEPT_BOOK
from callerid.turns.addressbook.left_cards import files_of_left_cards
from callerid.turns.hygiene import saved_corrections

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from callerid.core.inbox_events import Event
    from callerid.core.upkeep.traces import Traces
    from callerid.paths import Paths
    from callerid.phone.termux import Termux
    from callerid.store.attempts import Attempts
    from callerid.turns.context import AppContext

_EVERY_EVENT = 1_000_000


def forget_copies(app: AppContext, now: datetime, attempts: Attempts) -> None:
    """Delete every copy of both databases that may have the person: backups, the journal of answers, what migrations kept, what was
    put aside, and what a process left half-written. A new backup is taken of what is left; where that fails, the daily one reports
    it."""
    for path in (app.paths.ledger, app.paths.mirror):
        for file in files_put_aside(path):
            attempts.make(file, partial(remove, file), None)
    attempts.make(app.paths.ledger, partial(remove_copies, app.paths.ledger, attempts), None)
    try:
        back_up(app.ledger, app.paths.ledger, now)
    except StoreFault as fault:
        app.report(Source.BACKUP, fault, now)


def forget_corrections(app: AppContext, contacts: Collection[str], attempts: Attempts) -> None:
    """Delete what `hygiene` saved of these contacts (ids), so that it can no longer be reverted."""
    for file in saved_corrections.saved_files(app.paths.corrections) if contacts else ():
        attempts.make(file, partial(saved_corrections.forget_saved, file, contacts), None)


def forget_address_book(app: AppContext, attempts: Attempts) -> None:
    """Delete what is noted of a server's address book: it has ids of contacts. The next export reads the book instead, and deletes
    the card of whoever is forgotten."""
    for file in files_of_left_cards(app.paths.left_cards):
        attempts.make(file, partial(file.unlink, missing_ok=True), None)
    to_do_anew = partial(app.ledger.key_values.write, KEPT_BOOK, "")  # the person's card goes from it as soon as it can
    attempts.make(app.paths.ledger, to_do_anew, None)


def forget_events(app: AppContext, lines: Collection[str], names: Collection[str], tokens: Collection[str]) -> None:
    """Delete from the inbox what has not been handled yet: rings of theirs, and taps and notes on cards about them. What
    callerid-event wrote and could not rename comes into the inbox first. Raise OSError, and StoreFault for what stays."""
    inbox = Inbox(app.paths.inbox)
    inbox.recover_interrupted()
    for arrived in inbox.read(most=_EVERY_EVENT):
        if _is_about(app, arrived.event, lines, names, tokens):
            inbox.remove(arrived)
    if inbox.has_unreadable or inbox.has_stuck:
        raise StoreFault(
            message("{inbox} has a file that cannot be read or deleted.", inbox=app.paths.inbox),
            remedy=message("See who may use it: ls -l {folder}", folder=as_typed(app.paths.inbox)),
        )


def _is_about(app: AppContext, event: Event, lines: Collection[str], names: Collection[str], tokens: Collection[str]) -> bool:
    match event:
        case Ring() | Dialled():
            return app.line_of(event.number) in lines or event.name in names
        case Tap() | Reply():
            return event.token in tokens
    return False


def forget_log(termux: Termux, paths: Paths, traces: Traces, attempts: Attempts) -> int:
    """Delete the lines about a person from our log files, and return how many those were."""
    files = [paths.log_file, paths.log_file.with_name(f"{paths.log_file.name}.1"), *_service_logs(termux)]
    return sum(attempts.make(file, partial(erase_log_lines, file, traces), 0) for file in files)


def _service_logs(termux: Termux) -> list[Path]:
    """Return the files in which termux-services keeps the output of the daemon (svlogd)."""
    folder = Path(termux.runner.variable("PREFIX") or "/") / "var" / "log" / "sv" / "callerid"
    return sorted(path for path in folder.glob("*") if path.is_file() and path.name not in ("lock", "config"))
