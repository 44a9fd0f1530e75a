"""Every call of the call log is recorded once, whatever the command does."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.followup.states import State
from callerid.core.upkeep.health import Source
from callerid.errors import PhoneFault
from callerid.models import CallType
from callerid.phone import termux
from callerid.phone.termux import Termux
from callerid.store.ledger.calls import Calls
from callerid.turns.calllog.read_new_calls import read_new_calls

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.models import Call
    from tests.turns.world import World


def test_calls_of_the_first_read_are_baseline_and_are_not_asked_about(world: World) -> None:
    world.app.ledger.connection.execute("DELETE FROM facts WHERE name IN ('last_good_poll', 'last_deep_read')")
    for day in range(80):
        world.phone.add_call("0871234567", CallType.INCOMING, world.now - timedelta(days=day), 60)
    watched = world.watch()
    assert (watched.new, watched.baseline) == ((), 80)
    world.attend()
    assert world.phone.notifications() == ()
    assert world.app.ledger.history.count_by_state() == {State.BASELINE: 80}
    assert world.watch(deep=True).new == ()


def test_a_new_call_is_found_once(world: World) -> None:
    world.called()
    assert world.watch().new == ()


def test_a_call_that_a_wrong_clock_hid_is_found_within_a_day(world: World) -> None:
    world.phone.add_call("0871234567", CallType.INCOMING, world.now - timedelta(days=400), 60)
    assert world.watch().new == ()  # it is older than anything that can be new
    world.later(hours=25)
    watched = world.watch()
    assert (len(watched.new), watched.overlooked) == (1, 1)


def test_more_calls_than_one_page_are_all_found(world: World) -> None:
    for number in range(130):
        world.phone.add_call(f"08712{number:05}", CallType.MISSED, world.now + timedelta(seconds=number))
    world.later(minutes=5)
    assert len(world.watch().new) == 130


@pytest.mark.parametrize(
    ("fault", "more", "says"),
    [
        ("denied", {}, "READ_CALL_LOG"),
        ("empty", {}, "printed nothing"),
        ("truncated", {"characters": 40}, "beginning"),
        ("nonsense", {}, "no JSON"),
        ("hang", {}, "no answer"),
    ],
)
def test_a_call_log_that_fails_is_reported_once_and_so_is_its_recovery_and_no_call_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str, more: dict[str, Any], says: str
) -> None:
    monkeypatch.setattr(termux, "POLL", 0.6)
    caplog.set_level(logging.INFO)
    world.phone.fault("termux-call-log", fault, **more)
    world.phone.add_call("0871234567", CallType.MISSED, world.now)
    for _ in range(3):
        world.later(minutes=1)
        with pytest.raises(PhoneFault):
            world.watch()
    (trouble,) = world.app.ledger.key_values.troubles()
    assert trouble.source is Source.CALL_LOG
    assert says in trouble.sentence
    assert [record.message for record in caplog.records] == [f"call log: {trouble.sentence} {trouble.remedy}"]
    world.phone.clear_faults()
    world.later(minutes=1)
    assert len(world.watch().new) == 1
    assert world.app.ledger.key_values.troubles() == ()
    assert caplog.records[-1].message == "call log: works again"


def test_invalid_rows_are_reported_and_the_valid_ones_recorded(world: World) -> None:
    good = {"phone_number": "0871234567", "type": "MISSED", "date": "2026-11-23 13:01:00", "duration": "00:00", "sim_id": None}
    world.phone.fault("termux-call-log", "prints", text=json.dumps([{"date": "soon"}, good]))
    world.later(minutes=5)
    assert len(world.watch().new) == 1
    (trouble,) = world.app.ledger.key_values.troubles()
    assert trouble.sentence == "1 of the call log's rows cannot be read (date is not a time); the others can."


def test_an_invalid_row_does_not_end_the_reading_early(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty calls in an hour, and one of the newest fifty is not valid: the other fifty-nine are recorded."""
    for minute in range(60):
        world.phone.add_call("0871234567", CallType.MISSED, world.now + timedelta(minutes=minute))
    real = world.app.termux.call_log

    def damaged(_: Termux, limit: int) -> list[object]:
        rows = real(limit)
        assert isinstance(rows[-3], dict)
        rows[-3]["duration"] = "9" * 5000
        return rows

    monkeypatch.setattr(Termux, "call_log", damaged)
    world.later(hours=1)
    assert len(world.watch().new) == 59


def test_a_look_holds_only_those_calls_of_the_ledger_that_the_log_shows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many calls the ledger has of the last days: a log keeps only so many rows."""
    for minute in range(40):
        world.phone.add_call("0871234567", CallType.MISSED, world.now + timedelta(minutes=minute))
    world.later(hours=1)
    world.watch()
    with world.phone.state.changing() as state:
        state["calls"] = state["calls"][-10:]
    counts, read = [], Calls.since

    def counted(calls: Calls, start: datetime | None) -> tuple[Call, ...]:
        known = read(calls, start)
        counts.append(len(known))
        return known

    monkeypatch.setattr(Calls, "since", counted)
    world.called()
    assert counts == [10]


def test_two_processes_record_the_same_call_once(world: World) -> None:
    world.phone.add_call("0871234567", CallType.MISSED, world.now)
    world.later(minutes=1)
    other = world.open()
    read_new_calls(world.app, world.now)
    world.app.ledger.connection.execute("DELETE FROM facts WHERE name = 'unrelated'")
    read_new_calls(other, world.now)
    other.close()
    assert world.app.ledger.history.count() == 1


def test_a_flight_to_another_zone_repeats_no_call(world: World) -> None:
    followup = world.called()
    world.phone.change(zone="Asia/Tokyo", digits="٠١٢٣٤٥٦٧٨٩")
    world.later(hours=9)
    assert world.watch(deep=True).new == ()
    assert world.app.local_time(followup.call.start).hour == 21
