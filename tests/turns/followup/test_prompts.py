"""What is asked after a call, and how: outcomes, deals, notes and follow-ups, in dialogs, by buttons, by one tap, or not at all."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.state import Policy
from callerid.core.followup.states import State
from callerid.core.inbox_events import Reply, Tap
from callerid.core.upkeep.health import Source
from callerid.models import CallEngagement, CallType, Kind, Match
from callerid.store.ledger.reading.fact_names import DIALOG_TRIED, OFF_SINCE
from callerid.turns.facts import turn_facts
from callerid.turns.followup.conversation import ask_all, store_draft
from callerid.turns.followup.dialogs import AskResult, ask
from callerid.turns.followup.late_matches import offer_late_matches
from callerid.turns.followup.log_by_command import CommandAnswers, answer_from_command
from callerid.turns.followup.situation import followup_policy
from callerid.turns.inbox.receive import receive
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World


def log_setting(world: World, text: str) -> None:
    world.settings(f'region = "IE"\n[log]\n{text}\n')


def test_the_outcomes_are_the_portals_own_in_its_order_the_likely_one_first(world: World) -> None:
    world.called(kind=CallType.VOICEMAIL, talked=0)
    world.attend()
    (followup,) = world.app.ledger.calls.active()
    world.tap(followup, "log")
    assert world.ask("Callback requested", "") is AskResult.ANSWERED
    shown = next(dialog for dialog in world.phone.happened("dialog") if "outcome" in dialog["title"])
    assert shown["labels"][0] == "Left voicemail"
    assert "Callback requested" in shown["labels"]
    assert "Old" not in shown["labels"]
    world.deliver()
    assert [call.disposition for call in world.portal.held_calls()] == ["Callback requested"]


def test_a_call_shorter_than_the_setting_is_not_asked_about(world: World) -> None:
    log_setting(world, 'min_duration = "30s"')
    short, longer = world.called(talked=29), world.called(talked=30)
    world.attend()
    assert [world.again(followup).state for followup in (short, longer)] == [State.IGNORED, State.NOTIFIED]


def test_every_setting_about_follow_ups_has_an_effect_on_what_is_decided(world: World) -> None:
    world.settings(
        'enabled = false\n[crm]\nprovider = "file"\nfile = "/people.csv"\n[log]\nscreen = false\nvia = "dialog"\nincoming = false\n'
        'outgoing = false\nunknown = "offer"\nmin_duration = "10s"\nauto_log = "5m"\nlate = "log"\nquiet_hours = "22:00-07:00"\n'
        'sims = ["2"]\n'
    )
    world.app.ledger.key_values.report(Source.DIALOGS, ("a dialog did not open", ""), world.now)
    world.app.ledger.key_values.write_time(DIALOG_TRIED, world.now)
    world.app.ledger.key_values.write_time(OFF_SINCE, world.now)
    policy = followup_policy(world.config, turn_facts(world.app, world.now))
    assert [field.name for field in fields(Policy) if getattr(policy, field.name) == field.default] == []


@pytest.mark.parametrize(
    ("kind", "talked", "disposition", "status"),
    [
        (CallType.INCOMING, 30, "Connected", "COMPLETED"),
        (CallType.OUTGOING, 30, "Connected", "COMPLETED"),
        (CallType.OUTGOING, 0, "No answer", "NO_ANSWER"),
        (CallType.MISSED, 0, "No answer", "NO_ANSWER"),
        (CallType.REJECTED, 0, "Busy", "BUSY"),
        (CallType.VOICEMAIL, 0, "Left voicemail", "NO_ANSWER"),
        (CallType.INCOMING, 0, "No answer", "NO_ANSWER"),
    ],
)
def test_the_outcome_is_guessed_from_the_call(world: World, kind: CallType, talked: int, disposition: str, status: str) -> None:
    followup = world.called(kind=kind, talked=talked)
    world.attend()
    world.tap(followup, "guess")
    world.deliver()
    (call,) = world.portal.held_calls()
    assert (call.disposition, call.status) == (disposition, status)


def test_a_call_above_auto_log_is_logged_without_asking_and_its_card_says_so(world: World) -> None:
    log_setting(world, 'auto_log = "1m"')
    world.called(talked=59)
    world.called(talked=60)
    attended = world.attend()
    assert attended.deliver
    assert "Log call with Ana López?" in world.titles()
    world.deliver()
    world.attend()
    (call,) = world.portal.held_calls()
    assert (call.duration_ms, call.disposition, call.deals) == (60_000, "Connected", ("Renewal 2027",))
    assert world.shown("Logged").buttons == ("Change…", "Undo")


def test_in_quiet_hours_it_is_logged_without_a_card(world: World) -> None:
    log_setting(world, 'auto_log = "1m"\nquiet_hours = "12:00-16:00"')
    world.called(talked=60)
    assert world.attend().deliver
    world.deliver()
    world.attend()
    assert (world.calls_in_crm(), world.titles()) == (1, [])


def test_a_number_that_the_portal_quotes_is_masked_in_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    row = world.app.ledger.outbox.undelivered()[0]
    assert isinstance(row.content, CallEngagement)
    elsewhere = replace(row.content, contact_id="999", company_id=None, deal_id=None)
    world.app.ledger.outbox.put(row.content.external_id, elsewhere, world.now, followup.call.key)
    with caplog.at_level("INFO", "callerid"):
        world.deliver()
    assert world.again(followup).state is State.DEAD
    assert world.app.masked_text("'+353 87 123 4567' is no number") == "'…' is no number"
    assert ANA not in caplog.text


def test_a_probable_match_is_never_logged_without_asking(world: World) -> None:
    log_setting(world, 'auto_log = "1s"')
    switchboard = "+353 1 555 0123"
    contact = min(world.portal.records.by_kind["contacts"])
    world.portal.records.edit("contacts", contact, {"phone": f"{switchboard} ext. 45", "mobilephone": ""})
    world.sync()
    assert [candidate.match.match for candidate in world.who(switchboard)] == [Match.PROBABLE]
    world.called(switchboard, talked=600)
    assert not world.attend().deliver
    assert world.titles() == ["Was it Ana López? Log the call?"]
    world.deliver()
    assert world.calls_in_crm() == 0
    world.called(f"{switchboard},45", talked=600)
    assert world.attend().deliver  # a sure match is logged


def test_a_follow_up_becomes_a_task_with_the_same_associations(world: World) -> None:
    world.called()
    world.attend()
    assert world.ask("Connected", "send <b>the offer</b>", "In 3 days") is AskResult.ANSWERED
    world.deliver()
    (task,) = world.portal.held_tasks()
    assert (task.subject, task.due) == ("Follow up with Ana López", "2026-11-26T08:00:00Z")  # nine in Berlin, where the phone is
    assert (task.contacts, task.deals, task.owner) == (("Ana López",), ("Renewal 2027",), "Max Own")
    assert task.note == "send <b>the offer</b>"
    record = world.portal.records.by_kind["tasks"][task.id]
    assert record.properties["hs_task_reminders"] == "1795680000000"


def test_a_follow_up_can_be_on_a_date_and_a_past_date_is_asked_again(world: World) -> None:
    world.phone.change(digits="٠١٢٣٤٥٦٧٨٩")
    followup = world.called()
    world.attend()
    assert world.ask("Connected", "", "On a date", "2026-11-01", "2026-12-24") is AskResult.ANSWERED
    world.deliver()
    assert [task.due for task in world.portal.held_tasks()] == ["2026-12-24T08:00:00Z"]
    assert world.again(followup).state is State.LOGGED


@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "html", "not_json_200"])
def test_a_task_is_created_once_whatever_the_network_does(world: World, fault: str) -> None:
    world.portal.search_lag = 60
    world.called()
    world.attend()
    world.ask("Connected", "", "Tomorrow")
    world.portal.fault(fault, "POST /crm/objects/2026-09/(tasks|calls)$", times=4)
    for _ in range(60):
        delivered = world.deliver()
        world.now = max(world.now, delivered.next_at or world.now)
        if not delivered.left:
            break
    assert len(world.portal.held_tasks()) == world.calls_in_crm() == 1


def test_back_goes_one_question_back(world: World) -> None:
    world.called()
    world.attend()
    assert world.ask("Connected", "a note", None, "another note", None, None, "Busy", "third note") is AskResult.ANSWERED
    world.deliver()
    assert [(call.disposition, call.note) for call in world.portal.held_calls()] == [("Busy", "third note")]


def test_a_note_can_be_dictated_and_is_typed_when_nothing_was_understood(world: World) -> None:
    log_setting(world, 'note = "choose"')
    world.called()
    world.attend()
    assert world.ask("Connected", "Dictate a note", "as I said") is AskResult.ANSWERED
    widgets = [dialog["widget"] for dialog in world.phone.happened("dialog")]
    assert "speech" in widgets
    world.deliver()
    assert [call.note for call in world.portal.held_calls()] == ["as I said"]


def test_closed_deals_come_after_the_open_ones(world: World) -> None:
    records = world.portal.records
    contact = min(records.by_kind["contacts"])
    for name, stage in (("Second", "contractsent"), ("Won long ago", "closedwon")):
        records.create("deals", {"dealname": name, "dealstage": stage, "pipeline": "default"}, [("contacts", contact, 3)])
    world.sync()
    world.called()
    world.attend()
    assert world.ask("Connected", "Won long ago", "") is AskResult.ANSWERED
    labels = next(dialog["labels"] for dialog in world.phone.happened("dialog") if "deal" in dialog["title"])
    assert labels[-1] == "No deal"
    assert labels[-2].startswith("Won long ago")
    world.deliver()
    assert [call.deals for call in world.portal.held_calls()] == [("Won long ago",)]


# ------------------------------------------------------------------------------------------------ without dialogs


def blind(world: World) -> None:
    """Let Android not draw dialogs, and let callerid have noticed it."""
    world.phone.change(dialogs_blocked=True)
    log = replace(world.config.log, dialog_timeout=timedelta(seconds=0.3))
    world.app = replace(world.app, config=replace(world.config, log=log))
    for _ in range(3):
        followup = world.called()
        world.attend()
        assert ask(world.app, world.clock) is AskResult.LEFT
        world.attend()
        world.tap(followup, "dismiss")
        world.app.termux.remove_notification(followup.notification_id)  # as a swipe does
    assert world.titles() == []


def test_when_dialogs_do_not_show_the_card_asks_with_buttons(world: World) -> None:
    blind(world)
    followup = world.called()
    assert not world.attend().ask  # nothing opens by itself any more
    world.tap(followup, "log")
    assert ask(world.app, world.clock) is AskResult.ON_A_CARD
    (card,) = world.phone.notifications()
    assert card.title == "Call with Ana López: outcome?"
    assert card.buttons == ("Connected", "Busy", "More…")
    assert not world.press(followup, "More").deliver
    (card,) = world.phone.notifications()
    assert card.buttons == ("Left live message", "Left voicemail", "More…")
    assert world.press(followup, "Left voicemail").deliver
    world.deliver()
    assert [call.disposition for call in world.portal.held_calls()] == ["Left voicemail"]


def test_the_contact_can_be_chosen_on_the_card_too(world: World) -> None:
    world.portal.records.create("contacts", {"firstname": "Ben", "lastname": "Kim", "phone": ANA})
    world.sync()
    blind(world)
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    assert ask(world.app, world.clock) is AskResult.ON_A_CARD
    (card,) = world.phone.notifications()
    assert card.title.startswith("Who was it?")
    assert world.press(followup, "Ben Kim").deliver
    world.deliver()
    assert [call.contacts for call in world.portal.held_calls()] == [("Ben Kim",)]


@pytest.mark.parametrize("shown", ["initials", "nothing"])
def test_a_question_on_a_card_shows_no_more_than_the_lock_screen_may(world: World, shown: str) -> None:
    world.portal.records.create("contacts", {"firstname": "Ben", "lastname": "Kim", "phone": ANA})
    world.sync()
    world.settings(f'region = "IE"\n[log]\nunknown = "offer"\n[privacy]\nlock_screen = "{shown}"\n')
    blind(world)
    world.app = replace(world.app, config=world.config)
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    assert ask(world.app, world.clock) is AskResult.ON_A_CARD
    world.called("+33145678900")
    world.attend()
    texts = " ".join(f"{n.title} {n.content} {' '.join(n.buttons)}" for n in world.phone.notifications())
    assert "About the call" in texts
    assert "Add a caller to the CRM?" in texts
    assert not any(secret in texts for secret in ("Ana", "Ben", "López", "Kim", "Acme", "+33"))


def test_a_question_that_needs_typing_is_not_asked_again_and_again(world: World) -> None:
    world.settings('region = "IE"\n[log]\nunknown = "offer"\n')
    blind(world)
    followup = world.called("+33145678900", talked=30)
    world.attend()
    world.tap(followup, "log")
    assert ask(world.app, world.clock) is AskResult.ON_A_CARD
    assert ask(world.app, world.clock) is AskResult.NOTHING_TO_ASK
    world.attend()
    (card,) = world.phone.notifications()
    assert (card.title, card.buttons) == ("Add +33 1 45 67 89 00 to the CRM?", ("Add…", "No"))
    assert card.content == f"This phone shows no dialogs. In Termux, type: callerid log {followup.call.key}"
    world.tap(followup, "log")
    assert ask(world.app, world.clock) is AskResult.ON_A_CARD
    assert len(world.phone.notifications()) == 1
    world.tap(followup, "dismiss")
    assert world.again(followup).state is State.NOT_IN_CRM


def test_dialogs_are_tried_again_the_next_day(world: World) -> None:
    blind(world)
    world.phone.change(dialogs_blocked=False)
    world.later(days=1, minutes=1)
    world.called()
    assert world.attend().ask
    world.app = replace(world.app, config=world.config)
    assert world.ask("Connected", "") is AskResult.ANSWERED
    assert world.app.ledger.key_values.troubles() == ()


# ------------------------------------------------------------------------------------------------ typed into the notification


def test_a_text_typed_into_the_notification_is_the_note(world: World) -> None:
    log_setting(world, "reply = true")
    followup = world.called()
    world.attend()
    (card,) = world.phone.notifications()
    assert (card.buttons, card.replies) == (("Connected", "Note", "Not now"), ("Note",))
    wake = receive(world.app, Reply(at=world.now, token=world.again(followup).token, text="call him $(touch x)"), world.now)
    assert wake.deliver
    world.deliver()
    assert [(call.note, call.disposition) for call in world.portal.held_calls()] == [("call him $(touch x)", "Connected")]


def test_there_is_one_reply_field_at_most_and_it_moves_to_the_newest_call(world: World) -> None:
    log_setting(world, "reply = true")
    world.called()
    world.attend()
    other = next(p for p in list(world.portal.records.by_kind["contacts"].values())[1:] if p.properties.get("phone"))
    world.called(other.properties["phone"])
    for _ in range(12):
        world.attend()
        assert sum(bool(shown.replies) for shown in world.phone.notifications()) <= 1
        world.later(seconds=1)
    with_field = [shown.title for shown in world.phone.notifications() if shown.replies]
    assert len(with_field) == 1
    assert "Ana" not in with_field[0]


def test_a_text_typed_into_a_card_is_never_the_note_of_another_call(world: World) -> None:
    """Android runs the newest card's action, whichever card was typed into: so only the newest has a field, after a pause."""
    log_setting(world, "reply = true")
    people = [p for p in world.portal.records.by_kind["contacts"].values() if len(world.who(p.properties.get("phone") or "0")) == 1]
    for person in people[:4]:
        world.called(person.properties["phone"])
        world.attend()
        for shown in world.phone.notifications():
            if shown.replies:
                name = shown.title.removeprefix("Log call with ").removesuffix("?")
                followup = next(f for f in world.app.ledger.calls.active() if f.notification_id == shown.id)
                receive(world.app, Reply(at=world.now, token=followup.token, text=f"about {name}"), world.now)
        world.later(seconds=10)
        world.attend()
    world.deliver()
    for call in world.portal.held_calls():
        assert call.note in ("", f"about {call.contacts[0]}")


