"""Deliver the outbox to the CRM. The intention is stored before each post, and a post of unknown outcome is looked up before
another."""

from __future__ import annotations

import time
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.delivery.next_move import Move, in_order, next_move, next_try
from callerid.core.delivery.outbox_row import is_failing, is_settled
from callerid.core.delivery.retry_policy import ends_turn, is_failure_of_request
from callerid.core.delivery.states import Kind
from callerid.core.upkeep.health import Source
from callerid.errors import CalleridError, Offline, OutcomeUnknown, Refused, StoreFault
from callerid.models import NewContact
from callerid.records import dataclass
from callerid.turns.delivery.moves import MOVES
from callerid.turns.delivery.new_contact import finish_added
from callerid.turns.delivery.side_by_side import SideBySide

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Delivery
    from callerid.crm.port import Crm
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext
    from callerid.turns.delivery.side_by_side import Ended

_PATIENCE = 1.0  # seconds that an answer may take before the next row is begun beside it
_MOST_SIDE_BY_SIDE = 6
_TRY_AGAIN = timedelta(seconds=1)  # a row that was tried is due again in the same round only after that
_LONGEST_ROUND = 120.0  # seconds; then what is under way is waited for, and nothing else is listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one round over the outbox did."""

    delivered: int
    left: int  # rows still to be delivered
    settled: bool = False  # a row has come to an end, good or bad, which its card shows
    added: bool = False  # a contact has come into the CRM, and the mirror
    next_at: datetime | None = None
    fault: CalleridError | None = None  # the last one


def deliver(
    app: AppContext, crm: Callable[[], Crm], clock: Callable[[], datetime], on_progress: Callable[[], None] = lambda: None
) -> Delivered:
    """Deliver the rows that are due. `crm` is called only when there is one, because it may need the token. `on_progress` is called
    when a row has come to an end while others are under way. Raise StoreFault."""
    before = app.ledger.outbox.undelivered()
    done = _Round(app, crm, clock, on_progress)
    done.run()
    finish_added(app, clock())
    left = app.ledger.outbox.undelivered()
    ended = ({row.id: row for row in before} | done.seen).keys() - {row.id for row in left}
    _report(app, done.fault, left, clock(), progress=bool(done.delivered or ended))
    return Delivered(
        delivered=done.delivered,
        left=len(left),
        settled=bool(ended),
        added=any(row.kind is Kind.CONTACT for row in (*before, *done.seen.values()) if row.id in ended),
        next_at=min((next_try(row, clock()) for row in app.ledger.outbox.at_work()), default=None),
        fault=done.fault,
    )


class _Round:
    """One round over the outbox.

    Rows are taken one after the other, while the CRM answers quickly. When an answer takes its time, the next row is begun beside
    it; so the order, and the load for the phone and the CRM, are those of one row at a time, and nothing waits for a slow answer.
    Rows of one call are never under way together, nor are two contacts with one number. What was added, or is due again, while a
    slow answer is waited for belongs to the round, too.
    """

    def __init__(
        self, app: AppContext, crm: Callable[[], Crm], clock: Callable[[], datetime], on_progress: Callable[[], None]
    ) -> None:
        self._app, self._crm, self._clock, self._on_progress = app, crm, clock, on_progress
        self._side_by_side: SideBySide[int] = SideBySide()
        self._queue: deque[Delivery] = deque()
        self._lanes: dict[int, str] = {}  # of the rows that are under way
        self._tried: dict[int, datetime] = {}
        self._failures, self._is_over, self._began, self._listed_at = 0, False, time.monotonic(), 0.0
        self.delivered = 0
        self.fault: CalleridError | None = None  # the last one
        self.seen: dict[int, Delivery] = {}  # the undelivered rows that were taken

    def run(self) -> None:
        """Deliver until nothing is due or under way. Raise StoreFault."""
        self._list()
        while True:
            has_begun = self._begin_next()
            if self._lanes:
                self._end(self._side_by_side.wait(_PATIENCE))
            elif not has_begun:
                return

    def _list(self) -> None:
        self._queue = deque(in_order(self._app.ledger.outbox.at_work()))
        self._listed_at = time.monotonic()

    def _begin_next(self) -> bool:
        """Begin the next row that is due, if there may be another, and return whether there was one."""
        if self._is_over or len(self._lanes) >= _MOST_SIDE_BY_SIDE:
            return False
        now = time.monotonic()
        if self._lanes and now - self._listed_at >= _PATIENCE and now - self._began < _LONGEST_ROUND:
            self._list()
        waiting: list[Delivery] = []
        try:
            while self._queue:
                seen = self._queue.popleft()
                if self._lane(seen) in self._lanes.values():
                    waiting.append(seen)
                elif self._begin(seen):
                    return True
            return False
        finally:
            self._queue.extendleft(reversed(waiting))

    def _lane(self, row: Delivery) -> str:
        """Return what rows have in common that must not be under way together."""
        if isinstance(row.content, NewContact):
            return f"contact {self._app.line_of(row.content.number) or row.id}"
        return row.call_key or f"row {row.id}"

    def _begin(self, seen: Delivery) -> bool:
        row, now = self._app.ledger.outbox.by_id(seen.id) or seen, self._clock()
        move = next_move(row, now)
        was_just_tried = row.id in self._tried and now < self._tried[row.id] + _TRY_AGAIN
        if move is Move.WAIT or was_just_tried:
            return False
        if not is_settled(row):
            self.seen[row.id] = row
        self._lanes[row.id] = self._lane(row)
        self._end(self._side_by_side.begin(row.id, MOVES[move](self._app, self._crm, row, self._clock)))
        return True

    def _end(self, ended: Ended[int] | None) -> None:
        """Take what came of a move. Raise StoreFault."""
        if ended is None:
            return
        del self._lanes[ended.key]
        self._tried[ended.key] = self._clock()
        self.delivered += ended.delivered
        fault = ended.fault
        if isinstance(fault, StoreFault):
            raise fault  # what was done cannot be recorded, and no row can
        if fault:
            self.fault = fault
            self._failures += is_failure_of_request(fault)
            if ends_turn(fault, self._failures):
                self._is_over = True
                _pause_all(self._app.ledger, ended.key, self._clock())
        elif ended.delivered and self._lanes:
            finish_added(self._app, self._clock())
            self._on_progress()


def _pause_all(ledger: Ledger, row_id: int, now: datetime) -> None:
    """Let all rows wait as long as the one that has just failed: they would meet the same fault."""
    failed = ledger.outbox.by_id(row_id)
    pauses = [pause for pause in (failed.not_before, failed.certain_at) if pause] if failed else []
    if pauses:
        ledger.outbox.pause(max(pauses, key=lambda pause: pause.set_at or now), now)


def _report(app: AppContext, fault: CalleridError | None, left: Sequence[Delivery], now: datetime, *, progress: bool) -> None:
    """Report whether deliveries work.

    Being offline is not a trouble, nor is one refused call, which has its own notification. A post of unknown outcome is one
    when posts are lost again and again. A trouble is over when no row is failing any more, and either some row made progress or no
    row that is left has met a fault: the person may have cancelled those.
    """
    if fault is None or isinstance(fault, Refused):
        if not any(map(is_failing, left)) and (progress or not any(row.fault for row in left)):
            app.report(Source.DELIVERY, None, now)
        return
    is_first_loss = isinstance(fault, OutcomeUnknown) and not any(row.attempts.lost for row in left)
    if not isinstance(fault, Offline) and not is_first_loss:
        app.report(Source.DELIVERY, fault, now)
