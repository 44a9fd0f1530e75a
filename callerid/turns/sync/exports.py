"""The records of a full sync by exports of the CRM. Where they cannot be had, or not be relied on, lists are read, and it is said
and remembered why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

from callerid.core.sync.by_export import EXPORT as BY_EXPORT
from callerid.core.sync.by_export import LIST, ExportTrouble, is_worth_it, longest_wait, may_be_tried, requests_by_list
from callerid.core.sync.plan import RESUMABLE_FOR
from callerid.errors import ExportUnusable, ScopeMissing
from callerid.logs import log
from callerid.messages import message
from callerid.models import Kind
from callerid.records import dataclass
from callerid.store.ledger.key_value import EXPORT_TROUBLE
from callerid.token_scopes import EXPORT, OWNERS_READ, remedy_of, unreadable_kinds, without_it
from callerid.turns.sync.mirror_scope import (
    check_owners_readable,
    describe_phone_properties,
    describe_scope,
    sync_request_of,
    with_what_was_known,
)

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.config.settings import Config
    from callerid.crm.port import Crm, Source
    from callerid.models import PortalInfo, SyncRequest
    from callerid.store.ledger.key_value import KeyValues
    from callerid.store.mirror.build import MirrorBuild
    from callerid.turns.context import AppContext
    from callerid.turns.sync.progress import ProgressListener


@dataclass(frozen=True, slots=True, kw_only=True)
class FullPlan:
    """What a full sync reads: a portal, what of it, and the recipe by which an interrupted one is continued."""

    portal_info: PortalInfo
    phones: str  # of `describe_phone_properties`
    scope: str  # of `describe_scope`
    sync_request: SyncRequest
    recipe: str


def plan_of(app: AppContext, source: Source, portal_info: PortalInfo, now: datetime) -> FullPlan:
    """Return what a full sync reads of a portal. Raise ConfigFault, ScopeMissing."""
    portal_info = with_what_was_known(app.mirror, source, portal_info)
    phones, scope = describe_phone_properties(app.config, portal_info), describe_scope(app.config)
    check_owners_readable(app.config, portal_info)
    asked = sync_request_of(app.config, phones, portal_info.owners, portal_info.account, now)
    return FullPlan(
        portal_info=portal_info,
        phones=phones,
        scope=scope,
        sync_request=replace(asked, unreadable=unreadable_kinds(portal_info.missing_scopes)),
        recipe=" ".join([portal_info.account.portal_id, scope, phones, *portal_info.missing_scopes]),
    )


def export_trouble(key_values: KeyValues, config: Config) -> ExportTrouble | None:
    """Return why the last full sync read lists, if exports were wanted; None if it did not, or lists are wanted now."""
    return ExportTrouble.of_text(key_values.read(EXPORT_TROUBLE) or "") if config.sync.via != LIST else None


def crm_for_exports(app: AppContext, source: Source, now: datetime) -> Crm | None:
    """Return the CRM if a full sync may ask it for exports, or wait for some that an interrupted one has started."""
    if not _has_exports(source):
        return None
    trouble = export_trouble(app.ledger.key_values, app.config)
    tried = may_be_tried(app.config.sync.via, trouble, source.token_fingerprint, now)
    if app.mirror.is_reading_lists() or not tried:
        return None
    if app.config.sync.scope == "all" and app.config.sync.recent is None:
        return source
    why = message("sync.scope or sync.recent asks for a part of the contacts, and an export has all of them.")
    _note(app, source, now, why if app.config.sync.via == BY_EXPORT else "")
    return None


def _has_exports(source: Source) -> TypeGuard[Crm]:
    return hasattr(source, "exported_records")


def read_by_export(
    app: AppContext, crm: Crm, build: MirrorBuild, plan: FullPlan, progress: ProgressListener, now: datetime
) -> bool | None:
    """Read exports. Return whether what changed since is still to be requested; None if lists are to be read, which then begin with
    what the exports did not bring."""
    via, totals = app.config.sync.via, plan.portal_info.totals
    started = build.exports(plan.recipe, crm.now - RESUMABLE_FOR)
    if not started and not is_worth_it(via, totals):
        _note(app, crm, now, "")
        return None
    if not started and plan.portal_info.may_export is False:
        _note(app, crm, now, without_it(EXPORT), remedy_of(EXPORT))
        return None
    if not started:
        build.begin(plan.recipe, crm.now, plan.portal_info)
    progress.begins("full, by exports", totals.contacts)
    exported = crm.exported_records(
        plan.sync_request,
        build.kinds_read(),
        started,
        build.record_export,
        began=build.began(crm.now),
        longest=longest_wait(via, crm.seconds_for(requests_by_list(totals))),
    )
    try:
        for page in exported:
            build.add(page)
            progress.moved(len(page))
        if build.has_unknown_owners() and OWNERS_READ not in plan.portal_info.missing_scopes:
            build.add_owners(crm.former_owners())
    except ScopeMissing as fault:
        if not fault.by_crm:
            raise
        _note(app, crm, now, without_it(EXPORT), remedy_of(EXPORT))
    except ExportUnusable as fault:
        _note(app, crm, now, fault.sentence)
    else:
        _note(app, crm, now, "")
        return bool(started) or not exported.is_exact
    give_up_exports(build, plan, crm.now)
    return None


def give_up_exports(build: MirrorBuild, plan: FullPlan, there: datetime) -> None:
    """Wait for no export any more. What has passed stays; where one was read in part, nothing does."""
    if build.has_rows_of(set(Kind) - build.kinds_read()):
        build.begin(plan.recipe, there, plan.portal_info)
    else:
        build.forget_exports()


def _note(app: AppContext, crm: Crm, now: datetime, why: str, remedy: str = "") -> None:
    """Remember and log why lists are read; "" for no reason to tell."""
    trouble = ExportTrouble(why=why, remedy=remedy, at=now, token=crm.token_fingerprint) if why else None
    if trouble:
        log.info("sync: lists are read, because there is no export. %s %s", why, remedy)
    elif not app.ledger.key_values.read(EXPORT_TROUBLE):
        return
    app.ledger.key_values.write(EXPORT_TROUBLE, trouble.to_text() if trouble else "")
