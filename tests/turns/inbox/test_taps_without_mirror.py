"""What a person taps while the mirror is gone, and the CRM cannot be reached to fill it again: the card said who called, so the answer
counts as soon as the mirror says so again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.questions import AskedQuestion
from callerid.core.followup.states import State
from callerid.core.inbox_events import Reply, Tap
from callerid.core.upkeep.health import Source
from callerid.errors import CommandHung, UsageFault
from callerid.models import CallType, Outcome
from callerid.store.ledger.reading.fact_names import DIALOG_TRIED
from callerid.turns.facts import turn_facts
from callerid.turns.followup import dialogs_as_cards
from callerid.turns.followup.conversation import question_or_result
from callerid.turns.followup.dialogs import AskResult, ask
from callerid.turns.followup.situation import read_situation
from callerid.turns.inbox.quick_log import quick_log
from callerid.turns.inbox.receive import receive
from callerid.turns.repair import report_replaced_mirror
from tests.damages import DAMAGES, delete_with_journal
from tests.turns.world import ANA

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World

ON_CARDS = 'region = "IE"\n[log]\nvia = "notification"\nreply = true\n'


@pytest.fixture(autouse=True)
def _only_cards_ask(world: World) -> None:
    world.settings(ON_CARDS)


def asked(world: World) -> FollowUp:
    """Return a call of Ana's whose card is on the screen."""
    followup = world.called()
    world.attend()
    assert followup.notification_id in [shown.id for shown in world.phone.notifications()]
    return followup


def lose_mirror(world: World, damage: Callable[[Path], None] = delete_with_journal) -> None:
    """Damage the mirror, and let a process that starts then find that out."""
    damage(world.where.mirror)
    world.restart()
    world.who(ANA)
    report_replaced_mirror(world.app, world.now)


def restore_mirror(world: World, minutes: float = 10) -> None:
    world.later(minutes=minutes)
    world.sync()


def asked_by_card(world: World) -> FollowUp:
    """Return a call of Ana's whose questions are on its card, because Android shows no dialogs."""
    world.settings('region = "IE"\n')
    followup = asked(world)
    world.app.report(Source.DIALOGS, CommandHung("no dialog was shown."), world.now)
    world.app.ledger.key_values.write_time(DIALOG_TRIED, world.now)
    world.tap(followup, "log")
    assert ask(world.app, world.clock) is AskResult.ON_A_CARD
    return followup


def press(world: World, followup: FollowUp, button: str) -> None:
    receive(world.app, world.tap_of(followup, button), world.now)


def reply(world: World, followup: FollowUp, note: str) -> None:
    token = world.again(followup).token
    world.app.termux.remove_notification(followup.notification_id)
    receive(world.app, Reply(at=world.now, token=token, text=note), world.now)


def in_crm(world: World) -> list[tuple[str, str]]:
    world.deliver()
    return [(call.disposition, call.note) for call in world.portal.held_calls()]


def wait_in_vain(world: World, **spans: float) -> None:
    """Let time pass, with the turns of a daemon that cannot reach the CRM."""
    for _ in range(4):
        world.later(**{unit: count / 4 for unit, count in spans.items()})
        assert not world.attend().ask
        report_replaced_mirror(world.app, world.now)


@pytest.mark.parametrize("spans", [{"seconds": 8}, {"minutes": 40}, {"days": 9}], ids=str)
@pytest.mark.parametrize("damage", DAMAGES)
def test_an_outcome_that_is_tapped_while_the_mirror_is_gone_is_logged_when_it_is_back(
    world: World, damage: Callable[[Path], None], spans: dict[str, float]
) -> None:
    followup = asked(world)
    lose_mirror(world, damage)
    press(world, followup, "Connected")
    wait_in_vain(world, **spans)
    assert in_crm(world) == []
    world.sync()
    world.attend()
    assert in_crm(world) == [("Connected", "")]
    assert world.again(followup).state is State.LOGGED


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_tap_that_is_the_first_to_meet_the_damage_counts_too(world: World, damage: Callable[[Path], None]) -> None:
    followup = asked(world)
    damage(world.where.mirror)
    world.restart()
    press(world, followup, "Connected")
    wait_in_vain(world, hours=1)
    world.sync()
    world.attend()
    assert in_crm(world) == [("Connected", "")]


