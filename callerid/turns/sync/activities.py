"""Read notes of calls, open tasks and open tickets, as far as the setting card.lines shows them.

A search returns those that are open, two hundred a request (notes: a hundred). A sync reads up to a thousand of a kind (notes: two
hundred), and the next one goes on below them: whatever the mirror has and is not among them is closed or deleted. Where there are
more, another search shows at once what was modified. Contacts are asked for of what is new or changed, and of one kind in each
sync, in turn, of everything: making or taking away a link modifies nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.sync.activities import NOTED_WITHIN, kind_to_relink, wanted_activities
from callerid.core.sync.plan import OVERLAP
from callerid.errors import CrmFault, Refused, ScopeMissing
from callerid.logs import log
from callerid.models import ActivityKind, ActivityRequest
from callerid.records import dataclass
from callerid.store.mirror.activities.tables import ActivitiesRead, IdRange
from callerid.token_scopes import TICKETS
from callerid.turns.sync.missing_scopes import record_missing_scopes

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.crm.port import Crm
    from callerid.models import Activity, Stage
    from callerid.store.mirror.activities.tables import Activities
    from callerid.turns.context import AppContext

_ROWS, _NOTES_A_SYNC = 1000, 200  # tasks or tickets, and notes, in one sync
_ROWS_AT_FIRST = 10_000  # of each kind, the newest: that takes fifty searches (notes: a hundred)


def sync_activities(app: AppContext, crm: Crm, *, anew: bool) -> int:
    """Read what the settings want of each kind, `anew` from the beginning. Return how many changed. Raise CalleridError; a kind
    that the token may not read is left out, and its scope noted; one that the CRM refuses to tell stays as it was."""
    store, kinds = app.mirror.activities, wanted_activities(app.config.card.lines)
    store.keep_only(kinds)
    if anew:
        store.drop_orphans()
    _forget_scope_of_tickets(app, ActivityKind.TICKETS not in kinds)
    states = {kind: state for kind in kinds if (state := store.state(kind)) is not None}
    relinked = kind_to_relink({kind: state.linked_at for kind, state in states.items()})
    changed = 0
    for kind in kinds:
        if kind is ActivityKind.TICKETS and not anew and TICKETS in app.mirror.facts().missing_scopes:
            continue
        state = None if anew else states.get(kind)
        try:
            changed += _Reading(crm, store, kind, crm.now).run(state, relink=kind is relinked)
            _forget_scope_of_tickets(app, kind is ActivityKind.TICKETS)
        except ScopeMissing as fault:
            if not fault.by_crm or kind is not ActivityKind.TICKETS:
                raise
            _note_missing(app, {*app.mirror.facts().missing_scopes, TICKETS})
            if anew:
                store.keep_only([other for other in kinds if other is not kind])
        except (CrmFault, Refused) as fault:  # the names are up to date: what is only beside them must not fail the sync
            log.warning("sync: open %s are not read this time: %s", kind, fault.sentence)
    return changed


def _forget_scope_of_tickets(app: AppContext, is_right: bool) -> None:
    """Note that the scope of tickets is not missed, where it is there or no card shows them."""
    missing = app.mirror.facts().missing_scopes
    if TICKETS in missing and is_right:
        _note_missing(app, {*missing} - {TICKETS})


def _note_missing(app: AppContext, missing: set[str]) -> None:
    record_missing_scopes(app.mirror, app.mirror.update(app.region), missing)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What was read in the order of ids, downwards."""

    found: list[Activity]
    below: int | None  # the id below which there are more; None: there are none
    is_whole: bool  # False: the index counts some that it does not show

    def ids(self, stop: int | None, *, to_the_end: bool = False) -> IdRange | None:
        """Return the ids from which none is missing, of those below `stop`; None if that is not known. `to_the_end`: as if there
        were no more."""
        return IdRange(low=0 if to_the_end else self.below or 0, stop=stop) if self.is_whole else None


