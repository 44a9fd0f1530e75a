"""Forget a person: delete every row and log line about them, and keep the next sync or call log read from bringing them back."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import Certainty
from callerid.core.inbox_events import Dialled, Ring
from callerid.core.numbers.fields import find_numbers
from callerid.core.ringing.card_lifecycle import pseudo_line
from callerid.core.upkeep.health import Source
from callerid.errors import StoreFault
from callerid.models import Kind, Page
from callerid.phone.inbox import Inbox
from callerid.store.connection import store_errors
from callerid.store.damage import remove_put_aside
from callerid.store.erase import erase_calls, erase_log_lines
from callerid.store.ledger.backups import remove_copies
from callerid.store.ledger.block_list import Kind as BlockKind
from callerid.store.ledger.database import back_up
from callerid.turns.ringing.resolve_caller import name_orders, numbers_of_name, resolve_number

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate
    from callerid.models import ContactPhone, Deal
    from callerid.paths import Paths
    from callerid.phone.termux import Termux
    from callerid.store.ledger.block_list import BlockList
    from callerid.store.mirror.database import Mirror
    from callerid.turns.context import AppContext

_FEWEST_DIGITS = 3
_LONG_ENOUGH = 6  # digits: a shorter run in a log line may be anything


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetTarget:
    """The person to forget."""

    lines: frozenset[str]
    contacts: frozenset[str]  # ids
    names: frozenset[str]
    raws: frozenset[str]  # their numbers as written, for finding them in log files
    namesakes: bool = False  # somebody else has one of their names, which is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetResult:
    """How much was deleted."""

    contacts: int
    calls: int
    saved: int  # numbers of the phone's own contacts
    log_lines: int
    undelivered: int  # calls that were not in the CRM yet, or whose task was not
    unsure: int  # those of them that may be in the CRM


def find(app: AppContext, number_or_name: str) -> ForgetTarget:
    """Return the person with a number or a name; an empty target when it is neither a number nor a known name."""
    digits = sum(map(str.isdigit, number_or_name))
    is_number = digits >= _FEWEST_DIGITS and numbers.index_keys(number_or_name, app.region) and app.line_of(number_or_name)
    if is_number:
        raws = {number_or_name}
        people = _known_by(app, raws)
        named = set[str]()
    else:
        raws = {*app.mirror.phone_contacts.numbers_of(number_or_name), *app.ledger.calls.numbers_with_name(number_or_name)}
        people = {**_known_by(app, raws), **{person.id: person for person in app.mirror.candidates_named(number_or_name)}}
        named = {number_or_name} if people or raws else set()
    raws |= {phone.raw for contact in app.mirror.contacts_by_id(people) for phone in contact.phones}
    names = {order for person in people.values() for order in name_orders(person)}
    names |= {name for raw in raws for name in app.mirror.phone_contacts.names_of(raw, app.region)}
    lines, ids = frozenset(filter(None, map(app.line_of, raws))), frozenset(people)
    unique = frozenset(name for name in names if name and _is_unique(app, name, lines, ids))
    return ForgetTarget(
        lines=lines, contacts=ids, names=unique | named, raws=frozenset(raws), namesakes=bool(names - unique - named - {""})
    )


def _known_by(app: AppContext, raws: Collection[str]) -> dict[str, Candidate]:
    """Return the contacts that surely have one of the numbers, by their ids."""
    resolutions = (resolve_number(app, raw) for raw in raws)
    return {
        person.id: person
        for resolution in resolutions
        if resolution.certainty is Certainty.KNOWN
        for person in resolution.candidates
    }


def _is_unique(app: AppContext, name: str, lines: frozenset[str], ids: frozenset[str]) -> bool:
    """Return whether only the person to forget has a name: somebody else with it must not vanish, too."""
    if not ids.issuperset(person.id for person in app.mirror.candidates_named(name)):
        return False
    return lines.issuperset(map(app.line_of, numbers_of_name(app.mirror, name)))


def forget(app: AppContext, target: ForgetTarget, now: datetime) -> ForgetResult:
    """Forget a person, and return how much was deleted. Raise AlreadyRunning while a sync runs, which would bring them back, and
    StoreFault."""
    with app.mirror.sync_lock():
        app.mirror.overwrite_deleted()
        block_list = app.ledger.block_list
        block_list.add(BlockKind.FORGOTTEN_LINE, target.lines)
        block_list.add(BlockKind.FORGOTTEN_CONTACT, target.contacts)
        block_list.add(BlockKind.FORGOTTEN_NAME, target.names)
        sharing = without_forgotten(block_list, _sharing(app.mirror, app.region, target), app.region)
        mirror_update = app.mirror.update(app.region)
        mirror_update.remove(Kind.DEALS, map(int, _deals_only_of(app.mirror, target.contacts)))
        contacts = mirror_update.remove(Kind.CONTACTS, map(int, target.contacts))
        mirror_update.put(sharing)
        saved = app.mirror.forget(target.lines, target.names, app.region)
    lines_and_names = target.lines | {pseudo_line(name) for name in target.names}
    deleted = erase_calls(app.ledger.connection, app.paths.ledger, app.line_of, lines_and_names, target.contacts)
    _forget_copies(app, now)
    for notification in deleted.notifications:
        app.remove_card(notification, now)
    _forget_events(app, target)
    lines = _forget_log(app.termux, app.paths, replace(target, raws=target.raws | deleted.numbers), deleted.keys)
    return ForgetResult(
        contacts=contacts,
        calls=len(deleted.keys),
        saved=saved,
        log_lines=lines,
        undelivered=deleted.undelivered,
        unsure=deleted.unsure,
    )


def _forget_copies(app: AppContext, now: datetime) -> None:
    """Delete every copy of both databases that may have the person: backups, the journal of answers, what migrations kept and what
    was put aside. A new backup is taken of what is left; where that fails, the daily one reports it."""
    with store_errors(app.paths.ledger):
        remove_copies(app.paths.ledger)
        for path in (app.paths.ledger, app.paths.mirror):
            remove_put_aside(path)
    try:
        back_up(app.ledger, app.paths.ledger, now)
    except StoreFault as fault:
        app.report(Source.BACKUP, fault, now)


def _deals_only_of(mirror: Mirror, contacts: frozenset[str]) -> set[str]:
    """Return the ids of the deals that are associated with these contacts only, and with no company."""
    theirs: set[str] = set()
    of_others: set[str] = set()
    for deal_id, kind, record_id in mirror.deal_links():
        (theirs if kind is Kind.CONTACTS and record_id in contacts else of_others).add(deal_id)
    return theirs - of_others if contacts else set()


def _sharing(mirror: Mirror, region: str, target: ForgetTarget) -> Page:
    """Return the contacts and companies that share a number with the person: they stay, without that number."""
    contacts = {person.id for raw in target.raws for person in mirror.candidates(raw, region)}
    companies = {company.id for raw in target.raws for company in mirror.companies_by_number(raw, region)}
    return Page(
        contacts=mirror.contacts_by_id(contacts - target.contacts),
        companies=mirror.companies_by_id(companies),
    )


def _forget_events(app: AppContext, target: ForgetTarget) -> None:
    """Delete rings of theirs from the inbox that have not been processed yet."""
    inbox = Inbox(app.paths.inbox)
    for arrived in inbox.read():
        event = arrived.event
        if isinstance(event, Ring | Dialled) and (app.line_of(event.number) in target.lines or event.name in target.names):
            inbox.remove(arrived)


def without_forgotten(block_list: BlockList, page: Page, region: str) -> Page:
    """Return a page of the CRM without the contacts, numbers and deals on the block list of forgotten people."""
    if not block_list.count(BlockKind.FORGOTTEN_LINE) and not block_list.count(BlockKind.FORGOTTEN_CONTACT):
        return page

    def is_forgotten(raw: str) -> bool:
        return any(
            block_list.contains(BlockKind.FORGOTTEN_LINE, key)
            for number in find_numbers(raw, region)
            for key in numbers.index_keys(number, region)[:1]
        )

    def without(phones: tuple[ContactPhone, ...]) -> tuple[ContactPhone, ...]:
        return tuple(phone for phone in phones if not is_forgotten(phone.raw))

    contacts = (
        replace(contact, phones=without(contact.phones))
        for contact in page.contacts
        if not any(block_list.contains(BlockKind.FORGOTTEN_CONTACT, contact_id) for contact_id in (contact.id, *contact.merged_ids))
    )
    companies = (replace(company, phones=without(company.phones)) for company in page.companies)
    deals = tuple(deal for deal in page.deals if not _has_only_forgotten(block_list, deal))
    return replace(page, contacts=tuple(contacts), companies=tuple(companies), deals=deals)


def _has_only_forgotten(block_list: BlockList, deal: Deal) -> bool:
    ids = deal.contact_ids
    return (
        bool(ids)
        and not deal.company_ids
        and all(block_list.contains(BlockKind.FORGOTTEN_CONTACT, contact_id) for contact_id in ids)
    )


def _service_logs(termux: Termux) -> list[Path]:
    """Return the files in which termux-services keeps the output of the daemon (svlogd)."""
    folder = Path(termux.runner.variable("PREFIX") or "/") / "var" / "log" / "sv" / "callerid"
    return sorted(path for path in folder.glob("*") if path.is_file() and path.name not in ("lock", "config"))


def _forget_log(termux: Termux, paths: Paths, target: ForgetTarget, keys: Collection[str]) -> int:
    """Delete the lines about a person from our log files, by number, masked number, name, or the key of a call. Return how many."""
    words = {*keys, *target.names, *target.lines, *target.raws}
    runs = {re.sub(r"\D", "", word) for word in (*target.lines, *target.raws)}
    masked = {f"…{run[-2:]}" for run in runs if run}
    words |= {run[-_LONG_ENOUGH:] for run in runs if len(run) >= _LONG_ENOUGH} | masked
    files = [paths.log_file, paths.log_file.with_name(f"{paths.log_file.name}.1"), *_service_logs(termux)]
    own = frozenset(run[-_LONG_ENOUGH:] for run in runs if len(run) >= _LONG_ENOUGH)
    return sum(erase_log_lines(file, frozenset(filter(None, words)), own) for file in files)
