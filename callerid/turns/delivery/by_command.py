"""What `callerid outbox` does with a row, though another process may deliver it at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.delivery.manual import cancel, retry_now
from callerid.core.delivery.outbox_row import Delivery, is_settled, may_be_in_crm
from callerid.core.delivery.states import DeliveryState, Kind
from callerid.errors import UsageFault
from callerid.messages import message
from callerid.models import NewContact
from callerid.turns.followup.withdraw import settle_without_caller, wait_for_caller
from callerid.turns.retry_on_conflict import change_delivery

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.context import AppContext


def retry_row(app: AppContext, row: Delivery, now: datetime) -> bool:
    """Have a row, given as it was read, tried at once, and return whether it is; False for one that was delivered meanwhile. The
    calls of a refused contact wait for that contact again."""
    after = change_delivery(app.ledger, row, lambda newest: None if is_settled(newest) else retry_now(newest), now)
    if after and row.state is DeliveryState.DEAD and isinstance(row.content, NewContact):
        wait_for_caller(app.ledger, app.line_of(row.content.number), now)
    return after is not None


def drop_row(app: AppContext, row: Delivery, now: datetime) -> Delivery:
    """Drop a row, given as it was read, and return it as it is then. Raise UsageFault if it was delivered meanwhile, or is a
    contact that the CRM may have."""
    after = change_delivery(app.ledger, row, _dropped, now)
    if after is None:
        raise UsageFault(
            message("Row {id} was delivered meanwhile.", id=row.id), remedy=message("See it with: callerid outbox --all")
        )
    if isinstance(row.content, NewContact):
        settle_without_caller(app, app.line_of(row.content.number), now)
    return after


def _dropped(row: Delivery) -> Delivery | None:
    if row.kind is Kind.CONTACT and may_be_in_crm(row):
        raise UsageFault(message("The contact may be in the CRM already."), remedy=message("Look there, and delete it if need be."))
    return None if is_settled(row) else cancel(row)