@dataclass(slots=True)
class _Reading:
    """The reading of one kind in one sync."""

    crm: Crm
    store: Activities
    kind: ActivityKind
    began: datetime  # by the CRM's clock, UTC
    stages: tuple[Stage, ...] = ()
    stages_are_new: bool = False

    def run(self, state: ActivitiesRead | None, *, relink: bool) -> int:
        """Read what is due, record how far that was, and return how many changed."""
        self.stages = state.stages if state else ()
        if self.kind is ActivityKind.TICKETS and not self.stages:
            self._read_stages()
        if state is None:
            return self._record(self._read_all(), None, self.began)
        changed, read_to = self._read_some(state.read_to, relink=relink)
        if state.read_to is not None or read_to is not None:
            more = self._read_changes(state.since - OVERLAP)
            if more is None:
                return changed + self._record(self._read_all(), None, self.began)
            changed += more
        return self._record(changed, read_to, self.began if relink else state.linked_at)

    def _record(self, changed: int, read_to: int | None, linked_at: datetime) -> int:
        state = ActivitiesRead(read_to=read_to, since=self.began, linked_at=linked_at, stages=self.stages)
        self.store.record_state(self.kind, state)
        return changed

    def _read_all(self) -> int:
        """Read the newest that are open, as many as are read at first; the mirror has no others then."""
        changed, below = 0, None
        for rows in range(_ROWS, _ROWS_AT_FIRST + 1, _ROWS):
            stretch = self._stretch(below, _ROWS)
            is_last = stretch.below is None or rows == _ROWS_AT_FIRST
            changed += self._put(stretch.found, stretch.ids(below, to_the_end=is_last), relink=True)
            below = stretch.below
            if is_last:
                break
        return changed

    def _read_some(self, below: int | None, *, relink: bool) -> tuple[int, int | None]:
        """Read as many that are open as a sync does, below an id, or from the highest. Return how many changed, and the id below
        which the next sync goes on: None if there are no more, or only such that were too many at first."""
        lowest = self.store.lowest(self.kind)
        stretch = self._stretch(below, _NOTES_A_SYNC if self.kind is ActivityKind.CALLS else _ROWS)
        changed = self._put(stretch.found, stretch.ids(below), relink=relink)
        has_more = stretch.below is not None and lowest is not None and stretch.below > lowest
        return changed, stretch.below if has_more else None

    def _stretch(self, below: int | None, most: int) -> _Stretch:
        """Read so many below an id (None: from the highest), if there are as many."""
        found: list[Activity] = []
        rows = 0
        while True:
            page = self.crm.open_activities(self._request(), below)
            found += page.activities
            rows += len(page.ids)
            if page.total <= len(page.ids) or not page.ids:
                return _Stretch(found, None, is_whole=page.total <= len(page.ids))
            below = page.ids[-1]
            if rows >= most:
                return _Stretch(found, below, is_whole=True)

    def _read_changes(self, since: datetime) -> int | None:
        """Read what was modified since a time; None if that is more than a sync reads."""
        changed, after, rows = 0, 0, 0
        while rows < _ROWS:
            page = self.crm.changed_activities(self._request(), since, after)
            changed += self._put(list(page.activities), None, relink=False)
            rows += len(page.ids)
            if page.total <= len(page.ids) or not page.ids:
                return changed
            after = page.ids[-1]
        return None

    def _put(self, found: list[Activity], ids: IdRange | None, *, relink: bool) -> int:
        found = self._with_stages(found)
        shown = [one for one in found if one.is_open]
        asked = [one.id for one in shown] if relink else self.store.unlinked(self.kind, shown)
        contacts = self.crm.contacts_of_activities(self.kind, asked) if asked else {}
        return self.store.put(self.kind, found, contacts, ids)

    def _with_stages(self, found: list[Activity]) -> list[Activity]:
        """Return tickets with the labels of their stages; a stage that is not known has the stages read again, once in a sync."""
        if self.kind is not ActivityKind.TICKETS or self.stages_are_new or all(one.stage for one in found):
            return found
        self._read_stages()
        known = {(stage.pipeline_id, stage.stage_id): stage for stage in self.stages}
        of_each = ((one, known.get((one.pipeline_id, one.stage_id))) for one in found)
        return [replace(one, stage=stage.label, is_open=not stage.is_closed) if stage else one for one, stage in of_each]

    def _read_stages(self) -> None:
        self.stages, self.stages_are_new = self.crm.ticket_stages(), True

    def _request(self) -> ActivityRequest:
        return ActivityRequest(kind=self.kind, noted_since=self.began - NOTED_WITHIN, stages=self.stages)
