"""Bring up to date what no list of changes tells: links, and records that are gone.

A deleted record keeps its modified date, a purged one and one that was merged away are in no list at all. So the CRM's counts are
compared with the mirror's, by kind. A difference brings the list of deleted records, if there are more than a search or two show;
where that does not explain it, ranges of ids are counted, down to those that differ, and each record that only one side has is read
by its id. Of contacts, those whom the CRM has named in this sync, as changed or linked, are there: the others come first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.sync.loss_guard import loss_suspicion
from callerid.core.sync.narrowing import (
    READ_BY_IDS,
    Shown,
    find_differences,
    is_found_by_links,
    is_read_by_ids,
    passed_to_the_middle,
)
from callerid.errors import ScopeMissing, SuspiciousSync
from callerid.logs import log
from callerid.messages import message
from callerid.models import Kind
from callerid.turns.sync.delta import people_of_deals, read_again
from callerid.turns.sync.links import people_of_other_companies, relink_deals

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.sync.delta import DeltaSync

_MOST_SUSPECTS = 1000  # contacts that are read again in one sync
_MANY_SUSPECTS = 2 * READ_BY_IDS  # of whom the list of deleted ones may spare some
_MOST_PAGES = 10  # of a list of deleted records in one sync; what is deleted beyond them is found by counting


def compare(update: DeltaSync, *, force: bool = False) -> None:
    """Write the links that changed, remove what is gone, and record which kinds are as the CRM has them now.

    Raise SuspiciousSync if more than a tenth of a kind seems to be gone, and that is not forced.
    """
    if update.dry_run:
        return
    counted = {kind: _count(update, kind) for kind in Kind if kind not in update.unreadable}
    checked = {kind: update.began for kind in counted if kind not in update.incomplete}
    suspects, losses = set[int](), dict[Kind, str]()
    for kind in (Kind.COMPANIES, Kind.DEALS):  # first: whose people may have another company now is seen by what is left
        if kind in counted:
            losses[kind] = _loss(update, kind, counted[kind], use_list=not counted[kind].ids, force=force)
            if not losses[kind]:
                _remove_unlinked(update, kind, counted[kind])
                _narrow(update, kind, counted[kind])
    try:
        suspects = _bring_links(update, counted, checked)
    except ScopeMissing as fault:  # which scopes the associations need is HubSpot's choice; names go on without them
        log.warning("%s", message("sync: the associations cannot be read: {sentence}", sentence=fault.sentence))
        checked = {kind: at for kind, at in checked.items() if kind is Kind.CONTACTS}
    losses[Kind.CONTACTS] = _compare_contacts(update, counted[Kind.CONTACTS], suspects, force=force)
    update.mirror_update.record_checked({kind: at for kind, at in checked.items() if not losses[kind]})
    loss = next(filter(None, losses.values()), "")
    if loss:
        raise SuspiciousSync(
            loss, remedy=message("Nothing of that was removed. If it is right, type: callerid sync --sweep --force")
        )


def _bring_links(update: DeltaSync, counted: dict[Kind, Shown], checked: dict[Kind, datetime]) -> set[int]:
    """Write the links of deals. Return the contacts who may have another company, or who lost a deal and may be gone."""
    suspects: set[int] = set()
    if Kind.DEALS in counted:
        lost_a_deal = relink_deals(update) - update.named[Kind.CONTACTS]
        suspects |= lost_a_deal if _excess(update, Kind.CONTACTS, counted[Kind.CONTACTS]) > 0 else set()
    if Kind.COMPANIES in counted:
        suspects |= people_of_other_companies(update, checked)
    return suspects


def _compare_contacts(update: DeltaSync, counted: Shown, suspects: set[int], *, force: bool) -> str:
    """Read the suspects again, and make the mirror have the contacts that the CRM counts. Return what looks like a loss, or ""."""
    without_company = update.app.mirror.range(Kind.CONTACTS, update.sync_request.scope, without_company=True).count()
    unsure = suspects | _unconfirmed(update, counted)
    read_first = unsure if is_read_by_ids(len(unsure), without_company) else set(sorted(suspects)[:_MOST_SUSPECTS])
    loss = _loss(update, Kind.CONTACTS, counted, use_list=len(read_first) > _MANY_SUSPECTS, force=force)
    if loss:
        return loss
    read_again(update, Kind.CONTACTS, update.mirror_update.present(Kind.CONTACTS, read_first))
    _remove_listed(update, Kind.CONTACTS, counted)
    if Kind.COMPANIES not in update.unreadable and without_company * 2 < counted.total:
        read_again(update, Kind.CONTACTS, _differing_without_company(update, counted))
    _narrow(update, Kind.CONTACTS, counted)
    return ""


def _unconfirmed(update: DeltaSync, counted: Shown) -> set[int]:
    """Return the contacts whom the CRM has not named in this sync, if somebody is gone."""
    if _excess(update, Kind.CONTACTS, counted) <= 0:
        return set()
    return set(update.app.mirror.range(Kind.CONTACTS, update.sync_request.scope).ids()) - update.named[Kind.CONTACTS]


def _count(update: DeltaSync, kind: Kind) -> Shown:
    if kind in update.counted:
        return update.counted[kind]
    shown = update.crm.ids_between(kind, update.sync_request, 0, None, 0)
    update.named[kind].update(shown.ids)
    return shown


def _excess(update: DeltaSync, kind: Kind, counted: Shown) -> int:
    """Return how many more records the mirror has than the CRM counts, but for those that are known to make no difference: people
    who are forgotten here, rows that cannot be read."""
    mirrored = update.app.mirror.range(kind, update.sync_request.scope).count()
    return mirrored - counted.total - update.mirror_update.unexplained(kind)


def _loss(update: DeltaSync, kind: Kind, counted: Shown, *, use_list: bool, force: bool) -> str:
    """Remove what the list of deleted records explains, if that is to be used or the mirror seems to have lost much. Return what
    looks like a loss then, or ""."""
    if use_list or _suspicion(update, kind, counted, force=force):
        _remove_listed(update, kind, counted)
    return _suspicion(update, kind, counted, force=force)


def _suspicion(update: DeltaSync, kind: Kind, counted: Shown, *, force: bool) -> str:
    had = counted.total + _excess(update, kind, counted)
    return "" if force else loss_suspicion({kind.value: had}, {kind.value: counted.total})


def _differing_without_company(update: DeltaSync, counted: Shown) -> frozenset[int]:
    """Return those contacts without a company whom only one side has, if somebody is gone: the links of companies have shown the
    others. An index that does not know who has a company differs by more than are gone, and is not asked further."""
    excess = _excess(update, Kind.CONTACTS, counted)
    if excess <= 0:
        return frozenset()
    mirror = update.app.mirror.range(Kind.CONTACTS, update.sync_request.scope, without_company=True)

    def search(low: int, stop: int | None, passed: int) -> Shown:
        return update.crm.ids_between(Kind.CONTACTS, update.sync_request, low, stop, passed, without_company=True)

    shown = search(0, None, passed_to_the_middle(mirror.count()))
    return find_differences(mirror, shown.total, search, shown).ids if 0 < mirror.count() - shown.total <= excess else frozenset()


def _narrow(update: DeltaSync, kind: Kind, counted: Shown) -> None:
    """Make the mirror have the records of a kind that the CRM counts. What cannot be explained is recorded, so that the next sync
    does not look for it again."""
    excess = _excess(update, kind, counted)
    if not excess:
        return
    mirror = update.app.mirror.range(kind, update.sync_request.scope)

    def search(low: int, stop: int | None, passed: int) -> Shown:
        return update.crm.ids_between(kind, update.sync_request, low, stop, passed)

    found = find_differences(mirror, counted.total, search, counted if counted.ids else None)
    read_again(update, kind, found.ids)
    if found.complete:
        update.mirror_update.record_unexplained(kind, mirror.count() - counted.total)
    log.info(
        "sync: HubSpot counts %d %s, %+d to the mirror; %d were read by their ids", counted.total, kind, -excess, len(found.ids)
    )


def _remove_unlinked(update: DeltaSync, kind: Kind, counted: Shown) -> None:
    """Remove the deals that are gone, if the links of the others show that most cheaply: a deal that has a contact in the CRM is
    there, and only the others are looked for by their ids."""
    excess = _excess(update, kind, counted)
    if kind is not Kind.DEALS or excess <= 0:
        return
    linked = update.mirror_update.deals_with_contacts()
    mirrored = set(update.app.mirror.range(kind, update.sync_request.scope).ids())
    unread = linked - update.people_of_deals.keys()
    if not is_found_by_links(len(unread), len(mirrored - linked), excess, counted.total - len(counted.ids)):
        return
    people = people_of_deals(update, {*linked, *update.mirror_update.open_deals()})
    unsure = sorted(str(deal) for deal in mirrored - update.named[kind] if not people.get(deal))
    gone = set(map(int, unsure)) - set(map(int, update.crm.existing_ids(kind, unsure)))
    update.counts["removed"] += update.mirror_update.remove(kind, gone)


def _remove_listed(update: DeltaSync, kind: Kind, counted: Shown) -> None:
    """Remove the records that the list of deleted ones has, until they explain how many there are, if the mirror has too many. The
    list is read once in a sync."""
    if kind in update.listed or _excess(update, kind, counted) <= 0:
        return
    update.listed.add(kind)
    after = ""
    for _ in range(_MOST_PAGES):
        ids, after = update.crm.archived_ids(kind, after)
        update.counts["removed"] += update.mirror_update.remove(kind, ids)
        if not after or _excess(update, kind, counted) <= 0:
            return