def test_a_note_that_comes_too_late_is_shown_again(world: World) -> None:
    log_setting(world, "reply = true")
    followup = world.called()
    world.attend()
    token = world.again(followup).token
    world.tap(followup, "connected")
    receive(world.app, Reply(at=world.now, token=token, text="precious"), world.now)
    assert world.shown("Note not saved").content == "precious"


def test_each_note_that_comes_too_late_is_shown_though_an_equal_one_was_logged_before(world: World) -> None:
    log_setting(world, "reply = true")
    followup = world.called()
    world.attend()
    first = Reply(at=world.now, token=world.again(followup).token, text="ok")
    receive(world.app, first, world.now)
    receive(world.app, first, world.now)  # its file was still there when the process died
    assert not [title for title in world.titles() if title.startswith("This note")]
    for _ in range(2):
        receive(world.app, Reply(at=world.now, token="y" * 24, text="ok"), world.now)
    assert [title.startswith("Note not saved") for title in world.titles()].count(True) == 2


def left_with_a_note(world: World) -> FollowUp:
    """Return a call whose dialog was left after a note was typed."""
    followup = world.called()
    world.attend()
    store_draft(world.app.ledger, world.again(followup), (("outcome", "no-answer"), ("note", "budget 40k")), world.now)
    return world.again(followup)


