"""Look up a caller in the CRM during the ring, beside the card, which is then updated.

A known caller's contacts are read again: between two syncs somebody may have been deleted, purged or merged away. That is asked by
the ids that the CRM itself has given, so it tells it no number. An unknown caller is searched for only where the settings allow it,
else it is found out where the number is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.live_lookup import (
    MOST_CHECKED,
    REMEMBERED_FOR,
    TIMEOUT,
    contacts_with_number,
    is_check_due,
    is_due,
    with_check,
)
from callerid.core.inbox_events import Ring
from callerid.errors import CalleridError, PhoneFault
from callerid.logs import log
from callerid.models import Kind, Page
from callerid.turns.context import has_crm
from callerid.turns.ringing.blocked_callers import is_forgotten
from callerid.turns.ringing.caller_location import learn_location
from callerid.turns.ringing.resolve_caller import resolve_caller, resolve_number
from callerid.turns.ringing.show_ring import line_or_name, refresh_ring_card
from callerid.turns.sync.mirror_scope import check_token, current_sync_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate
    from callerid.crm.port import Crm
    from callerid.models import Call, Contact
    from callerid.phone.termux import Termux
    from callerid.turns.context import AppContext


_CHECKS = "live_checks"  # in the key values: when known callers were checked in the last hour
_RECENT = timedelta(hours=1)  # a call that was read later than that is history


def look_up_live(
    app: AppContext,
    crm: Callable[[], Crm],
    number: str,
    rang_at: datetime,
    clock: Callable[[], datetime],
    speak: Callable[[str], None] = lambda _: None,
    *,
    name: str = "",
) -> bool:
    """Search the CRM for the raw number of a ring if it is unknown, else check whether the CRM has its contacts still, if the
    settings allow it; return whether more, or less, is known of the caller now.

    `rang_at` is when the ring was reported (UTC), `name` what the phone shows of the caller: where that is all that was heard,
    those who have it are checked. `speak` is called with what may be spoken aloud then. A CRM that does not answer in time is not a
    fault: the card shows what is known already.
    """
    if numbers.is_hidden(number) and not name:
        return False
    known = resolve_caller(app, number, name).candidates[:MOST_CHECKED]
    has_changed = bool(known) and _check(app, crm, Ring(at=rang_at, number=number, name=name), known, clock)
    withheld = {candidate.id for candidate in known} if has_changed else set[str]()
    line = app.line_of(number)
    if numbers.is_hidden(number) or resolve_number(app, number).candidates or not _may_search(app, number, line, clock()):
        return has_changed
    try:
        found = _search(app, crm(), number, TIMEOUT - (clock() - rang_at).total_seconds())
    except CalleridError as fault:
        log.info("%s could not be looked up: %s", app.masked(number), fault.sentence)
        return has_changed
    if is_forgotten(app, number):  # meanwhile
        return has_changed
    contacts = tuple(contact for contact in found if contact.id not in withheld)  # the index of a search lags
    if contacts:
        app.mirror.update(app.region).put(Page(contacts=contacts))
    if contacts or app.mirror.facts().built_at:  # before the first sync it is not known which properties hold numbers
        now, has_matched = clock(), bool(contacts)
        app.mirror.live_lookups.record_lookup(
            line, now, now - REMEMBERED_FOR, has_matched=has_matched, unless=lambda: is_forgotten(app, number)
        )
    log.info("%s was looked up: %d found", app.masked(number), len(contacts))
    shown = refresh_ring_card(app, number, rang_at, clock()) if contacts else None
    if shown and shown.spoken_text:
        speak(shown.spoken_text)
    return has_changed or bool(contacts)


def _check(
    app: AppContext,
    crm: Callable[[], Crm],
    ring: Ring,
    known: Sequence[Candidate],
    clock: Callable[[], datetime],
) -> bool:
    """Read the contacts of a known caller again, and write them as they are. Whom the CRM lacks is withheld: taken out of the
    mirror, so that cards and questions have the number alone, until a sync, which compares the counts, decides. Return whether the
    card has other people now."""
    line = line_or_name(app, ring.number, ring.name)
    if not (_is_wanted(app) and is_check_due(app.mirror.live_lookups.last_lookup(line), clock()) and _may_ask(app)):
        return False
    if not _count_check(app, clock()):
        return False
    ids = [candidate.id for candidate in known]
    try:
        found = _read(app, crm(), ids)
    except CalleridError as fault:
        log.info("%s could not be looked up: %s", app.masked(ring.number), fault.sentence)
        return False
    if is_forgotten(app, ring.number, ring.name):  # meanwhile
        return False
    update, now = app.mirror.update(app.region), clock()
    if len(update.unchanged(Kind.CONTACTS, found)) < len(found):
        update.put(found)
    gone = update.remove(Kind.CONTACTS, {int(contact_id) for contact_id in ids}.difference(found.ids()))
    app.mirror.live_lookups.record_lookup(
        line, now, now - REMEMBERED_FOR, has_matched=True, unless=lambda: is_forgotten(app, ring.number, ring.name)
    )
    if gone:
        log.info("%s is not in the CRM any more: %d withheld", app.masked(ring.number), gone)
    is_other = _shown(known) != _shown(resolve_caller(app, ring.number, ring.name).candidates[:MOST_CHECKED])
    if is_other:
        refresh_ring_card(app, ring.number, ring.at, now, ring.name)
    return is_other


def _count_check(app: AppContext, now: datetime) -> bool:
    """Record a check of a known caller, and return whether it may be made: not if there were too many in the last hour."""
    checks = with_check(app.ledger.key_values.read(_CHECKS) or "", now)
    if checks is not None:
        app.ledger.key_values.write(_CHECKS, checks)
    return checks is not None


def _shown(known: Iterable[Candidate]) -> set[tuple[str, ...]]:
    return {(candidate.id, candidate.first_name, candidate.last_name, candidate.company) for candidate in known}


def known_callers(app: AppContext, calls: Sequence[Call], now: datetime) -> list[Ring]:
    """Return those of the newest calls whose callers are known, each number once, to be looked up as those of rings: a phone
    without any sense of a ring has only its call log."""
    recent = {call.number: call for call in calls if now - call.start - timedelta(seconds=call.duration) <= _RECENT}
    may_ask = bool(recent) and _is_wanted(app)
    return [
        Ring(at=call.start, number=number) for number, call in recent.items() if may_ask and resolve_number(app, number).candidates
    ]


def locate_caller(app: AppContext, number: str, rang_at: datetime, clock: Callable[[], datetime]) -> bool:
    """Find out where the unknown number of a ring is, and show it on the card; return whether that was done."""
    if not numbers.is_hidden(number) and resolve_number(app, number).candidates:
        return False
    return learn_location(app, number, rang_at) and refresh_ring_card(app, number, rang_at, clock()) is not None


def _may_search(app: AppContext, number: str, line: str, now: datetime) -> bool:
    if not _is_wanted(app) or app.config.sync.live_lookup == "known" or numbers.e164(number, app.region) is None:
        return False
    return is_due(app.mirror.live_lookups.last_lookup(line), now) and _may_ask(app)


def _is_wanted(app: AppContext) -> bool:
    return app.config.sync.live_lookup != "off" and app.config.enabled and has_crm(app.mirror, app.config)


def _may_ask(app: AppContext) -> bool:
    return app.config.sync.live_lookup in ("known", "always") or _on_wifi(app.termux)


def _on_wifi(termux: Termux) -> bool:
    try:
        return termux.is_on_wifi()
    except PhoneFault as fault:
        log.info("it is not known whether there is Wi-Fi: %s", fault.sentence)
        return False


def _read(app: AppContext, crm: Crm, ids: Sequence[str]) -> Page:
    check_token(app.mirror, crm)
    request = current_sync_request(app.mirror, app.config, crm.now)
    with crm.time_budget(TIMEOUT):
        pages = list(crm.records_by_id(Kind.CONTACTS, ids, request))
    return Page(contacts=tuple(contact for page in pages for contact in page.contacts))


def _search(app: AppContext, crm: Crm, number: str, timeout: float) -> tuple[Contact, ...]:
    check_token(app.mirror, crm)
    request = current_sync_request(app.mirror, app.config, crm.now)
    e164 = numbers.e164(number, app.region) or ""
    national = numbers.national(number, app.region)
    return contacts_with_number(number, app.region, crm.contacts_by_number(national, e164, request, max(0.2, timeout)))
