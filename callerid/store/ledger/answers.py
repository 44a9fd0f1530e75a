"""What a person said of a call: the follow-up and the outbox change together, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.delivery.manual import request_withdrawal
from callerid.core.delivery.outbox_row import DeliveryState, Intent, Kind
from callerid.store.connection import writing
from callerid.store.ledger.followup_writing import update
from callerid.store.ledger.outbox import Outbox, put
from callerid.store.ledger.outbox_payload import text_of

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Delivery
    from callerid.core.followup.state import FollowUp
    from callerid.models import CallEngagement, NewContact, TaskEngagement


class Answers:
    """Each method answers False when the follow-up has changed since it was read; nothing is stored then."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def log(
        self,
        before: FollowUp,
        after: FollowUp,
        call: CallEngagement,
        task: tuple[str, TaskEngagement | None],
        now: datetime,
        *,
        again: bool = False,
    ) -> bool:
        """Store an answer with what is to be delivered of it: the call, and a task (under its own id) or none. `again` tries a task
        that was refused again, though it is the same."""
        with writing(self._db):
            if not update(self._db, before, after, now):
                return False
            put(self._db, before.call.key, call.external_id, call, now)
            self._put_task(before.call.key, *task, now, again=again)
            return True

    def _put_task(self, call_key: str, external_id: str, task: TaskEngagement | None, now: datetime, *, again: bool) -> None:
        outbox = Outbox(self._db)
        before = outbox.of_call(call_key, Kind.TASK)
        is_same = task and before and before.intent is Intent.KEEP and text_of(before.content) == text_of(task)
        if is_same and not (again and before and before.state is DeliveryState.DEAD):
            return  # a change of the call alone
        if task:
            put(self._db, call_key, external_id, task, now)
        elif before:
            outbox.write(before, request_withdrawal(before), now)

    def add_contact(self, before: FollowUp, after: FollowUp, external_id: str, new: NewContact, now: datetime) -> bool:
        """Store what was entered of an unknown caller, who is to be added to the CRM."""
        with writing(self._db):
            if not update(self._db, before, after, now):
                return False
            put(self._db, before.call.key, external_id, new, now)
            return True

    def withdraw(self, before: FollowUp, after: FollowUp, now: datetime, *, contact: Delivery | None = None) -> bool:
        """Store that what was logged of a call, and a contact that is not in the CRM yet, shall not be there."""
        with writing(self._db):
            if not update(self._db, before, after, now):
                return False
            outbox = Outbox(self._db)
            for row in (contact, *(outbox.of_call(before.call.key, kind) for kind in (Kind.TASK, Kind.CALL))):
                if row and row.state is not DeliveryState.DROPPED:
                    outbox.write(row, request_withdrawal(row), now)
            return True
