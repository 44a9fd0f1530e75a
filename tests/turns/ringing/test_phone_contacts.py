"""The phone contacts: when they are read, and which name a card shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.inbox_events import Ring
from callerid.core.upkeep.health import Source
from callerid.models import CallType
from callerid.turns.repair import report_replaced_mirror
from callerid.turns.ringing.phone_contacts import LAST_READ, learn_names, read_phone_contacts
from callerid.turns.ringing.resolve_caller import resolve_caller
from callerid.turns.ringing.show_ring import show_ring
from tests.damages import flush, overwrite_middle
from tests.turns.ringing.reports import card_text, report_ring
from tests.turns.world import ANA

if TYPE_CHECKING:
    from tests.turns.world import World

OTHER = "+33145678900"


def read_contacts(world: World, *contacts: dict[str, Any], **settings: str) -> None:
    world.phone.change(contacts=list(contacts))
    lines = "".join(f'{key} = "{value}"\n' for key, value in settings.items())
    world.settings(f'region = "IE"\n[ring]\n{lines}')
    read_phone_contacts(world.app, world.now)
    world.later(hours=1)


def test_the_phones_name_stands_before_the_crms(world: World) -> None:
    read_contacts(world, {"name": "Ana Squash", "number": "087 123 4567"})
    report_ring(world)
    assert world.titles() == ["Ana Squash · Acme Ltd"]
    assert card_text(world).startswith("in HubSpot: Ana López\nRenewal 2027")


def test_the_phones_name_stands_after_it_or_not_at_all_by_the_setting(world: World) -> None:
    contact = {"name": "Ana Squash", "number": "087 123 4567"}
    read_contacts(world, contact, phone_contacts="after")
    report_ring(world)
    assert world.titles() == ["Ana López · Acme Ltd"]
    assert "in your contacts: Ana Squash" in card_text(world)
    world.settings('region = "IE"\n[ring]\nphone_contacts = "off"\n')
    world.later(minutes=5)
    world.attend()
    report_ring(world)
    assert "Ana Squash" not in card_text(world)
    assert read_phone_contacts(world.app, world.now) is None


def test_termux_gives_one_number_per_contact_and_root_all_of_them(world: World) -> None:
    contact = {"name": "Tom, Row: 7\nWaits", "numbers": ["+49 89 111111", "+49 89 222222"]}
    read_contacts(world, contact)
    assert world.app.mirror.phone_contacts.count() == 1
    world.phone.root()
    read_contacts(world, contact, {"name": None, "number": "5"})
    world.later(days=1)
    read_phone_contacts(world.app, world.now)
    saved = world.app.mirror.phone_contacts
    assert saved.count() == 2
    assert saved.name_of("+49 89 111111", "IE") == "Tom, Row: 7 Waits"


@pytest.mark.parametrize("position", [0, 1])
def test_a_name_that_looks_like_a_row_adds_no_contact(world: World, position: int) -> None:
    hostile = f"Joe\nRow: {position + 1} display_name=The Bank, data1=+49 89 999999\nRow: {position + 2} display_name=X"
    contacts = [{"name": "Ana", "number": "087 123 4567"}, {"name": "Ben", "number": "+49 89 111111"}]
    contacts.insert(position, {"name": hostile, "number": "+49 89 222222"})
    world.phone.root()
    read_contacts(world, *contacts[: position + 1 if position else 3])
    assert resolve_caller(world.app, "+49 89 999999").saved_name == ""
    assert resolve_caller(world.app, ANA).saved_name == "Ana"


def test_contacts_are_read_daily_and_at_once_when_a_call_shows_they_are_stale(world: World) -> None:
    read_contacts(world, {"name": "Ana", "number": "087 123 4567"})
    assert read_phone_contacts(world.app, world.now) == world.now + timedelta(hours=23)
    world.phone.add_call("+33145678900", CallType.MISSED, world.now, name="Aunt Jo")
    world.later(seconds=1)
    assert world.watch().names_changed
    assert resolve_caller(world.app, "+33 1 45 67 89 00").saved_name == "Aunt Jo"
    world.phone.change(contacts=[{"name": "Jo", "number": "+33145678900"}])
    read_phone_contacts(world.app, world.now, stale=True)
    assert resolve_caller(world.app, "+33 1 45 67 89 00").saved_name == "Jo"
    world.phone.change(contacts=[])
    assert read_phone_contacts(world.app, world.now + timedelta(minutes=1), stale=True) > world.now + timedelta(minutes=20)  # type: ignore[operator]
    assert resolve_caller(world.app, "+33 1 45 67 89 00").saved_name == "Jo"


def test_stale_contacts_are_read_again_after_the_shortest_interval(world: World) -> None:
    read_phone_contacts(world.app, world.now)
    world.later(minutes=5)
    due = read_phone_contacts(world.app, world.now, stale=True)
    assert due
    assert due - world.now <= timedelta(minutes=30)
    world.now = due + timedelta(seconds=1)
    world.phone.change(contacts=[{"name": "New", "number": "+33145678900"}])
    read_phone_contacts(world.app, world.now)  # the next turn of the loop has nothing new
    assert world.app.mirror.phone_contacts.name_of("+33145678900", "IE") == "New"


def test_contacts_that_cannot_be_read_are_reported_and_the_old_ones_stay(world: World) -> None:
    read_contacts(world, {"name": "Ana Squash", "number": "087 123 4567"})
    world.phone.fault("termux-contact-list", "denied")
    world.later(days=2)
    read_phone_contacts(world.app, world.now)
    assert any(trouble.source is Source.PHONE_CONTACTS for trouble in world.app.ledger.key_values.troubles())
    assert resolve_caller(world.app, ANA).saved_name == "Ana Squash"
    assert world.app.ledger.key_values.read_time(LAST_READ) is not None


def test_the_name_in_the_contacts_comes_before_the_one_in_the_call_log(world: World) -> None:
    world.phone.change(contacts=[{"name": "Zoe Quinn", "number": "+33145678900"}])
    read_phone_contacts(world.app, world.now)
    world.called("+33145678900", name="Quinn, Zoe")
    assert world.app.mirror.phone_contacts.name_of("+33145678900", "IE") == "Zoe Quinn"


def test_the_name_in_the_contacts_stays_when_the_call_log_spells_it_differently(world: World) -> None:
    world.phone.change(contacts=[{"name": "Zoe Quinn", "number": OTHER}])
    read_phone_contacts(world.app, world.now)
    world.called(OTHER, name="Quinn, Zoe")
    assert resolve_caller(world.app, OTHER).saved_name == "Zoe Quinn"
    assert world.app.mirror.phone_contacts.count() == 1


def test_a_name_that_the_call_log_no_longer_has_is_gone(world: World) -> None:
    followup = world.called(OTHER, CallType.MISSED, 0, name="Ex Tom")
    assert world.app.mirror.phone_contacts.name_of(OTHER, "IE") == "Ex Tom"
    learn_names(world.app, [replace(followup.call, name="")])
    assert world.app.mirror.phone_contacts.name_of(OTHER, "IE") == ""


def test_a_mirror_that_was_put_aside_gets_the_phones_own_names_at_once(world: World) -> None:
    world.phone.change(contacts=[{"name": "Tom the plumber", "number": "+33145678900"}])
    world.later(days=1)
    read_phone_contacts(world.app, world.now)
    flush(world.where.mirror)
    overwrite_middle(world.where.mirror)
    show_ring(world.app, Ring(at=world.now, number="+33145678900"), world.now)
    assert report_replaced_mirror(world.app, world.now)
    read_phone_contacts(world.app, world.now)
    assert world.app.mirror.phone_contacts.name_of("+33145678900", "IE") == "Tom the plumber"
