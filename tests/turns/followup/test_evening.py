"""*Not now*: calls that were put off are asked about once, together, in the evening."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.states import State
from callerid.core.inbox_events import Tap
from callerid.models import CallType
from callerid.turns.followup.dialogs import AskResult
from callerid.turns.inbox.receive import receive
from callerid.turns.upkeep.after_reboot import show_again_if_lost
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp
    from callerid.turns.wake import Wake
    from tests.turns.world import World


def numbers_of(world: World, count: int) -> list[str]:
    """Return numbers of contacts with at most one open deal, so that one tap is enough."""
    numbers = []
    for contact in list(world.portal.records.by_kind["contacts"].values()):
        number = contact.properties.get("phone") or ""
        people = world.who(number) if number else ()
        if len(people) == 1 and people[0].match.match == "exact" and len(people[0].deals) <= 1:
            numbers.append(number)
    return numbers[:count]


def snoozed(world: World, count: int) -> list[FollowUp]:
    followups = []
    for number in numbers_of(world, count):
        followup = world.called(number)
        world.attend()
        world.tap(followup, "later")
        followups.append(followup)
    world.later(minutes=2)
    world.attend()
    assert world.titles() == []
    return followups


def put_off(world: World, followup: FollowUp) -> None:
    world.attend()
    world.tap(followup, "later")


def tap_batch(world: World, word: str) -> Wake:
    (batch,) = world.app.ledger.batches.all()
    return receive(world.app, Tap(at=world.now, token=batch.token, word=word), world.now)


def evening(world: World) -> None:
    world.now = world.now.replace(hour=18, minute=0)  # an hour later in Berlin, where the phone is
    world.attend()


@pytest.mark.parametrize(("word", "minutes"), [("quarter", 15), ("hour", 60)])
def test_a_call_can_be_put_off_by_a_quarter_of_an_hour_or_an_hour(world: World, word: str, minutes: int) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "later")
    world.tap(followup, word)
    assert world.titles() == []
    attended = world.attend()
    assert attended.next_at == world.now + timedelta(minutes=minutes)
    world.later(minutes=minutes)
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]


def test_the_evening_asks_about_all_in_one_notification(world: World) -> None:
    snoozed(world, 4)
    evening(world)
    (card,) = world.phone.notifications()
    assert card.title == "4 calls not logged"
    assert card.buttons == ("Log all", "One by one", "Dismiss all")
    assert "Ana López" in card.content


def test_the_evenings_card_counts_the_calls_of_one_person(world: World) -> None:
    for _ in range(3):
        put_off(world, world.called())
    put_off(world, world.called(numbers_of(world, 2)[1]))
    evening(world)
    assert world.shown("4 calls not logged").content.startswith("Ana López · Acme Ltd (3), ")


def test_one_tap_logs_them_all_as_connected(world: World) -> None:
    followups = snoozed(world, 4)
    evening(world)
    wake = tap_batch(world, "all")
    assert (wake.deliver, wake.ask) == (True, False)
    world.deliver()
    assert [call.disposition for call in world.portal.held_calls()] == ["Connected"] * 4
    world.attend()
    assert [title for title in world.titles() if title.startswith("Logged")] == world.titles()
    assert {world.again(f).state for f in followups} == {State.LOGGED}


def test_one_by_one_opens_a_dialog_for_each_and_leaving_one_leaves_the_rest_for_later(world: World) -> None:
    followups = snoozed(world, 3)
    evening(world)
    tap_batch(world, "each")
    assert world.ask("Connected", "first") is AskResult.ANSWERED
    world.later(minutes=8)
    assert world.ask("Busy", "second") is AskResult.ANSWERED
    world.later(minutes=8)
    assert world.ask(None) is AskResult.LEFT
    assert world.ask() is AskResult.NOTHING_TO_ASK
    world.attend()
    assert [title for title in world.titles() if "not logged" in title] == ["1 call not logged"]
    assert [world.again(f).state for f in followups] == [State.QUEUED, State.QUEUED, State.GATHERED]


def test_no_dialog_opens_for_calls_that_were_dismissed_after_one_by_one(world: World) -> None:
    snoozed(world, 2)
    evening(world)
    tap_batch(world, "each")
    tap_batch(world, "none")
    assert world.ask() is AskResult.NOTHING_TO_ASK
    assert not world.phone.happened("dialog")


def test_dismissing_them_all_logs_none(world: World) -> None:
    followups = snoozed(world, 3)
    evening(world)
    tap_batch(world, "none")
    world.attend()
    assert world.titles() == []
    assert {world.again(f).state for f in followups} == {State.DISMISSED}
    world.deliver()
    assert world.calls_in_crm() == 0


def test_a_swipe_of_the_evenings_card_asks_again_tomorrow(world: World) -> None:
    followups = snoozed(world, 2)
    evening(world)
    tap_batch(world, "swiped")
    world.attend()
    assert world.titles() == []
    assert {world.again(f).state for f in followups} == {State.OPEN}
    world.later(days=1, minutes=1)
    world.attend()
    assert world.titles() == ["2 calls not logged"]


def test_cards_that_nobody_answered_join_the_evening(world: World) -> None:
    for number in numbers_of(world, 3):
        world.called(number)
        world.attend()
    assert len(world.titles()) == 3
    evening(world)
    assert world.titles() == ["3 calls not logged"]


@pytest.mark.parametrize(("button", "state"), [("Connected", State.LOGGED), ("swipe", State.DISMISSED)])
def test_a_tap_that_waited_in_the_inbox_counts_although_the_evening_has_gathered_its_call(
    world: World, button: str, state: State
) -> None:
    """As on a full phone, where a change of a row finds room and an answer does not."""
    tapped, other = [world.called(number) for number in numbers_of(world, 2)]
    world.attend()
    tap = world.tap_of(tapped, button)
    evening(world)
    assert world.titles() == ["2 calls not logged"]
    receive(world.app, tap, world.now)
    world.deliver()
    assert (world.again(tapped).state, world.again(other).state) == (state, State.GATHERED)
    world.attend()
    assert "1 call not logged" in world.titles()


def test_a_single_call_of_the_evening_has_its_own_card(world: World) -> None:
    snoozed(world, 1)
    evening(world)
    assert world.titles() == ["Log call with Ana López?"]


def test_a_contact_that_must_be_chosen_is_asked_for_after_logging_all(world: World) -> None:
    records = world.portal.records
    contact = min(records.by_kind["contacts"])
    properties = {"dealname": "Second deal", "dealstage": "contractsent", "pipeline": "default"}
    records.create("deals", properties, [("contacts", contact, 3)])
    world.sync()
    others = numbers_of(world, 2)
    for number in (ANA, *others):
        followup = world.called(number)
        world.attend()
        world.tap(followup, "later")
    evening(world)
    wake = tap_batch(world, "all")
    assert wake.ask
    assert world.ask("Second deal", "") is AskResult.ANSWERED
    world.deliver()
    assert len(world.portal.held_calls()) == 3


def test_quiet_hours_hold_the_evenings_card_back(world: World) -> None:
    world.settings('region = "IE"\n[log]\nquiet_hours = "17:00-20:00"\n')
    snoozed(world, 2)
    evening(world)
    assert world.titles() == []
    world.now = world.now.replace(hour=20, minute=1)
    world.attend()
    assert world.titles() == ["2 calls not logged"]


def test_an_evenings_card_that_cannot_be_shown_is_shown_later(world: World) -> None:
    snoozed(world, 2)
    world.phone.fault("termux-notification", "hang", times=1)
    from callerid.phone import termux

    before, termux.EFFECT = termux.EFFECT, 0.5
    try:
        evening(world)
    finally:
        termux.EFFECT = before
    world.later(minutes=1)
    world.attend()
    assert world.titles() == ["2 calls not logged"]


def test_a_missed_call_that_was_put_off_is_logged_as_not_answered(world: World) -> None:
    followup = world.called(kind=CallType.OUTGOING, talked=0)
    world.attend()
    assert world.shown("Log call").buttons == ("No answer", "Log…", "Not now")
    world.tap(followup, "guess")
    world.deliver()
    (call,) = world.portal.held_calls()
    assert (call.disposition, call.status) == ("No answer", "NO_ANSWER")


def test_the_cards_are_shown_again_after_a_restart_of_the_phone(world: World) -> None:
    first = world.now
    assert not show_again_if_lost(world.app.ledger, first, ended_cleanly=True)
    snoozed(world, 2)
    evening(world)
    world.called(numbers_of(world, 3)[2])
    world.attend()
    for shown in world.phone.notifications():
        world.app.termux.remove_notification(shown.id)
    assert not show_again_if_lost(world.app.ledger, first + timedelta(seconds=30), ended_cleanly=True)
    assert show_again_if_lost(world.app.ledger, world.now, ended_cleanly=True)
    world.attend()
    assert len(world.titles()) == 2
