"""CRM -> mirror (T5): the sync that is due, or the one that was asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeGuard

from callerid.core.sync.plan import MirrorAge, SyncKind, due
from callerid.core.upkeep.health import Source as Trouble
from callerid.errors import AlreadyRunning, CalleridError, Offline, UsageFault
from callerid.turns.context import log
from callerid.turns.sync.delta import NeedsAll, begin, pull_changes
from callerid.turns.sync.full import pull_all
from callerid.turns.sync.mirror_scope import is_as_asked
from callerid.turns.sync.progress import NoProgress
from callerid.turns.sync.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.crm.port import Crm, Source
    from callerid.turns.context import AppContext
    from callerid.turns.sync.progress import ProgressListener

LAST_SYNC, LAST_SYNC_TRY = "last_sync", "last_sync_try"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """What a sync was, and why that one; what the mirror holds now, and how much was changed and removed in place.

    A full sync changes nothing in place: it replaces everything. After its dry run, the counts are what the CRM says it has.
    """

    kind: SyncKind
    why: str
    changed: int
    removed: int
    contacts: int
    companies: int
    deals: int
    phones: int


def pull(
    app: AppContext,
    source: Source,
    clock: Callable[[], datetime],
    *,
    wanted: SyncKind | None = None,
    force: bool = False,
    dry_run: bool = False,
    progress: ProgressListener | None = None,
) -> SyncResult:
    """Bring the mirror up to date. Raise CalleridError when it fails: the mirror serves on as it is then."""
    app.ledger.key_values.write_time(LAST_SYNC_TRY, clock())
    try:
        with app.mirror.sync_lock():
            app.mirror.reindex_if_needed(app.region)
            pulled = _Pull(app, source, clock, progress or NoProgress(), force=force, dry_run=dry_run).do(wanted)
    except CalleridError as fault:
        if not isinstance(fault, Offline | AlreadyRunning):
            app.report(Trouble.SYNC, fault, clock())
        raise
    if not dry_run:
        app.report(Trouble.SYNC, None, clock())
        app.ledger.key_values.write_time(LAST_SYNC, clock())
    return pulled


class _Pull:
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

    def do(self, wanted: SyncKind | None) -> SyncResult:
        """Do the sync that is due, or the one that is wanted."""
        kind, why = self._due(wanted)
        if not _is_crm(self._source):
            return self._pulled(kind, "nothing changed since") if kind is not SyncKind.FULL else self._all(why)
        if kind is SyncKind.FULL:
            return self._all(why)
        update = begin(self._app, self._source, self._clock, self._progress, dry_run=self._dry_run)
        try:
            pull_changes(update)
            if kind is SyncKind.SWEEP:
                sweep(update, force=self._force)
        except NeedsAll as reason:
            log.info("sync: %s; everything is read", reason)
            return self._all(str(reason))
        if kind is SyncKind.SWEEP and not self._dry_run:
            update.mirror_update.release_space()
        return self._pulled(kind, why, changed=update.done["changed"], removed=update.done["removed"])

    def _due(self, wanted: SyncKind | None) -> tuple[SyncKind, str]:
        facts = self._app.mirror.facts()
        as_asked = is_as_asked(self._app, self._source)
        if not _is_crm(self._source):
            if wanted in (SyncKind.DELTA, SyncKind.SWEEP):
                raise UsageFault("A file tells no changes; it is always read whole.", remedy="Type: callerid sync")
            stamp = self._source.fingerprint()
            same = facts.built_at is not None and as_asked and stamp and stamp == facts.stamp
            return (SyncKind.DELTA, "") if same and wanted is None else (SyncKind.FULL, "it is read whole")
        age = MirrorAge(
            built_at=facts.built_at,
            fresh_at=facts.fresh_at,
            swept_at=facts.swept_at,
            as_asked=as_asked,
            building=facts.unfinished,
        )
        return due(age, self._app.config.sync.full_every, self._clock(), wanted)

    def _all(self, why: str) -> SyncResult:
        if self._dry_run:
            totals = self._source.portal_info().totals
            return replace(
                self._pulled(SyncKind.FULL, why), contacts=totals.contacts, companies=totals.companies, deals=totals.deals
            )
        resumed = pull_all(self._app, self._source, self._clock, self._progress, force=self._force)
        if resumed and _is_crm(self._source):
            self._catch_up(self._source)
        self._app.mirror.update(self._app.region).release_space()
        return self._pulled(SyncKind.FULL, why)

    def _catch_up(self, crm: Crm) -> None:
        """Ask what changed while a full sync was interrupted; what it had read by then is as old as the interruption."""
        try:
            pull_changes(begin(self._app, crm, self._clock, self._progress, dry_run=False))
        except NeedsAll as reason:
            log.info("sync: %s; the next one reads on", reason)

    def _pulled(self, kind: SyncKind, why: str, *, changed: int = 0, removed: int = 0) -> SyncResult:
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
        )


def _is_crm(source: Source) -> TypeGuard[Crm]:
    """Does a source tell what changed, too? A file does not."""
    return hasattr(source, "changes")
