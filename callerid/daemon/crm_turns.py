"""Turns with the CRM: deliveries, syncs, live lookups of callers; and the address book that follows the mirror."""

from __future__ import annotations

import contextlib
import queue
from typing import TYPE_CHECKING

from callerid.core.upkeep.health import Source
from callerid.core.wording.counts import records
from callerid.daemon.schedule import seconds_until, sync_due
from callerid.errors import CalleridError, DatabaseDamaged, DiskFull, DiskReadOnly, Stopped, StoreFault, TokenChanged
from callerid.logs import log
from callerid.store.ledger.key_value import LAST_SYNC
from callerid.turns.context import utc_now
from callerid.turns.delivery.outbox_round import deliver
from callerid.turns.followup.late_matches import ask_anew, offer_late_matches
from callerid.turns.open_context import CrmConnection
from callerid.turns.ringing.live_lookup import locate_caller, look_up_live
from callerid.turns.sync.merges import follow_merges
from callerid.turns.sync.pull import LAST_SYNC_TRY, pull
from callerid.turns.upkeep.forget_later import finish_forgetting
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.daemon.shared import SharedState
    from callerid.turns.context import AppContext

_SYNC_FAILURES = "sync_failures"  # in the key values: in a row, so that a restart does not begin again at the first
_LONGEST_SLEEP = 900.0  # seconds; the clock by which a row waits may be corrected meanwhile


class CrmTurns:
    """The turns of the loops `deliver`, `pull`, `inquire` and `addressbook`."""

    def __init__(self, shared: SharedState, reindex_mirror: Callable[[], None]) -> None:
        self._shared, self._reindex_mirror = shared, reindex_mirror

    def deliver(self, app: AppContext) -> float | None:
        """Deliver the outbox rows that are due."""
        with self._crm(app) as crm:
            result = deliver(app, crm, utc_now, lambda: self._shared.wake("attend"))
        if result.added:
            offer_late_matches(app, utc_now())
        if result.settled:
            self._shared.wake("attend")
            self._shared.wake_hooks()
        if isinstance(result.fault, TokenChanged):
            self._shared.sync_requested = True
            self._shared.wake("pull")
        pause = seconds_until(result.next_at, utc_now())
        return None if pause is None else min(pause, _LONGEST_SLEEP)

    def pull(self, app: AppContext) -> float | None:
        """Sync if that is due or was requested."""
        due = self._sync_due(app)
        if not self._shared.sync_requested and (due is None or due > utc_now()):
            return seconds_until(due, utc_now())
        self._shared.sync_requested = False
        try:
            with self._crm(app) as crm:
                result = pull(app, crm.source(), utc_now)
        except Stopped:
            return None
        except DatabaseDamaged:
            raise
        except (DiskFull, DiskReadOnly):
            self._shared.sync_waits_for_room = True
            with contextlib.suppress(StoreFault):
                _count_failure(app)
            raise
        except CalleridError as fault:
            _count_failure(app)
            log.debug("sync: %s", fault)  # it was reported already
        else:
            if _sync_failures(app):
                app.ledger.key_values.write(_SYNC_FAILURES, "0")
            log.info("sync: %s", records(result.contacts, result.companies, result.deals))
            self._reindex_mirror()
            finish_forgetting(app, utc_now())
            offer_late_matches(app, utc_now())
            self._shared.wake("attend", "deliver", "addressbook")
        return seconds_until(self._sync_due(app), utc_now())

    def keep_book(self, app: AppContext) -> float | None:
        """Have the address book that the settings name follow the mirror, if that is due."""
        if not app.config.carddav.url:
            app.report(Source.ADDRESS_BOOK, None, utc_now())
            return None
        from callerid.turns.carddav.kept_book import book_due, keep_book  # loaded only where there is a book

        try:
            done = keep_book(app, utc_now)
        except (Stopped, StoreFault):
            raise
        except CalleridError as fault:
            log.debug("address book: %s", fault)  # it was reported already
        else:
            if done:
                log.info("address book: %s", done.changes)
        return seconds_until(book_due(app, utc_now()), utc_now())

    def look_up_live(self, app: AppContext) -> float | None:
        """Look up the callers in the CRM, and where the numbers of unknown ones are."""
        while not self._shared.stopping.is_set():
            try:
                ring = self._shared.callers.get_nowait()
            except queue.Empty:
                return None
            with self._crm(app) as crm:
                has_changed = look_up_live(
                    app, crm, ring.number, ring.at, utc_now, lambda words: self._shared.dispatch(Wake(speak=words)), name=ring.name
                )
            if has_changed:
                follow_merges(app)
                ask_anew(app, ring.number, utc_now())
                offer_late_matches(app, utc_now())
                self._shared.wake("attend")
            else:
                locate_caller(app, ring.number, ring.at, utc_now)
        return None

    def _sync_due(self, app: AppContext) -> datetime | None:
        key_values = app.ledger.key_values
        last, last_try = key_values.read_time(LAST_SYNC), key_values.read_time(LAST_SYNC_TRY)
        if app.mirror.facts().built_at is None:
            last = None  # a mirror that is missing, after an update or because its file was broken, is filled now
        return sync_due(last, last_try, _sync_failures(app), self._shared.config.sync.every, utc_now())

    def _crm(self, app: AppContext) -> CrmConnection:
        return CrmConnection(app, self._shared.environ, self._shared.pause, utc_now)


def _count_failure(app: AppContext) -> None:
    app.ledger.key_values.write(_SYNC_FAILURES, str(_sync_failures(app) + 1))


def _sync_failures(app: AppContext) -> int:
    return int(app.ledger.key_values.read(_SYNC_FAILURES) or "0")
