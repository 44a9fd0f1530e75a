"""The canary, the phone's own contacts, and the dialer that one test call tells."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.inbox_events import Ring
from callerid.core.ringing.senses import Sense
from callerid.core.upkeep.health import Source
from callerid.models import CallType
from callerid.turns.inbox.receive import receive
from callerid.turns.ringing.learn_dialer import learn_dialer
from callerid.turns.ringing.phone_contacts import read_phone_contacts
from callerid.turns.ringing.sense_health import check_senses, proven_senses
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World


def missed(world: World) -> FollowUp:
    return world.called(kind=CallType.MISSED, talked=0)


def test_the_canary_that_could_not_be_shown_is_shown_with_the_next_call(world: World) -> None:
    began = world.now
    for installed in (False, True):
        if installed:
            world.phone.install("termux-notification")
        else:
            world.phone.uninstall("termux-notification")
        for _ in range(2):
            check_senses(world.app, [missed(world).call], {Sense.INBOX: began}, began, world.now)
            world.later(minutes=1)
    assert world.titles() == ["callerid did not hear the phone ring"]
    check_senses(world.app, [missed(world).call], {Sense.INBOX: began}, began, world.now)
    assert sum(shown["title"].startswith("callerid did not") for shown in world.phone.happened("shown")) == 1


def test_a_ring_heard_in_the_second_in_which_the_daemon_began_proves_its_sense(world: World) -> None:
    """The call log knows whole seconds: its start of a call lies up to a second before the ring."""
    began = world.now + timedelta(milliseconds=400)
    receive(world.app, Ring(at=began, number=ANA, sense="telephony"), began)
    check_senses(world.app, [missed(world).call], {Sense.TELEPHONY: began}, began, world.now + timedelta(seconds=30))
    assert proven_senses(world.app) == (Sense.TELEPHONY,)


def test_it_is_silent_while_caller_id_is_off(world: World) -> None:
    world.settings('region = "IE"\nenabled = false\n')
    began = world.now
    for _ in range(4):
        check_senses(world.app, [missed(world).call], {Sense.INBOX: began}, began, world.now)
    assert [trouble for trouble in world.app.ledger.key_values.troubles() if trouble.source is Source.RINGS] == []


def test_what_the_person_saved_comes_before_what_the_call_log_remembers(world: World) -> None:
    world.phone.change(contacts=[{"name": "Zoe Quinn", "number": "+33145678900"}])
    read_phone_contacts(world.app, world.now)
    world.called("+33145678900", name="Quinn, Zoe")
    assert world.app.mirror.phone_contacts.name_of("+33145678900", "IE") == "Zoe Quinn"


def test_contacts_that_are_known_to_be_stale_are_read_as_soon_as_may_be(world: World) -> None:
    read_phone_contacts(world.app, world.now)
    world.later(minutes=5)
    due = read_phone_contacts(world.app, world.now, stale=True)
    assert due
    assert due - world.now <= timedelta(minutes=30)
    world.now = due + timedelta(seconds=1)
    world.phone.change(contacts=[{"name": "New", "number": "+33145678900"}])
    read_phone_contacts(world.app, world.now)  # the loop's next turn knows of no news
    assert world.app.mirror.phone_contacts.name_of("+33145678900", "IE") == "New"


def test_the_end_of_the_test_call_is_seen_in_a_full_log(world: World) -> None:
    for number in range(20):
        world.phone.add_call(ANA, CallType.INCOMING, world.now - timedelta(hours=number + 1), 5)
    looks = []

    def wait(_: float) -> None:
        looks.append(1)
        if len(looks) == 1:
            world.phone.ring("+33145678900")
        if len(looks) == 3:
            world.phone.miss()

    assert learn_dialer(world.app, wait)
    assert len(looks) <= 5
