"""Bring up to date what no list of changes tells: links, and records that are gone.

A deleted record keeps its modified date, a purged one and one that was merged away are in no list at all. So the CRM's counts are
compared with the mirror's, by kind. A difference brings the list of deleted records; where that does not explain it, ranges of ids
are counted, down to those that differ, and each record that only one side has is read by its id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.sync.loss_guard import loss_suspicion
from callerid.core.sync.narrowing import SHOWN, find_differences
from callerid.errors import ScopeMissing, SuspiciousSync
from callerid.models import Kind
from callerid.turns.context import log
from callerid.turns.sync.delta import read_again
from callerid.turns.sync.links import people_of_other_companies, relink_open_deals

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.sync.delta import DeltaSync

_MOST_SUSPECTS = 1000  # contacts that are read again in one sync
_MOST_PAGES = 10  # of a list of deleted records in one sync; what is deleted beyond them is found by counting


def compare(update: DeltaSync, *, force: bool = False) -> None:
    """Write the links that changed, remove what is gone, and record which kinds are as the CRM has them now.

    Raise SuspiciousSync if more than a tenth of a kind seems to be gone, and that is not forced.
    """
    if update.dry_run:
        return
    counted = {kind: _count(update, kind) for kind in Kind if kind not in update.unreadable}
    checked = {kind: update.began for kind in counted if kind not in update.incomplete}
    suspects: set[int] = set()
    losses = {kind: _loss(update, kind, count, force=force) for kind, count in counted.items()}
    for kind in (Kind.COMPANIES, Kind.DEALS):  # first: whose people may have another company now is seen by what is left
        if kind in counted and not losses[kind]:
            _narrow(update, kind, counted[kind])
    try:
        suspects = _bring_links(update, counted, checked)
    except ScopeMissing as fault:  # which scopes the associations need is HubSpot's choice; names go on without them
        log.warning("sync: the associations cannot be read: %s", fault.sentence)
        checked = {kind: at for kind, at in checked.items() if kind is Kind.CONTACTS}
    if not losses[Kind.CONTACTS]:
        read_again(update, Kind.CONTACTS, sorted(suspects)[:_MOST_SUSPECTS])
        _narrow(update, Kind.CONTACTS, counted[Kind.CONTACTS])
    update.mirror_update.record_checked({kind: at for kind, at in checked.items() if not losses[kind]})
    loss = next(filter(None, losses.values()), "")
    if loss:
        raise SuspiciousSync(loss, remedy="Nothing of that was removed. If it is right, type: callerid sync --sweep --force")


def _bring_links(update: DeltaSync, counted: dict[Kind, int], checked: dict[Kind, datetime]) -> set[int]:
    """Write the links of deals. Return the contacts who may have another company, or who lost a deal and may be gone."""
    suspects: set[int] = set()
    if Kind.DEALS in counted:
        lost_a_deal = relink_open_deals(update)
        suspects |= lost_a_deal if _excess(update, Kind.CONTACTS, counted[Kind.CONTACTS]) > 0 else set()
    if Kind.COMPANIES in counted:
        suspects |= people_of_other_companies(update, checked)
    return suspects


def _count(update: DeltaSync, kind: Kind) -> int:
    """Return how many records of a kind the CRM has; of contacts, in the scope."""
    return update.crm.ids_between(kind, update.sync_request, 0, None, 1)[1]


def _excess(update: DeltaSync, kind: Kind, counted: int) -> int:
    """Return how many more records the mirror has than the CRM counts, but for those that are known to make no difference: people
    who are forgotten here, rows that cannot be read."""
    mirrored = update.app.mirror.range(kind, update.sync_request.scope).count()
    return mirrored - counted - update.mirror_update.unexplained(kind)


def _loss(update: DeltaSync, kind: Kind, counted: int, *, force: bool) -> str:
    """Remove what the list of deleted records explains, if the mirror has too many. Return what looks like a loss then, or ""."""
    if _excess(update, kind, counted) > 0:
        _remove_listed(update, kind, counted)
    return "" if force else loss_suspicion({kind.value: counted + _excess(update, kind, counted)}, {kind.value: counted})


def _narrow(update: DeltaSync, kind: Kind, counted: int) -> None:
    """Make the mirror have the records of a kind that the CRM counts. What cannot be explained is recorded, so that the next sync
    does not look for it again."""
    excess = _excess(update, kind, counted)
    if not excess:
        return
    mirror = update.app.mirror.range(kind, update.sync_request.scope)
    found = find_differences(mirror, counted, lambda low, stop: update.crm.ids_between(kind, update.sync_request, low, stop, SHOWN))
    read_again(update, kind, found.ids)
    if found.complete:
        update.mirror_update.record_unexplained(kind, mirror.count() - counted)
    log.info("sync: HubSpot counts %d %s, %+d to the mirror; %d were read by their ids", counted, kind, -excess, len(found.ids))


def _remove_listed(update: DeltaSync, kind: Kind, counted: int) -> None:
    """Remove the records that the list of deleted ones has, until they explain how many there are."""
    after = ""
    for _ in range(_MOST_PAGES):
        ids, after = update.crm.archived_ids(kind, after)
        update.counts["removed"] += update.mirror_update.remove(kind, ids)
        if not after:
            update.mirror_update.record_archived(kind, "", update.clock())
        if not after or _excess(update, kind, counted) <= 0:
            return
