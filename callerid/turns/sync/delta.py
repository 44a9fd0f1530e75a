"""A delta sync: what changed in the CRM is written into the live mirror."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.sync.loss_guard import portal_suspicion
from callerid.core.sync.narrowing import LINKS_READ, Shown
from callerid.core.sync.plan import OVERLAP, is_complete, is_full_sync_faster
from callerid.core.sync.scope import is_in_scope
from callerid.errors import ScopeMissing, SuspiciousSync
from callerid.logs import log
from callerid.messages import message
from callerid.models import Kind, Page, Scope
from callerid.records import dataclass
from callerid.token_scopes import OWNERS_READ, TO_READ, unreadable_kinds
from callerid.turns.sync import names
from callerid.turns.sync.mirror_scope import read_portal_info, sync_request_of
from callerid.turns.sync.missing_scopes import read_missing_scopes, record_missing_scopes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from callerid.crm.port import Crm
    from callerid.models import Changes, SyncRequest
    from callerid.store.mirror.database import Mirror
    from callerid.store.mirror.delta import Cursor, MirrorUpdate
    from callerid.turns.context import AppContext
    from callerid.turns.sync.progress import ProgressListener


_SHOW_PROGRESS_FROM = 200  # changes


class FullSyncNeeded(Exception):
    """A full sync is necessary, or faster. The text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaSync:
    """A delta sync, perhaps as the beginning of a sweep."""

    app: AppContext
    crm: Crm
    clock: Callable[[], datetime]
    progress: ProgressListener
    mirror_update: MirrorUpdate
    settings_request: SyncRequest  # what the settings ask for
    dry_run: bool
    counts: Counter[str]  # of records: changed, removed
    missing: set[str]  # scopes that the token lacks
    began: datetime  # by the phone's clock, UTC
    incomplete: set[Kind]  # of which the CRM counted more changes than it sent
    named: dict[Kind, set[int]]  # records that are surely there, because the CRM has just named them
    people_of_deals: dict[int, tuple[int, ...]]  # contacts of deals whose links have been read in this sync
    counted: dict[Kind, Shown]  # how many records there are of a kind, and their ids, if all were shown with the changes
    listed: set[Kind]  # whose deleted records were listed

    @property
    def unreadable(self) -> frozenset[Kind]:
        """The kinds of records that the token may not read."""
        return unreadable_kinds(self.missing)

    @property
    def sync_request(self) -> SyncRequest:
        """What is requested: of what the settings ask for, that which the token may read."""
        return replace(self.settings_request, unreadable=self.unreadable)

    def now_missing(self, *scopes: str) -> None:
        """Record that the token lacks these scopes, too."""
        self.missing.update(scopes)
        if not self.dry_run:
            record_missing_scopes(self.app.mirror, self.mirror_update, self.missing)


def begin_delta_sync(
    app: AppContext, crm: Crm, clock: Callable[[], datetime], progress: ProgressListener, *, dry_run: bool
) -> DeltaSync:
    """Return a delta sync of what the last full sync requested. Raise SuspiciousSync if the token is for another portal."""
    mirror, began = app.mirror, clock()
    _check_portal(app.mirror, app.region, crm)
    sync_request = sync_request_of(app.config, mirror.facts().phone_properties, mirror.owners(), mirror.account(), clock())
    mirror_update = mirror.update(app.region)
    return DeltaSync(
        app=app,
        crm=crm,
        clock=clock,
        progress=progress,
        mirror_update=mirror_update,
        settings_request=sync_request,
        dry_run=dry_run,
        counts=Counter(),
        missing=set(read_missing_scopes(mirror, mirror_update, crm, began, dry_run=dry_run)),
        began=began,
        incomplete=set(),
        named={kind: set() for kind in Kind},
        people_of_deals={},
        counted={},
        listed=set(),
    )


