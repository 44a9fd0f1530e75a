"""What may go wrong around a sync and must not make the mirror wrong: other tokens, gaps, other settings, lagging indexes."""

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
from callerid.models import SyncRequest
from callerid.simulator.portal import SimulatedPortal
from callerid.simulator.portal.records import PROPERTIES
from callerid.store.mirror.database import Mirror
from callerid.turns.ringing.live_lookup import look_up_live
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.sync.sync import pull
from tests.turns.sync.test_syncs import Room, assert_equal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NEW = "+353877654321"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path, people=40)
    made.sync()
    made.here.later(hours=3)
    yield made
    made.close()


def names(room: Room, number: str) -> list[str]:
    return [found.first_name for found in room.here.who(number)]


# ------------------------------------------------------------------------------------------------ whose portal it is


@pytest.mark.parametrize("wanted", [SyncKind.DELTA, SyncKind.SWEEP])
def test_a_token_of_another_portal_changes_nothing(room: Room, wanted: SyncKind) -> None:
    world = room.here
    other = SimulatedPortal(clock=room.portal.records.clock, token="pat-na1-of-another-portal")
    other.records.account["portalId"] = 999
    with other:
        other.populate(people=5, companies=1, deals=1)
        hub = HubSpot(Token(other.token), url=other.url, wait=world.wait, clock=world.clock, report_fault=print)
        before = sorted(contact.id for contact in world.app.mirror.all_contacts())
        with pytest.raises(SuspiciousSync, match="portal 999, but the mirror is of portal"):
            pull(world.app, hub, world.clock, requested=wanted)
        assert not look_up_live(world.app, lambda: hub, NEW, world.now, world.clock)
        hub.close()
    assert sorted(contact.id for contact in world.app.mirror.all_contacts()) == before
    account = world.app.mirror.account()
    assert account
    assert account.portal_id != "999"


def test_a_rotated_token_of_the_same_portal_is_taken_with_one_question_more(room: Room) -> None:
    world = room.here
    room.portal.token = "pat-eu1-rotated"
    hub = HubSpot(Token("pat-eu1-rotated"), url=room.portal.url, wait=world.wait, clock=world.clock, report_fault=print)
    for questions in (4, 3):
        room.portal.requests_seen.clear()
        pull(world.app, hub, world.clock, requested=SyncKind.DELTA)
        assert len(room.portal.requests_seen) == questions
        world.later(hours=1)
    hub.close()


# ------------------------------------------------------------------------------------------------ gaps


@pytest.mark.parametrize("change", ["create", "restore"])
def test_who_comes_while_a_sweep_is_interrupted_is_not_taken_for_gone(tmp_path: Path, change: str) -> None:
    room = Room(tmp_path, people=350, companies=3, deals=150)
    old = (
        room.portal.records.create("contacts", {"firstname": "Brand", "phone": "+353 87 7654321"}) if change == "restore" else None
    )
    if old:
        room.portal.records.archive("contacts", old.id)
    room.sync()
    room.here.later(hours=3)
    room.portal.fault("status", "GET /crm/objects/2026-09/deals.*after=", times=99, status=500)
    with pytest.raises(CrmFault):
        room.sync(SyncKind.SWEEP)
    room.portal.clear_faults()
    room.here.later(hours=5)
    if old:
        room.portal.records.restore("contacts", old.id)
    else:
        room.portal.records.create("contacts", {"firstname": "Brand", "phone": "+353 87 7654321"})
    room.here.later(hours=2)
    room.sync(SyncKind.DELTA)
    room.here.later(hours=2)
    assert room.sync(SyncKind.SWEEP).removed == 0
    assert names(room, NEW) == ["Brand"]
    assert_equal(room.here, room.portal)
    room.close()


def test_what_a_lagging_index_kept_from_a_full_sync_comes_with_the_next_delta(tmp_path: Path) -> None:
    room = Room(tmp_path, people=20)
    room.portal.search_lag = 900
    room.portal.records.create("companies", {"name": "Young Ltd", "phone": "+353 1 555 0101"})
    room.here.later(minutes=8)
    room.sync()
    assert room.here.app.mirror.facts().companies == 3
    room.here.later(hours=1)
    room.sync()
    assert room.here.app.mirror.facts().companies == 4
    room.close()


# ------------------------------------------------------------------------------------------------ other settings


