"""A sweep: every record of the CRM is compared with the mirror, which finds what no search reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.sync.plan import RESUMABLE_FOR
from callerid.errors import SuspiciousSync
from callerid.messages import message
from callerid.models import Kind
from callerid.turns.sync.delta import FullSyncNeeded, only_in_scope
from callerid.turns.sync.mirror_scope import describe_phone_properties, read_portal_info

if TYPE_CHECKING:
    from callerid.models import PortalInfo
    from callerid.store.mirror.sweep import MirrorSweep
    from callerid.turns.sync.delta import DeltaSync


def sweep(update: DeltaSync, *, force: bool) -> None:
    """Compare every record, read those that differ, and remove those that the CRM lacks. Raise FullSyncNeeded, SuspiciousSync.

    A sweep that is interrupted removes nothing. One that would remove more than a tenth has to be forced.
    """
    portal_info = read_portal_info(update.app.mirror, update.crm)
    update.now_missing(*portal_info.missing_scopes)
    mirror_sweep = update.app.mirror.sweep(update.app.region, update.unreadable)
    if describe_phone_properties(update.app.config, portal_info) != update.app.mirror.facts().phone_properties:
        raise FullSyncNeeded(message("the portal has other phone properties than before"))
    if not update.dry_run:
        update.mirror_update.put_portal_info(portal_info)
    begun = _compare(update, mirror_sweep, portal_info)
    if not update.dry_run:
        _correct(update, mirror_sweep)
    try:
        deleted = mirror_sweep.check_deleted(update.sync_request.scope.modified_since, force=force)
    except SuspiciousSync:
        mirror_sweep.abandon()
        raise
    update.counts["removed"] += sum(deleted.values())
    if update.dry_run:
        update.counts["changed"] = sum(len(ids) for kind in Kind for ids in mirror_sweep.differing(kind))
        if not begun:
            mirror_sweep.abandon()
        return
    as_of = min(update.began, update.clock() - mirror_sweep.age(update.crm.now))
    mirror_sweep.finish(update.clock())
    update.mirror_update.record_checked({kind: as_of for kind in Kind if kind not in update.unreadable | update.incomplete})


def _compare(update: DeltaSync, mirror_sweep: MirrorSweep, portal_info: PortalInfo) -> bool:
    """Compare every record, and return whether that continued an interrupted sweep."""
    totals = portal_info.totals
    recipe = " ".join([portal_info.account.portal_id, update.app.mirror.facts().scope, *sorted(update.missing)])
    begun = mirror_sweep.resume(recipe, update.crm.now - RESUMABLE_FOR)
    if not begun:
        mirror_sweep.begin(recipe, update.crm.now)
    update.progress.begins("sweep", totals.contacts + totals.companies + totals.deals)
    update.progress.moved(mirror_sweep.count_compared())
    for page in update.crm.all_outlines(update.sync_request, begun):
        mirror_sweep.compare_page(page)
        update.progress.moved(len(page))
    return bool(begun)


def _correct(update: DeltaSync, mirror_sweep: MirrorSweep) -> None:
    for kind in Kind:
        for ids in mirror_sweep.differing(kind):
            for page in update.crm.records_by_id(kind, ids, update.sync_request):
                in_scope = only_in_scope(update, page)
                update.mirror_update.put(in_scope)
                update.counts["changed"] += len(in_scope)
            mirror_sweep.mark_corrected(kind, ids)
