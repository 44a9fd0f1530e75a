"""An unknown caller -> the CRM, live: one search, verified here, and the card is replaced when the answer comes in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.live_lookup import OLDEST, PATIENCE, is_due, that_have
from callerid.errors import CalleridError, PhoneFault
from callerid.models import Page
from callerid.phone.geocoder import whereabouts
from callerid.turns.context import has_crm, log
from callerid.turns.ringing.announce import announce_again
from callerid.turns.ringing.callers import is_forgotten, who_is
from callerid.turns.sync.mirror_scope import check_token, wish_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.crm.port import Crm
    from callerid.models import Contact
    from callerid.turns.context import House


def inquire(
    house: House,
    crm: Callable[[], Crm],
    number: str,
    rang_at: datetime,
    clock: Callable[[], datetime],
    say: Callable[[str], None] = lambda _: None,
) -> bool:
    """Given the raw number of a ring and when it was heard, ask the CRM for it if nobody is known by it and the settings allow it;
    return whether somebody was found. `say` is told what may be said aloud then. A CRM that does not answer in time is no fault:
    the card says "unknown" already."""
    line = house.line_of(number)
    if not _may_be_asked(house, number, line, clock()):
        return False
    try:
        found = _ask(house, crm(), number, PATIENCE - (clock() - rang_at).total_seconds())
    except CalleridError as fault:
        log.info("%s could not be looked up: %s", house.said(number), fault.sentence)
        return False
    if is_forgotten(house, number):  # meanwhile
        return False
    if found:
        house.mirror.updating(house.region).put(Page(contacts=found))
    if found or house.mirror.facts().built_at:  # before the first sync it is not known which properties hold numbers
        house.mirror.inquiries.note_asked(line, clock(), clock() - OLDEST, found=bool(found))
    log.info("%s was looked up: %d found", house.said(number), len(found))
    announced = announce_again(house, number, rang_at, clock()) if found else None
    if announced and announced.words:
        say(announced.words)
    return bool(found)


def locate(house: House, number: str, rang_at: datetime, clock: Callable[[], datetime]) -> bool:
    """Given the raw number of a ring whose caller stays unknown, find out where it is, once, and put that on the card; say whether
    that was done. libphonenumber's tables are loaded by a process of their own, which ends."""
    written, language = numbers.e164(number, house.region), house.texts.language
    line, known = house.line_of(number), house.mirror.inquiries
    if written is None or house.config.privacy.lock_screen != "names" or known.whereabouts(line, language) is not None:
        return False
    if house.ledger.rings.standing(line, rang_at) is None:
        return False
    try:
        found = whereabouts(house.termux.starter, written, language)
    except PhoneFault as fault:
        log.info("where %s is could not be found out: %s", house.said(number), fault.sentence)
        return False
    known.note_whereabouts(line, language, found)
    return announce_again(house, number, rang_at, clock()) is not None


def _may_be_asked(house: House, number: str, line: str, now: datetime) -> bool:
    wish = house.config.sync.live_lookup
    if wish == "off" or not house.config.enabled or not has_crm(house) or numbers.is_hidden(number):
        return False
    if numbers.e164(number, house.region) is None or who_is(house, number).people:
        return False
    return is_due(house.mirror.inquiries.asked(line), now) and (wish == "always" or _on_wifi(house))


def _on_wifi(house: House) -> bool:
    try:
        return house.termux.is_on_wifi()
    except PhoneFault as fault:
        log.info("whether there is Wi-Fi is not known: %s", fault.sentence)
        return False


def _ask(house: House, crm: Crm, number: str, patience: float) -> tuple[Contact, ...]:
    check_token(house, crm)
    wish = wish_now(house, crm.now)
    e164 = numbers.e164(number, house.region) or ""
    national = numbers.national(number, house.region)
    return that_have(number, house.region, crm.people_with(national, e164, wish, max(0.2, patience)))
