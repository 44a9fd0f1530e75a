"""The phone's own contacts -> names for cards: daily, and when a call shows that they have changed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import next_due
from callerid.core.upkeep.health import Source
from callerid.errors import PhoneFault, Stopped
from callerid.models import SavedNumber
from callerid.phone.android import System
from callerid.store.mirror.phone_contacts import CONTACTS
from callerid.turns.context import PHONE_SOURCE, log
from callerid.turns.ringing.blocked_callers import is_forgotten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from callerid.models import Call
    from callerid.turns.context import AppContext

_EVERY = timedelta(days=1)
_TRY_AGAIN = timedelta(minutes=30)  # after a failure; and the least between two readings
LAST_READ, _LAST_TRY, _REGION = "phone_contacts_read", "phone_contacts_tried", "phone_contacts_region"
_STALE = "phone_contacts_stale"
_LOG = "call-log"


def read_phone_contacts(app: AppContext, now: datetime, *, stale: bool = False) -> datetime | None:
    """Read the phone's contacts if that is due, or if they are known to be stale, since now or an earlier turn; return when it is
    due next (None: never). What cannot be read stays as it was."""
    if app.config.ring.phone_contacts == "off" or app.mirror.facts().source == PHONE_SOURCE:
        return None
    if stale:
        app.ledger.key_values.write(_STALE, "1")  # until they have been read: the call that showed it shows it once
    due = _due(app, now, stale=app.ledger.key_values.read(_STALE) == "1")
    if due > now:
        return due
    app.ledger.key_values.write_time(_LAST_TRY, now)
    try:
        saved = _read(app)
    except Stopped:
        raise
    except PhoneFault as fault:
        app.report(Source.PHONE_CONTACTS, fault, now)
        return now + _TRY_AGAIN
    app.report(Source.PHONE_CONTACTS, None, now)
    count = app.mirror.phone_contacts.replace(saved, app.region, CONTACTS, lambda one: not is_forgotten(app, one.number, one.name))
    app.ledger.key_values.write_time(LAST_READ, now)
    app.ledger.key_values.write(_REGION, app.region)
    app.ledger.key_values.write(_STALE, "")
    log.info("%d numbers in the phone's own contacts", count)
    return now + _EVERY


def _due(app: AppContext, now: datetime, *, stale: bool) -> datetime:
    book = app.ledger.key_values
    last, tried = book.read_time(LAST_READ), book.read_time(_LAST_TRY)
    moved = book.read(_REGION) != app.region
    due = now if stale or moved else next_due(last, _EVERY, now)
    return due if moved and last else max(due, next_due(tried, _TRY_AGAIN, now))


def _read(app: AppContext) -> Iterable[SavedNumber]:
    """The whole table as root or by Shizuku; else Termux:API's list, which has one number of each person (termux-api#73)."""
    system = System(app.termux.runner)
    for way in system.shells():
        try:
            return system.read_contacts(way)
        except Stopped:
            raise
        except PhoneFault as fault:
            log.debug("%s", fault)
    return [SavedNumber(name=name, number=number) for name, number in app.termux.contact_list()]


def learn_names(app: AppContext, calls: Iterable[Call]) -> bool:
    """Given new calls, oldest first, keep the names that the call log gives their numbers; say whether that shows our list of
    contacts stale. A number that has no name in the log any more was taken out of the contacts."""
    if app.config.ring.phone_contacts == "off":
        return False
    stale = False
    for call in calls:
        if call.number and not call.name:
            app.mirror.phone_contacts.drop(call.number, app.region, _LOG)
        elif call.number and call.name not in app.mirror.phone_contacts.names_of(call.number, app.region):
            stale = True
            if not is_forgotten(app, call.number, call.name):
                app.mirror.phone_contacts.add(SavedNumber(name=call.name, number=call.number), app.region, _LOG)
    return stale
