"""A sense that misses calls is reported, with what to do, and no other is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.inbox_events import Ring
from callerid.core.ringing.hearing import Sense
from callerid.core.upkeep.health import Source
from callerid.models import CallType
from callerid.store.ledger.block_list import Kind
from callerid.turns.inbox.receive import receive
from callerid.turns.ringing.hearing import has_reported, heard_by, is_proven, proven_senses, read_sense_health
from callerid.turns.ringing.notification_access import note_list_answered, note_list_failed
from callerid.turns.ringing.sense_health import check_senses
from tests.turns.ringing.reports import report_ring, set_contacts
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.models import Call
    from tests.turns.world import World

OTHER = "+33145678900"


def missed_call(world: World, number: str = ANA) -> Call:
    return world.called(number, CallType.MISSED, 0).call


def missed_by_inbox(world: World) -> bool:
    listening = {Sense.INBOX: world.now - timedelta(hours=1)}
    has_changed = check_senses(world.app, [missed_call(world)], listening, world.now - timedelta(hours=1), world.now)
    world.later(minutes=30)
    return has_changed


def missed_by(world: World, *lost: Sense, number: str = OTHER) -> bool:
    """Let a call be missed while no sense can be used; `lost` are those that should."""
    call = missed_call(world, number)
    has_changed = check_senses(world.app, [call], {}, world.now - timedelta(hours=1), world.now, lost=lost)
    world.later(minutes=30)
    return has_changed


def report_of_rings(world: World) -> str:
    troubles = [trouble for trouble in world.app.ledger.key_values.troubles() if trouble.source is Source.RINGS]
    return " ".join(f"{trouble.sentence} {trouble.remedy}" for trouble in troubles)


def test_it_is_learned_from_the_call_log_whether_a_sense_leaves_numbers_out(world: World) -> None:
    for number in ("", ANA):
        report_ring(world, number=number, sense="telephony", slot=0)
        call = missed_call(world)
        check_senses(world.app, [call], {}, world.now - timedelta(hours=1), world.now)
        assert world.app.hides_numbers(Sense.STREAM) == (not number)
        world.later(hours=1)


def test_a_sense_that_gives_names_is_proven_and_leaves_nothing_out(world: World) -> None:
    set_contacts(world, {"name": "Ana Squash", "number": OTHER})
    for _ in range(2):
        report_ring(world, "", name="Ana Squash", sense="notifications")
        followup = world.called(ANA, CallType.MISSED, 0, name="Ana Squash")
        listening = {Sense.NOTIFICATIONS: world.now - timedelta(hours=2)}
        assert not check_senses(world.app, [followup.call], listening, world.now - timedelta(hours=3), world.now)
        world.later(minutes=30)
    assert read_sense_health(world.app.ledger, Sense.NOTIFICATIONS).missed == 0
    assert is_proven(world.app.ledger, Sense.NOTIFICATIONS)
    assert not world.app.hides_numbers(Sense.NOTIFICATIONS)


def test_a_test_call_counts_as_reported_until_calls_show_how_well_a_sense_hears(world: World) -> None:
    assert not has_reported(world.app.ledger, Sense.INBOX, world.now)
    report_ring(world, ANA, sense="inbox")
    assert has_reported(world.app.ledger, Sense.INBOX, world.now)
    assert not has_reported(world.app.ledger, Sense.STREAM, world.now)
    assert not has_reported(world.app.ledger, Sense.INBOX, world.now + timedelta(days=3))
    world.app.ledger.key_values.write("ear inbox", "2 1 1")
    assert not has_reported(world.app.ledger, Sense.INBOX, world.now)


def test_a_sense_that_listens_but_is_deaf_or_gets_no_answer_is_not_said_to_hear(world: World) -> None:
    ledger, listening = world.app.ledger, ["inbox", "telephony", "notifications"]
    note_list_answered(ledger)
    assert heard_by(ledger, listening, world.now) == ["telephony", "notifications"]
    note_list_failed(ledger, world.now)
    ledger.key_values.write("ear telephony", "2 1 1")
    assert heard_by(ledger, listening, world.now) == []


def test_two_calls_that_a_sense_missed_are_reported_once_and_so_is_its_recovery(world: World) -> None:
    world.phone.change(maker="Samsung")
    assert not missed_by_inbox(world)
    assert missed_by_inbox(world)
    assert not missed_by_inbox(world)
    (trouble,) = (trouble for trouble in world.app.ledger.key_values.troubles() if trouble.source is Source.RINGS)
    assert "inbox did not report them" in trouble.sentence
    assert "Never sleeping" in trouble.remedy
    assert sum("did not hear" in shown["title"] for shown in world.phone.happened("shown")) == 1
    report_ring(world)
    assert missed_by_inbox(world)
    assert read_sense_health(world.app.ledger, Sense.INBOX).missed == 0
    assert is_proven(world.app.ledger, Sense.INBOX)
    assert report_of_rings(world) == ""


def test_the_warning_stays_until_the_sense_hears_again(world: World) -> None:
    report_ring(world)
    missed_by_inbox(world)
    for _ in range(4):
        missed_by_inbox(world)
        assert read_sense_health(world.app.ledger, Sense.INBOX).ever_heard
    assert sum("did not hear" in shown["title"] for shown in world.phone.happened("shown")) == 1
    assert report_of_rings(world)


def test_calls_in_quiet_hours_do_not_count(world: World) -> None:
    world.settings('region = "IE"\n[log]\nquiet_hours = "00:00-23:59"\n')
    for _ in range(3):
        assert not missed_by_inbox(world)
    assert world.titles() == []
    assert read_sense_health(world.app.ledger, Sense.INBOX).missed == 0


def test_ignored_callers_whose_rings_were_reported_are_not_missed(world: World) -> None:
    world.app.ledger.block_list.add(Kind.IGNORED_LINE, [world.app.line_of(ANA)])
    for _ in range(3):
        report_ring(world)
        assert not missed_by_inbox(world)
    assert is_proven(world.app.ledger, Sense.INBOX)


def test_an_automation_that_gives_no_numbers_is_not_proven_and_its_rings_are_not_called_private(world: World) -> None:
    report_ring(world, "")
    assert world.titles() == ["Private number"]
    missed_by_inbox(world)
    assert not is_proven(world.app.ledger, Sense.INBOX)
    world.attend()
    report_ring(world, "")
    assert "Incoming call" in world.titles()
    missed_call(world)
    world.later(hours=1)
    report_ring(world)
    missed_by_inbox(world)
    assert is_proven(world.app.ledger, Sense.INBOX)


def test_without_any_sense_the_report_says_how_to_set_one_up(world: World) -> None:
    for _ in range(3):
        check_senses(world.app, [missed_call(world)], {}, world.now - timedelta(hours=1), world.now)
    (trouble,) = world.app.ledger.key_values.troubles()
    assert "docs/hearing-a-ring.md" in trouble.remedy


def test_calls_before_the_daemons_start_and_calls_that_did_not_ring_do_not_count(world: World) -> None:
    followup = world.called(kind=CallType.OUTGOING)
    assert not check_senses(world.app, [followup.call], {}, world.now - timedelta(hours=1), world.now)
    old = replace(followup.call, type=CallType.MISSED)
    assert not check_senses(world.app, [old], {Sense.INBOX: world.now}, world.now, world.now)
    assert world.app.ledger.key_values.read("rings unheard") is None


def test_a_warning_that_cannot_be_shown_is_in_the_status(world: World) -> None:
    world.phone.uninstall("termux-notification")
    world.phone.uninstall("getprop")
    world.app = replace(world.app)
    for _ in range(2):
        missed_by_inbox(world)
    assert report_of_rings(world)


def test_a_warning_that_could_not_be_shown_is_shown_with_the_next_call(world: World) -> None:
    began = world.now
    for installed in (False, True):
        if installed:
            world.phone.install("termux-notification")
        else:
            world.phone.uninstall("termux-notification")
        for _ in range(2):
            check_senses(world.app, [missed_call(world)], {Sense.INBOX: began}, began, world.now)
            world.later(minutes=1)
    assert world.titles() == ["callerid did not hear the phone ring"]
    check_senses(world.app, [missed_call(world)], {Sense.INBOX: began}, began, world.now)
    assert sum(shown["title"].startswith("callerid did not") for shown in world.phone.happened("shown")) == 1


def test_a_ring_in_the_second_of_the_daemons_start_proves_its_sense(world: World) -> None:
    """The call log knows whole seconds: its start of a call lies up to a second before the ring."""
    began = world.now + timedelta(milliseconds=400)
    receive(world.app, Ring(at=began, number=ANA, sense="telephony"), began)
    check_senses(world.app, [missed_call(world)], {Sense.TELEPHONY: began}, began, world.now + timedelta(seconds=30))
    assert proven_senses(world.app.ledger) == (Sense.TELEPHONY,)


def test_nothing_is_reported_while_caller_id_is_off(world: World) -> None:
    world.settings('region = "IE"\nenabled = false\n')
    began = world.now
    for _ in range(4):
        check_senses(world.app, [missed_call(world)], {Sense.INBOX: began}, began, world.now)
    assert report_of_rings(world) == ""


def test_a_lost_sense_is_reported_with_its_own_remedy(world: World) -> None:
    report_ring(world, sense="telephony")
    assert not missed_by(world, number=ANA)
    assert proven_senses(world.app.ledger) == (Sense.TELEPHONY,)
    assert not missed_by(world, Sense.TELEPHONY)
    assert missed_by(world, Sense.TELEPHONY)
    assert "telephony did not report them" in report_of_rings(world)
    assert "pm grant" in report_of_rings(world)


def test_a_lost_sense_did_not_miss_a_ring_that_another_reported(world: World) -> None:
    for _ in range(3):
        report_ring(world, sense="telephony")
        missed_by(world, Sense.STREAM, number=ANA)
    assert read_sense_health(world.app.ledger, Sense.STREAM).missed == 0
    assert report_of_rings(world) == ""


def test_calls_that_no_sense_could_report_are_reported_even_if_one_did_long_ago(world: World) -> None:
    report_ring(world, sense="telephony")
    missed_by(world, number=ANA)
    missed_by(world)
    assert missed_by(world)
    assert "no sense reported them" in report_of_rings(world)


def test_the_daemon_learns_that_other_senses_are_deaf_in_quiet_hours_too(world: World) -> None:
    missed_by(world, Sense.STREAM)
    call = missed_call(world, OTHER)
    world.later(hours=1)
    later = world.app.local_time(world.now)
    ends = later + timedelta(minutes=30)
    world.settings(f'region = "IE"\n[log]\nquiet_hours = "{later:%H:%M}-{ends:%H:%M}"\n')
    assert check_senses(world.app, [call], {}, call.start - timedelta(hours=1), world.now, lost=(Sense.STREAM,))
    assert report_of_rings(world) == ""
