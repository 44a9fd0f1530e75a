"""Store what a person answered about a call: the follow-up and the outbox change together, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.delivery.manual import request_withdrawal
from callerid.core.delivery.states import DeliveryState, Intent, Kind
from callerid.core.followup.conversation import newly_named
from callerid.store.connection import writing
from callerid.store.ledger.outbox import Outbox, put
from callerid.store.ledger.outbox_payload import to_json
from callerid.store.ledger.rows import update_followup

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Delivery
    from callerid.core.followup.state import FollowUp
    from callerid.models import CallEngagement, NewContact, TaskEngagement
    from callerid.store.ledger.block_list import BlockList


class Answers:
    """Answers about calls. Each method returns False, and stores nothing, if the follow-up has changed since it was read, and
    raises Forgotten if it names a contact who was forgotten meanwhile."""

    def __init__(self, connection: sqlite3.Connection, block_list: BlockList) -> None:
        self._db, self._block_list = connection, block_list

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
        """Store an answer, and in the outbox the call and its task (own external id, task or None). With `again`, a task that was
        refused is tried again, even if it is the same."""
        with writing(self._db):
            self._block_list.require_known({call.contact_id or "", *newly_named(before, after)})
            if not update_followup(self._db, before, after, now):
                return False
            put(self._db, before.call.key, call.external_id, call, now)
            self._put_task(before.call.key, *task, now, again=again)
            return True

    def _put_task(self, call_key: str, external_id: str, task: TaskEngagement | None, now: datetime, *, again: bool) -> None:
        outbox = Outbox(self._db)
        before = outbox.of_call(call_key, Kind.TASK)
        is_same = task and before and before.intent is Intent.KEEP and to_json(before.content) == to_json(task)
        if is_same and not (again and before and before.state is DeliveryState.DEAD):
            return  # only the call changed
        if task:
            put(self._db, call_key, external_id, task, now)
        elif before:
            outbox.write(before, request_withdrawal(before), now)

    def add_contact(self, before: FollowUp, after: FollowUp, external_id: str, new: NewContact, now: datetime) -> bool:
        """Store an unknown caller to be added to the CRM, as the person entered them."""
        with writing(self._db):
            if not update_followup(self._db, before, after, now):
                return False
            put(self._db, before.call.key, external_id, new, now)
            return True

    def withdraw(self, before: FollowUp, after: FollowUp, now: datetime, *, contact: Delivery | None = None) -> bool:
        """Withdraw the call and its task from the CRM, and `contact` too, a caller who has not been added yet."""
        with writing(self._db):
            self._block_list.require_known(newly_named(before, after))
            if not update_followup(self._db, before, after, now):
                return False
            outbox = Outbox(self._db)
            for row in (contact, *(outbox.of_call(before.call.key, kind) for kind in (Kind.TASK, Kind.CALL))):
                if row and row.state is not DeliveryState.DROPPED:
                    outbox.write(row, request_withdrawal(row), now)
            return True
