"""A caller whom the mirror does not know is looked up live: once, in one request, when it is allowed, and the card is replaced."""

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
    made = Room(tmp_path)
    made.here.settings('region = "IE"\n[sync]\nlive_lookup = "always"\n')
    made.sync()
    made.here.later(hours=2)
    yield made
    made.close()


def rings(room: Room, number: str = STRANGER, **changes: Any) -> bool:
    """A call comes in: first the card, then the look-up."""
    world = room.here
    show_ring(world.app, Ring(at=world.now, number=number), world.now)
    return look_up_live(world.app, lambda: world.hub, number, world.now, world.clock)


def searches(room: Room) -> int:
    return sum(path.endswith("contacts/search") for _, path, _ in room.portal.requests_seen)


def card(room: Room) -> str:
    (shown,) = room.here.phone.notifications()
    return shown.title


def newcomer(room: Room, phone: str = "087 999 0001") -> None:
    room.portal.records.create("contacts", {"firstname": "New", "lastname": "Comer", "phone": phone})


def test_a_stranger_whom_the_crm_knows_gets_a_name_on_the_same_card(room: Room) -> None:
    newcomer(room)
    before = searches(room)
    show_ring(room.here.app, Ring(at=room.here.now, number=STRANGER), room.here.now)
    assert "999 0001" in card(room)
    assert rings(room)
    assert card(room) == "New Comer"
    assert searches(room) == before + 1


def test_an_answer_is_kept_with_its_age_and_so_is_no_answer(room: Room) -> None:
    before = searches(room)
    assert not rings(room)
    newcomer(room)
    room.here.later(hours=1)
    assert not rings(room)  # asked an hour ago
    assert searches(room) == before + 1
    room.here.later(hours=12)
    assert rings(room)
    room.here.later(hours=1)
    rings(room)
    assert searches(room) == before + 2


def test_what_a_search_finds_is_compared_before_it_is_believed(room: Room) -> None:
    newcomer(room, "+49 87 999 0001")  # the same national digits in another country
    assert not rings(room)
    assert room.here.app.mirror.people("+49879990001", "IE") == ()


@pytest.mark.parametrize("number", ["", "private", "-2", "*100#", "1234"])
def test_hidden_numbers_and_codes_are_never_looked_up(room: Room, number: str) -> None:
    before = len(room.portal.requests_seen)
    assert not rings(room, number)
    assert len(room.portal.requests_seen) == before


def test_somebody_whom_the_mirror_knows_is_not_looked_up(room: Room) -> None:
    before = len(room.portal.requests_seen)
    assert not rings(room, "+353871234567")
    assert len(room.portal.requests_seen) == before


@pytest.mark.parametrize(
    ("setting", "wifi", "asked"), [("off", True, 0), ("wifi", True, 1), ("wifi", False, 0), ("always", False, 1)]
)
def test_it_is_off_or_on_wifi_only_or_always(room: Room, setting: str, *, wifi: bool, asked: int) -> None:
    room.here.settings(f'region = "IE"\n[sync]\nlive_lookup = "{setting}"\n')
    room.here.phone.change(wifi=wifi)
    before = searches(room)
    rings(room)
    assert searches(room) == before + asked


def test_a_crm_that_is_slow_broken_or_away_is_no_fault_and_is_asked_again(room: Room) -> None:
    newcomer(room)
    room.portal.fault("status", "search", status=500)
    assert not rings(room)
    room.portal.go_offline()
    assert not rings(room)
    room.portal.go_online()
    assert rings(room)


def test_whoever_was_found_outside_the_scope_goes_with_the_next_sweep(room: Room) -> None:
    room.here.settings('region = "IE"\n[sync]\nlive_lookup = "always"\nscope = "mine"\n')
    room.sync()
    room.here.later(hours=2)
    room.portal.records.create("contacts", {"firstname": "Other", "phone": "087 999 0001", "hubspot_owner_id": "77002"})
    assert rings(room)
    assert room.here.app.mirror.people(STRANGER, "IE")
    room.here.later(hours=2)
    room.sync(SyncKind.SWEEP)
    assert room.here.app.mirror.people(STRANGER, "IE") == ()


def test_who_is_forgotten_during_a_look_up_does_not_come_back_with_its_answer(room: Room) -> None:
    newcomer(room)
    world = room.here

    def forgetting() -> Crm:
        forget(world.app, find(world.app, STRANGER))
        return world.hub

    assert not look_up_live(world.app, forgetting, STRANGER, world.now, world.clock)
    assert world.app.mirror.people_named("New Comer") == ()
