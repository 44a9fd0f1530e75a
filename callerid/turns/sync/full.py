"""A full sync: the whole CRM is written into a new mirror, which replaces the live one when it is complete. Before the first one,
recent callers are looked up by search, so that a card can name them within seconds."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from callerid.core.calllog.parse import parse_rows
from callerid.core.sync.kept_info import HOLDS_FOR, kept_info, kept_text
from callerid.core.sync.plan import LOOK_BACK_AFTER_FULL, OVERLAP, RESUMABLE_FOR
from callerid.core.sync.recent_callers import recent_lines
from callerid.crm.port import is_crm
from callerid.errors import CrmFault, PhoneFault, Refused, ScopeMissing, SuspiciousSync
from callerid.logs import log
from callerid.models import Kind, Page
from callerid.token_scopes import TICKETS
from callerid.turns.sync.exports import crm_for_exports, give_up_exports, plan_of, read_by_export
from callerid.turns.sync.mirror_scope import current_sync_request
from callerid.turns.sync.missing_scopes import log_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from callerid.crm.port import Crm, Source
    from callerid.models import PortalInfo, Stretch
    from callerid.store.mirror.build import MirrorBuild
    from callerid.turns.context import AppContext
    from callerid.turns.sync.exports import FullPlan
    from callerid.turns.sync.progress import ProgressListener

_CALLS = 300  # rows of the phone's call log, in which there are about as many people as are looked up


def full_sync(
    app: AppContext, source: Source, clock: Callable[[], datetime], progress: ProgressListener, *, force: bool
) -> frozenset[Kind]:
    """Build a new mirror, or continue an interrupted full sync. Return the kinds of which what changed since it began is still to
    be requested. Raise SuspiciousSync, and keep the live mirror, if the new one looks like a loss."""
    fingerprint, missing_before = source.fingerprint(), app.mirror.facts().missing_scopes
    build = app.mirror.build(app.region)
    crm = crm_for_exports(app, source, clock())
    if crm:
        plan, behind = _read_exports(app, crm, build, clock, progress)
    else:
        plan, behind = _read_lists_again(app, source, build, clock, progress)
    missing = (*plan.portal_info.missing_scopes, *(scope for scope in missing_before if scope == TICKETS))  # it is tried last
    try:
        facts = {"source": source.name, "stamp": fingerprint, "scope": plan.scope, "phones_asked": plan.phones}
        facts["key_mark"] = getattr(source, "token_fingerprint", "")  # a file has none
        since = plan.sync_request.scope.modified_since
        build.finish(
            clock(), facts, begin_at=_next_begins(source), since=since, missing_scopes=missing, there=source.now, force=force
        )
    except SuspiciousSync:
        build.drop()
        raise
    log_changes(missing_before, missing)
    return behind


def _read_exports(
    app: AppContext, crm: Crm, build: MirrorBuild, clock: Callable[[], datetime], progress: ProgressListener
) -> tuple[FullPlan, frozenset[Kind]]:
    """Read exports, or lists where they cannot be had. Return what was read, and which kinds of it are behind."""
    plan = plan_of(app, crm, crm.brief_portal_info(), clock())
    is_behind = read_by_export(app, crm, build, plan, progress, clock())
    if is_behind is None:
        plan = plan_of(app, crm, crm.complete(plan.portal_info), clock())
        return plan, _read_lists(build, crm, plan, progress)
    return plan, frozenset(Kind) if is_behind else frozenset()


def _read_lists_again(
    app: AppContext, source: Source, build: MirrorBuild, clock: Callable[[], datetime], progress: ProgressListener
) -> tuple[FullPlan, frozenset[Kind]]:
    """Read lists, with what an interrupted sync was told before its records, if that holds still. Return what was read, and which
    kinds of it are behind."""
    kept = _recall(build, source, clock())
    if kept is not None:
        try:
            plan = plan_of(app, source, kept, clock())
            return plan, _read_lists(build, source, plan, progress)
        except ScopeMissing as fault:
            log.info("the interrupted sync cannot be continued (%s); the portal is asked anew", fault.sentence)
    plan = plan_of(app, source, source.portal_info(), clock())
    if app.mirror.is_waiting_for_exports():
        give_up_exports(build, plan, source.now)
    return plan, _read_lists(build, source, plan, progress)


def _recall(build: MirrorBuild, source: Source, now: datetime) -> PortalInfo | None:
    """Return what the portal told at the beginning of an interrupted full sync, if that holds still, and let the source know it."""
    if not is_crm(source):
        return None
    text = build.kept_info(max(now, source.now) - HOLDS_FOR)  # the source's time is that of its last response
    portal_info = kept_info(text, source.token_fingerprint)
    if portal_info is not None:
        source.recall(portal_info)
    return portal_info


def _next_begins(source: Source) -> dict[Kind, timedelta]:
    """Return by how much later than this sync began the next delta sync of each kind begins, which looks back by `OVERLAP`. A list
    has shown every record, but an index that lags may not have."""
    return {kind: timedelta(0) if kind in source.lagging_kinds else OVERLAP - LOOK_BACK_AFTER_FULL for kind in Kind}


def _read_lists(build: MirrorBuild, source: Source, plan: FullPlan, progress: ProgressListener) -> frozenset[Kind]:
    """Read lists, from where an interrupted sync has left them. Return the kinds of which that had read a part."""
    begun = build.resume(plan.recipe, source.now - RESUMABLE_FOR)
    try:
        _read_all(build, source, plan, begun, progress)
    except Refused as refused:
        if not begun:
            raise
        log.info("the interrupted sync cannot be continued (%s); it starts over", refused.sentence)
        begun = ()
        _read_all(build, source, plan, begun, progress)
    return frozenset(stretch.kind for stretch in begun)


def _read_all(build: MirrorBuild, source: Source, plan: FullPlan, begun: Sequence[Stretch], progress: ProgressListener) -> None:
    totals = plan.portal_info.totals
    if not begun:
        kept = kept_text(plan.portal_info, source.token_fingerprint) if is_crm(source) else ""
        build.begin(plan.recipe, source.now, plan.portal_info, kept)
    progress.begins("full", totals.contacts + totals.companies + totals.deals)
    progress.moved(build.count_records() if begun else 0)
    for page in source.all_records(plan.sync_request, begun):
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
