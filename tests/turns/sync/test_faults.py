"""What may go wrong with a sync without making the mirror wrong: other tokens, lagging indexes, changed settings, odd responses."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.inbox_events import Ring
from callerid.core.sync.plan import SyncKind
from callerid.credentials import Token
from callerid.crm.hubspot.client import HubSpot
from callerid.crm.hubspot.http.send import HttpSender
from callerid.errors import ConfigFault, CrmFault, SuspiciousSync
from callerid.models import Kind, SyncRequest
from callerid.simulator.portal import SimulatedPortal
from callerid.simulator.portal.schema import PROPERTIES
from callerid.store.mirror.database import Mirror
from callerid.turns.ringing.live_lookup import look_up_live
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.sync.pull import pull
from tests.turns.sync.portal_and_world import PortalAndWorld, assert_equal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

NEW = "+353877654321"


def names(pair: PortalAndWorld, number: str) -> list[str]:
    return [candidate.first_name for candidate in pair.world.who(number)]


# ------------------------------------------------------------------------------------------------ tokens


@pytest.mark.parametrize("kind", [SyncKind.DELTA, SyncKind.SWEEP])
def test_a_token_for_another_portal_changes_nothing(pair: PortalAndWorld, kind: SyncKind) -> None:
    world = pair.world
    other = SimulatedPortal(clock=pair.portal.records.clock, token="pat-na1-of-another-portal")
    other.records.account["portalId"] = 999
    with other:
        other.populate(people=5, companies=1, deals=1)
        hub = HubSpot(Token(other.token), url=other.url, wait=world.wait, clock=world.clock, report_fault=print)
        before = sorted(contact.id for contact in world.app.mirror.all_contacts())
        with pytest.raises(SuspiciousSync, match="portal 999, but the mirror is of portal"):
            pull(world.app, hub, world.clock, requested=kind)
        assert not look_up_live(world.app, lambda: hub, NEW, world.now, world.clock)
        hub.close()
    assert sorted(contact.id for contact in world.app.mirror.all_contacts()) == before
    account = world.app.mirror.account()
    assert account
    assert account.portal_id != "999"


def test_a_new_token_for_the_same_portal_is_accepted_after_one_more_request(pair: PortalAndWorld) -> None:
    world = pair.world
    pair.portal.token = "pat-eu1-rotated"
    hub = HubSpot(Token("pat-eu1-rotated"), url=pair.portal.url, wait=world.wait, clock=world.clock, report_fault=print)
    for count in (6, 5):
        pair.portal.requests_seen.clear()
        pull(world.app, hub, world.clock, requested=SyncKind.DELTA)
        assert len(pair.portal.requests_seen) == count
        world.later(hours=1)
    hub.close()


# ------------------------------------------------------------------------------------------------ interrupted sweeps and lagging indexes


def interrupt_sweep(pair: PortalAndWorld) -> None:
    """Begin a sweep that fails when it has compared the contacts."""
    pair.portal.fault("status", "GET /crm/objects/2026-09/deals.*after=", times=99, status=500)
    with pytest.raises(CrmFault):
        pair.sync(SyncKind.SWEEP)
    pair.portal.clear_faults()


@pytest.mark.parametrize("change", ["create", "restore"])
def test_a_contact_that_comes_while_a_sweep_is_interrupted_is_not_deleted(tmp_path: Path, change: str) -> None:
    pair = PortalAndWorld(tmp_path, people=350, companies=3, deals=150)
    old = (
        pair.portal.records.create("contacts", {"firstname": "Brand", "phone": "+353 87 7654321"}) if change == "restore" else None
    )
    if old:
        pair.portal.records.archive("contacts", old.id)
    pair.sync()
    pair.world.later(hours=3)
    interrupt_sweep(pair)
    pair.world.later(hours=5)
    if old:
        pair.portal.records.restore("contacts", old.id)
    else:
        pair.portal.records.create("contacts", {"firstname": "Brand", "phone": "+353 87 7654321"})
    pair.world.later(hours=2)
    pair.sync(SyncKind.DELTA)
    pair.world.later(hours=2)
    assert pair.sync(SyncKind.SWEEP).removed == 0
    assert names(pair, NEW) == ["Brand"]
    assert_equal(pair.world, pair.portal)
    pair.close()


def test_what_a_full_sync_missed_by_a_lagging_index_comes_with_the_next_delta_sync(tmp_path: Path) -> None:
    pair = PortalAndWorld(tmp_path, people=20)
    pair.portal.search_lag = 900
    pair.portal.records.create("companies", {"name": "Young Ltd", "phone": "+353 1 555 0101"})
    pair.world.later(minutes=8)
    pair.sync()
    assert pair.world.app.mirror.facts().companies == 3
    pair.world.later(hours=1)
    pair.sync()
    assert pair.world.app.mirror.facts().companies == 4
    pair.close()


def test_a_delta_sync_asks_for_the_changes_of_an_hour_before_the_last_one_because_an_index_may_lag(
    pair: PortalAndWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_since: list[datetime] = []
    changes = HubSpot.changes

    def noted(self: HubSpot, kind: Kind, request: SyncRequest, since: datetime, *more: Any, counting: bool) -> Iterator[Any]:
        asked_since.append(since)
        return changes(self, kind, request, since, *more, counting=counting)

    pair.sync()
    pair.world.later(hours=3)
    pair.sync(SyncKind.DELTA)
    last = pair.world.now
    pair.world.later(minutes=20)
    monkeypatch.setattr(HubSpot, "changes", noted)
    pair.sync(SyncKind.DELTA)
    assert len(asked_since) == len(Kind)
    assert max(asked_since) <= last - timedelta(hours=1)


# ------------------------------------------------------------------------------------------------ changed settings


def test_contacts_that_become_too_old_for_the_scope_are_not_a_loss(tmp_path: Path) -> None:
    pair = PortalAndWorld(tmp_path, people=100)
    world, contacts = pair.world, pair.portal.records.by_kind["contacts"]
    for place, contact in enumerate(sorted(contacts)):
        contacts[contact].modified = (world.now - timedelta(days=30 * place / 100)).timestamp()
    world.settings('region = "IE"\n[sync]\nrecent = "30 days"\n')
    pair.sync()
    assert world.app.mirror.facts().contacts == 100
    world.later(days=8)
    result = pair.sync()
    assert (result.kind, world.app.mirror.facts().contacts) == (SyncKind.SWEEP, 74)
    world.later(days=15)
    result = pair.sync()
    assert (result.kind, world.app.mirror.facts().contacts) == (SyncKind.FULL, 24)
    pair.close()


def test_with_another_owner_in_the_settings_that_owners_contacts_are_mirrored(tmp_path: Path) -> None:
    pair = PortalAndWorld(tmp_path, people=60)
    world = pair.world
    kinds = []
    for user in ("me", "eva"):
        world.settings(f'region = "IE"\n[crm]\nowner = "{user}@example.com"\n[sync]\nscope = "mine"\n')
        kinds.append(pair.sync().kind)
        owner = world.app.mirror.owner_by_email(f"{user}@example.com")
        assert owner
        assert {contact.owner_id for contact in world.app.mirror.all_contacts()} == {owner.id}
        world.later(hours=2)
    assert kinds == [SyncKind.FULL, SyncKind.FULL]
    world.settings('region = "IE"\n[crm]\nowner = "evaa@example.com"\n[sync]\nscope = "mine"\n')
    with pytest.raises(ConfigFault, match=r"evaa@example\.com, but no owner"):
        pair.sync()
    pair.close()


def test_a_new_region_waits_for_the_end_of_a_sync(pair: PortalAndWorld) -> None:
    world = pair.world
    record = pair.portal.records.create("contacts", {"firstname": "Old", "phone": "087 555 1234", "mobilephone": "+353860000001"})
    pair.sync()
    world.later(hours=3)
    pair.portal.records.edit("contacts", record.id, {"phone": ""})
    world.later(minutes=2)
    other = Mirror(world.where.mirror)

    class OtherRegion:
        """Does what the daemon does in another thread."""

        def begins(self, part: str, total: int | None) -> None:
            del part, total
            other.reindex_when_free("DE")

        def moved(self, records: int) -> None:
            del records

    pair.sync(SyncKind.DELTA, progress=OtherRegion())
    other.reindex_when_free("DE")
    assert other.candidates("+49875551234", "DE") == ()
    assert [candidate.first_name for candidate in other.candidates("+353860000001", "DE")] == ["Old"]
    other.close()


def test_an_index_by_other_parsing_rules_is_rebuilt(pair: PortalAndWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callerid.store.mirror.database.rules_version", lambda: "of a later version")
    pair.world.app.mirror.reindex_when_free("IE")
    assert pair.world.app.mirror.facts().rules_version == "of a later version"
    assert_equal(pair.world, pair.portal)


# ------------------------------------------------------------------------------------------------ live look-ups


def rings(pair: PortalAndWorld, number: str) -> tuple[bool, list[str]]:
    world = pair.world
    show_ring(world.app, Ring(at=world.now, number=number), world.now)
    return look_up_live(world.app, lambda: world.hub, number, world.now, world.clock), names(pair, number)


def test_a_contact_that_was_found_live_and_removed_as_out_of_scope_is_found_live_again(tmp_path: Path) -> None:
    pair = PortalAndWorld(tmp_path, people=20)
    pair.world.settings('region = "IE"\n[sync]\nlive_lookup = "always"\nscope = "mine"\n')
    pair.sync()
    pair.world.later(hours=2)
    pair.portal.records.create("contacts", {"firstname": "Other", "phone": "087 765 4321", "hubspot_owner_id": "77002"})
    assert rings(pair, NEW) == (True, ["Other"])
    pair.world.later(hours=1)
    pair.sync(SyncKind.SWEEP)
    assert rings(pair, NEW) == (True, ["Other"])
    pair.close()


def test_before_the_first_sync_a_live_lookup_uses_the_default_properties_and_a_failed_one_is_not_recorded(tmp_path: Path) -> None:
    pair = PortalAndWorld(tmp_path, people=5)
    pair.world.settings('region = "IE"\n[sync]\nlive_lookup = "always"\n')
    assert rings(pair, NEW) == (False, [])
    pair.portal.records.create("contacts", {"firstname": "New", "phone": "087 765 4321"})
    assert rings(pair, NEW) == (True, ["New"])
    pair.close()


# ------------------------------------------------------------------------------------------------ odd responses


def _null_row(payload: dict[str, Any]) -> None:
    if "results" in payload:
        payload["results"].insert(0, None)


def _odd_stages(payload: dict[str, Any]) -> None:
    for pipeline in payload["results"]:
        for stage in pipeline["stages"]:
            stage |= {"metadata": "x", "displayOrder": 10**30}


def _odd_associations(payload: dict[str, Any]) -> None:
    for row in payload.get("results", []):
        for to in (row.get("associations") or {}).values():
            to["results"] += [{"id": "abc"}, {"id": 10**25}, None]


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("/objects/2026-09/contacts", _null_row),
        ("/objects/2026-09/deals", _null_row),
        ("/companies/search", _null_row),
        ("/owners", _null_row),
        ("/pipelines", _null_row),
        ("/pipelines", _odd_stages),
        ("/objects/2026-09/deals", _odd_associations),
    ],
)
def test_odd_parts_of_a_response_are_left_out_and_the_rest_is_used(
    tmp_path: Path, part: str, change: Callable[[dict[str, Any]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = PortalAndWorld(tmp_path, people=10, companies=2, deals=3)
    read = HttpSender.read

    def odd(self: HttpSender, method: str, path: str, **more: Any) -> dict[str, Any]:
        payload = read(self, method, path, **more)
        if part in path:
            change(payload)
        return payload

    monkeypatch.setattr(HttpSender, "read", odd)
    for kind in (SyncKind.FULL, SyncKind.SWEEP):
        result = pair.sync(kind)
        assert (result.contacts, result.companies, result.deals) == (10, 2, 3)
        pair.world.later(hours=3)
    monkeypatch.undo()
    assert_equal(pair.world, pair.portal)
    pair.close()


def test_a_batch_that_fails_in_part_is_an_error(pair: PortalAndWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    records = pair.portal.records
    contact = next(iter(records.by_kind["contacts"]))
    records.by_kind["contacts"][contact].modified += 0.5  # the sweep finds a difference that no search reports
    read = HttpSender.read

    def failing(self: HttpSender, method: str, path: str, **more: Any) -> dict[str, Any]:
        payload = read(self, method, path, **more)
        if "batch/read" in path:
            payload |= {"results": [], "errors": [{"category": "INTERNAL_ERROR", "message": "try again"}]}
        return payload

    monkeypatch.setattr(HttpSender, "read", failing)
    with pytest.raises(CrmFault, match="could not read all of a batch: try again"):
        pair.sync(SyncKind.SWEEP)


def test_more_phone_properties_than_fit_into_a_search_are_all_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"phone_number_of_the_office_in_the_city_{place:02}" for place in range(60)]
    usual = next(entry for entry in PROPERTIES["contacts"] if entry["name"] == "direct_line")
    monkeypatch.setitem(PROPERTIES, "contacts", [*PROPERTIES["contacts"], *(usual | {"name": name} for name in names)])
    pair = PortalAndWorld(tmp_path, people=10)
    pair.sync()
    pair.world.later(hours=3)
    contact = next(iter(pair.portal.records.by_kind["contacts"]))
    pair.portal.records.edit("contacts", contact, {names[-1]: "+353 87 765 4321"})
    pair.world.later(minutes=5)
    assert pair.sync(SyncKind.DELTA).changed == 1
    assert [candidate.id for candidate in pair.world.who(NEW)] == [str(contact)]
    pair.close()


def test_a_dry_run_of_a_sweep_leaves_an_interrupted_sweep_as_it_was(tmp_path: Path) -> None:
    pair = PortalAndWorld(tmp_path, people=350, companies=3, deals=150)
    pair.sync()
    pair.world.later(hours=3)
    interrupt_sweep(pair)
    pair.sync(SyncKind.SWEEP, dry_run=True)
    before = pair.world.hub.requests
    pair.sync(SyncKind.SWEEP)
    assert pair.world.hub.requests - before < 20
    assert_equal(pair.world, pair.portal)
    pair.close()


def test_a_response_that_drips_is_waited_for_three_seconds_in_all(pair: PortalAndWorld) -> None:
    """Each byte would restart the timeout of a socket."""
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = server.accept()
        connection.recv(65536)
        with connection, contextlib.suppress(OSError):
            for sign in b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n":
                connection.sendall(bytes([sign]))
                time.sleep(0.3)

    threading.Thread(target=drip, daemon=True).start()
    world = pair.world
    hub = HubSpot(
        Token(pair.portal.token),
        url=f"http://127.0.0.1:{server.getsockname()[1]}",
        wait=time.sleep,
        clock=world.clock,
        report_fault=print,
    )
    began = time.monotonic()
    with pytest.raises(CrmFault, match="too slowly"):
        hub.contacts_by_number("877654321", NEW, SyncRequest(contact_phone_properties=("phone",)), 1.0)
    assert time.monotonic() - began < 5
    server.close()


# ------------------------------------------------------------------------------------------------ outcomes


@pytest.mark.parametrize("kind", [SyncKind.FULL, SyncKind.SWEEP])
def test_outcomes_that_could_not_be_read_stay_as_they_were(pair: PortalAndWorld, kind: SyncKind) -> None:
    before = pair.world.app.mirror.outcomes()
    assert before
    pair.portal.fault("status", "GET /crm/properties/2026-09/calls/", times=99)
    pull(pair.world.app, pair.world.hub, pair.world.clock, requested=kind)
    assert pair.world.app.mirror.outcomes() == before
