"""An unknown caller is looked up in the CRM: once, by one request, if the setting allows it, and the card is updated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.inbox_events import Ring
from callerid.core.sync.plan import SyncKind
from callerid.turns.ringing.live_lookup import look_up_live
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.upkeep.forget import find, forget
from tests.turns.sync.test_syncs import Room

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.crm.port import Crm

STRANGER = "+353879990001"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path)
    room.here.settings('region = "IE"\n[sync]\nlive_lookup = "always"\n')
    room.sync()
    room.here.later(hours=2)
    yield room
    room.close()


def ring(room: Room, number: str = STRANGER, **changes: Any) -> bool:
    """Show the card of a ring, and then look the caller up; return whether they were found."""
    world = room.here
    show_ring(world.app, Ring(at=world.now, number=number), world.now)
    return look_up_live(world.app, lambda: world.hub, number, world.now, world.clock)


def searches(room: Room) -> int:
    return sum(path.endswith("contacts/search") for _, path, _ in room.portal.requests_seen)


def card(room: Room) -> str:
    (shown,) = room.here.phone.notifications()
    return shown.title


def add_contact(room: Room, phone: str = "087 999 0001") -> None:
    room.portal.records.create("contacts", {"firstname": "New", "lastname": "Comer", "phone": phone})


def test_a_stranger_who_is_in_the_crm_gets_a_name_on_the_same_card(room: Room) -> None:
    add_contact(room)
    before = searches(room)
    show_ring(room.here.app, Ring(at=room.here.now, number=STRANGER), room.here.now)
    assert "999 0001" in card(room)
    assert ring(room)
    assert card(room) == "New Comer"
    assert searches(room) == before + 1


def test_a_result_is_remembered_also_if_nothing_was_found(room: Room) -> None:
    before = searches(room)
    assert not ring(room)
    add_contact(room)
    room.here.later(hours=1)
    assert not ring(room)  # searched an hour ago
    assert searches(room) == before + 1
    room.here.later(hours=12)
    assert ring(room)
    room.here.later(hours=1)
    ring(room)
    assert searches(room) == before + 2


def test_a_contact_that_a_search_returns_must_have_the_number(room: Room) -> None:
    add_contact(room, "+49 87 999 0001")  # the same national digits in another country
    assert not ring(room)
    assert room.here.app.mirror.candidates("+49879990001", "IE") == ()


@pytest.mark.parametrize("number", ["", "private", "-2", "*100#", "1234"])
def test_hidden_numbers_and_codes_are_never_looked_up(room: Room, number: str) -> None:
    before = len(room.portal.requests_seen)
    assert not ring(room, number)
    assert len(room.portal.requests_seen) == before


def test_a_caller_who_is_in_the_mirror_is_not_looked_up(room: Room) -> None:
    before = len(room.portal.requests_seen)
    assert not ring(room, "+353871234567")
    assert len(room.portal.requests_seen) == before


@pytest.mark.parametrize(
    ("setting", "wifi", "expected"), [("off", True, 0), ("wifi", True, 1), ("wifi", False, 0), ("always", False, 1)]
)
def test_the_look_up_is_off_or_on_wifi_only_or_always(room: Room, setting: str, *, wifi: bool, expected: int) -> None:
    room.here.settings(f'region = "IE"\n[sync]\nlive_lookup = "{setting}"\n')
    room.here.phone.change(wifi=wifi)
    before = searches(room)
    ring(room)
    assert searches(room) == before + expected


def test_a_crm_that_fails_or_cannot_be_reached_is_searched_again(room: Room) -> None:
    add_contact(room)
    room.portal.fault("status", "search", status=500)
    assert not ring(room)
    room.portal.go_offline()
    assert not ring(room)
    room.portal.go_online()
    assert ring(room)


def test_a_contact_found_outside_the_scope_is_removed_by_the_next_sweep(room: Room) -> None:
    room.here.settings('region = "IE"\n[sync]\nlive_lookup = "always"\nscope = "mine"\n')
    room.sync()
    room.here.later(hours=2)
    room.portal.records.create("contacts", {"firstname": "Other", "phone": "087 999 0001", "hubspot_owner_id": "77002"})
    assert ring(room)
    assert room.here.app.mirror.candidates(STRANGER, "IE")
    room.here.later(hours=2)
    room.sync(SyncKind.SWEEP)
    assert room.here.app.mirror.candidates(STRANGER, "IE") == ()


def test_a_caller_who_is_forgotten_during_the_look_up_does_not_come_back(room: Room) -> None:
    add_contact(room)
    world = room.here

    def forget_first() -> Crm:
        forget(world.app, find(world.app, STRANGER))
        return world.hub

    assert not look_up_live(world.app, forget_first, STRANGER, world.now, world.clock)
    assert world.app.mirror.candidates_named("New Comer") == ()