def notes(world: World) -> list[tuple[str, str]]:
    world.deliver()
    return [(call.note, call.disposition) for call in world.portal.held_calls()]


def test_a_note_of_an_unfinished_dialog_is_logged_by_one_tap(world: World) -> None:
    followup = left_with_a_note(world)
    world.tap(followup, "connected")
    assert notes(world) == [("budget 40k", "Connected")]


def test_a_note_of_an_unfinished_dialog_is_logged_with_the_evenings_calls(world: World) -> None:
    world.tap(left_with_a_note(world), "later")
    other = world.called()
    world.attend()
    world.tap(other, "later")
    world.later(hours=7)
    world.attend()
    (batch,) = world.app.ledger.batches.all()
    receive(world.app, Tap(at=world.now, token=batch.token, word="all"), world.now)
    assert notes(world) == [("budget 40k", "No answer"), ("", "Connected")]


def test_a_note_of_an_unfinished_dialog_is_logged_by_the_command(world: World) -> None:
    followup = world.again(left_with_a_note(world))
    answer = answer_from_command(world.app, followup, CommandAnswers(outcome="busy"), world.now)
    assert (answer.note, answer.outcome) == ("budget 40k", "busy")


def test_a_note_about_a_stranger_is_logged_when_the_stranger_is_in_the_crm_later(world: World) -> None:
    log_setting(world, 'unknown = "offer"\nlate = "log"')
    followup = world.called("+33145678900")
    world.attend()
    store_draft(world.app.ledger, world.again(followup), (("note", "wants a quote"),), world.now)
    world.tap(followup, "dismiss")
    world.attend()
    world.portal.records.create("contacts", {"firstname": "Léa", "lastname": "Petit", "phone": "+33145678900"})
    world.sync()
    assert offer_late_matches(world.app, world.now) == 1
    assert notes(world) == [("wants a quote", "Connected")]


