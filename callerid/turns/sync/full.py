"""A full sync: the whole CRM is written into a new mirror, which replaces the live one when it is complete. Before the first one,
recent callers are looked up by search, so that a card can name them within seconds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from callerid.core.calllog.parse import parse_rows
from callerid.core.sync.kept_info import HOLDS_FOR, kept_info, kept_text
from callerid.core.sync.plan import LOOK_BACK_AFTER_FULL, OVERLAP, RESUMABLE_FOR
from callerid.core.sync.recent_callers import recent_lines
from callerid.crm.port import is_crm
from callerid.errors import CrmFault, PhoneFault, Refused, ScopeMissing, SuspiciousSync
from callerid.models import Kind, Page
from callerid.token_scopes import unreadable_kinds
from callerid.turns.context import log
from callerid.turns.sync.mirror_scope import (
    check_owners_readable,
    current_sync_request,
    describe_phone_properties,
    describe_scope,
    read_portal_info,
    sync_request_of,
)
from callerid.turns.sync.missing_scopes import log_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from callerid.crm.port import Crm, Source
    from callerid.models import PortalInfo, Stretch, SyncRequest
    from callerid.store.mirror.build import MirrorBuild
    from callerid.turns.context import AppContext
    from callerid.turns.sync.progress import ProgressListener

_CALLS = 300  # rows of the phone's call log, in which there are about as many people as are looked up


def full_sync(app: AppContext, source: Source, clock: Callable[[], datetime], progress: ProgressListener, *, force: bool) -> bool:
    """Build a new mirror, or continue an interrupted full sync. Return whether one was continued: what changed since then is
    still to be requested. Raise SuspiciousSync, and keep the live mirror, if the new one looks like a loss."""
    kept = _recall(app, source, clock())
    if kept is not None:
        try:
            return _build(app, source, clock, progress, kept, force=force)
        except ScopeMissing as fault:
            log.info("the interrupted sync cannot be continued (%s); the portal is asked anew", fault.sentence)
    return _build(app, source, clock, progress, read_portal_info(app.mirror, source), force=force)


def _recall(app: AppContext, source: Source, now: datetime) -> PortalInfo | None:
    """Return what the portal told at the beginning of an interrupted full sync, if that holds still, and let the source know it."""
    if not is_crm(source):
        return None
    text = app.mirror.build(app.region).kept_info(
        max(now, source.now) - HOLDS_FOR
    )  # the source's time is that of its last response
    portal_info = kept_info(text, source.token_fingerprint)
    if portal_info is not None:
        source.recall(portal_info)
    return portal_info


def _build(
    app: AppContext,
    source: Source,
    clock: Callable[[], datetime],
    progress: ProgressListener,
    portal_info: PortalInfo,
    *,
    force: bool,
) -> bool:
    fingerprint, missing_before = source.fingerprint(), app.mirror.facts().missing_scopes
    phones = describe_phone_properties(app.config, portal_info)
    check_owners_readable(app.config, portal_info)
    sync_request = replace(
        sync_request_of(app.config, phones, portal_info.owners, portal_info.account, clock()),
        unreadable=unreadable_kinds(portal_info.missing_scopes),
    )
    scope = describe_scope(app.config)
    recipe = " ".join([portal_info.account.portal_id, scope, phones, *portal_info.missing_scopes])
    build = app.mirror.build(app.region)
    begun = build.resume(recipe, source.now - RESUMABLE_FOR)
    try:
        _read_all(build, source, sync_request, recipe, begun, portal_info, progress)
    except Refused as refused:
        if not begun:
            raise
        log.info("the interrupted sync cannot be continued (%s); it starts over", refused.sentence)
        begun = ()
        _read_all(build, source, sync_request, recipe, begun, portal_info, progress)
    try:
        facts = {"source": source.name, "stamp": fingerprint, "scope": scope, "phones_asked": phones}
        facts["key_mark"] = getattr(source, "token_fingerprint", "")  # a file has none
        since, missing = sync_request.scope.modified_since, portal_info.missing_scopes
        build.finish(
            clock(), facts, begin_at=_next_begins(source), since=since, missing_scopes=missing, there=source.now, force=force
        )
    except SuspiciousSync:
        build.drop()
        raise
    log_changes(missing_before, portal_info.missing_scopes)
    return bool(begun)


def _next_begins(source: Source) -> dict[Kind, timedelta]:
    """Return by how much later than this sync began the next delta sync of each kind begins, which looks back by `OVERLAP`. A list
    has shown every record, but an index that lags may not have."""
    return {kind: timedelta(0) if kind in source.lagging_kinds else OVERLAP - LOOK_BACK_AFTER_FULL for kind in Kind}


def _read_all(
    build: MirrorBuild,
    source: Source,
    sync_request: SyncRequest,
    recipe: str,
    begun: Sequence[Stretch],
    portal_info: PortalInfo,
    progress: ProgressListener,
) -> None:
    totals = portal_info.totals
    if not begun:
        kept = kept_text(portal_info, source.token_fingerprint) if is_crm(source) else ""
        build.begin(recipe, source.now, portal_info, kept)
    progress.begins("full", totals.contacts + totals.companies + totals.deals)
    progress.moved(build.count_records() if begun else 0)
    for page in source.all_records(sync_request, begun):
        build.add(page)
        progress.moved(len(page))


def look_up_recent_callers(app: AppContext, crm: Crm) -> int:
    """Write the contacts whose numbers are in the phone's call log into a mirror that has nothing yet, and return how many. What a
    phone or a CRM cannot do here is left to the full sync that follows."""
    try:
        rows = parse_rows(app.termux.call_log(_CALLS), UTC).rows
        contacts = crm.contacts_by_lines(recent_lines(rows, app.region), current_sync_request(app.mirror, app.config, crm.now))
    except (PhoneFault, CrmFault, Refused) as fault:
        log.info("sync: recent callers are not looked up first: %s", fault.sentence)
        return 0
    if not contacts:
        return 0
    app.mirror.update(app.region).put(Page(contacts=contacts))
    log.info("sync: %d contacts who called last can be named already", len(contacts))
    return len(contacts)
