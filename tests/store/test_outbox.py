"""The outbox keeps a delivery and its pauses over a restart, and lets all rows wait together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callerid.core.backoff import Deadline
from callerid.core.delivery.retry_policy import Attempts
from callerid.core.delivery.states import DeliveryState, Intent
from callerid.models import NewContact
from callerid.store.ledger.database import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.core.delivery.outbox_row import Delivery
    from callerid.store.ledger.database import Ledger

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANA = NewContact(first_name="Ana", last_name="López", company="", email="", number="+353871234567", owner_id=None)
BEN = replace(ANA, first_name="Ben")

COUNTS = st.integers(0, 1000)
TIMES = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ATTEMPTS = st.builds(Attempts, posts=COUNTS, lookups=COUNTS, lost=COUNTS, offline=COUNTS, failures=COUNTS)
PAUSES = st.none() | st.builds(Deadline, until=TIMES, set_at=st.none() | TIMES)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def waiting(ledger: Ledger, number: int) -> Delivery:
    ledger.outbox.put(f"contact-{number}", ANA, NOW)
    row = ledger.outbox.by_external_id(f"contact-{number}")
    assert row
    return row


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    state=st.sampled_from(DeliveryState),
    intent=st.sampled_from(Intent),
    attempts=ATTEMPTS,
    not_before=PAUSES,
    posted_at=st.none() | TIMES,
    posted=st.sampled_from([None, BEN]),
    unconfirmed=st.sampled_from([(), (BEN,), (BEN, ANA)]),
    withdrawal_begun=st.booleans(),
    unreported=st.booleans(),
)
def test_a_row_is_the_same_after_it_was_stored(ledger: Ledger, **changes: object) -> None:
    ledger.connection.execute("DELETE FROM outbox")
    before = waiting(ledger, 1)
    after = replace(before, **changes)  # type: ignore[arg-type]
    assert ledger.outbox.change(before, after, NOW)
    assert ledger.outbox.by_id(before.id) == after


@pytest.mark.parametrize(
    "theirs",
    [{"state": DeliveryState.UNSURE}, {"attempts": Attempts(posts=1)}, {"attempts": Attempts(lookups=1)}, {"revision": 1}],
    ids=str,
)
def test_a_row_that_another_process_has_changed_is_not_overwritten(ledger: Ledger, theirs: dict[str, Any]) -> None:
    before = waiting(ledger, 1)
    changed = replace(before, **theirs)
    assert ledger.outbox.change(before, changed, NOW)
    assert not ledger.outbox.change(before, replace(before, fault="late"), NOW)
    assert ledger.outbox.by_id(before.id) == changed


def test_all_rows_wait_at_least_as_long_as_a_pause_of_the_crm(ledger: Ledger) -> None:
    pauses = (
        None,
        Deadline.after(MINUTE, NOW),
        Deadline.after(60 * MINUTE, NOW),
        Deadline.after(MINUTE, NOW + timedelta(days=400)),  # by a clock that was ahead
        Deadline(until=NOW + timedelta(days=400)),
    )
    for number, pause in enumerate(pauses):
        row = waiting(ledger, number)
        assert ledger.outbox.change(row, replace(row, not_before=pause), NOW)
    ledger.outbox.pause(Deadline.after(5 * MINUTE, NOW), NOW)
    until = [row.not_before.next_try(NOW) for row in ledger.outbox.undelivered() if row.not_before]
    assert [end - NOW for end in until] == [5 * MINUTE, 5 * MINUTE, 60 * MINUTE, 5 * MINUTE, 5 * MINUTE]


def test_a_refused_row_is_not_held_back(ledger: Ledger) -> None:
    row = waiting(ledger, 1)
    assert ledger.outbox.change(row, replace(row, state=DeliveryState.DEAD), NOW)
    ledger.outbox.pause(Deadline.after(MINUTE, NOW), NOW)
    refused = ledger.outbox.by_id(row.id)
    assert refused
    assert refused.not_before is None