def test_a_note_is_not_lost_when_the_caller_is_none_of_a_shared_numbers_contacts(world: World) -> None:
    world.portal.records.create("contacts", {"firstname": "Ben", "lastname": "Kim", "phone": ANA})
    world.sync()
    followup = left_with_a_note(world)
    world.tap(followup, "log")
    assert world.ask("None of them") is AskResult.ANSWERED
    assert world.again(followup).state is State.NOT_IN_CRM
    given = CommandAnswers(person=world.who(ANA)[0].id)
    assert answer_from_command(world.app, world.again(followup), given, world.now).note == "budget 40k"


def with_two_deals(world: World) -> None:
    contact = min(world.portal.records.by_kind["contacts"])
    deal = {"dealname": "Second", "dealstage": "contractsent", "pipeline": "default"}
    world.portal.records.create("deals", deal, [("contacts", contact, 3)])
    world.sync()


def typed(world: World, followup: FollowUp, text: str) -> None:
    receive(world.app, Reply(at=world.now, token=world.again(followup).token, text=text), world.now)


@pytest.mark.parametrize("then", ["connected", "log"])
def test_a_text_typed_into_the_notification_is_kept_when_the_dialog_goes_back(world: World, then: str) -> None:
    with_two_deals(world)
    log_setting(world, 'reply = true\nvia = "notification"')
    followup = world.called()
    world.attend()
    typed(world, followup, "wants 40 seats")
    assert world.ask(None) is AskResult.LEFT
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]
    world.tap(followup, then)
    answers = ("Second",) if then == "connected" else ("No answer", "Second", "")
    assert world.ask(*answers) is AskResult.ANSWERED
    assert notes(world) == [("wants 40 seats", "Connected" if then == "connected" else "No answer")]


