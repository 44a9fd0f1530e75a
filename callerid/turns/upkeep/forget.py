"""Forgetting somebody: every row and log line goes, and nothing of them comes back with the next sync or look at the call log."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import Certainty
from callerid.core.inbox_events import Dialled, Ring
from callerid.core.numbers.field_numbers import find_numbers
from callerid.core.ringing.ring_card import pseudo_line
from callerid.errors import PhoneFault
from callerid.models import Kind, Page
from callerid.phone.inbox import Inbox
from callerid.store.erase import forget_calls, forget_everywhere
from callerid.store.ledger.block_list import Kind as Mark
from callerid.turns.ringing.resolve_caller import name_orders, numbers_of_name, resolve_number

if TYPE_CHECKING:
    from collections.abc import Collection

    from callerid.core.callers.candidate import Candidate
    from callerid.models import ContactPhone, Deal
    from callerid.store.ledger.block_list import BlockList
    from callerid.turns.context import AppContext

_FEWEST_DIGITS = 3
_LONG_ENOUGH = 6  # digits: a shorter run in a log line may be anything


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetTarget:
    """Whom a person wants forgotten: the lines, contacts and names that are theirs."""

    lines: frozenset[str]
    contacts: frozenset[str]
    names: frozenset[str]
    raws: frozenset[str]  # the numbers as written, for finding them in logs
    namesakes: bool = False  # has somebody else here one of their names? That is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetResult:
    """How much went."""

    contacts: int
    calls: int
    saved: int
    log_lines: int
    undelivered: int  # calls that had not reached the CRM yet, or whose task had not
    unsure: int  # those of them that may have


def find(app: AppContext, said: str) -> ForgetTarget:
    """Given a number or a name, return whom that means; nobody at all when it is neither a number nor a known name."""
    digits = sum(map(str.isdigit, said))
    line = app.line_of(said) if digits >= _FEWEST_DIGITS and numbers.index_keys(said, app.region) else ""
    if line:
        raws = {said}
        people = _known_by(app, raws)
        named = set[str]()
    else:
        raws = {*app.mirror.phone_contacts.numbers_of(said), *app.ledger.calls.numbers_named(said)}
        people = {**_known_by(app, raws), **{person.id: person for person in app.mirror.people_named(said)}}
        named = {said} if people or raws else set()
    raws |= {phone.raw for contact in app.mirror.contacts_of(people) for phone in contact.phones}
    others = {spelt for person in people.values() for spelt in name_orders(person)}
    others |= {name for raw in raws for name in app.mirror.phone_contacts.names_of(raw, app.region)}
    lines, ids = frozenset(filter(None, map(app.line_of, raws))), frozenset(people)
    theirs = frozenset(name for name in others if name and _is_only_theirs(app, name, lines, ids))
    return ForgetTarget(
        lines=lines, contacts=ids, names=theirs | named, raws=frozenset(raws), namesakes=bool(others - theirs - named - {""})
    )


def _known_by(app: AppContext, raws: Collection[str]) -> dict[str, Candidate]:
    """Those who are surely known by one of some numbers, by their ids."""
    found = (resolve_number(app, raw) for raw in raws)
    return {person.id: person for one in found if one.certainty is Certainty.KNOWN for person in one.candidates}


def _is_only_theirs(app: AppContext, name: str, lines: frozenset[str], ids: frozenset[str]) -> bool:
    """Has nobody else a name? Somebody who has it must not vanish with them."""
    if not ids.issuperset(person.id for person in app.mirror.people_named(name)):
        return False
    return lines.issuperset(map(app.line_of, numbers_of_name(app, name)))


def forget(app: AppContext, whom: ForgetTarget) -> ForgetResult:
    """Forget somebody. Raise AlreadyRunning while a sync runs, which would bring them back, StoreFault."""
    with app.mirror.sync_alone():
        app.mirror.leave_no_trace()
        block_list = app.ledger.block_list
        block_list.add(Mark.FORGOTTEN_LINE, whom.lines)
        block_list.add(Mark.FORGOTTEN_CONTACT, whom.contacts)
        block_list.add(Mark.FORGOTTEN_NAME, whom.names)
        sharing = without_forgotten(block_list, _sharing(app, whom), app.region)
        mirror_update = app.mirror.mirror_update(app.region)
        mirror_update.remove(Kind.DEALS, map(int, _only_theirs(app, whom.contacts)))
        contacts = mirror_update.remove(Kind.CONTACTS, map(int, whom.contacts))
        mirror_update.put(sharing)
        saved = app.mirror.forget(whom.lines, whom.names, app.region)
    lines_and_names = whom.lines | {pseudo_line(name) for name in whom.names}
    gone = forget_calls(app.ledger.connection, app.paths.ledger, app.line_of, lines_and_names, whom.contacts)
    for notification in gone.notifications:
        with contextlib.suppress(PhoneFault):
            app.termux.remove_notification(notification)
    _forget_events(app, whom)
    lines = _forget_log(app, replace(whom, raws=whom.raws | gone.raws), gone.keys)
    return ForgetResult(
        contacts=contacts,
        calls=len(gone.keys),
        saved=saved,
        log_lines=lines,
        undelivered=gone.undelivered,
        unsure=gone.unsure,
    )


def _only_theirs(app: AppContext, contacts: frozenset[str]) -> set[str]:
    """The deals that are associated with nobody else, and no company."""
    theirs: set[str] = set()
    others: set[str] = set()
    for deal_id, kind, record_id in app.mirror.deal_links():
        (theirs if kind is Kind.CONTACTS and record_id in contacts else others).add(deal_id)
    return theirs - others if contacts else set()


def _sharing(app: AppContext, whom: ForgetTarget) -> Page:
    """Contacts and companies that share a number with somebody who is forgotten: they stay, without it."""
    found = {person.id for raw in whom.raws for person in app.mirror.people(raw, app.region)}
    companies = {company.id for raw in whom.raws for company in app.mirror.companies(raw, app.region)}
    return Page(
        contacts=app.mirror.contacts_of(found - whom.contacts),
        companies=app.mirror.companies_of(companies),
    )


def _forget_events(app: AppContext, whom: ForgetTarget) -> None:
    """Take away rings of theirs that nobody has dealt with yet."""
    inbox = Inbox(app.paths.inbox)
    for arrived in inbox.read():
        event = arrived.event
        if isinstance(event, Ring | Dialled) and (app.line_of(event.number) in whom.lines or event.name in whom.names):
            inbox.remove(arrived)


def without_forgotten(block_list: BlockList, page: Page, region: str) -> Page:
    """Given a page of the CRM, return it without what the person wanted forgotten."""
    if not block_list.count(Mark.FORGOTTEN_LINE) and not block_list.count(Mark.FORGOTTEN_CONTACT):
        return page

    def is_forgotten(raw: str) -> bool:
        return any(
            block_list.has(Mark.FORGOTTEN_LINE, key)
            for one in find_numbers(raw, region)
            for key in numbers.index_keys(one, region)[:1]
        )

    def without(phones: tuple[ContactPhone, ...]) -> tuple[ContactPhone, ...]:
        return tuple(phone for phone in phones if not is_forgotten(phone.raw))

    contacts = (
        replace(contact, phones=without(contact.phones))
        for contact in page.contacts
        if not any(block_list.has(Mark.FORGOTTEN_CONTACT, one) for one in (contact.id, *contact.merged_ids))
    )
    companies = (replace(company, phones=without(company.phones)) for company in page.companies)
    deals = tuple(deal for deal in page.deals if not _is_of_forgotten_only(block_list, deal))
    return replace(page, contacts=tuple(contacts), companies=tuple(companies), deals=deals)


def _is_of_forgotten_only(block_list: BlockList, deal: Deal) -> bool:
    ids = deal.contact_ids
    return bool(ids) and not deal.company_ids and all(block_list.has(Mark.FORGOTTEN_CONTACT, one) for one in ids)


def _service_logs(app: AppContext) -> list[Path]:
    """What termux-services keeps of what the daemon says (svlogd)."""
    folder = Path(app.termux.runner.variable("PREFIX") or "/") / "var" / "log" / "sv" / "callerid"
    return sorted(path for path in folder.glob("*") if path.is_file() and path.name not in ("lock", "config"))


def _forget_log(app: AppContext, whom: ForgetTarget, keys: Collection[str]) -> int:
    """Take the lines out of our log that tell of somebody, by number, masked number, name, or the key of a call."""
    words = {*keys, *whom.names, *whom.lines, *whom.raws}
    runs = {re.sub(r"\D", "", word) for word in (*whom.lines, *whom.raws)}
    masked = {f"…{run[-2:]}" for run in runs if run}
    words |= {run[-_LONG_ENOUGH:] for run in runs if len(run) >= _LONG_ENOUGH} | masked
    files = [app.paths.log_file, app.paths.log_file.with_name(f"{app.paths.log_file.name}.1"), *_service_logs(app)]
    own = frozenset(run[-_LONG_ENOUGH:] for run in runs if len(run) >= _LONG_ENOUGH)
    return sum(forget_everywhere(file, frozenset(filter(None, words)), own) for file in files)
