"""Look up an unknown caller during the ring: in the CRM by one search, else where the number is; the ring card is then updated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.live_lookup import REMEMBERED_FOR, TIMEOUT, contacts_with_number, is_due
from callerid.errors import CalleridError, PhoneFault
from callerid.models import Page
from callerid.turns.context import has_crm, log
from callerid.turns.ringing.blocked_callers import is_forgotten
from callerid.turns.ringing.caller_location import learn_location
from callerid.turns.ringing.resolve_caller import resolve_number
from callerid.turns.ringing.show_ring import refresh_ring_card
from callerid.turns.sync.mirror_scope import check_token, current_sync_request

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.crm.port import Crm
    from callerid.models import Contact
    from callerid.phone.termux import Termux
    from callerid.turns.context import AppContext


def look_up_live(
    app: AppContext,
    crm: Callable[[], Crm],
    number: str,
    rang_at: datetime,
    clock: Callable[[], datetime],
    speak: Callable[[str], None] = lambda _: None,
) -> bool:
    """Search the CRM for the raw number of a ring, if it is unknown and the settings allow it; return whether a contact was found.

    `rang_at` is when the ring was reported (UTC). `speak` is called with what may be spoken aloud then. A CRM that does not
    answer in time is not a fault: the card shows "unknown" already.
    """
    line = app.line_of(number)
    if not _may_search(app, number, line, clock()):
        return False
    try:
        contacts = _search(app, crm(), number, TIMEOUT - (clock() - rang_at).total_seconds())
    except CalleridError as fault:
        log.info("%s could not be looked up: %s", app.masked(number), fault.sentence)
        return False
    if is_forgotten(app, number):  # meanwhile
        return False
    if contacts:
        app.mirror.update(app.region).put(Page(contacts=contacts))
    if contacts or app.mirror.facts().built_at:  # before the first sync it is not known which properties hold numbers
        now, found = clock(), bool(contacts)
        app.mirror.live_lookups.record_lookup(
            line, now, now - REMEMBERED_FOR, has_matched=found, unless=lambda: is_forgotten(app, number)
        )
    log.info("%s was looked up: %d found", app.masked(number), len(contacts))
    shown = refresh_ring_card(app, number, rang_at, clock()) if contacts else None
    if shown and shown.spoken_text:
        speak(shown.spoken_text)
    return bool(contacts)


def locate_caller(app: AppContext, number: str, rang_at: datetime, clock: Callable[[], datetime]) -> bool:
    """Find out where the unknown number of a ring is, and show it on the card; return whether that was done."""
    return learn_location(app, number, rang_at) and refresh_ring_card(app, number, rang_at, clock()) is not None


def _may_search(app: AppContext, number: str, line: str, now: datetime) -> bool:
    setting = app.config.sync.live_lookup
    if setting == "off" or not app.config.enabled or not has_crm(app.mirror, app.config) or numbers.is_hidden(number):
        return False
    if numbers.e164(number, app.region) is None or resolve_number(app, number).candidates:
        return False
    return is_due(app.mirror.live_lookups.last_lookup(line), now) and (setting == "always" or _on_wifi(app.termux))


def _on_wifi(termux: Termux) -> bool:
    try:
        return termux.is_on_wifi()
    except PhoneFault as fault:
        log.info("it is not known whether there is Wi-Fi: %s", fault.sentence)
        return False


def _search(app: AppContext, crm: Crm, number: str, timeout: float) -> tuple[Contact, ...]:
    check_token(app.mirror, crm)
    request = current_sync_request(app.mirror, app.config, crm.now)
    e164 = numbers.e164(number, app.region) or ""
    national = numbers.national(number, app.region)
    return contacts_with_number(number, app.region, crm.contacts_by_number(national, e164, request, max(0.2, timeout)))