def test_a_text_typed_about_a_shared_number_waits_for_the_contact(world: World) -> None:
    world.portal.records.create("contacts", {"firstname": "Ben", "lastname": "Kim", "phone": ANA})
    world.sync()
    log_setting(world, 'reply = true\nvia = "notification"')
    followup = world.called()
    world.attend()
    typed(world, followup, "wants 40 seats")
    assert world.ask("Ben", None, None) is AskResult.LEFT
    world.attend()
    typed(world, followup, "by May")
    typed(world, followup, "by May")  # its file was still there when the process died
    assert world.ask("Ben") is AskResult.ANSWERED
    assert notes(world) == [("wants 40 seats\nby May", "Connected")]
    assert [call.contacts for call in world.portal.held_calls()] == [("Ben Kim",)]


def test_the_answers_of_a_dialog_that_is_left_in_the_terminal_are_kept(world: World) -> None:
    followup = left_with_a_note(world)
    assert not ask_all(world.app, followup, lambda *_: None, world.clock)
    assert world.again(followup).draft == (("outcome", "no-answer"), ("note", "budget 40k"))


def test_a_typed_text_is_kept_though_an_earlier_note_ends_with_it(world: World) -> None:
    log_setting(world, 'reply = true\nvia = "notification"')
    followup = world.called()
    world.attend()
    store_draft(world.app.ledger, world.again(followup), (("note", "Talk to Bruno"),), world.now)
    typed(world, followup, "no")
    assert notes(world) == [("Talk to Bruno\nno", "Connected")]


