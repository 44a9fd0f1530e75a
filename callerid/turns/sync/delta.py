"""What changed in the CRM -> the mirror, in place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from callerid.core.backoff import is_due
from callerid.core.sync.loss_guard import another_portal
from callerid.core.sync.plan import ARCHIVE_EVERY, OVERLAP, is_too_much, may_move_on
from callerid.core.sync.scope import is_in_scope
from callerid.errors import Refused, SuspiciousSync
from callerid.models import Kind, Page
from callerid.turns.context import log
from callerid.turns.sync.mirror_scope import portal_info_of, sync_request_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from callerid.crm.port import Crm
    from callerid.models import Changes, SyncRequest
    from callerid.store.mirror.delta import Cursor, MirrorUpdate
    from callerid.turns.context import AppContext
    from callerid.turns.sync.progress import ProgressListener


_MORE_PAGES = 10  # of deleted records, when a sync is not a short one anyway
_WORTH_A_BAR = 200  # changes


class NeedsAll(Exception):
    """The shorter way is to read everything; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One update of the mirror in the making."""

    app: AppContext
    crm: Crm
    clock: Callable[[], datetime]
    progress: ProgressListener
    mirror_update: MirrorUpdate
    sync_request: SyncRequest
    dry_run: bool
    done: Counter[str]  # changed, removed


def begin(app: AppContext, crm: Crm, clock: Callable[[], datetime], progress: ProgressListener, *, dry_run: bool) -> Update:
    """Begin an update of the mirror, with what the last full sync asked for. Raise SuspiciousSync for a token of another portal."""
    mirror = app.mirror
    _check_portal(app, crm)
    sync_request = sync_request_of(app, mirror.facts().phone_properties, mirror.owners(), mirror.account(), clock())
    mirror_update = mirror.update(app.region)
    return Update(
        app=app,
        crm=crm,
        clock=clock,
        progress=progress,
        mirror_update=mirror_update,
        sync_request=sync_request,
        dry_run=dry_run,
        done=Counter(),
    )


def _check_portal(app: AppContext, crm: Crm) -> None:
    """Raise SuspiciousSync when the token is for another portal than the mirror's; asked only of a token that is new."""
    if app.mirror.facts().token_fingerprint == crm.token_fingerprint:
        return
    mirrored = app.mirror.account()
    other = another_portal(mirrored.portal_id if mirrored else "", crm.account().portal_id)
    if other:
        raise SuspiciousSync(other, remedy="The mirror was kept. If that is right, type: callerid sync --full --force")
    app.mirror.update(app.region).record_token(crm.token_fingerprint)


# ------------------------------------------------------------------------------------------------ what changed


def pull_changes(update: Update) -> None:
    """Take in what changed since the last sync, with an overlap, and one list of what was deleted. Raise NeedsAll."""
    update.progress.begins("delta", None)
    unknown = [_pull_kind(update, kind) for kind in Kind]
    _pull_archived(update, _MORE_PAGES if update.done["changed"] else 1)
    if any(unknown) and not update.dry_run:
        update.mirror_update.put_portal_info(portal_info_of(update.app, update.crm))
    if not update.dry_run:
        update.mirror_update.finish(update.clock())


def _pull_kind(update: Update, kind: Kind) -> bool:
    """Take in what changed of a kind; return whether it tells of owners or stages that are not known by name."""
    cursor = update.mirror_update.cursor(kind)
    if cursor is None:
        raise NeedsAll("the mirror does not know how old it is")
    collected, total, unknown, began = 0, None, False, cursor.began
    mirrored = getattr(update.app.mirror.facts(), kind.value)
    for changes in _changes(update, kind, cursor):
        if total is None:
            total, began = changes.total, began or changes.at
            if is_too_much(changes.total, mirrored):
                raise NeedsAll(f"{changes.total} {kind} changed")
            if total > _WORTH_A_BAR:
                update.progress.begins(f"delta, {kind}", total)
        update.progress.moved(changes.rows)
        collected += changes.rows
        unknown |= _put(update, kind, changes, began or changes.at)
    if began and not update.dry_run:
        whole = may_move_on(collected, total or 0, cursor.since, began)
        if not whole:
            log.warning("sync: HubSpot counted %d changed %s and showed %d; they are asked for again", total, kind, collected)
        update.mirror_update.finish_changes(kind, began if whole else cursor.since)
    return unknown


def _changes(update: Update, kind: Kind, cursor: Cursor) -> Iterator[Changes]:
    after = cursor.after if cursor.began else 0
    return update.crm.changes(
        kind, update.sync_request, cursor.since - OVERLAP, after, lambda page: update.mirror_update.unchanged(kind, page)
    )


def _put(update: Update, kind: Kind, changes: Changes, began: datetime) -> bool:
    page = changes.page
    gone = [contact.id for contact in page.contacts if not is_in_scope(contact, update.sync_request.scope)]
    kept = wanted(update, page)
    update.done["changed"] += len(kept)
    if update.dry_run:
        return False
    update.mirror_update.put_changes(kind, kept, gone, began, changes.last_id)
    return not all(map(update.mirror_update.knows_stage, page.deals)) or not all(
        map(update.mirror_update.knows_owner, page.contacts)
    )


def wanted(update: Update, page: Page) -> Page:
    """Given a page, return it with those of its contacts that the scope wants."""
    return replace(page, contacts=tuple(contact for contact in page.contacts if is_in_scope(contact, update.sync_request.scope)))


def _pull_archived(update: Update, pages: int) -> None:
    """Read on in the list of deleted records that was read longest ago, if that was long ago; there is no way to ask for the new
    ones. A long list is read in parts, one with each sync, so that a sync that finds nothing new stays as short as it is."""
    cursors = {kind: cursor for kind in Kind if (cursor := update.mirror_update.cursor(kind))}
    kind = min(cursors, key=lambda k: (not cursors[k].archived_after, cursors[k].archived_at is not None, cursors[k].archived_at))
    last, after = cursors[kind].archived_at, cursors[kind].archived_after
    if not after and not is_due(last, ARCHIVE_EVERY, update.clock()):
        return
    for _ in range(pages):
        after = _pull_archived_page(update, kind, after)
        if not after:
            return


def _pull_archived_page(update: Update, kind: Kind, after: str) -> str:
    try:
        ids, following = update.crm.archived_ids(kind, after)
    except Refused:
        if not after:
            raise
        ids, following = (), ""  # a cursor that is no longer good: the list comes again in its turn
    remove = update.mirror_update.count_present if update.dry_run else update.mirror_update.remove
    update.done["removed"] += remove(kind, ids)
    if not update.dry_run:
        update.mirror_update.record_archived(kind, following, update.clock())
    return following
