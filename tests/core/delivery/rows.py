"""One row of the outbox, as tests begin with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from callerid.core.delivery.outbox_row import Delivery
from callerid.core.delivery.states import DeliveryState
from callerid.models import CallEngagement, CallStatus, Direction

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ENGAGEMENT = CallEngagement(
    external_id="6f1c2b0e-0000-5000-8000-000000000000",
    start=NOW,
    duration_ms=1000,
    direction=Direction.INBOUND,
    status=CallStatus.COMPLETED,
    outcome=None,
    title="Call",
    note="",
    from_number="+4989",
    to_number="",
    owner_id=None,
    contact_id="501",
)
ROW = Delivery(id=1, call_key="k", content=ENGAGEMENT, state=DeliveryState.WAITING)


def after(seconds: float) -> datetime:
    """Return the time so many seconds after NOW."""
    return NOW + timedelta(seconds=seconds)


def waits_until(row: Delivery) -> datetime | None:
    """Return the end of a row's pause."""
    return row.not_before.until if row.not_before else None
