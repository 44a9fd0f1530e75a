"""Every request of the main jobs is to the letter of HubSpot's published specification."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from callerid.core.inbox_events import Ring
from callerid.core.sync.plan import SyncKind
from callerid.models import ActivityKind, ActivityRequest, EngagementKind, Kind, SyncRequest
from callerid.turns.followup.late_matches import offer_late_matches
from callerid.turns.ringing.live_lookup import look_up_live
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.sync.pull import pull
from tests.crm.conftest import ENGAGEMENT
from tests.specification import Specification
from tests.turns.delivery.steps import answer_by_command, deliver_all, logged_with_task
from tests.turns.doctor.examinations import examined
from tests.turns.followup.test_new_contacts import NAMES, offered

if TYPE_CHECKING:
    from tests.turns.world import World

STRANGER = "+353879990001"
EXPECTED = {  # what the main jobs must have sent for this test to say anything
    "GET /account-info/2026-09/details",
    "GET /crm/owners/2026-09",
    "GET /crm/pipelines/2026-09/{type}",
    "GET /crm/properties/2026-09/{type}",
    "GET /crm/properties/2026-09/{type}/{name}",
    "GET /crm/objects/2026-09/{type}",
    "GET /crm/objects/2026-09/{type}/{id}",
    "POST /crm/objects/2026-09/{type}",
    "PATCH /crm/objects/2026-09/{type}/{id}",
    "DELETE /crm/objects/2026-09/{type}/{id}",
    "POST /crm/objects/2026-09/{type}/search",
    "POST /crm/objects/2026-09/{type}/batch/read",
    "POST /crm/associations/2026-09/{type}/{type}/batch/read",
    "PUT /crm/objects/2026-09/{type}/{id}/associations/default/{type}/{id}",
    "POST /crm/associations/2026-09/{type}/{type}/batch/archive",
}


@pytest.fixture(autouse=True)
def _no_limits(world: World) -> None:
    world.portal.limits.burst, world.portal.limits.searches = 100_000, 1000  # the portal's clock stands still while one waits


def sync_in_every_way(world: World) -> None:
    records = world.portal.records
    pull(world.app, world.hub, world.clock, requested=SyncKind.FULL)
    contact, deal = min(records.by_kind["contacts"]), min(records.by_kind["deals"])
    for hours in (9, 18):
        world.later(hours=hours)
        records.edit("contacts", contact, {"firstname": f"Edited {hours}"})
        records.edit("deals", deal, {"dealname": f"Edited {hours}"})
        pull(world.app, world.hub, world.clock)
    world.hub.archived_ids(Kind.CONTACTS, "")
    world.hub.ids_between(Kind.CONTACTS, SyncRequest(), 1, 2, 200, without_company=True)
    records.edit("contacts", contact, {"firstname": "Edited again"})
    records.unlink("deals", deal, "contacts", next(iter(records.linked("deals", deal, "contacts")), 0))
    pull(world.app, world.hub, world.clock, requested=SyncKind.SWEEP)
    world.portal.scopes.add("tickets")
    records.create("tickets", {"subject": "Broken", "hs_pipeline": "0", "hs_pipeline_stage": "1"}, [("contacts", contact, 16)])
    lines = '[card]\nlines = ["crm-note", "tasks", "tickets"]\n'
    world.settings(f'region = "IE"\n[sync]\nlive_lookup = "always"\nrecent = "12 months"\n{lines}')
    pull(world.app, world.hub, world.clock)
    world.hub.changed_activities(ActivityRequest(kind=ActivityKind.TICKETS, noted_since=world.now), world.now, 1)


def look_up(world: World) -> None:
    show_ring(world.app, Ring(at=world.now, number=STRANGER), world.now)
    look_up_live(world.app, lambda: world.hub, STRANGER, world.now, world.clock)


def log_correct_and_withdraw(world: World) -> None:
    world.portal.fault("cut_after", "POST /crm/objects/2026-09/(calls|tasks)$", times=2)  # it is looked for then
    followup = logged_with_task(world)
    answer_by_command(world, followup, outcome="busy", note="corrected")
    deliver_all(world)
    ids = {kind: str(min(world.portal.records.by_kind[kind])) for kind in ("contacts", "companies", "deals")}
    linked = replace(ENGAGEMENT, contact_id=ids["contacts"], company_id=ids["companies"], deal_id=ids["deals"])
    call = world.hub.create(linked)
    other = str(max(world.portal.records.by_kind["contacts"]))
    world.hub.update(call, replace(linked, contact_id=other, deal_id=None), [linked])
    world.hub.check_exists(EngagementKind.CALL, call)
    world.hub.withdraw(EngagementKind.CALL, call)


def add_a_contact(world: World) -> None:
    offered(world)
    world.ask(*NAMES, "Connected", "")
    deliver_all(world)
    offer_late_matches(world.app, world.now)


def test_every_request_of_the_main_jobs_is_to_the_letter_of_the_specification(world: World) -> None:
    recorded: list[tuple[str, str, bytes]] = []
    world.portal.recorded = recorded
    sync_in_every_way(world)
    look_up(world)
    log_correct_and_withdraw(world)
    add_a_contact(world)
    examined(world)
    specification = Specification()
    assert [fault for request in recorded for fault in specification.faults(*request)] == []
    sent = {specification.request(method, target) for method, target, _ in recorded}
    assert EXPECTED - sent == set()


GOOD = {"after": "0", "filterGroups": [], "limit": 1, "properties": [], "sorts": ["hs_object_id"]}


@pytest.mark.parametrize(
    ("method", "target", "body", "fault"),
    [
        ("POST", "/crm/objects/2026-09/contacts/search", GOOD, ""),
        ("POST", "/crm/objects/2026-09/contacts/search", GOOD | {"limit": "1"}, "the body.limit is no number"),
        ("POST", "/crm/objects/2026-09/contacts/search", GOOD | {"sorts": [{"propertyName": "x"}]}, "the body.sorts[] is no text"),
        ("POST", "/crm/objects/2026-09/contacts/search", GOOD | {"page": 1}, "the body has page, which is in no specification"),
        ("POST", "/crm/objects/2026-09/contacts", {"properties": {}}, "the body lacks associations"),
        ("POST", "/crm/objects/2026-09/contacts", {"properties": {"a": 1}, "associations": []}, "the body.properties.a is no text"),
        ("GET", "/crm/objects/2026-09/contacts?properties=a,b", None, "properties=a,b is no repeated"),
        ("GET", "/crm/objects/2026-09/contacts?limit=1&limit=2", None, "the parameter limit is repeated"),
        ("GET", "/crm/objects/2026-09/contacts?property=a", None, "there is no parameter property"),
        ("GET", "/crm/v3/objects/contacts", None, "is in no specification"),
        ("DELETE", "/crm/objects/2026-09/calls/1", {}, "it has a body"),
    ],
)
def test_what_is_not_to_the_letter_is_seen(method: str, target: str, body: object, fault: str) -> None:
    content = b"" if body is None else json.dumps(body).encode()
    faults = Specification().faults(method, target, content)
    assert [fault in each for each in faults] == ([True] if fault else [])


def test_what_is_in_no_specification_has_a_reason_and_a_way_round_it(world: World) -> None:
    """The token's own information: without an answer, the sync goes on and reads the same records."""
    assert list(Specification().unpublished) == ["POST /oauth/v2/private-apps/get/access-token-info"]
    for kind, more in (("status", {"status": 404}), ("status", {"status": 403}), ("html", {}), ("not_json_200", {})):
        world.portal.fault(kind, "access-token-info", times=9, **more)
        assert pull(world.app, world.hub, world.clock, requested=SyncKind.FULL).contacts == 60
        world.portal.clear_faults()