def test_contacts_that_grow_too_old_for_a_recent_scope_leave_quietly(tmp_path: Path) -> None:
    room = Room(tmp_path, people=100)
    world, contacts = room.here, room.portal.records.by_kind["contacts"]
    for place, contact in enumerate(sorted(contacts)):
        contacts[contact].modified = (world.now - timedelta(days=30 * place / 100)).timestamp()
    world.settings('region = "IE"\n[sync]\nrecent = "30 days"\n')
    room.sync()
    assert world.app.mirror.facts().contacts == 100
    world.later(days=8)
    pulled = room.sync()
    assert (pulled.kind, world.app.mirror.facts().contacts) == (SyncKind.SWEEP, 74)
    world.later(days=15)
    pulled = room.sync()
    assert (pulled.kind, world.app.mirror.facts().contacts) == (SyncKind.FULL, 24)
    room.close()


def test_a_changed_owner_changes_whose_contacts_are_mirrored(tmp_path: Path) -> None:
    room = Room(tmp_path, people=60)
    world = room.here
    kinds = []
    for who in ("me", "eva"):
        world.settings(f'region = "IE"\n[crm]\nowner = "{who}@example.com"\n[sync]\nscope = "mine"\n')
        kinds.append(room.sync().kind)
        owner = world.app.mirror.owner_by_email(f"{who}@example.com")
        assert owner
        assert {contact.owner_id for contact in world.app.mirror.all_contacts()} == {owner.id}
        world.later(hours=2)
    assert kinds == [SyncKind.FULL, SyncKind.FULL]
    world.settings('region = "IE"\n[crm]\nowner = "evaa@example.com"\n[sync]\nscope = "mine"\n')
    with pytest.raises(ConfigFault, match=r"evaa@example\.com, but no owner"):
        room.sync()
    room.close()


def test_another_region_during_a_sync_waits_until_it_is_over(room: Room) -> None:
    world = room.here
    record = room.portal.records.create("contacts", {"firstname": "Old", "phone": "087 555 1234", "mobilephone": "+353860000001"})
    room.sync()
    world.later(hours=3)
    room.portal.records.edit("contacts", record.id, {"phone": ""})
    world.later(minutes=2)
    other = Mirror(world.where.mirror)

    class OtherRegion:
        """What the daemon does in another thread."""

        def begins(self, what: str, total: int | None) -> None:
            del what, total
            other.reindex_when_free("DE")

        def moved(self, records: int) -> None:
            del records

    room.sync(SyncKind.DELTA, progress=OtherRegion())
    other.reindex_when_free("DE")
    assert other.candidates("+49875551234", "DE") == ()
    assert [found.first_name for found in other.candidates("+353860000001", "DE")] == ["Old"]
    other.close()