def test_log_after_an_undone_tap_asks_for_the_outcome(world: World) -> None:
    with_two_deals(world)
    log_setting(world, 'via = "notification"')
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    assert world.ask(None) is AskResult.LEFT
    world.attend()
    world.tap(followup, "log")
    assert world.ask("Busy", "Second", "") is AskResult.ANSWERED
    assert notes(world) == [("", "Busy")]


def test_each_of_many_deals_can_be_chosen_by_the_buttons_of_a_card(world: World) -> None:
    contact = min(world.portal.records.by_kind["contacts"])
    for place in range(40):
        deal = {"dealname": f"Deal {place:02d}", "dealstage": "contractsent", "pipeline": "default"}
        world.portal.records.create("deals", deal, [("contacts", contact, 3)])
    world.sync()
    blind(world)
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    ask(world.app, world.clock)
    seen: list[str] = []
    for _ in range(42):
        buttons = world.phone.notifications()[0].buttons
        seen += [label for label in buttons if label != "More…"]
        if buttons[-1] != "More…":
            break
        if len(seen) == 38:
            thirty_eighth = world.tap_of(followup, buttons[1]).word
        world.press(followup, "More")
    assert (len(seen), len(set(seen)), seen[-1]) == (42, 42, "No deal")
    world.tap(followup, thirty_eighth)
    world.deliver()
    (call,) = world.portal.held_calls()
    assert seen[37].startswith(call.deals[0])


@pytest.mark.parametrize("label", ["Ben Kim", "None of them"])
def test_a_label_answers_nothing_when_its_question_is_not_asked_any_more(world: World, label: str) -> None:
    ben = world.portal.records.create("contacts", {"firstname": "Ben", "lastname": "Kim", "phone": ANA})
    world.sync()
    blind(world)
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    ask(world.app, world.clock)
    world.app.mirror.update("IE").remove(Kind.CONTACTS, [int(ben.id)])
    world.press(followup, label)
    world.attend()
    world.deliver()
    assert world.calls_in_crm() == 0
    assert world.titles() == ["Log call with Ana López?"]
    world.tap(followup, "connected")
    world.deliver()
    assert world.calls_in_crm() == 1


@pytest.mark.parametrize("word", ["pick-", "pick--", "pick-zzzz", "more-", "more-zzzz", "pick-B", "pick-b", "more-c"])
def test_a_word_that_names_no_label_shows_the_question_again(world: World, word: str) -> None:
    blind(world)
    followup = world.called()
    world.attend()
    world.tap(followup, "log")
    ask(world.app, world.clock)
    known = world.tap_of(followup, "Connected").word[:-1]
    for tapped in (word, f"{known}{word.rpartition('-')[2]}" if word.endswith(("-", "zzzz", "B")) else word):
        world.tap(followup, tapped)
    assert world.shown("Call with Ana").buttons == ("Connected", "Busy", "More…")


def test_the_buttons_that_change_an_answer_stay_until_they_are_tapped(world: World) -> None:
    blind(world)
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    world.deliver()
    world.attend()
    world.tap(followup, "log")
    assert ask(world.app, world.clock) is AskResult.ON_A_CARD
    world.attend()
    world.later(minutes=2)
    world.attend()
    assert world.shown("Call with Ana").buttons == ("Connected", "Busy", "More…")
    assert world.press(followup, "Busy").deliver
    world.deliver()
    assert [call.disposition for call in world.portal.held_calls()] == ["Busy"]
    world.attend()
    assert world.titles() == ["Logged: Ana López · Acme Ltd"]
    world.tap(followup, "log")
    ask(world.app, world.clock)
    world.later(minutes=11)
    world.attend()
    assert world.titles() == []


