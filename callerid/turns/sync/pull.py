"""Bring the mirror up to date with its source: by the sync that is due, or the one that was requested."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.sync.plan import MirrorAge, SyncKind, due_sync, is_recent
from callerid.core.upkeep.health import Source as Trouble
from callerid.crm.port import is_crm
from callerid.errors import AlreadyRunning, CalleridError, DatabaseDamaged, DiskFull, DiskReadOnly, Offline, UsageFault
from callerid.logs import log
from callerid.messages import message
from callerid.models import Kind
from callerid.records import dataclass
from callerid.store.damage import remove_put_aside
from callerid.store.ledger.key_value import LAST_SYNC
from callerid.turns.repair import note_filled_mirror, retry_if_damaged
from callerid.turns.sync.activities import sync_activities
from callerid.turns.sync.compare import compare
from callerid.turns.sync.delta import FullSyncNeeded, begin_delta_sync, delta_sync
from callerid.turns.sync.exports import export_trouble
from callerid.turns.sync.full import full_sync, look_up_recent_callers
from callerid.turns.sync.merges import follow_merges
from callerid.turns.sync.mirror_scope import matches_settings, owner_fault
from callerid.turns.sync.progress import NoProgress
from callerid.turns.sync.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from callerid.core.sync.by_export import ExportTrouble
    from callerid.crm.port import Crm, Source
    from callerid.models import MissingScope
    from callerid.turns.context import AppContext
    from callerid.turns.sync.progress import ProgressListener

LAST_SYNC_TRY = "last_sync_try"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """Which sync was run and why, and how many records the mirror has now; after the dry run of a full sync, how many the CRM
    has."""

    kind: SyncKind
    why: str
    changed: int  # in place, as `removed`: not by a full sync, which replaces everything
    removed: int
    contacts: int
    companies: int
    deals: int
    phones: int
    missing: tuple[MissingScope, ...]  # scopes of the token, at the last sync that was not dry
    no_export: ExportTrouble | None = None  # why a full sync read lists, if an export was wanted


def pull(
    app: AppContext,
    source: Source,
    clock: Callable[[], datetime],
    *,
    requested: SyncKind | None = None,
    force: bool = False,
    dry_run: bool = False,
    progress: ProgressListener | None = None,
) -> SyncResult:
    """Bring the mirror up to date. A damaged one is put aside, and a new one is filled. Raise CalleridError if that fails; the live
    mirror stays as it is then."""
    app.ledger.key_values.write_time(LAST_SYNC_TRY, clock())

    def take_turn() -> SyncResult:
        result = _pull(app, source, clock, requested=requested, force=force, dry_run=dry_run, progress=progress)
        if not dry_run:  # also where nothing changed: whoever brought a merge into the mirror may have been killed before this
            follow_merges(app)
        return result

    result = retry_if_damaged(app, take_turn, clock())
    if not dry_run:  # of whatever kind: whoever filled the mirror may have been killed before this
        note_filled_mirror(app)
        with suppress(OSError):  # it is in nobody's way
            remove_put_aside(app.paths.mirror)
        app.report(Trouble.MIRROR, None, clock())
    return result


def _pull(
    app: AppContext,
    source: Source,
    clock: Callable[[], datetime],
    *,
    requested: SyncKind | None,
    force: bool,
    dry_run: bool,
    progress: ProgressListener | None,
) -> SyncResult:
    try:
        with app.mirror.sync_lock():
            app.mirror.reindex_if_needed(app.region)
            result = _Sync(app, source, clock, progress or NoProgress(), force=force, dry_run=dry_run).run(requested)
    except CalleridError as fault:
        if not isinstance(fault, Offline | AlreadyRunning | DatabaseDamaged | DiskFull | DiskReadOnly):
            app.report(Trouble.SYNC, fault, clock())
        raise
    if not dry_run:
        app.report(Trouble.SYNC, None, clock())
        app.report(Trouble.OWNER, owner_fault(app.mirror, app.config), clock())
        app.ledger.key_values.write_time(LAST_SYNC, clock())
    return result


class _Sync:
    """One sync."""

    def __init__(
        self,
        app: AppContext,
        source: Source,
        clock: Callable[[], datetime],
        progress: ProgressListener,
        *,
        force: bool,
        dry_run: bool,
    ) -> None:
        self._app, self._source, self._clock, self._progress = app, source, clock, progress
        self._force, self._dry_run = force, dry_run

    def run(self, requested: SyncKind | None) -> SyncResult:
        """Run the sync that is due, or the one that was requested."""
        kind, why = self._choose(requested)
        if not is_crm(self._source):
            return self._result(kind, message("nothing changed since")) if kind is not SyncKind.FULL else self._full(why)
        if kind is SyncKind.FULL:
            return self._full(why)
        update = begin_delta_sync(self._app, self._source, self._clock, self._progress, dry_run=self._dry_run)
        try:
            delta_sync(update)
            if kind is SyncKind.SWEEP:
                sweep(update, force=self._force)
            else:
                compare(update, force=self._force)
        except FullSyncNeeded as reason:
            log.info("sync: %s, so everything is read", reason)
            return self._full(str(reason))
        if not self._dry_run:
            update.counts["changed"] += sync_activities(self._app, self._source, anew=kind is SyncKind.SWEEP)
        if kind is SyncKind.SWEEP and not self._dry_run:
            update.mirror_update.release_space()
        return self._result(kind, why, changed=update.counts["changed"], removed=update.counts["removed"])

    def _choose(self, requested: SyncKind | None) -> tuple[SyncKind, str]:
        facts = self._app.mirror.facts()
        is_current_scope = matches_settings(self._app.mirror, self._app.config, self._source)
        if not is_crm(self._source):
            if requested in (SyncKind.DELTA, SyncKind.SWEEP):
                raise UsageFault(
                    message("A file has no list of changes; it is always read completely."), remedy=message("Type: callerid sync")
                )
            fingerprint = self._source.fingerprint()
            same = facts.built_at is not None and is_current_scope and fingerprint and fingerprint == facts.stamp
            return (SyncKind.DELTA, "") if same and requested is None else (SyncKind.FULL, message("a file is read completely"))
        age = MirrorAge(
            built_at=facts.built_at,
            fresh_at=facts.fresh_at,
            swept_at=facts.swept_at,
            matches_settings=is_current_scope,
            interrupted=facts.unfinished,
        )
        return due_sync(age, self._app.config.sync.full_every, self._clock(), requested)

    def _full(self, why: str) -> SyncResult:
        if self._dry_run:
            totals = self._source.portal_info().totals
            return replace(
                self._result(SyncKind.FULL, why), contacts=totals.contacts, companies=totals.companies, deals=totals.deals
            )
        facts = self._app.mirror.facts()
        if is_crm(self._source) and facts.built_at is None and not facts.contacts and not facts.unfinished:
            look_up_recent_callers(self._app, self._source)
        behind = full_sync(self._app, self._source, self._clock, self._progress, force=self._force)
        if behind and is_crm(self._source):
            self._catch_up(self._source, behind)
        if is_crm(self._source):
            sync_activities(self._app, self._source, anew=True)
        self._app.mirror.update(self._app.region).release_space()
        return self._result(SyncKind.FULL, why)

    def _catch_up(self, crm: Crm, behind: Collection[Kind]) -> None:
        """Read what changed since a full sync began that was interrupted: what it had read by then, of these kinds, is as old as
        that. So is an export."""
        try:
            update = begin_delta_sync(self._app, crm, self._clock, self._progress, dry_run=False)
            if is_recent(self._app.mirror.facts().as_of(Kind.CONTACTS), self._clock()):
                delta_sync(update, behind)
            else:
                delta_sync(update)
                compare(update)
        except FullSyncNeeded as reason:
            log.info("sync: %s; the next one continues", reason)

    def _result(self, kind: SyncKind, why: str, *, changed: int = 0, removed: int = 0) -> SyncResult:
        facts = self._app.mirror.facts()
        return SyncResult(
            kind=kind,
            why=why,
            changed=changed,
            removed=removed,
            contacts=facts.contacts,
            companies=facts.companies,
            deals=facts.deals,
            phones=facts.phones,
            missing=facts.missing,
            no_export=export_trouble(self._app.ledger.key_values, self._app.config) if kind is SyncKind.FULL else None,
        )
