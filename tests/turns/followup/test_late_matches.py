"""Late matches: the earlier calls of a new contact are found whatever happens between the sync and the comparison, and without
looking up every unknown caller."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.questions import Question
from callerid.core.followup.states import State
from callerid.models import Kind as Record
from callerid.store.ledger.block_list import Kind
from callerid.turns.followup.late_matches import offer_late_matches
from callerid.turns.upkeep.reconcile import reconcile
from tests.turns.test_statement_counts import statements

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World

STRANGER = "+33145678900"
MANY = 10_000


def unknown_caller(world: World, number: str = STRANGER) -> FollowUp:
    """A call of an unknown caller that was compared with changed contacts twice."""
    followup = world.called(number)
    world.attend()
    assert world.again(followup).state is State.NOT_IN_CRM
    world.portal.limits.searches = 1000  # the clock stands still here
    for _ in range(2):
        assert offer_late_matches(world.app, world.now) == 0
        world.later(days=1)
    return followup


def create(world: World, number: str = STRANGER) -> str:
    """Create a contact in the portal, and return its id."""
    contact = world.portal.records.create("contacts", {"firstname": "Léa", "lastname": "Petit", "phone": number})
    return str(contact.id)


def offered(world: World) -> int:
    return offer_late_matches(world.app, world.now)


def many_strangers(world: World) -> None:
    """Add calls of as many strangers, settled long ago."""
    ledger = world.app.ledger.connection
    start = int((world.now - timedelta(days=300)).timestamp())
    numbers = [f"+4989{1_000_000 + place}" for place in range(MANY)]
    ledger.execute("BEGIN")
    ledger.executemany(
        "INSERT INTO calls VALUES (?, ?, ?, 'INCOMING', 60, NULL, 0, '', ?, ?, 0)",
        [(number, start + place, number, number, start) for place, number in enumerate(numbers)],
    )
    ledger.executemany(
        "INSERT INTO followups (call_key, state, settled_at) VALUES (?, 'not-in-crm', ?)", [(number, start) for number in numbers]
    )
    ledger.execute("COMMIT")


def test_after_a_sync_without_changes_no_caller_is_looked_up_however_many_strangers_there_are(world: World) -> None:
    many_strangers(world)
    unknown_caller(world)
    world.sync()
    with statements(world) as seen:
        assert offered(world) == 0
    assert not [sql for sql in seen if "contact_keys" in sql]
    assert len(seen) < 20


def test_after_a_sync_with_a_new_contact_only_its_caller_is_looked_up(world: World) -> None:
    many_strangers(world)
    unknown_caller(world)
    create(world)
    world.sync()
    with statements(world) as seen:
        assert offered(world) == 1
    assert len([sql for sql in seen if "contact_keys" in sql]) == 1


def test_a_contact_that_gets_the_number_of_an_earlier_caller_is_found(world: World) -> None:
    unknown_caller(world)
    contact = min(world.portal.records.by_kind["contacts"])
    world.portal.records.edit("contacts", contact, {"phone": "+33 1 45 67 89 00"})
    world.sync()
    assert offered(world) == 1


@pytest.mark.parametrize("full", [False, True])
def test_a_new_contact_is_found_even_if_the_process_died_after_the_sync(world: World, *, full: bool) -> None:
    unknown_caller(world)
    create(world)
    if full:
        world.settings('region = "IE"\n[sync]\nrecent = "12 months"\n')
    world.sync()
    world.restart()
    world.later(hours=1)
    world.sync()
    assert offered(world) == 1


def test_a_caller_whose_number_is_read_differently_in_another_region_is_found(world: World) -> None:
    unknown_caller(world, "01 45 67 89 00")
    create(world)
    world.sync()
    assert offered(world) == 0
    world.app = replace(world.app, region="FR")
    world.sync()
    assert offered(world) == 1


def test_a_caller_from_before_the_region_changed_is_found_afterwards(world: World) -> None:
    unknown_caller(world, "01 45 67 89 00")
    world.app = replace(world.app, region="FR")
    world.sync()
    assert offered(world) == 0
    world.later(days=1)
    create(world)
    world.sync()
    assert offered(world) == 1


def test_a_call_that_was_settled_by_a_lookup_before_the_sync_is_found(world: World) -> None:
    unknown_caller(world)
    followup = world.called("+33145678901")
    looked_at = world.now
    create(world, "+33145678901")
    world.sync()
    assert offered(world) == 0
    settled = replace(followup, state=State.NOT_IN_CRM, reason="nobody in the CRM has this number")
    assert world.app.ledger.calls.change(followup, settled, looked_at)
    world.later(minutes=30)
    world.sync()
    assert offered(world) == 1


def test_a_contact_that_was_named_for_a_call_and_comes_later_is_found(world: World) -> None:
    followup = world.again(unknown_caller(world))
    person = create(world, "+4930123456")
    assert world.app.ledger.calls.change(followup, replace(followup, answers=((Question.PERSON, person),)), world.now)
    world.later(days=1)
    world.sync()
    assert offered(world) == 1


def test_an_ignored_caller_is_found_when_no_longer_ignored(world: World) -> None:
    unknown_caller(world)
    world.app.ledger.block_list.add(Kind.IGNORED_LINE, [STRANGER])
    create(world)
    world.sync()
    assert offered(world) == 0
    world.app.ledger.block_list.remove(Kind.IGNORED_LINE, STRANGER)
    world.later(days=1)
    world.sync()
    assert offered(world) == 1


def test_a_contact_that_came_while_late_calls_were_off_is_found_when_they_are_on(world: World) -> None:
    unknown_caller(world)
    world.settings('region = "IE"\n[log]\nlate = "off"\n')
    create(world)
    world.sync()
    assert offered(world) == 0
    world.settings('region = "IE"\n')
    assert offered(world) == 1


def test_a_clock_that_was_ahead_hides_no_match(world: World) -> None:
    unknown_caller(world)
    create(world)
    world.sync()
    world.now -= timedelta(days=30)
    assert offered(world) == 1


def test_an_earlier_call_is_offered_once_although_its_contact_goes_and_comes_again(world: World) -> None:
    followup = unknown_caller(world)
    contact = create(world)
    world.sync()
    assert offered(world) == 1
    world.app.mirror.update(world.app.region).remove(Record.CONTACTS, [int(contact)])
    for batch in world.app.ledger.batches.all():
        world.app.ledger.batches.remove(batch)
    reconcile(world.app, world.now)  # nothing asks about the call any more, so it is decided anew
    world.attend()
    assert world.again(followup).state is State.NOT_IN_CRM
    create(world)
    world.sync()
    assert offered(world) == 0