# ------------------------------------------------------------------------------------------------ taps on an outdated card


def asked_by_card(world: World) -> FollowUp:
    """Return a call whose card asks for the rest after a tap on *Connected*."""
    blind(world)
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    assert ask(world.app, world.clock) is AskResult.ON_A_CARD
    return followup


def test_a_tap_on_a_deal_never_chooses_another_that_has_taken_its_place(world: World) -> None:
    with_two_deals(world)
    followup = asked_by_card(world)
    first = world.phone.notifications()[0].buttons[0]
    contact = min(world.portal.records.by_kind["contacts"])
    deal = {"dealname": "Urgent", "dealstage": "contractsent", "pipeline": "default", "closedate": "2026-11-24T00:00:00Z"}
    world.portal.records.create("deals", deal, [("contacts", contact, 3)])
    world.sync()
    tap = world.tap_of(followup, first)
    assert not receive(world.app, tap, world.now).deliver
    assert world.phone.notifications()[0].buttons[0].startswith("Urgent")
    assert world.press(followup, first).deliver
    world.deliver()
    (call,) = world.portal.held_calls()
    assert first.startswith(call.deals[0])


def test_an_outcome_tapped_for_one_contact_is_not_logged_with_the_next_owner_of_the_number(world: World) -> None:
    blind(world)
    followup = world.called()
    world.attend()
    world.tap(followup, "log")
    ask(world.app, world.clock)
    contact = min(world.portal.records.by_kind["contacts"])
    world.portal.records.edit("contacts", contact, {"phone": "", "mobilephone": ""})
    world.portal.records.create("contacts", {"firstname": "Ben", "lastname": "Kim", "phone": ANA})
    world.sync()
    assert not world.press(followup, "Busy").deliver
    assert world.shown("Call with Ben Kim")


def test_a_tap_that_is_received_twice_does_not_answer_the_next_question(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with_two_deals(world)
    blind(world)
    followup = world.called()
    world.attend()
    world.tap(followup, "log")
    ask(world.app, world.clock)
    tap = world.tap_of(followup, "Connected")

    def dies(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("callerid.turns.followup.dialogs_as_cards.ask_by_card", dies)
        with pytest.raises(KeyboardInterrupt):
            receive(world.app, tap, world.now)
    world.restart()
    assert not receive(world.app, tap, world.now).deliver
    assert world.shown("Which deal?")
    assert world.again(followup).draft == (("outcome", "connected"),)


def test_a_call_that_is_ignored_while_its_dialog_is_wanted_waits_for_no_dialog(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "log")
    assert world.again(followup).dialog_wanted_at
    world.settings(f'region = "IE"\n[log]\nignore = ["{ANA}"]\n')
    world.later(hours=3)  # the dialog did not open in time
    world.attend()
    after = world.again(followup)
    assert (after.state, after.dialog_wanted_at) == (State.IGNORED, None)
    assert after not in world.app.ledger.calls.active()


def test_off_in_quiet_hours_answers_no_call_that_waits_for_their_end(world: World) -> None:
    quiet = 'region = "IE"\n[log]\nquiet_hours = "00:00-23:59"\n'
    world.settings(quiet)
    before = world.called()
    world.attend()
    assert world.titles() == []
    world.settings(f"enabled = false\n{quiet}")
    world.attend()
    world.later(minutes=1)
    during = world.called()
    world.attend()
    assert (world.again(before).state, world.again(during).state) == (State.OPEN, State.IGNORED)
    world.settings('region = "IE"\n')
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]
    world.settings('enabled = false\nregion = "IE"\n')
    world.later(hours=1)
    world.attend()
    assert world.app.ledger.key_values.read_time("off_since") == world.now


def test_off_takes_the_card_away_and_on_brings_it_back(world: World) -> None:
    followup = world.called()
    world.attend()
    before = world.titles()
    world.settings('region = "IE"\nenabled = false\n')
    world.attend()
    new = world.called(ANA, CallType.MISSED, 0)
    world.attend()
    assert world.titles() == []
    assert world.again(new).state is State.IGNORED
    world.settings('region = "IE"\n')
    world.later(hours=2)
    world.attend()
    assert world.titles() == before
    world.tap(followup, "connected")
    assert world.again(followup).state is State.QUEUED
