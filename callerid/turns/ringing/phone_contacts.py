"""Read the phone contacts, for the names on cards: daily, and when a call shows that they have changed."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from callerid.core.backoff import next_due
from callerid.core.upkeep.health import Source
from callerid.errors import PhoneFault, Stopped
from callerid.logs import log
from callerid.models import SavedNumber
from callerid.phone.android import System
from callerid.store.ledger.key_value import CONTACTS_REGION
from callerid.store.mirror.own.phone_contacts import CONTACTS
from callerid.turns.context import PHONE_SOURCE
from callerid.turns.ringing.blocked_callers import is_forgotten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from callerid.models import Call
    from callerid.phone.termux import Termux
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext

_EVERY = timedelta(days=1)
_TRY_AGAIN = timedelta(minutes=30)  # after a failure, and at least between two reads
LAST_READ, _LAST_TRY = "phone_contacts_read", "phone_contacts_tried"
_STALE = "phone_contacts_stale"
_LOG = "call-log"


def read_phone_contacts(app: AppContext, now: datetime, *, stale: bool = False) -> datetime | None:
    """Read the phone contacts if that is due or they are stale; return when it is due next (UTC), None for never.

    `stale` stays in effect until they were read. If they cannot be read, the last ones are kept.
    """
    if app.config.ring.phone_contacts == "off" or app.mirror.facts().source == PHONE_SOURCE:
        return None
    if stale:
        app.ledger.key_values.write(_STALE, "1")
    due = _due(app.ledger, app.region, now, stale=app.ledger.key_values.read(_STALE) == "1")
    if due > now:
        return due
    app.ledger.key_values.write_time(_LAST_TRY, now)
    try:
        contacts = _read(app.termux)
    except Stopped:
        raise
    except PhoneFault as fault:
        app.report(Source.PHONE_CONTACTS, fault, now)
        return now + _TRY_AGAIN
    app.report(Source.PHONE_CONTACTS, None, now)
    count = app.mirror.phone_contacts.replace(contacts, app.region, CONTACTS, partial(_may_keep, app))
    app.ledger.key_values.write_time(LAST_READ, now)
    app.ledger.key_values.write(CONTACTS_REGION, app.region)
    app.ledger.key_values.write(_STALE, "")
    log.info("%d numbers in the phone contacts", count)
    return now + _EVERY


def _due(ledger: Ledger, region: str, now: datetime, *, stale: bool) -> datetime:
    key_values = ledger.key_values
    last, tried = key_values.read_time(LAST_READ), key_values.read_time(_LAST_TRY)
    region_changed = key_values.read(CONTACTS_REGION) != region
    due = now if stale or region_changed else next_due(last, _EVERY, now)
    return due if region_changed and last else max(due, next_due(tried, _TRY_AGAIN, now))


def _read(termux: Termux) -> Iterable[SavedNumber]:
    """Return all numbers, read as root or by Shizuku; else Termux:API's list, one per contact (Source: termux-api#73)."""
    system = System(termux.runner)
    for way in system.shells():
        try:
            return system.read_contacts(way)
        except Stopped:
            raise
        except PhoneFault as fault:
            log.debug("%s", fault)
    return [SavedNumber(name=name, number=number) for name, number in termux.contact_list()]


def learn_names(app: AppContext, calls: Iterable[Call]) -> bool:
    """Keep the names that the call log has for the numbers of new calls, oldest first; return whether the phone contacts are stale.

    A number without a name in the log was removed from the contacts.
    """
    if app.config.ring.phone_contacts == "off":
        return False
    stale = False
    for call in calls:
        if call.number and not call.name:
            app.mirror.phone_contacts.remove(call.number, app.region, _LOG)
        elif call.number and call.name not in app.mirror.phone_contacts.names_of(call.number, app.region):
            stale = True
            saved = SavedNumber(name=call.name, number=call.number)
            app.mirror.phone_contacts.add(saved, app.region, _LOG, partial(_may_keep, app))
    return stale


def _may_keep(app: AppContext, saved: SavedNumber) -> bool:
    return not is_forgotten(app, saved.number, saved.name)
