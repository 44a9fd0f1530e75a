"""The requests that docs/hubspot.md names are at least as many as are sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.core.sync.plan import SyncKind
from callerid.models import EngagementKind, Kind, SyncRequest
from tests.crm.conftest import ENGAGEMENT, NORA
from tests.turns.sync.portal_and_world import PortalAndWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GUIDE = (Path(__file__).parents[3] / "docs" / "hubspot.md").read_text(encoding="utf-8")
PEOPLE, COMPANIES, DEALS = 600, 60, 120


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[PortalAndWorld]:
    made = PortalAndWorld(tmp_path, people=PEOPLE, companies=COMPANIES, deals=DEALS)
    yield made
    made.close()


def sent(pair: PortalAndWorld, do: Callable[[], object]) -> int:
    before = len(pair.portal.requests_seen)
    do()
    return len(pair.portal.requests_seen) - before


def told(when: str) -> str:
    """Return how many requests the guide tells for a row that begins so."""
    (row,) = [line for line in GUIDE.splitlines() if line.startswith(f"| {when}")]
    return row.rstrip(" |").rpartition("|")[2].strip()


def test_a_sync_of_each_kind_sends_no_more_requests_than_the_guide_tells(pair: PortalAndWorld) -> None:
    assert told("the first sync") == "contacts/100 + deals/100 + companies/200 + 20"
    assert sent(pair, pair.sync) <= PEOPLE // 100 + DEALS // 100 + COMPANIES // 200 + 20
    assert told("every hour") == "12 at most, when little has changed"
    pair.portal.records.edit("contacts", min(pair.portal.records.by_kind["contacts"]), {"firstname": "Edited"})
    pair.world.later(hours=9)
    assert sent(pair, pair.sync) <= 12
    assert told("every week") == "contacts/100 + deals/100 + companies/100 + 20"
    pair.world.later(hours=2)
    assert sent(pair, lambda: pair.sync(SyncKind.SWEEP)) <= PEOPLE // 100 + DEALS // 100 + COMPANIES // 100 + 20


def test_the_lines_that_are_read_from_the_crm_cost_no_more_than_the_guide_tells(pair: PortalAndWorld) -> None:
    records = pair.portal.records
    pair.portal.scopes.add("tickets")
    contact = min(records.by_kind["contacts"])
    told_of = {"hs_task_subject": "Call", "hs_timestamp": "2026-11-24T09:30:00Z", "hs_task_status": "NOT_STARTED"}
    tasks = [records.create("tasks", told_of, [("contacts", contact, 204)]).id for _ in range(450)]
    pair.sync()
    pair.world.later(hours=2)
    pair.sync()
    pair.world.later(hours=2)
    without = sent(pair, pair.sync)
    pair.world.settings('region = "IE"\n[card]\nlines = ["tasks", "tickets", "crm-note"]\n')
    assert told("the first time with one of these lines") == "open/200 + open/1,000 + 3 (notes/100)"
    assert sent(pair, pair.sync) - without <= (450 // 200 + 450 // 1000 + 3) + 3 + 3
    assert told("the same, if") == "1 or 2; of more than 200, 8 at most, when little has changed"
    for task in tasks[:230]:
        records.edit("tasks", task, {"hs_task_subject": "Call anew"})
    pair.world.later(hours=2)
    assert sent(pair, pair.sync) - without <= 8 + 2 + 2


def test_writing_sends_no_more_requests_than_the_guide_tells(pair: PortalAndWorld) -> None:
    hub, by_kind = pair.world.hub, pair.portal.records.by_kind
    ids = {kind: sorted(map(str, by_kind[kind]), key=int)[:2] for kind in ("contacts", "companies", "deals")}
    first, second = (
        replace(ENGAGEMENT, contact_id=ids["contacts"][n], company_id=ids["companies"][n], deal_id=ids["deals"][n]) for n in (0, 1)
    )
    made: list[str] = []
    assert (told("a call is logged"), sent(pair, lambda: made.append(hub.create(first)))) == ("1", 1)
    assert told("HubSpot's answer was lost") == "6 at most, each look"
    assert sent(pair, lambda: hub.find(first)) <= 6
    assert told("a logged call is corrected") == "1 to 15"
    assert sent(pair, lambda: hub.update(made[0], replace(first, note="corrected"), [first])) == 1
    assert sent(pair, lambda: hub.update(made[0], second, [first])) <= 15
    assert (told("a logged call is withdrawn"), sent(pair, lambda: hub.withdraw(EngagementKind.CALL, made[0]))) == ("1", 1)
    assert told("an unknown caller is added") == "2 or 3"
    assert sent(pair, lambda: hub.possible_duplicates(NORA, "0879990000", SyncRequest())) == 1
    assert sent(pair, lambda: hub.create_contact(replace(NORA, owner_id=None))) == 1
    assert told("an unknown number rings") == "1"
    assert sent(pair, lambda: hub.contacts_by_number("0879990000", "+353879990000", SyncRequest(), 2.0)) == 1
    assert told("somebody known rings") == "1"
    assert sent(pair, lambda: list(hub.records_by_id(Kind.CONTACTS, ids["contacts"], SyncRequest()))) == 1
