"""Forget a person: delete every row and log line about them, and keep the next sync or call log read from bringing them back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from callerid.core import numbers
from callerid.core.callers.resolve import Certainty
from callerid.core.ringing.card_lifecycle import pseudo_line
from callerid.core.upkeep.traces import traces
from callerid.core.wording.names import full_name
from callerid.models import Kind, Page
from callerid.records import dataclass
from callerid.store.attempts import Attempts
from callerid.store.erase import ErasedCalls, erase_calls, erase_texts, rewrite
from callerid.store.ledger.block_list import Kind as BlockKind
from callerid.turns.followup import dialogs
from callerid.turns.note_cards import remove_note_cards
from callerid.turns.repair import retry_if_damaged
from callerid.turns.ringing.resolve_caller import name_orders, numbers_of_name, resolve_number
from callerid.turns.upkeep.forget_cards import cards_naming, renew_cards
from callerid.turns.upkeep.forget_files import forget_address_book, forget_copies, forget_corrections, forget_events, forget_log
from callerid.turns.upkeep.forgotten_pages import without_forgotten

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate
    from callerid.core.upkeep.traces import Traces
    from callerid.errors import StoreFault
    from callerid.store.mirror.database import Mirror
    from callerid.turns.context import AppContext

T = TypeVar("T")

_FEWEST_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetTarget:
    """The person to forget."""

    lines: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()  # ids
    merged: frozenset[str] = frozenset()  # the ids that they had before contacts were merged in the CRM
    names: frozenset[str] = frozenset()
    raws: frozenset[str] = frozenset()  # their numbers as written, for finding them in log files
    namesakes: bool = False  # somebody else has one of their names, which is kept
    waits: bool = False  # there is no mirror to tell who they are; `forget_later` goes on when it is filled

    @property
    def ids(self) -> frozenset[str]:
        """The ids of their contacts, with earlier ones."""
        return self.contacts | self.merged


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetResult:
    """How much was deleted."""

    contacts: int
    calls: int
    saved: int  # numbers of the phone's own contacts
    log_lines: int
    undelivered: int  # calls that were not in the CRM yet, or whose task was not
    unsure: int  # those of them that may be in the CRM
    dialog: bool  # a dialog that seems to have been about them was open, and is not waited for any more
    faults: tuple[StoreFault, ...]  # of files that may still have something of them


def find(app: AppContext, number_or_name: str, *, as_written: bool = False) -> ForgetTarget:
    """Return the person with a number or a name; an empty target when it is neither a number nor a known name. While there is no
    mirror, every name may be somebody's, and there is only what the ledger and the phone's own contacts tell. With `as_written`, no
    contact has a name who is called otherwise in the CRM."""
    waits = app.mirror.facts().built_at is None
    digits = sum(map(str.isdigit, number_or_name))
    is_number = digits >= _FEWEST_DIGITS and numbers.index_keys(number_or_name, app.region) and app.line_of(number_or_name)
    if is_number:
        raws = {number_or_name}
        people = _known_by(app, raws)
        named = set[str]()
    else:
        raws = {*app.mirror.phone_contacts.numbers_of(number_or_name), *app.ledger.calls.numbers_with_name(number_or_name)}
        people = {**_known_by(app, raws), **_called(app, number_or_name, as_written=as_written)}
        is_known = waits or people or raws or app.ledger.block_list.contains(BlockKind.FORGOTTEN_NAME, number_or_name)
        named = {number_or_name} if is_known else set()
    ids, merged = frozenset(people), app.mirror.merged_contacts.old_ids(people)
    raws |= {phone.raw for contact in app.mirror.contacts_by_id(people) for phone in contact.phones}
    raws |= _numbers_before_merge(app, ids | merged) if merged else set()
    names = {order for person in people.values() for order in name_orders(person)}
    names |= {name for raw in raws for name in app.mirror.phone_contacts.names_of(raw, app.region)}
    lines = frozenset(filter(None, map(app.line_of, raws)))
    unique = frozenset(name for name in names if name and _is_unique(app, name, lines, ids))
    return ForgetTarget(
        lines=lines,
        contacts=ids,
        merged=merged,
        names=unique | named,
        raws=frozenset(raws),
        namesakes=bool(names - unique - named - {""}),
        waits=waits,
    )


def _called(app: AppContext, name: str, *, as_written: bool) -> dict[str, Candidate]:
    """Return the contacts who are called exactly so, by their ids; where nobody is, those for whom a phone may show the name: with
    the last name first, or without the comma that is in it."""
    people = app.mirror.candidates_named(name)
    exact = [person for person in people if _undivided(full_name(person, app.texts)) == _undivided(name)]
    return {person.id: person for person in (exact if exact or as_written else people)}


def names_of(app: AppContext, target: ForgetTarget) -> tuple[str, ...]:
    """Return the different names of the contacts who are to be forgotten, as they are shown."""
    people = filter(None, map(app.mirror.candidate, sorted(target.contacts)))
    names = {_undivided(name): name for name in (full_name(person, app.texts) for person in people)}
    return tuple(names.values())


def _undivided(name: str) -> str:
    return "".join(name.split()).casefold()


def _known_by(app: AppContext, raws: Collection[str]) -> dict[str, Candidate]:
    """Return the contacts that surely have one of the numbers, by their ids."""
    resolutions = (resolve_number(app, raw) for raw in raws)
    return {
        person.id: person
        for resolution in resolutions
        if resolution.certainty is Certainty.KNOWN
        for person in resolution.candidates
    }


def _numbers_before_merge(app: AppContext, ids: frozenset[str]) -> set[str]:
    """Return the raw numbers that contacts (ids) probably had before they were merged, of which the CRM keeps not all: those from
    which only they were spoken to, and which nobody else has, as far as is known."""

    def is_anybodys(number: str) -> bool:
        is_unknown = resolve_number(app, number).certainty is Certainty.UNKNOWN
        return not is_unknown or bool(app.mirror.phone_contacts.names_of(number, app.region))

    return {number for number in app.ledger.call_lists.numbers_only_with(ids) if not is_anybodys(number)}


def _is_unique(app: AppContext, name: str, lines: frozenset[str], ids: frozenset[str]) -> bool:
    """Return whether only the person to forget has a name: somebody else with it must not vanish, too."""
    if not ids.issuperset(person.id for person in app.mirror.candidates_named(name)):
        return False
    return lines.issuperset(map(app.line_of, numbers_of_name(app.mirror, name)))


def forget(app: AppContext, target: ForgetTarget, now: datetime) -> ForgetResult:
    """Forget a person, and return how much was deleted, and which files could not be used: none of them keeps the others from being
    tried. Raise AlreadyRunning while a sync runs, which would bring them back, and StoreFault if they cannot be put on the block
    list. Until all is done, that is recorded there, too: `forget_later` goes on if this process is killed.

    What a turn of the daemon has read already, it does not store any more: each checks the block list in its own transaction.
    """
    attempts, has_dialog = Attempts(), dialogs.is_open(app.paths)
    naming = cards_naming(app, target.contacts)
    with app.mirror.sync_lock():
        _put_on_block_list(app, target)
        contacts, saved = attempts.make(app.paths.mirror, _on_mirror(app, partial(_forget_in_mirror, app, target), now), (0, 0))
    first_lines = forget_log(app.termux, app.paths, _traces(target), Attempts())  # who is killed now finds them by nothing else
    erased = attempts.make(app.paths.ledger, partial(_erase_calls, app, target), None)
    deleted = erased or ErasedCalls.nothing()
    theirs = _traces(target, deleted)
    attempts.make(app.paths.ledger, partial(erase_texts, app.ledger.connection, app.paths.ledger, theirs), None)
    _forget_in_files(app, target, deleted, attempts)
    attempts.make(app.paths.ledger, partial(renew_cards, app, naming, deleted, now), None)
    attempts.make(app.paths.ledger, partial(remove_note_cards, app, deleted.keys, now), None)
    lines = forget_log(app.termux, app.paths, theirs, attempts)
    _write_anew(app, now, attempts)
    if erased:  # else the ledger may be damaged, and is to be restored from them
        forget_copies(app, now, attempts)
    if not target.waits and not attempts.faults:
        attempts.make(app.paths.ledger, partial(_take_off_pending, app, target), None)
    return ForgetResult(
        contacts=contacts,
        calls=len(deleted.keys),
        saved=saved,
        log_lines=first_lines + lines,
        undelivered=deleted.undelivered,
        unsure=deleted.unsure,
        dialog=has_dialog and dialogs.has_ended_soon(app.paths),
        faults=tuple(attempts.faults),
    )


def _traces(target: ForgetTarget, deleted: ErasedCalls | None = None) -> Traces:
    numbers = target.lines | target.raws | (deleted.numbers if deleted else frozenset())
    return traces(names=target.names, numbers=numbers, keys=deleted.keys if deleted else (), contacts=target.ids)


def plain_name(name: str) -> str:
    """Return a name as the list of those has it whom a mirror is to tell that is not there yet: however it is written there."""
    return " ".join(name.replace(",", " ").split())


def _put_on_block_list(app: AppContext, target: ForgetTarget) -> None:
    block_list = app.ledger.block_list
    block_list.add(BlockKind.PENDING_LINE, target.lines)
    block_list.add(BlockKind.PENDING_NAME, map(plain_name, target.names) if target.waits else target.names)
    block_list.add(BlockKind.FORGOTTEN_LINE, target.lines)
    block_list.add(BlockKind.FORGOTTEN_CONTACT, target.ids)
    block_list.add(BlockKind.FORGOTTEN_NAME, target.names)


def _take_off_pending(app: AppContext, target: ForgetTarget) -> None:
    """Record that nothing is left to forget of a person."""
    for line in target.lines:
        app.ledger.block_list.remove(BlockKind.PENDING_LINE, line)
    for name in target.names:
        app.ledger.block_list.remove(BlockKind.PENDING_NAME, name)


def _forget_in_mirror(app: AppContext, target: ForgetTarget) -> tuple[int, int]:
    """Delete a person who is on the block list from the mirror. Return how many contacts, and how many numbers of the phone's own
    contacts, that were. Raise StoreFault."""
    app.mirror.overwrite_deleted()
    sharing = without_forgotten(app.ledger.block_list, _sharing(app.mirror, app.region, target), app.region, also_pending=True)
    mirror_update = app.mirror.update(app.region)
    mirror_update.remove(Kind.DEALS, map(int, _deals_only_of(app.mirror, target.contacts)))
    contacts = mirror_update.remove(Kind.CONTACTS, map(int, target.contacts))
    mirror_update.put(sharing)
    return contacts, app.mirror.forget(target.lines, target.names, app.region)


def _erase_calls(app: AppContext, target: ForgetTarget) -> ErasedCalls:
    lines_and_names = target.lines | {pseudo_line(name) for name in target.names}
    block_tokens = partial(app.ledger.block_list.put, BlockKind.FORGOTTEN_TOKEN)
    return erase_calls(app.ledger.connection, app.paths.ledger, app.line_of, lines_and_names, target.ids, block_tokens)


def _forget_in_files(app: AppContext, target: ForgetTarget, deleted: ErasedCalls, attempts: Attempts) -> None:
    attempts.make(app.paths.inbox, partial(forget_events, app, target.lines, target.names, deleted.tokens), None)
    forget_corrections(app, target.ids, attempts)
    forget_address_book(app, attempts)


def _on_mirror(app: AppContext, do: Callable[[], T], now: datetime) -> Callable[[], T]:
    """Return what does something with the mirror; with an empty one, if it is damaged: that is put aside, and deleted then."""
    return partial(retry_if_damaged, app, do, now)


def _write_anew(app: AppContext, now: datetime, attempts: Attempts) -> None:
    """Write both databases anew, so that nothing is left of what was deleted there, now or earlier."""
    attempts.make(app.paths.ledger, partial(rewrite, app.ledger.connection, app.paths.ledger), None)
    attempts.make(app.paths.mirror, _on_mirror(app, app.mirror.rewrite, now), None)


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