def _check_portal(mirror: Mirror, region: str, crm: Crm) -> None:
    """Raise SuspiciousSync if a new token is for another portal than the mirrored one."""
    if mirror.facts().token_fingerprint == crm.token_fingerprint:
        return
    mirrored = mirror.account()
    suspicion = portal_suspicion(mirrored.portal_id if mirrored else "", crm.account().portal_id)
    if suspicion:
        raise SuspiciousSync(suspicion, remedy=message("The mirror was kept. If that is right, type: callerid sync --full --force"))
    mirror.update(region).record_token(crm.token_fingerprint)


def delta_sync(update: DeltaSync, kinds: Collection[Kind] = tuple(Kind)) -> None:
    """Write what changed of these kinds since the last sync, with an overlap. Raise FullSyncNeeded."""
    update.progress.begins("delta", None)
    regained = _note_regained(update)
    without_names = {name for kind in Kind if kind in kinds for name in _sync_if_readable(update, kind)}
    if not update.dry_run:
        if regained or names.are_due(update.mirror_update, without_names, update.began):
            _read_names(update, without_names)
        update.mirror_update.finish(update.clock())


def _read_names(update: DeltaSync, missing: Collection[str]) -> None:
    """Read the names of all owners and stages again."""
    portal_info = read_portal_info(update.app.mirror, update.crm)
    update.mirror_update.put_portal_info(portal_info)
    update.now_missing(*portal_info.missing_scopes)
    names.record_asked(update.mirror_update, missing, update.began)


def _note_regained(update: DeltaSync) -> bool:
    """Record which scopes the token lacks now, and return whether it may read the owners again."""
    before = update.app.mirror.facts().missing_scopes
    update.now_missing()
    return OWNERS_READ in before and OWNERS_READ not in update.missing


def _sync_if_readable(update: DeltaSync, kind: Kind) -> set[str]:
    """Do `_sync_kind`, if the token may read that kind. Of one that it may not read any more the mirror keeps what it has, with its
    age. Without contacts there is no caller ID: raise ScopeMissing."""
    if kind in update.unreadable:
        return set()
    try:
        return _sync_kind(update, kind)
    except ScopeMissing as fault:
        if kind is Kind.CONTACTS or not fault.by_crm:
            raise
        update.now_missing(TO_READ[kind])
        return set()


def _sync_kind(update: DeltaSync, kind: Kind) -> set[str]:
    """Write what changed of a kind, and return its owners and stages whose names are unknown."""
    cursor = update.mirror_update.cursor(kind)
    if cursor is None:
        raise FullSyncNeeded(message("the {kind} were never read", kind=kind))  # the token may read them now
    collected, total, without_names, began = 0, None, set[str](), cursor.began
    for changes in _changes(update, kind, cursor):
        if total is None:
            total, began = changes.total, began or changes.at
            if is_full_sync_faster(changes.total, getattr(update.app.mirror.facts(), kind.value)):
                raise FullSyncNeeded(message("{total} {kind} changed", total=changes.total, kind=kind))
            if total > _SHOW_PROGRESS_FROM:
                update.progress.begins(f"delta, {kind}", total)
        update.progress.moved(changes.rows)
        collected += changes.rows
        _note_named(update, kind, changes)
        without_names |= _put(update, kind, changes, began or changes.at)
    if began and not update.dry_run:
        complete = is_complete(collected, total or 0, cursor.since, began)
        if not complete:
            update.incomplete.add(kind)
            log.warning("sync: HubSpot counted %d changed %s and sent %d; they are requested again", total, kind, collected)
        update.mirror_update.finish_changes(kind, began if complete else cursor.since)
    return without_names


def _changes(update: DeltaSync, kind: Kind, cursor: Cursor) -> Iterator[Changes]:
    """Return what changed, with the count of all that `compare` needs next; but contacts out of scope are not to be counted."""
    counting = kind is not Kind.CONTACTS or update.sync_request.scope == Scope()
    after = cursor.after if cursor.began else 0
    return update.crm.changes(
        kind,
        update.sync_request,
        cursor.since - OVERLAP,
        after,
        lambda page: update.mirror_update.unchanged(kind, page),
        counting=counting,
    )


