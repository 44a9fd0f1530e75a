"""An unknown caller -> the CRM, live: one search, verified here, and the card is replaced when the answer comes in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.live_lookup import REMEMBERED_FOR, TIMEOUT, contacts_with_number, is_due
from callerid.errors import CalleridError, PhoneFault
from callerid.models import Page
from callerid.phone.geocoder import geocode
from callerid.turns.context import has_crm, log
from callerid.turns.ringing.callers import is_forgotten, resolve_number
from callerid.turns.ringing.show_ring import refresh_ring_card
from callerid.turns.sync.mirror_scope import check_token, current_sync_request

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.crm.port import Crm
    from callerid.models import Contact
    from callerid.turns.context import AppContext


def look_up_live(
    app: AppContext,
    crm: Callable[[], Crm],
    number: str,
    rang_at: datetime,
    clock: Callable[[], datetime],
    say: Callable[[str], None] = lambda _: None,
) -> bool:
    """Given the raw number of a ring and when it was heard, ask the CRM for it if nobody is known by it and the settings allow it;
    return whether somebody was found. `say` is told what may be said aloud then. A CRM that does not answer in time is no fault:
    the card says "unknown" already."""
    line = app.line_of(number)
    if not _may_be_asked(app, number, line, clock()):
        return False
    try:
        found = _ask(app, crm(), number, TIMEOUT - (clock() - rang_at).total_seconds())
    except CalleridError as fault:
        log.info("%s could not be looked up: %s", app.masked(number), fault.sentence)
        return False
    if is_forgotten(app, number):  # meanwhile
        return False
    if found:
        app.mirror.mirror_update(app.region).put(Page(contacts=found))
    if found or app.mirror.facts().built_at:  # before the first sync it is not known which properties hold numbers
        app.mirror.live_lookups.note_asked(line, clock(), clock() - REMEMBERED_FOR, found=bool(found))
    log.info("%s was looked up: %d found", app.masked(number), len(found))
    announced = refresh_ring_card(app, number, rang_at, clock()) if found else None
    if announced and announced.spoken_text:
        say(announced.spoken_text)
    return bool(found)


def locate_caller(app: AppContext, number: str, rang_at: datetime, clock: Callable[[], datetime]) -> bool:
    """Given the raw number of a ring whose caller stays unknown, find out where it is, once, and put that on the card; say whether
    that was done. libphonenumber's tables are loaded by a process of their own, which ends."""
    written, language = numbers.e164(number, app.region), app.texts.language
    line, known = app.line_of(number), app.mirror.live_lookups
    if written is None or app.config.privacy.lock_screen != "names" or known.whereabouts(line, language) is not None:
        return False
    if app.ledger.rings.standing(line, rang_at) is None:
        return False
    try:
        found = geocode(app.termux.runner, written, language)
    except PhoneFault as fault:
        log.info("where %s is could not be found out: %s", app.masked(number), fault.sentence)
        return False
    known.note_whereabouts(line, language, found)
    return refresh_ring_card(app, number, rang_at, clock()) is not None


def _may_be_asked(app: AppContext, number: str, line: str, now: datetime) -> bool:
    wish = app.config.sync.live_lookup
    if wish == "off" or not app.config.enabled or not has_crm(app) or numbers.is_hidden(number):
        return False
    if numbers.e164(number, app.region) is None or resolve_number(app, number).candidates:
        return False
    return is_due(app.mirror.live_lookups.asked(line), now) and (wish == "always" or _on_wifi(app))


def _on_wifi(app: AppContext) -> bool:
    try:
        return app.termux.is_on_wifi()
    except PhoneFault as fault:
        log.info("whether there is Wi-Fi is not known: %s", fault.sentence)
        return False


def _ask(app: AppContext, crm: Crm, number: str, patience: float) -> tuple[Contact, ...]:
    check_token(app, crm)
    wish = current_sync_request(app, crm.now)
    e164 = numbers.e164(number, app.region) or ""
    national = numbers.national(number, app.region)
    return contacts_with_number(number, app.region, crm.contacts_by_number(national, e164, wish, max(0.2, patience)))
