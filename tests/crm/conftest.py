"""A simulated portal with few people, and a client for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import pytest

from callerid.credentials import Token
from callerid.crm.hubspot.client import HubSpot
from callerid.models import CallEngagement, CallStatus, Direction, NewContact, Outcome, TaskEngagement
from callerid.simulator.portal import SimulatedPortal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.models import Engagement

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
OBJECTS = "/crm/objects/2026-09"
NORA = NewContact(
    first_name="Nora", last_name="Neu", company="Neu KG", email="Nora@Example.com", number="+353879990000", owner_id="77001"
)

ENGAGEMENT = CallEngagement(
    external_id="e",
    start=datetime(2026, 11, 22, 9, 40, tzinfo=UTC),
    duration_ms=184_000,
    direction=Direction.INBOUND,
    status=CallStatus.COMPLETED,
    outcome=Outcome.CONNECTED,
    title="Call with Ana",
    note="a < b & c\nnext",
    from_number="+34600000000",
    to_number="",
    owner_id="123",
    contact_id="501",
    company_id="601",
    deal_id="701",
)


class ConnectedPortal:
    """A portal, a client, the pauses that the client made and the faults that it reported."""

    def __init__(self, portal: SimulatedPortal) -> None:
        self.portal, self.now = portal, portal.records.clock() + 1
        self.waited: list[float] = []
        self.faults: list[str] = []
        self.client = self.connect()

    def connect(self, token: str = "", **more: Any) -> HubSpot:
        """Return a client, by default with the portal's own token."""
        return HubSpot(
            Token(token or self.portal.token),
            url=self.portal.url,
            wait=self.wait,
            clock=lambda: NOW,
            report_fault=self.faults.append,
            monotonic=lambda: self.now,
            **more,
        )

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds

    @classmethod
    def of_size(cls, people: int, companies: int, deals: int) -> Iterator[Self]:
        """Yield a portal of so many records, with a client. Its clock is the client's."""
        portal = SimulatedPortal()
        portal.populate(people=people, companies=companies, deals=deals)
        with portal:
            made = cls(portal)
            portal.records.clock = portal.limits.clock = lambda: made.now
            yield made
            made.client.close()


class Desk(ConnectedPortal):
    """A portal with few people, a client, and engagements of Ana's call."""

    def __init__(self, portal: SimulatedPortal) -> None:
        super().__init__(portal)
        self.records = portal.records
        self.ana, self.ben = sorted(portal.records.by_kind["contacts"])[:2]
        self.company, self.other_company = sorted(portal.records.by_kind["companies"])[:2]
        self.deal, self.other_deal = sorted(portal.records.by_kind["deals"])[:2]

    def call(self, **changes: Any) -> CallEngagement:
        linked = {"contact_id": str(self.ana), "company_id": None, "deal_id": None}
        return replace(ENGAGEMENT, **linked | changes)

    def task(self, **changes: Any) -> TaskEngagement:
        task = TaskEngagement(
            external_id="0b9f5c1e-task",
            due=DUE,
            title="Call Ana back",
            note="about <b>the</b> offer\n& the price",
            owner_id="77001",
            contact_id=str(self.ana),
            company_id=str(self.company),
            deal_id=str(self.deal),
        )
        return replace(task, **changes)

    def both(self) -> tuple[Engagement, ...]:
        return self.call(), self.task()

    def raw(self, kind: str, remote_id: str) -> dict[str, str]:
        """Return the properties that the portal has under an id."""
        return self.records.by_kind[kind][int(remote_id)].properties

    def linked(self, kind: str, remote_id: str) -> dict[str, list[int]]:
        return {to: sorted(self.records.linked(kind, int(remote_id), to)) for to in ("contacts", "companies", "deals")}

    def sent(self, method: str) -> int:
        return sum(sent == method for sent, _, _ in self.portal.requests_seen)


@pytest.fixture
def desk() -> Iterator[Desk]:
    yield from Desk.of_size(people=12, companies=4, deals=6)
