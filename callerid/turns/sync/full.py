"""The whole CRM -> a new mirror, which is built beside the old one and replaces it when it is whole."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.sync.plan import OLDEST_LEFT, OVERLAP, SETTLED
from callerid.errors import Refused, SuspiciousSync
from callerid.models import Kind
from callerid.turns.context import log
from callerid.turns.sync.mirror_scope import phones_asked, portal_info_of, scope_asked, sync_request_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from callerid.crm.port import Source
    from callerid.models import PortalInfo, Stretch, SyncRequest
    from callerid.store.mirror.build import MirrorBuild
    from callerid.turns.context import AppContext
    from callerid.turns.sync.progress import ProgressListener


def pull_all(app: AppContext, source: Source, clock: Callable[[], datetime], progress: ProgressListener, *, force: bool) -> bool:
    """Build the mirror anew, going on where an interrupted sync was; return whether there was one, so that what changed since it
    read is still to be asked for. Raise SuspiciousSync, with the old mirror in place."""
    stamp = source.fingerprint()
    portal_info = portal_info_of(app, source)
    phones = phones_asked(app.config, portal_info)
    sync_request = sync_request_of(app, phones, portal_info.owners, portal_info.account, clock())
    scope = scope_asked(app.config)
    recipe = f"{portal_info.account.portal_id} {scope} {phones}"
    building = app.mirror.build(app.region)
    begun = building.resume(recipe, source.now - OLDEST_LEFT)
    try:
        _build(building, source, sync_request, recipe, begun, portal_info, progress)
    except Refused as refused:
        if not begun:
            raise
        log.info("the interrupted sync cannot go on (%s); it begins anew", refused.sentence)
        begun = ()
        _build(building, source, sync_request, recipe, begun, portal_info, progress)
    try:
        facts = {"source": source.name, "stamp": stamp, "scope": scope, "phones_asked": phones}
        facts["key_mark"] = getattr(source, "token_fingerprint", "")  # a file has none
        building.finish(clock(), facts, begin_at=_next_begins(source), since=sync_request.scope.modified_since, force=force)
    except SuspiciousSync:
        building.drop()
        raise
    return bool(begun)


def _next_begins(source: Source) -> dict[Kind, timedelta]:
    """How long after this sync's beginning the next delta sync's begins, which looks back by `OVERLAP` of itself: lists have shown
    all that there was, and a lagging index may not have."""
    return {kind: timedelta(0) if kind in source.lagging_kinds else OVERLAP - SETTLED for kind in Kind}


def _build(
    building: MirrorBuild,
    source: Source,
    sync_request: SyncRequest,
    recipe: str,
    begun: Sequence[Stretch],
    portal_info: PortalInfo,
    progress: ProgressListener,
) -> None:
    totals = portal_info.totals
    if not begun:
        building.begin(recipe, source.now, portal_info)
    progress.begins("full", totals.contacts + totals.companies + totals.deals)
    progress.moved(building.count_records() if begun else 0)
    for page in source.all_records(sync_request, begun):
        building.add(page)
        progress.moved(len(page))