def test_numbers_that_other_rules_indexed_are_indexed_anew(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callerid.core.numbers.RULES_VERSION", "of a later version")
    room.here.app.mirror.reindex_when_free("IE")
    assert room.here.app.mirror.facts().rules_version == "of a later version"
    assert_equal(room.here, room.portal)


# ------------------------------------------------------------------------------------------------ live look-ups


def rings(room: Room, number: str) -> tuple[bool, list[str]]:
    world = room.here
    show_ring(world.app, Ring(at=world.now, number=number), world.now)
    return look_up_live(world.app, lambda: world.hub, number, world.now, world.clock), names(room, number)


def test_who_was_found_live_and_left_the_scope_again_is_found_live_again(tmp_path: Path) -> None:
    room = Room(tmp_path, people=20)
    room.here.settings('region = "IE"\n[sync]\nlive_lookup = "always"\nscope = "mine"\n')
    room.sync()
    room.here.later(hours=2)
    room.portal.records.create("contacts", {"firstname": "Other", "phone": "087 765 4321", "hubspot_owner_id": "77002"})
    assert rings(room, NEW) == (True, ["Other"])
    room.here.later(hours=1)
    room.sync(SyncKind.SWEEP)
    assert rings(room, NEW) == (True, ["Other"])
    room.close()


def test_before_the_first_sync_a_stranger_is_looked_up_by_the_usual_fields_and_nobody_is_not_remembered(tmp_path: Path) -> None:
    room = Room(tmp_path, people=5)
    room.here.settings('region = "IE"\n[sync]\nlive_lookup = "always"\n')
    assert rings(room, NEW) == (False, [])
    room.portal.records.create("contacts", {"firstname": "New", "phone": "087 765 4321"})
    assert rings(room, NEW) == (True, ["New"])
    room.close()


# ------------------------------------------------------------------------------------------------ odd answers


def _null_row(said: dict[str, Any]) -> None:
    if "results" in said:
        said["results"].insert(0, None)


def _odd_stages(said: dict[str, Any]) -> None:
    for pipeline in said["results"]:
        for stage in pipeline["stages"]:
            stage |= {"metadata": "x", "displayOrder": 10**30}


def _odd_associations(said: dict[str, Any]) -> None:
    for row in said.get("results", []):
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
def test_what_is_odd_in_an_answer_is_left_out_and_the_rest_is_kept(
    tmp_path: Path, part: str, change: Callable[[dict[str, Any]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(tmp_path, people=10, companies=2, deals=3)
    read = HttpSender.read

    def odd(self: HttpSender, method: str, path: str, **more: Any) -> dict[str, Any]:
        said = read(self, method, path, **more)
        if part in path:
            change(said)
        return said

    monkeypatch.setattr(HttpSender, "read", odd)
    for wanted in (SyncKind.FULL, SyncKind.SWEEP):
        pulled = room.sync(wanted)
        assert (pulled.contacts, pulled.companies, pulled.deals) == (10, 2, 3)
        room.here.later(hours=3)
    monkeypatch.undo()
    assert_equal(room.here, room.portal)
    room.close()


def test_a_batch_that_failed_in_part_is_not_taken_for_whole(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    records = room.portal.records
    contact = next(iter(records.by_kind["contacts"]))
    records.by_kind["contacts"][contact].modified += 0.5  # the sweep sees a difference that no search tells
    read = HttpSender.read

    def failing(self: HttpSender, method: str, path: str, **more: Any) -> dict[str, Any]:
        said = read(self, method, path, **more)
        if "batch/read" in path:
            said |= {"results": [], "errors": [{"category": "INTERNAL_ERROR", "message": "try again"}]}
        return said

    monkeypatch.setattr(HttpSender, "read", failing)
    with pytest.raises(CrmFault, match="could not read all of a batch: try again"):
        room.sync(SyncKind.SWEEP)


def test_more_phone_properties_than_fit_into_a_search_are_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"phone_number_of_the_office_in_the_city_{place:02}" for place in range(60)]
    usual = next(said for said in PROPERTIES["contacts"] if said["name"] == "direct_line")
    monkeypatch.setitem(PROPERTIES, "contacts", [*PROPERTIES["contacts"], *(usual | {"name": name} for name in names)])
    room = Room(tmp_path, people=10)
    room.sync()
    room.here.later(hours=3)
    contact = next(iter(room.portal.records.by_kind["contacts"]))
    room.portal.records.edit("contacts", contact, {names[-1]: "+353 87 765 4321"})
    room.here.later(minutes=5)
    assert room.sync(SyncKind.DELTA).changed == 1
    assert [found.id for found in room.here.who(NEW)] == [str(contact)]
    room.close()


def test_a_dry_run_of_a_sweep_leaves_an_interrupted_one_where_it_was(tmp_path: Path) -> None:
    room = Room(tmp_path, people=350, companies=3, deals=150)
    room.sync()
    room.here.later(hours=3)
    room.portal.fault("status", "GET /crm/objects/2026-09/deals.*after=", times=99, status=500)
    with pytest.raises(CrmFault):
        room.sync(SyncKind.SWEEP)
    room.portal.clear_faults()
    room.sync(SyncKind.SWEEP, dry_run=True)
    before = room.here.hub.requests
    room.sync(SyncKind.SWEEP)
    assert room.here.hub.requests - before < 20
    assert_equal(room.here, room.portal)
    room.close()


def test_an_answer_that_drips_is_waited_for_three_seconds_in_all(room: Room) -> None:
    """Each byte would begin a socket's own three seconds anew."""
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = server.accept()
        connection.recv(65536)
        with connection, contextlib.suppress(OSError):
            for sign in b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n":
                connection.sendall(bytes([sign]))
                time.sleep(0.3)

    threading.Thread(target=drip, daemon=True).start()
    world = room.here
    hub = HubSpot(
        Token(room.portal.token),
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


@pytest.mark.parametrize("wanted", [SyncKind.FULL, SyncKind.SWEEP])
def test_outcomes_that_are_not_told_this_time_stay_as_they_were(room: Room, wanted: SyncKind) -> None:
    before = room.here.app.mirror.outcomes()
    assert before
    room.portal.fault("status", "GET /crm/properties/2026-09/calls/", times=99)
    pull(room.here.app, room.here.hub, room.here.clock, requested=wanted)
    assert room.here.app.mirror.outcomes() == before