def _note_named(update: DeltaSync, kind: Kind, changes: Changes) -> None:
    update.named[kind].update(changes.named)
    if changes.counted is not None:
        is_all = len(changes.named) == changes.counted
        update.counted[kind] = Shown(changes.named if is_all else (), changes.counted)


def _put(update: DeltaSync, kind: Kind, changes: Changes, began: datetime) -> set[str]:
    page = changes.page
    out_of_scope = [contact.id for contact in page.contacts if not is_in_scope(contact, update.sync_request.scope)]
    in_scope = _with_links(update, only_in_scope(update, page))
    update.counts["changed"] += len(in_scope)
    if not update.dry_run:
        update.mirror_update.put_changes(kind, in_scope, out_of_scope, began, changes.last_id)
    return names.names_missing(update.mirror_update, page, reads_owners=OWNERS_READ not in update.missing)


def _with_links(update: DeltaSync, page: Page) -> Page:
    """Return a page with what its deals are associated with. The contacts of all open deals are read with theirs: `compare` needs
    them anyway, and a thousand deals take one request. Companies are read of new deals only: those of others change no date either,
    no card shows them, and a sweep brings them."""
    if not page.deals:
        return page
    ids = [int(deal.id) for deal in page.deals]
    people = people_of_deals(update, [*ids, *update.mirror_update.open_deals()])
    companies = update.mirror_update.companies_of(update.mirror_update.present(Kind.DEALS, ids))
    new = [deal_id for deal_id in ids if deal_id not in companies]
    if new and Kind.COMPANIES not in update.unreadable:
        links = update.crm.links(Kind.DEALS, Kind.COMPANIES, list(map(str, new)))
        companies |= {int(deal): tuple(map(int, linked)) for deal, linked in links.items()}
    deals = (
        replace(
            deal,
            contact_ids=tuple(map(str, people[int(deal.id)])),
            company_ids=tuple(map(str, companies.get(int(deal.id), ()))),
        )
        for deal in page.deals
    )
    return replace(page, deals=tuple(deals))


def people_of_deals(update: DeltaSync, deals: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Return the contacts of each of these deals in the CRM. Each deal is asked for once in a sync."""
    unread = sorted(set(deals) - update.people_of_deals.keys())
    unread += _more_deals(update, unread)
    links = update.crm.links(Kind.DEALS, Kind.CONTACTS, list(map(str, unread))) if unread else {}
    update.people_of_deals.update({deal: tuple(map(int, links.get(str(deal), ()))) for deal in unread})
    people = {deal: update.people_of_deals[deal] for deal in deals}
    update.named[Kind.CONTACTS].update(contact for contacts in people.values() for contact in contacts)
    return people


def _more_deals(update: DeltaSync, unread: Collection[int]) -> list[int]:
    """Return further deals that take no further request, if some may be gone: one that has a contact in the CRM is there."""
    counted, room = update.counted.get(Kind.DEALS), -len(unread) % LINKS_READ
    if not room or counted is None or update.app.mirror.range(Kind.DEALS, update.sync_request.scope).count() <= counted.total:
        return []
    more = update.mirror_update.deals_with_contacts() - update.people_of_deals.keys() - set(unread)
    return sorted(more)[:room]


def read_again(update: DeltaSync, kind: Kind, ids: Collection[int]) -> None:
    """Read these records by their ids, which shows them as they are now, and write them; remove those that the CRM lacks. A record
    that was merged away may come under the id of its survivor: it is removed then, too."""
    if not ids:
        return
    asked = sorted(ids)
    there: set[int] = set()
    for page in update.crm.records_by_id(kind, list(map(str, asked)), update.sync_request):
        in_scope = only_in_scope(update, page)
        update.counts["changed"] += len(in_scope) - len(update.mirror_update.unchanged(kind, in_scope))
        update.mirror_update.put(in_scope)
        there.update(in_scope.ids())
    update.counts["removed"] += update.mirror_update.remove(kind, set(asked) - there)


def only_in_scope(update: DeltaSync, page: Page) -> Page:
    """Return a page without the contacts that are out of scope."""
    return replace(page, contacts=tuple(contact for contact in page.contacts if is_in_scope(contact, update.sync_request.scope)))
