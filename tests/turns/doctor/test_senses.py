"""What the doctor finds out about the senses."""

from __future__ import annotations

import resource
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from callerid.errors import Stopped
from callerid.turns.doctor import senses
from callerid.turns.ringing.notification_access import note_list_answered, notifications_readable
from tests.turns.doctor.examinations import examined

if TYPE_CHECKING:
    from tests.turns.world import World


def test_the_doctor_goes_on_when_a_poll_fails_while_it_is_measured(world: World) -> None:
    world.phone.change(dump_granted=True)
    world.phone.fault("dumpsys", "slow", seconds=0.0, times=2)
    world.phone.fault("dumpsys", "empty")
    findings = examined(world)
    assert findings["telephony"].works is False
    assert findings["region"].works


def test_a_way_to_hear_that_was_never_set_up_is_optional_and_one_that_is_gone_is_a_fault(world: World) -> None:
    world.phone.change(notification_access=False)
    ways = ("inbox", "stream", "telephony", "notifications", "access", "dump grant")
    found = examined(world)
    assert {(found[name].works, found[name].optional) for name in ways} == {(False, True)}
    assert (found["hearing"].works, found["hearing"].optional) == (False, False)  # one of them is needed
    for sense in ways[:4]:
        world.app.ledger.key_values.write(f"ear {sense}", "2 1 1")
    found = examined(world)
    assert {(found[name].works, found[name].optional) for name in ways[:4]} == {(False, False)}


def test_a_look_that_costs_nothing_does_not_cost_less_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    used = SimpleNamespace(ru_utime=0.1, ru_stime=4.0)  # 0.1 + 4.0 - 0.1 - 4.0 is below zero
    monkeypatch.setattr(resource, "getrusage", lambda _: used)
    assert str(senses._measured(lambda: None, 1).cpu_ms) == "0.0"


def test_the_doctor_says_what_a_stream_and_an_automation_cost(world: World) -> None:
    world.phone.root()
    world.app.ledger.key_values.write("ear inbox", "0 1 1")
    findings = examined(world)
    for name in ("stream", "inbox"):
        cost = findings[name].cost
        assert cost
        assert cost.looks_a_day == 80
        assert cost.wall_ms > 0


def test_a_stream_that_ends_at_once_does_not_work_for_the_doctor(world: World) -> None:
    world.phone.start_shizuku()
    world.phone.fault("logcat", "empty")
    stream = examined(world)["stream"]
    assert stream.works is False
    assert "cannot be followed by shizuku" in stream.says
    assert "logcat -d" in stream.remedy


def test_the_doctor_stops_when_callerid_does(world: World) -> None:
    world.phone.root()
    world.app.termux.runner.stop()
    with pytest.raises(Stopped):
        examined(world)


def test_a_listener_that_is_not_connected_is_given_up_with_how_to_connect_it(world: World) -> None:
    note_list_answered(world.app.ledger)
    world.phone.change(listener_connected=False)
    for _ in range(5):
        assert notifications_readable(world.app.ledger, world.now)
        finding = examined(world, notifications=True)["notifications"]
    assert finding.works is False
    assert "Switch notification access for Termux:API off and on" in finding.remedy
    assert "Allow restricted settings" in finding.remedy
    assert world.titles() == ["Termux:API Error"] * 5
    assert notifications_readable(world.app.ledger, world.now) is False
    world.phone.change(listener_connected=True)
    finding = examined(world, notifications=True)["notifications"]
    assert finding.works
    assert "Fossify Phone" in finding.says
    world.phone.change(notification_access=False)
    assert "Allow restricted settings" in examined(world, notifications=True)["notifications"].remedy