def test_a_mirror_that_is_lost_in_the_middle_of_a_turn_is_not_taken_for_one_that_lacks_the_caller(world: World) -> None:
    followup = asked(world)
    facts = turn_facts(world.app, world.now)
    delete_with_journal(world.where.mirror)
    assert quick_log(world.app, world.again(followup), Outcome.CONNECTED, "", facts)
    wait_in_vain(world, hours=1)
    world.sync()
    world.attend()
    assert in_crm(world) == [("Connected", "")]


@pytest.mark.parametrize("label", ["Connected", "Busy"])
def test_an_outcome_that_is_tapped_on_a_question_where_dialogs_do_not_show_waits_for_the_mirror_too(
    world: World, label: str
) -> None:
    followup = asked_by_card(world)
    lose_mirror(world)
    world.press(followup, label)
    world.attend()
    assert world.titles() == ["On its way to the CRM: the call"]
    restore_mirror(world)
    world.attend()
    world.deliver()
    assert [(call.disposition, call.contacts) for call in world.portal.held_calls()] == [(label, ("Ana López",))]


def test_a_deal_that_is_tapped_while_the_mirror_is_gone_is_asked_for_again(world: World) -> None:
    (contact,) = (int(candidate.id) for candidate in world.who(ANA))
    second = world.portal.records.create("deals", {"dealname": "Second", "dealstage": "contractsent", "pipeline": "default"})
    world.portal.records.link("deals", second.id, "contacts", contact, 3)
    world.later(hours=2)
    world.sync()
    followup = asked_by_card(world)
    world.press(followup, "Connected")
    lose_mirror(world)
    world.press(followup, "Second")
    restore_mirror(world, minutes=1)
    world.attend()
    ask(world.app, world.clock)
    world.press(followup, "Second")
    world.deliver()
    assert [(call.disposition, call.deals) for call in world.portal.held_calls()] == [("Connected", ("Second",))]


def test_only_the_outcomes_of_the_newest_questions_are_kept(world: World) -> None:
    followup = asked_by_card(world)
    facts = turn_facts(world.app, world.now)
    asked_now = question_or_result(world.app, read_situation(world.app, world.again(followup), facts), facts)
    assert isinstance(asked_now, AskedQuestion)
    for contact_id in map(str, range(40)):
        dialogs_as_cards._keep_outcomes(world.app.ledger, replace(asked_now, contact_id=contact_id))
    assert len(json.loads(world.app.ledger.key_values.read(dialogs_as_cards._OFFERED) or "")) == 30


def test_a_note_that_is_typed_while_the_mirror_is_gone_is_logged_when_it_is_back(world: World) -> None:
    followup = asked(world)
    lose_mirror(world)
    reply(world, followup, "sends the offer")
    reply(world, followup, "sends the offer")  # received twice, as after a kill
    wait_in_vain(world, hours=3)
    world.sync()
    world.attend()
    assert in_crm(world) == [("Connected", "sends the offer")]


def test_an_answer_that_waits_for_the_mirror_survives_a_restart_of_the_phone(world: World) -> None:
    followup = asked(world)
    lose_mirror(world)
    press(world, followup, "Connected")
    world.app.ledger.calls.show_again()
    world.restart()
    wait_in_vain(world, minutes=30)
    world.sync()
    world.attend()
    assert in_crm(world) == [("Connected", "")]


def test_the_answer_waits_for_whoever_it_was_and_asks_if_nobody_has_the_number_any_more(world: World) -> None:
    followup = asked(world)
    (ana,) = world.who(ANA)
    lose_mirror(world)
    press(world, followup, "Connected")
    world.portal.records.purge("contacts", int(ana.id))
    world.sync()
    assert world.attend().ask
    assert dict(world.again(followup).answers) == {"outcome": "connected"}
    assert in_crm(world) == []


