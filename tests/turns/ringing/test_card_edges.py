"""Cards at the edges: what comes late, twice, from the future, at night, or for a SIM that is not asked about."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.state import State
from callerid.core.inbox_events import Dialled, Idle, Ring
from callerid.models import CallType, SavedNumber
from callerid.phone.inbox import Inbox
from callerid.phone.screen import Screen
from callerid.simulator.phone.runner import SimulatedRunner
from callerid.store.ledger.block_list import Kind
from callerid.turns.inbox.receive import receive
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.upkeep.forget import find, forget
from tests.turns.ringing.hearing import rings
from tests.turns.world import ANA

if TYPE_CHECKING:
    from pathlib import Path

    from tests.turns.world import World


def event(folder: Path, name: str, text: str, at: float) -> None:
    path = folder / name
    path.write_text(f"callerid-event 1\n{text}\n")
    os.utime(path, (at, at))


# ------------------------------------------------------------------------------------------------ the door


def test_what_cannot_be_deleted_keeps_no_ring_from_its_place(world: World) -> None:
    inbox, later = Inbox(world.where.inbox), world.now.timestamp() + 3600
    for number in range(600):
        folder = world.where.inbox / f"ring-{number}-0.event"
        folder.mkdir()
        os.utime(folder, (later, later))
    event(world.where.inbox, "ring-9999-0.event", f"ring\n{ANA}", world.now.timestamp())
    heard = [arrived.event for _ in range(3) for arrived in inbox.read(world.now)]
    assert [type(one) for one in heard][:1] == [Ring]


def test_a_file_from_the_year_ten_thousand_is_of_now(world: World) -> None:
    """Some file systems keep such times; nothing is younger than now."""
    event(world.where.inbox, "ring-1-0.event", f"ring\n{ANA}", world.now.timestamp() + 10**9)
    event(world.where.inbox, "idle-2-0.event", "idle", world.now.timestamp() + 3600)
    taken = [arrived.event for arrived in Inbox(world.where.inbox).read(world.now)]
    assert {one.at for one in taken} == {world.now}


def test_a_card_goes_though_the_clock_was_set_back(world: World) -> None:
    rings(world, "+33145678900")
    receive(world.app, Idle(at=world.now), world.now)
    world.later(hours=-2)
    world.attend()
    assert world.titles() == []


# ------------------------------------------------------------------------------------------------ several, and by name


def test_two_callers_of_whom_only_the_names_are_told_get_a_card_each(world: World) -> None:
    rings(world, "", name="Zoe Quixote", sense="notifications")
    world.later(seconds=8)
    rings(world, "", name="Tom Waits", sense="notifications")
    assert world.titles() == ["Zoe Quixote", "Tom Waits"]


def test_a_name_and_the_number_that_another_sense_tells_are_one_ring(world: World) -> None:
    rings(world, "", name="Ana López", sense="notifications")
    rings(world, ANA, sense="telephony")
    assert len(world.titles()) == 1


def test_names_that_nobody_knows_are_a_flood_like_numbers(world: World) -> None:
    for number in range(30):
        rings(world, "", name=f"Nobody {number}", sense="notifications")
    assert len(world.titles()) <= 8


def test_two_people_on_one_number_stay_nameless_where_nothing_may_be_told(world: World) -> None:
    world.portal.records.create("contacts", {"firstname": "Ben", "lastname": "Kim", "phone": ANA})
    world.sync()
    world.settings('region = "IE"\n[privacy]\nlock_screen = "nothing"\n')
    rings(world)
    assert world.titles() == ["A known caller"]


# ------------------------------------------------------------------------------------------------ when it is over


def test_a_rings_card_goes_when_quiet_hours_begin_before_its_call_is_asked_about(world: World) -> None:
    rings(world)
    assert len(world.titles()) == 1
    world.settings('region = "IE"\n[log]\nquiet_hours = "13:00-23:00"\n')  # it is one in the afternoon in Berlin
    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    assert world.titles() == []
    assert world.again(followup).state is State.OPEN


def test_who_is_ignored_now_is_not_asked_about_any_more(world: World) -> None:
    followup = world.called()
    world.attend()
    world.app.ledger.block_list.add(Kind.IGNORED_LINE, [world.app.line_of(ANA)])
    world.attend()
    assert (world.titles(), world.again(followup).state) == ([], State.IGNORED)


# ------------------------------------------------------------------------------------------------ SIMs, and calls of one's own


def only_sim_2(world: World, *, outgoing: bool = False) -> None:
    world.app.ledger.key_values.write("sim in slot 0", "1")
    world.app.ledger.key_values.write("sim in slot 1", "2")
    world.settings(f'region = "IE"\n[log]\nsims = ["2"]\n[ring]\nspeak = "always"\noutgoing = {str(outgoing).lower()}\n')


def test_a_ring_that_turns_out_to_be_another_sims_is_taken_away_and_was_never_spoken(world: World) -> None:
    only_sim_2(world)
    assert rings(world).speak == ""
    assert len(world.titles()) == 1
    world.later(seconds=1)
    assert rings(world, sense="telephony", slot=0).attend
    world.attend()
    assert world.titles() == []
    world.later(minutes=2)
    assert rings(world, sense="telephony", slot=1).speak


def test_outgoing_cards_are_for_the_chosen_sims_too(world: World) -> None:
    only_sim_2(world, outgoing=True)
    assert show_ring(world.app, Dialled(at=world.now, number=ANA, slot=0), world.now) is None
    world.later(minutes=1)
    assert show_ring(world.app, Dialled(at=world.now, number=ANA, slot=1), world.now)


def test_of_a_stranger_whom_one_calls_more_is_found_out_as_well(world: World) -> None:
    world.settings('region = "IE"\n[ring]\noutgoing = true\n')
    wake = receive(world.app, Dialled(at=world.now, number="+33145678900"), world.now)
    assert wake.look_up_live
    assert wake.look_up_live.number == "+33145678900"


# ------------------------------------------------------------------------------------------------ a company's number


@pytest.mark.parametrize("saved", ["", "Front Desk"])
def test_a_switchboards_card_names_the_company_and_the_age_of_the_data(world: World, saved: str) -> None:
    world.portal.records.create("companies", {"name": "Hotel Roma", "phone": "+390612345678"})
    world.sync()
    if saved:
        world.app.mirror.phone_contacts.add(SavedNumber(name=saved, number="+390612345678"), "IE", "contacts")
    rings(world, "+390612345678")
    (card,) = world.phone.notifications()
    assert "Hotel Roma" in f"{card.title} {card.content}"
    assert "not in the CRM" not in card.content
    assert "HubSpot, 1 min old" in card.content or "HubSpot, 0 min old" in card.content


# ------------------------------------------------------------------------------------------------ forgetting


def test_forgetting_finds_every_spelling_in_the_logs_of_the_daemon_and_of_its_service(world: World, tmp_path: Path) -> None:
    number = "+49 89 123 456 79"
    world.called(number)
    service = tmp_path / "prefix" / "var" / "log" / "sv" / "callerid" / "current"
    service.parent.mkdir(parents=True)
    for file in (world.where.log_file, service):
        file.write_text(f"2026-11-25 03:58:13 ring from {number}: unknown\n2026-11-25 03:58:14 something else\n")
    assert isinstance(world.app.termux.runner, SimulatedRunner)
    world.app.termux.runner.environment["PREFIX"] = str(tmp_path / "prefix")
    forget(world.app, find(world.app, "+4989123456 79"))
    for file in (world.where.log_file, service):
        assert file.read_text() == "2026-11-25 03:58:14 something else\n"


def test_a_deal_of_nobody_else_goes_with_who_is_forgotten_and_stays_away(world: World) -> None:
    records = world.portal.records
    zoe = records.create("contacts", {"firstname": "Zoe", "lastname": "Quixote", "phone": "+33145678900"})
    told = {"dealname": "Zoe Quixote villa", "dealstage": "contractsent", "pipeline": "default"}
    records.create("deals", told, [("contacts", zoe.id, 3)])
    world.sync()
    assert b"Zoe Quixote villa" in world.where.mirror.read_bytes() + world.where.mirror.with_name("mirror.db-wal").read_bytes()
    forget(world.app, find(world.app, "Zoe Quixote"))
    world.later(hours=2)
    world.portal.limits.searches = 1000
    world.sync()
    (count,) = world.app.mirror._db.execute("SELECT count(*) FROM deals WHERE name LIKE 'Zoe%'").fetchone()
    assert count == 0


def test_a_card_of_a_name_alone_goes_with_the_name(world: World) -> None:
    for number in ("+33145678900", "+33145678901"):
        world.app.mirror.phone_contacts.add(SavedNumber(name="Zoe Quixote", number=number), "IE", "contacts")
    rings(world, "", name="Zoe Quixote", sense="notifications")
    assert world.titles() == ["Zoe Quixote"]
    forget(world.app, find(world.app, "Zoe Quixote"))
    assert world.titles() == []


def test_a_flood_of_cards_starts_no_flood_of_commands_and_all_are_shown(world: World) -> None:
    world.phone.fault("termux-notification", "slow", seconds=0.3)
    faults: list[object] = []
    runner = world.app.termux.runner
    assert isinstance(runner, SimulatedRunner)
    screen = Screen(runner, lambda fault: faults.append(fault) if fault else None)
    for number in range(40):
        screen.show(f"card-{number}", ["termux-notification", "--id", f"card-{number}", "--title", "T", "--content", "c"])
        assert len(runner.running) <= 12
    world.phone.wait(lambda: len(world.phone.notifications()) == 40, 20)
    assert faults == []
