"""What is kept of senses that fail: the canary's count of the lost ones, and a list of notifications that hangs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.inbox_events import Ring
from callerid.core.ringing.senses import Sense
from callerid.core.upkeep.health import Source
from callerid.errors import Stopped
from callerid.models import CallType
from callerid.turns.inbox.receive import receive
from callerid.turns.ringing.notification_access import hang_count, note_list_answered, note_list_hung, notifications_readable
from callerid.turns.ringing.phone_contacts import read_phone_contacts
from callerid.turns.ringing.resolve_caller import resolve_caller
from callerid.turns.ringing.sense_health import check_senses, proven_senses, read_sense_health
from callerid.turns.upkeep.doctor import examine
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.turns.upkeep.doctor import Finding
    from tests.turns.world import World

OTHER = "+33145678900"


def missed(world: World, *lost: Sense, number: str = OTHER) -> bool:
    call = world.called(number, CallType.MISSED, 0).call
    told = check_senses(world.app, [call], {}, world.now - timedelta(hours=1), world.now, lost=lost)
    world.later(minutes=30)
    return told


def trouble(world: World) -> str:
    return " ".join(f"{one.sentence} {one.remedy}" for one in world.app.ledger.key_values.troubles() if one.source is Source.RINGS)


def test_a_sense_that_used_to_hear_and_is_gone_is_told_with_its_own_remedy(world: World) -> None:
    receive(world.app, Ring(at=world.now, number=ANA, sense="telephony"), world.now)
    assert not missed(world, number=ANA)
    assert proven_senses(world.app) == (Sense.TELEPHONY,)
    assert not missed(world, Sense.TELEPHONY)
    assert missed(world, Sense.TELEPHONY)
    assert "telephony heard nothing" in trouble(world)
    assert "pm grant" in trouble(world)


def test_a_lost_sense_is_not_blamed_for_a_ring_that_another_heard(world: World) -> None:
    for _ in range(3):
        receive(world.app, Ring(at=world.now, number=ANA, sense="telephony"), world.now)
        missed(world, Sense.STREAM, number=ANA)
    assert read_sense_health(world.app, Sense.STREAM).missed == 0
    assert trouble(world) == ""


def test_calls_that_nothing_is_expected_to_hear_are_told_though_something_heard_long_ago(world: World) -> None:
    receive(world.app, Ring(at=world.now, number=ANA, sense="telephony"), world.now)
    missed(world, number=ANA)
    missed(world)
    assert missed(world)
    assert "nothing here heard them ring" in trouble(world)


def test_that_others_are_deaf_than_before_is_told_to_the_daemon_in_quiet_hours_too(world: World) -> None:
    missed(world, Sense.STREAM)
    call = world.called(OTHER, CallType.MISSED, 0).call
    world.later(hours=1)
    later = world.app.local_time(world.now)
    ends = later + timedelta(minutes=30)
    world.settings(f'region = "IE"\n[log]\nquiet_hours = "{later:%H:%M}-{ends:%H:%M}"\n')
    assert check_senses(world.app, [call], {}, call.start - timedelta(hours=1), world.now, lost=(Sense.STREAM,))
    assert trouble(world) == ""


def test_a_list_that_never_worked_is_not_asked_again_for_a_day_when_it_hangs(world: World) -> None:
    assert notifications_readable(world.app, world.now) is None
    note_list_hung(world.app, world.now)
    assert notifications_readable(world.app, world.now) is False
    assert hang_count(world.app) == 0
    assert notifications_readable(world.app, world.now + timedelta(days=2)) is None


def test_a_list_that_worked_is_given_up_only_after_several_hangs(world: World) -> None:
    note_list_answered(world.app)
    for count in range(1, 5):
        note_list_hung(world.app, world.now)
        assert notifications_readable(world.app, world.now)
        assert hang_count(world.app) == count
    note_list_answered(world.app)
    assert hang_count(world.app) == 0
    for _ in range(5):
        note_list_hung(world.app, world.now)
    assert notifications_readable(world.app, world.now) is False


def test_what_an_earlier_version_kept_of_the_list_is_understood(world: World) -> None:
    for kept, works in (
        ("yes", True),
        (f"no {int(world.now.timestamp()) + 60} 2", False),
        (f"no {int(world.now.timestamp()) - 60}", None),
        (f"no {int(world.now.timestamp()) + 400 * 86_400}", None),  # by a clock that was a year ahead
    ):
        world.app.ledger.key_values.write("notification_list_works", kept)
        assert notifications_readable(world.app, world.now) is works
        assert hang_count(world.app) == 0


def found(world: World, **settings: bool) -> dict[str, Finding]:
    return {one.name: one for one in examine(world.app, world.now, notifications=settings.get("notifications", False))}


def test_the_doctor_tries_the_rest_when_a_look_fails_while_it_is_measured(world: World) -> None:
    world.phone.change(dump_granted=True)
    world.phone.fault("dumpsys", "slow", seconds=0.0, times=2)
    world.phone.fault("dumpsys", "empty")
    findings = found(world)
    assert findings["telephony"].works is False
    assert findings["region"].works


def test_the_doctor_says_what_a_stream_and_an_automation_cost(world: World) -> None:
    world.phone.root()
    world.app.ledger.key_values.write("ear inbox", "0 1 1")
    findings = found(world)
    for name in ("stream", "inbox"):
        cost = findings[name].cost
        assert cost
        assert cost.looks_a_day == 80
        assert cost.wall_ms > 0


def test_the_doctor_believes_no_stream_that_ends_at_once(world: World) -> None:
    world.phone.start_shizuku()
    world.phone.fault("logcat", "empty")
    stream = found(world)["stream"]
    assert stream.works is False
    assert "cannot be followed by shizuku" in stream.says
    assert "logcat -d" in stream.remedy


def test_the_doctor_stops_when_callerid_does(world: World) -> None:
    world.phone.root()
    findings = examine(world.app, world.now, notifications=False)
    assert next(findings).name == "inbox"
    world.app.termux.runner.stop()
    with pytest.raises(Stopped):
        next(findings)


def test_the_name_in_the_contacts_stays_when_the_call_log_spells_it_otherwise(world: World) -> None:
    world.phone.change(contacts=[{"name": "Zoe Quinn", "number": OTHER}])
    read_phone_contacts(world.app, world.now)
    world.called(OTHER, name="Quinn, Zoe")
    assert resolve_caller(world.app, OTHER).saved_name == "Zoe Quinn"
    assert world.app.mirror.phone_contacts.count() == 1
