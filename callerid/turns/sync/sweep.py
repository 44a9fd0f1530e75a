"""Every record of the CRM against the mirror's: finds what no search tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.sync.plan import OLDEST_LEFT
from callerid.errors import SuspiciousSync
from callerid.models import Kind
from callerid.turns.sync.delta import NeedsAll, wanted
from callerid.turns.sync.mirror_scope import phones_asked, portal_info_of

if TYPE_CHECKING:
    from callerid.models import PortalInfo
    from callerid.store.mirror.sweep import MirrorSweep
    from callerid.turns.sync.delta import Update


def sweep(update: Update, *, force: bool) -> None:
    """Compare every record with the mirror's: read anew what differs, remove what is gone. Raise NeedsAll, SuspiciousSync.

    A sweep that is cut short removes nothing, and one that would remove more than a tenth does not either until forced.
    """
    portal_info, sweeping = portal_info_of(update.app, update.crm), update.app.mirror.sweep(update.app.region)
    if phones_asked(update.app.config, portal_info) != update.app.mirror.facts().phone_properties:
        raise NeedsAll("the portal has other phone properties than before")
    if not update.dry_run:
        update.mirror_update.put_portal_info(portal_info)
    begun = _compare(update, sweeping, portal_info)
    if not update.dry_run:
        _mend(update, sweeping)
    try:
        gone = sweeping.check_deleted(update.sync_request.scope.modified_since, force=force)
    except SuspiciousSync:
        sweeping.abandon()
        raise
    update.done["removed"] += sum(gone.values())
    if update.dry_run:
        update.done["changed"] = sum(len(ids) for kind in Kind for ids in sweeping.differing(kind))
        if not begun:
            sweeping.abandon()
        return
    sweeping.finish(update.clock())


def _compare(update: Update, sweeping: MirrorSweep, portal_info: PortalInfo) -> bool:
    """Let the mirror see every record; return whether an interrupted sweep had begun with that."""
    totals = portal_info.totals
    recipe = f"{portal_info.account.portal_id} {update.app.mirror.facts().scope}"
    begun = sweeping.resume(recipe, update.crm.now - OLDEST_LEFT)
    if not begun:
        sweeping.begin(recipe, update.crm.now)
    update.progress.begins("sweep", totals.contacts + totals.companies + totals.deals)
    update.progress.moved(sweeping.count_compared())
    for page in update.crm.all_outlines(update.sync_request, begun):
        sweeping.compare_page(page)
        update.progress.moved(len(page))
    return bool(begun)


def _mend(update: Update, sweeping: MirrorSweep) -> None:
    for kind in Kind:
        for ids in sweeping.differing(kind):
            for page in update.crm.records_by_id(kind, ids, update.sync_request):
                kept = wanted(update, page)
                update.mirror_update.put(kept)
                update.done["changed"] += len(kept)
            sweeping.mark_corrected(kind, ids)