def test_the_card_says_that_the_answer_waits_and_takes_it_back(world: World) -> None:
    followup = asked(world)
    lose_mirror(world)
    reply(world, followup, "sends the offer")
    world.attend()
    (card,) = world.phone.notifications()
    assert (card.title, card.buttons) == ("On its way to the CRM: the call", ("Change…", "Undo"))
    press(world, followup, "Undo")
    world.attend()
    assert world.titles() == []
    world.sync()
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]
    assert in_crm(world) == []


def test_a_card_that_cannot_say_so_does_not_keep_the_answer_from_being_logged(world: World) -> None:
    followup = asked(world)
    lose_mirror(world)
    press(world, followup, "Connected")
    world.phone.fault("termux-notification", "denied", times=3)
    wait_in_vain(world, minutes=2)
    world.sync()
    world.attend()
    assert in_crm(world) == [("Connected", "")]


def test_a_swipe_after_the_answer_does_not_drop_it(world: World) -> None:
    followup = asked(world)
    lose_mirror(world)
    press(world, followup, "Connected")
    press(world, followup, "swipe")  # before the card says that the answer waits
    wait_in_vain(world, minutes=20)
    world.sync()
    world.attend()
    assert in_crm(world) == [("Connected", "")]


def test_a_call_that_is_put_off_after_its_answer_is_asked_about_again(world: World) -> None:
    followup = asked(world)
    lose_mirror(world)
    press(world, followup, "Connected")
    press(world, followup, "Not now")
    world.sync()
    world.attend()
    assert in_crm(world) == []
    world.now = world.now.replace(hour=21)
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]


def test_a_swipe_while_the_mirror_is_gone_is_no_word_about_a_stranger(world: World) -> None:
    followup = asked(world)
    lose_mirror(world)
    press(world, followup, "swipe")
    assert (world.again(followup).state, world.again(followup).reason) == (State.DISMISSED, "swiped away")


def test_all_of_the_evenings_calls_are_logged_when_the_mirror_is_back(world: World) -> None:
    for _ in range(2):
        press(world, asked(world), "Not now")
    world.now = world.now.replace(hour=20)
    world.attend()
    (batch,) = world.app.ledger.batches.all()
    lose_mirror(world)
    receive(world.app, Tap(at=world.now, token=batch.token, word="all"), world.now)
    wait_in_vain(world, hours=1)
    assert in_crm(world) == []
    world.sync()
    world.attend()
    assert in_crm(world) == [("Connected", ""), ("Connected", "")]


def test_a_dialog_that_is_wanted_while_the_mirror_is_gone_does_not_ask_to_add_a_known_caller(world: World) -> None:
    world.settings('region = "IE"\n[log]\nnote = "off"\nfollow_up = false\n')
    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    lose_mirror(world)
    world.tap(followup, "log")
    world.attend()
    assert world.ask().value == "nothing to ask"
    world.sync()
    world.attend()
    world.ask("No answer")
    assert [outcome for outcome, _ in in_crm(world)] == ["No answer"]


def test_the_card_comes_again_when_the_mirror_was_gone_too_long_for_the_dialog(world: World) -> None:
    followup = asked(world)
    lose_mirror(world)
    world.tap(followup, "log")
    world.app.termux.remove_notification(followup.notification_id)
    wait_in_vain(world, hours=2)
    assert world.titles() == []
    world.sync()
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]


def test_a_card_that_was_put_off_is_shown_again_although_the_mirror_was_gone_at_its_time(world: World) -> None:
    followup = asked(world)
    press(world, followup, "Not now")
    lose_mirror(world)
    world.now = world.now.replace(hour=21)
    wait_in_vain(world, hours=1)
    world.sync()
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]


def test_without_a_mirror_the_questions_of_a_call_say_what_is_missing(world: World) -> None:
    followup = asked(world)
    lose_mirror(world)
    facts = turn_facts(world.app, world.now)
    with pytest.raises(UsageFault, match="no mirror of the CRM"):
        question_or_result(world.app, read_situation(world.app, followup, facts), facts)
    assert world.who(ANA) == ()
