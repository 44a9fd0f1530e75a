"""The address book that the settings name: it follows the mirror by itself, after a sync, as often as they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.backoff import Backoff, Failures, next_due
from callerid.core.upkeep.health import Source
from callerid.errors import CalleridError, Conflict, Stopped, StoreFault
from callerid.store.ledger.key_value import KEPT_BOOK, LAST_BOOK
from callerid.turns.addressbook.exported_people import WantedPeople
from callerid.turns.carddav.fill_book import fill_book

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.config.settings import CardDav
    from callerid.turns.carddav.fill_book import FilledBook
    from callerid.turns.context import AppContext

_WORK = "addressbook"
_AFTER_FAULT = Backoff.seconds(300, 900, 3600, 6 * 3600)


def book_due(app: AppContext, now: datetime) -> datetime | None:
    """Return when the book is to follow the mirror next, now at the earliest; None where the settings want none, or before the
    first sync."""
    wanted = app.config.carddav
    if not wanted.url or wanted.every is None or app.mirror.facts().built_at is None:
        return None
    key_values = app.ledger.key_values
    failures = key_values.read_failures(_WORK)
    if failures.count:
        return failures.next_try(now)
    is_kept = key_values.read(KEPT_BOOK) == _which(wanted)
    return next_due(key_values.read_time(LAST_BOOK) if is_kept else None, wanted.every, now)


def keep_book(app: AppContext, clock: Callable[[], datetime]) -> FilledBook | None:
    """Make the book equal to the mirror if that is due, and return what became of it, None if it is not due. A fault is reported
    once, until it works again, and tried again with growing pauses; it is raised, too. What somebody changed meanwhile is no fault:
    the next run decides anew."""
    due = book_due(app, clock())
    if due is None:
        app.report(Source.ADDRESS_BOOK, None, clock())
    if due is None or due > clock():
        return None
    wanted = app.config.carddav
    try:
        people = WantedPeople(owner=wanted.owner, with_open_deal=wanted.deals == "open", limit=wanted.limit or None)
        done = fill_book(app, wanted.url, people, lambda _: None)
        if done.fault and not isinstance(done.fault, Conflict):
            raise done.fault
    except (Stopped, StoreFault):
        raise
    except CalleridError as fault:
        _count(app, clock(), fault)
        raise
    app.ledger.key_values.write_time(LAST_BOOK, clock())
    app.ledger.key_values.write(KEPT_BOOK, _which(wanted))
    _count(app, clock(), None)
    return done


def _which(wanted: CardDav) -> str:
    """Return a text that differs for another book, or for other people in it."""
    return " ".join((wanted.url, wanted.owner, wanted.deals, str(wanted.limit)))


def _count(app: AppContext, now: datetime, fault: CalleridError | None) -> None:
    """Store and report how an attempt ended."""
    failures = app.ledger.key_values.read_failures(_WORK)
    if fault or failures.count:
        app.ledger.key_values.write_failures(_WORK, failures.one_more(_AFTER_FAULT, now) if fault else Failures())
    app.report(Source.ADDRESS_BOOK, fault, now)
