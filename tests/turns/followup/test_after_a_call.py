"""From an ended call to the CRM: asked once, logged once, and no answer is lost when the dialog is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from callerid.core.delivery.states import DeliveryState
from callerid.core.followup.conversation import dialog_answers
from callerid.core.followup.states import State
from callerid.core.inbox_events import Idle, Offhook, Reply, Ring, SyncWanted
from callerid.core.upkeep.health import Source
from callerid.errors import CommandHung, CommandMissing, PhoneFault, TokenFault
from callerid.models import CallType, Outcome
from callerid.phone.termux import Termux
from callerid.turns.delivery.outbox_round import deliver
from callerid.turns.followup.dialogs import AskResult, ask
from callerid.turns.inbox.receive import receive
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.ringing.speak import speak
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.crm.port import Crm
    from tests.turns.world import World


def test_a_call_with_a_contact_is_asked_about_and_logged_once(world: World) -> None:
    followup = world.called()
    assert world.attend().ask
    assert world.titles() == ["Log call with Ana López?"]
    assert world.ask("Connected", "Sends the offer") is AskResult.ANSWERED
    world.attend()
    assert world.titles() == ["On its way to the CRM: Ana López · Acme Ltd"]
    assert world.deliver().delivered == 1
    assert world.deliver().delivered == 0
    world.attend()
    assert world.titles() == ["Logged: Ana López · Acme Ltd"]
    world.later(minutes=1)
    world.attend()
    assert world.titles() == []
    assert world.again(followup).state is State.LOGGED
    (call,) = world.portal.held_calls()
    assert (call.contacts, call.note, call.disposition, call.owner) == (("Ana López",), "Sends the offer", "Connected", "Max Own")
    assert (call.direction, call.duration_ms, call.from_number) == ("INBOUND", 60_000, ANA)


def test_an_outgoing_call_is_asked_about_too(world: World) -> None:
    world.called(kind=CallType.OUTGOING)
    world.attend()
    world.ask("Left voicemail", "")
    world.deliver()
    (call,) = world.portal.held_calls()
    assert (call.direction, call.to_number, call.title) == ("OUTBOUND", ANA, "Call to Ana López")


def test_the_crm_is_written_to_in_its_own_language(world: World) -> None:
    world.settings('region = "IE"\nlanguage = "en"\n[crm]\nlanguage = "ja"\n')
    followup = world.called()
    world.attend()
    world.press(followup, "Connected")
    world.deliver()
    (call,) = world.portal.held_calls()
    assert call.title == "Ana Lópezさんからの電話"
    world.attend()
    assert world.titles() == ["Logged: Ana López · Acme Ltd"]


@pytest.mark.parametrize("answers", [(None,), ("Connected", None, None)])
def test_cancel_and_back_leave_the_notification(world: World, answers: tuple[str | None, ...]) -> None:
    followup = world.called()
    world.attend()
    assert world.ask(*answers) is AskResult.LEFT
    assert not world.attend().ask
    assert world.titles() == ["Log call with Ana López?"]
    world.tap(followup, "log")
    assert world.ask("Busy", "") is AskResult.ANSWERED
    world.deliver()
    assert [call.disposition for call in world.portal.held_calls()] == ["Busy"]


def test_a_dialog_that_times_out_keeps_its_answers(world: World) -> None:
    followup = world.called()
    world.attend()
    world.settings('region = "IE"\n[log]\ndialog_timeout = "10s"\n')
    world.app = replace(world.app, config=replace(world.config, log=replace(world.config.log, dialog_timeout=timedelta(seconds=1))))
    assert world.ask("Busy") is AskResult.LEFT
    assert dialog_answers(world.again(followup).draft) == (("outcome", "busy"),)
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]


def test_dialogs_that_android_never_draws_are_reported_with_a_remedy(world: World) -> None:
    world.phone.change(dialogs_blocked=True)
    world.app = replace(
        world.app, config=replace(world.config, log=replace(world.config.log, dialog_timeout=timedelta(seconds=0.5)))
    )
    for _ in range(3):
        world.called()
        world.attend()
        assert ask(world.app, world.clock) is AskResult.LEFT
        world.attend()
    (trouble,) = world.app.ledger.key_values.troubles()
    assert "draw over other apps" in trouble.remedy
    assert len(world.titles()) == 3


def test_a_missing_dialog_command_leaves_the_notification(world: World) -> None:
    world.called()
    world.attend()
    world.phone.uninstall("termux-dialog")
    with pytest.raises(CommandMissing):
        ask(world.app, world.clock)
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]


def test_two_dialogs_are_never_open_at_once(world: World) -> None:
    import fcntl

    world.called()
    world.attend()
    with world.where.dialog_lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert ask(world.app, world.clock) is AskResult.BUSY
    assert world.ask("Connected", "") is AskResult.ANSWERED


def test_one_tap_logs_the_call(world: World) -> None:
    followup = world.called()
    world.attend()
    wake = world.tap(followup, "connected")
    assert wake.deliver
    world.attend()
    assert world.titles() == ["On its way to the CRM: Ana López · Acme Ltd"]
    world.deliver()
    assert [call.disposition for call in world.portal.held_calls()] == ["Connected"]


def test_one_tap_asks_for_the_deal_when_there_are_several(world: World) -> None:
    records = world.portal.records
    contact = min(records.by_kind["contacts"])
    properties = {"dealname": "Second deal", "dealstage": "contractsent", "pipeline": "default"}
    records.create("deals", properties, [("contacts", contact, 3)])
    world.sync()
    followup = world.called()
    world.attend()
    assert world.tap(followup, "connected").ask
    assert world.ask("Second deal", "") is AskResult.ANSWERED
    world.deliver()
    (call,) = world.portal.held_calls()
    assert (call.disposition, call.deals) == ("Connected", ("Second deal",))


def test_a_tap_counts_once_and_a_tap_on_an_old_card_not_at_all(world: World) -> None:
    followup = world.called()
    world.attend()
    token = world.again(followup).token
    world.tap(followup, "connected")
    from callerid.core.inbox_events import Tap
    from callerid.turns.inbox.taps import receive_tap

    receive_tap(world.app, Tap(at=world.now, token=token, word="connected"), world.now)
    receive_tap(world.app, Tap(at=world.now, token=token, word="dismiss"), world.now)
    world.deliver()
    assert world.calls_in_crm() == 1


def test_not_now_asks_again_in_the_evening(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "later")
    (card,) = world.phone.notifications()
    assert (card.title, card.content) == ("Not logged yet: Ana López · Acme Ltd", "will ask again at 18:00")
    assert card.buttons == ("15 minutes", "1 hour", "Evening")
    world.later(minutes=1)
    attended = world.attend()
    assert world.titles() == []
    attended = world.attend()
    assert not attended.ask
    assert attended.next_at
    assert world.app.local_time(attended.next_at).hour == 18
    world.now = attended.next_at
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]


def test_a_swipe_dismisses_a_call(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "dismiss")
    world.attend()
    assert world.again(followup).state is State.DISMISSED
    assert world.calls_in_crm() == 0


def test_a_missed_call_opens_the_contact_and_calls_back(world: World) -> None:
    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    shown = world.shown("Missed: Ana López · Acme")
    assert shown.buttons == ("View contact", "Call back", "Log")
    world.tap(followup, "view")
    world.tap(followup, "call")
    contact = min(world.portal.records.by_kind["contacts"])
    assert world.phone.happened("opened") == [f"https://app.hubspot.com/contacts/4242424/record/0-1/{contact}"]
    assert world.phone.happened("dialled") == [ANA]
    world.tap(followup, "log")
    assert world.ask("No answer", "") is AskResult.ANSWERED
    world.deliver()
    (call,) = world.portal.held_calls()
    assert (call.status, call.duration_ms) == ("NO_ANSWER", 0)


def test_a_call_that_could_not_be_placed_is_a_trouble_of_its_own_until_one_can_be(world: World) -> None:
    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    world.phone.fault("termux-telephony-call", "hang", times=1)
    world.tap(followup, "call")
    assert [trouble.source for trouble in world.app.ledger.key_values.troubles()] == [Source.CALL_BACK]
    world.tap(followup, "call")
    assert world.app.ledger.key_values.troubles() == ()
    assert world.phone.happened("dialled") == [ANA]


def test_repeated_misses_are_one_notification_with_a_count(world: World) -> None:
    for _ in range(3):
        world.called(kind=CallType.MISSED, talked=0)
        world.attend()
        world.later(minutes=2)
    assert world.titles() == ["Missed (3): Ana López · Acme Ltd"]


def test_a_missed_call_is_settled_by_a_later_conversation(world: World) -> None:
    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    world.later(minutes=2)
    world.called(kind=CallType.OUTGOING, talked=30)
    world.attend()
    assert world.again(followup).state is State.DISMISSED
    assert world.titles() == ["Log call with Ana López?"]


def test_a_tap_on_a_missed_calls_body_opens_the_contact_and_settles_the_call(world: World) -> None:
    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    world.tap(followup, "seen")
    assert world.phone.happened("opened")
    assert world.again(followup).state is State.DISMISSED


def test_a_tap_with_an_unknown_word_changes_nothing(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "explode")
    assert world.again(followup).state is State.NOTIFIED


def test_a_stranger_is_not_asked_about(world: World) -> None:
    followup = world.called("+33145678900")
    world.attend()
    assert world.titles() == []
    assert world.again(followup).state is State.NOT_IN_CRM


def test_a_number_of_the_ignore_list_is_never_asked_about_in_any_spelling(world: World) -> None:
    world.settings('region = "IE"\n[log]\nignore = ["087 123 4567"]\n')
    followup = world.called()
    world.attend()
    assert world.again(followup).reason == "on the ignore list"


def test_calls_wait_for_a_notification_that_hangs_and_are_shown_when_it_works(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from callerid.phone import termux

    monkeypatch.setattr(termux, "EFFECT", 0.5)
    world.called()
    world.phone.fault("termux-notification", "hang", times=1)
    attended = world.attend()
    assert attended.next_at
    assert world.app.ledger.key_values.troubles()
    world.now = attended.next_at
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]
    assert world.app.ledger.key_values.troubles() == ()


@pytest.mark.parametrize("word", ["dismiss", "hour"])
def test_a_card_that_could_not_be_removed_is_removed_soon_after(world: World, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    from callerid.phone import termux

    monkeypatch.setattr(termux, "EFFECT", 0.5)
    missed = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    if word == "dismiss":
        world.called()  # so that the missed call is settled: they have spoken since
        world.phone.fault("termux-notification-remove", "hang", times=1)
    else:
        world.tap(missed, "later")
        world.phone.fault("termux-notification-remove", "hang", times=1)
        world.tap(missed, word)
    attended = world.attend()
    assert attended.next_at
    assert attended.next_at <= world.now + timedelta(minutes=1)
    world.now = attended.next_at
    world.attend()
    assert missed.notification_id not in [shown.id for shown in world.phone.notifications()]


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=2)])
def test_the_card_of_a_logged_call_goes_though_the_clock_was_ahead(world: World, ahead: timedelta) -> None:
    world.now += ahead
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    world.deliver()
    world.attend()
    assert world.titles() == ["Logged: Ana López · Acme Ltd"]
    world.now -= ahead
    world.later(minutes=1)
    world.attend()
    assert world.titles() == []


def test_a_new_lock_screen_setting_leaves_no_name_on_any_card(world: World) -> None:
    world.portal.go_offline()
    calls = {word: world.called() for word in ("later", "connected")}
    world.attend()
    for word, followup in calls.items():
        world.tap(followup, word)
    world.attend()
    assert any(title.startswith("Not logged yet: Ana") for title in world.titles())
    assert any(title.startswith("On its way to the CRM: Ana") for title in world.titles())
    world.settings('region = "IE"\n[privacy]\nlock_screen = "nothing"\n')
    world.attend()
    assert world.titles() == ["On its way to the CRM: Known caller"]
    world.settings('region = "IE"\n[privacy]\nlock_screen = "names"\n')
    world.portal.go_online()
    world.later(minutes=2)
    world.deliver()
    world.attend()
    assert world.titles() == ["Logged: Ana López · Acme Ltd"]
    world.app.ledger.calls.show_again()
    world.attend()
    assert world.titles() == []


def test_no_dialog_opens_for_a_call_that_was_dismissed_while_one_was_wanted(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "log")
    world.press(followup, "swipe")
    assert world.again(followup).state is State.DISMISSED
    assert world.ask() is AskResult.NOTHING_TO_ASK
    assert not world.phone.happened("dialog")


# ------------------------------------------------------------------------------------------------ rings


def test_a_ring_becomes_a_card_that_the_call_takes_over(world: World) -> None:
    show_ring(world.app, Ring(at=world.now, number="0871234567"), world.now)
    (card,) = world.phone.notifications()
    assert card.title == "Ana López · Acme Ltd"
    assert "Renewal 2027 · €12,000 · Contract sent" in card.content
    assert card.priority == "high"
    receive(world.app, Ring(at=world.now, number="0871234567"), world.now)
    assert len(world.phone.notifications()) == 1
    world.called()
    world.attend()
    (question,) = world.phone.notifications()
    assert (question.id, question.title) == (card.id, "Log call with Ana López?")


def test_a_strangers_ring_card_is_removed_when_the_call_is_over(world: World) -> None:
    receive(world.app, Ring(at=world.now, number="+33145678900"), world.now)
    assert world.titles() == ["+33 1 45 67 89 00"]
    world.called("+33145678900")
    world.attend()
    assert world.titles() == []


def test_a_ring_card_that_no_call_claims_is_removed_after_a_while(world: World) -> None:
    receive(world.app, Ring(at=world.now, number=""), world.now)
    assert world.titles() == ["Private number"]
    receive(world.app, Offhook(at=world.now), world.now)
    receive(world.app, Idle(at=world.now), world.now)
    world.later(seconds=30)
    world.attend()
    assert world.titles() == []


def test_no_ring_card_is_shown_for_an_old_ring_in_quiet_hours_or_when_off(world: World) -> None:
    assert show_ring(world.app, Ring(at=world.now - timedelta(minutes=2), number=ANA), world.now) is None
    world.settings('region = "IE"\n[log]\nquiet_hours = "12:00-14:00"\n')
    assert show_ring(world.app, Ring(at=world.now, number=ANA), world.now) is None
    world.settings('region = "IE"\nenabled = false\n')
    assert show_ring(world.app, Ring(at=world.now, number=ANA), world.now) is None
    assert world.titles() == []


def test_the_name_is_spoken_when_the_settings_say_so(world: World) -> None:
    world.settings('region = "IE"\n[ring]\nspeak = "always"\n')
    for number in (ANA, "+33145678900"):
        wake = receive(world.app, Ring(at=world.now, number=number), world.now)
        if wake.speak:
            speak(world.app, wake.speak, world.now)
    assert world.phone.happened("spoken") == ["Call from Ana López, Acme Ltd"]


def test_a_card_that_cannot_be_shown_is_reported(world: World) -> None:
    world.phone.uninstall("termux-notification")
    with pytest.raises(PhoneFault):
        show_ring(world.app, Ring(at=world.now, number=ANA), world.now)
    assert world.app.ledger.key_values.troubles()


def test_other_events_wake_their_loops(world: World) -> None:
    assert receive(world.app, SyncWanted(at=world.now), world.now).pull
    assert receive(world.app, Idle(at=world.now), world.now).watch
    assert receive(world.app, Reply(at=world.now, token="x" * 20, text="y"), world.now) is not None


# ------------------------------------------------------------------------------------------------ delivery


def answered(world: World) -> None:
    world.called()
    world.attend()
    world.ask("Connected", "note")


def test_a_call_waits_while_offline_and_arrives_once(world: World) -> None:
    answered(world)
    world.portal.go_offline()
    for _ in range(20):
        delivered = world.deliver()
        assert delivered.left == 1
        world.now = max(world.now, delivered.next_at or world.now)
    assert world.app.ledger.key_values.troubles() == ()
    world.portal.go_online()
    world.later(minutes=6)
    assert world.deliver().delivered == 1
    assert world.calls_in_crm() == 1


@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "html", "truncated_json", "not_json_200"])
def test_a_post_with_an_unknown_outcome_never_makes_a_second_call(world: World, fault: str) -> None:
    world.portal.search_lag = 60
    answered(world)
    world.portal.fault(fault, "POST /crm/objects/2026-09/calls$", times=3)
    for _ in range(60):
        delivered = world.deliver()
        if not delivered.left:
            break
        world.now = max(world.now, delivered.next_at or world.now)
    assert world.calls_in_crm() == 1
    assert world.app.ledger.history.count_by_state() == {State.LOGGED: 1}


def test_a_process_that_dies_at_any_moment_of_a_delivery_logs_once(world: World) -> None:
    class Died(BaseException):
        pass

    def dying(at: str) -> Crm:
        class Dying:
            requests = 0
            token_fingerprint = world.hub.token_fingerprint
            time_budget = staticmethod(world.hub.time_budget)

            def create(self, engagement: object) -> str:
                if at == "before":
                    raise Died
                made = world.hub.create(engagement)  # type: ignore[arg-type]
                if at == "after":
                    raise Died
                return made

        return Dying()  # type: ignore[return-value]

    for number, at in enumerate(("before", "after"), start=1):
        answered(world)
        with pytest.raises(Died):
            deliver(world.app, partial(dying, at), world.clock)
        world.restart()
        for _ in range(10):
            delivered = world.deliver()
            world.now = max(world.now, delivered.next_at or world.now)
        assert world.calls_in_crm() == number
    assert world.app.ledger.history.count_by_state() == {State.LOGGED: 2}


def test_two_processes_deliver_the_same_row_once(world: World) -> None:
    import threading

    answered(world)
    barrier = threading.Barrier(2)

    def crm() -> Crm:
        return world.hub

    def other() -> None:
        app = world.open()
        barrier.wait()
        deliver(app, crm, world.clock)
        app.close()

    threads = [threading.Thread(target=other) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.calls_in_crm() == 1


def test_a_refused_call_is_a_dead_letter_that_the_person_sees_and_can_retry(world: World) -> None:
    followup = world.called()
    world.attend()
    world.ask("Connected", "")
    world.portal.required["calls"] = ("hs_activity_type",)
    world.deliver()
    world.attend()
    assert world.again(followup).state is State.DEAD
    assert "hs_activity_type" in world.shown("Not logged").content
    world.portal.required.clear()
    (row,) = world.app.ledger.outbox.all()
    world.app.ledger.outbox.change(row, replace(row, state=DeliveryState.UNSURE, not_before=None), world.now)
    for _ in range(6):
        world.deliver()
        world.later(minutes=1)
    assert world.calls_in_crm() == 1


def test_a_wrong_token_holds_deliveries_back_and_is_reported_once(world: World) -> None:
    answered(world)

    def crm() -> Crm:
        raise TokenFault("There is no token.", remedy="Type: …")

    for _ in range(3):
        deliver(world.app, crm, world.clock)
        world.later(minutes=11)
    (trouble,) = world.app.ledger.key_values.troubles()
    assert trouble.sentence == "There is no token."
    (row,) = world.app.ledger.outbox.undelivered()
    assert (row.state, row.attempts.posts) == (DeliveryState.WAITING, 0)
    assert world.deliver().delivered == 1
    assert world.app.ledger.key_values.troubles() == ()


@pytest.mark.parametrize("hostile", ["$(touch pwned)", '"; rm -rf ~', "Ann, Lee\\", "😀" * 50, "x" * 10_000, "<b>&amp;</b>", "-n"])
def test_hostile_names_and_notes_are_only_ever_text(world: World, hostile: str) -> None:
    records = world.portal.records
    contact = min(records.by_kind["contacts"])
    records.edit("contacts", contact, {"firstname": hostile, "lastname": ""})
    world.sync()
    followup = world.called()
    world.attend()
    assert len(world.phone.notifications()) == 1
    world.tap(followup, "log")
    assert world.ask("Connected", hostile) is AskResult.ANSWERED
    world.deliver()
    (call,) = world.portal.held_calls()
    assert call.note == hostile
    assert not list(world.folder.rglob("pwned"))


def test_the_owner_is_the_one_named_in_the_settings(world: World) -> None:
    world.settings('region = "IE"\n[crm]\nowner = "eva@example.com"\n')
    answered(world)
    world.deliver()
    assert [call.owner for call in world.portal.held_calls()] == ["Eva Else"]


def test_an_answer_is_stored_with_its_delivery_and_a_later_one_corrects_it(world: World) -> None:
    from callerid.core.followup.conversation import plain_answer
    from callerid.turns.followup.record_answer import record_answer

    followup = world.called()
    answer = plain_answer(world.who(ANA)[0], Outcome.CONNECTED)
    assert record_answer(world.app, followup, answer, world.now)
    assert record_answer(world.app, followup, replace(answer, note="later"), world.now)
    assert len(world.app.ledger.outbox.all()) == 1
    world.deliver()
    assert [call.note for call in world.portal.held_calls()] == ["later"]
    assert record_answer(world.app, followup, replace(answer, note="much later"), world.now)
    assert world.again(followup).state is State.QUEUED
    world.deliver()
    assert [call.note for call in world.portal.held_calls()] == ["much later"]
    assert world.again(followup).state is State.LOGGED


@pytest.mark.parametrize("event", ["called again", "spoke", "switched off", "not now", "swiped", "connected"])
def test_an_answer_overrides_what_happened_while_the_dialog_was_open(world: World, event: str) -> None:
    """A note that was typed is kept, whatever was decided about the call in the meantime."""
    import threading

    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    world.tap(followup, "log")
    over = threading.Event()

    def elsewhere() -> None:
        world.phone.wait(lambda: (d := world.phone.open_dialog()) and "Note" in d.title)
        other = world.open()
        from callerid.core.inbox_events import Tap
        from callerid.turns.calllog.read_new_calls import read_new_calls
        from callerid.turns.followup.attend import attend
        from callerid.turns.inbox.taps import receive_tap

        def tap(word: str) -> None:
            latest = other.ledger.calls.followup(followup.call.key)
            assert latest
            receive_tap(other, Tap(at=world.now, token=latest.token, word=word), world.now)

        try:
            match event:
                case "called again" | "spoke":
                    kind = CallType.MISSED if event == "called again" else CallType.INCOMING
                    world.phone.add_call(ANA, kind, world.now, 0 if kind is CallType.MISSED else 30)
                    read_new_calls(other, world.now + timedelta(minutes=1))
                case "switched off":
                    other = replace(other, config=replace(other.config, enabled=False))
                case "not now":
                    tap("later")
                case "swiped":
                    tap("dismiss")
                case _:
                    tap("connected")
            attend(other, world.now + timedelta(minutes=1))
        finally:
            other.close()
            over.set()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    real_answer = world.phone.answer_dialog

    def answer(**given: str) -> None:
        if "text" in given:
            assert over.wait(20)
        real_answer(**given)  # type: ignore[arg-type]

    world.phone.answer_dialog = answer  # type: ignore[method-assign, assignment]
    assert world.ask("Busy", "precious note") is AskResult.ANSWERED
    thread.join()
    world.deliver()
    notes = {(call.note, call.disposition) for call in world.portal.held_calls()}
    assert ("precious note", "Busy") in notes
    assert len(world.portal.held_calls()) == 1


def test_each_answer_is_kept_when_the_process_is_killed_in_a_dialog(world: World) -> None:
    """After a kill in the middle of a dialog, the next one continues there."""
    import threading

    followup = world.called()
    world.attend()
    drafts = []

    def look() -> None:
        world.phone.wait(lambda: (d := world.phone.open_dialog()) and "Note" in d.title)
        other = world.open()
        latest = other.ledger.calls.followup(followup.call.key)
        assert latest
        drafts.append(latest.draft)
        other.close()

    thread = threading.Thread(target=look)
    thread.start()
    real_answer = world.phone.answer_dialog

    def answer(**given: str) -> None:
        if "text" in given:
            thread.join()
        real_answer(**given)  # type: ignore[arg-type]

    world.phone.answer_dialog = answer  # type: ignore[method-assign, assignment]
    world.ask("Busy", "x")
    assert [dialog_answers(draft) for draft in drafts] == [(("outcome", "busy"),)]


def test_a_tap_that_the_end_of_callerid_interrupts_is_not_reported_as_a_trouble(world: World) -> None:
    from callerid.errors import Stopped

    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    world.app.termux.runner.stop()
    with pytest.raises(Stopped):
        world.tap(followup, "view")
    assert world.app.ledger.key_values.troubles() == ()


def test_a_tap_on_the_card_of_a_command_that_ended_late_is_understood(world: World) -> None:
    """The process that showed the card was killed, and the next one has shown it again."""
    followup = world.called()
    world.attend()
    late = world.again(followup).token
    world.app.ledger.calls.show_again()
    world.restart()
    world.attend()
    from callerid.core.inbox_events import Tap
    from callerid.turns.inbox.taps import receive_tap

    receive_tap(world.app, Tap(at=world.now, token=late, word="connected"), world.now)
    world.deliver()
    assert world.calls_in_crm() == 1


def shared(world: World) -> None:
    world.portal.records.create("contacts", {"firstname": "Ben", "lastname": "Kim", "phone": ANA})
    world.sync()


def test_the_card_of_a_shared_number_names_the_contact_of_the_answer(world: World) -> None:
    shared(world)
    followup = world.called()
    world.attend()
    world.ask("Ben", "Connected", "hello")
    world.attend()
    assert world.titles() == ["On its way to the CRM: Ben Kim"]
    world.deliver()
    world.attend()
    assert world.titles() == ["Logged: Ben Kim"]
    world.tap(followup, "log")
    world.ask("Ana", "Connected", "")
    world.attend()
    assert world.titles() == ["On its way to the CRM: Ana López · Acme Ltd"]
    world.tap(followup, "undo")
    world.deliver()
    world.attend()
    assert world.titles() == ["Undone, not logged: Ana López · Acme Ltd"]


def test_the_card_of_a_shared_number_names_no_contact_that_is_not_in_the_mirror(world: World) -> None:
    world.portal.limits.searches = 1000  # the clock stands still here
    shared(world)
    world.portal.records.create("contacts", {"firstname": "Third", "lastname": "Person", "phone": ANA})
    world.sync()
    world.called()
    world.attend()
    world.ask("Third", "Connected", "")
    gone = next(c for c in world.portal.records.by_kind["contacts"].values() if c.properties.get("firstname") == "Third")
    world.portal.records.archive("contacts", gone.id)
    world.later(days=1)
    world.sync()
    world.attend()
    assert world.titles() == ["On its way to the CRM: the call"]


@pytest.mark.parametrize("word", ["seen", "view"])
def test_a_tap_on_a_missed_call_of_a_shared_number_asks_which_contact_to_open(world: World, word: str) -> None:
    shared(world)
    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    world.tap(followup, word)
    world.attend()
    (card,) = world.phone.notifications()
    assert (card.title, card.content, card.buttons[2:]) == ("Which contact?", "at 13:01", ("Back",))
    assert not world.phone.happened("opened")
    world.press(followup, "Ben")
    world.attend()
    (opened,) = world.phone.happened("opened")
    assert opened.endswith(next(person.id for person in world.who(ANA) if person.first_name == "Ben"))
    assert world.again(followup).state is State.NOTIFIED
    assert world.shown("Missed: ").buttons == ("View contact", "Call back", "Log")


def broken(*_: object) -> None:
    raise CommandHung("It did not answer.")


def test_more_contacts_of_a_shared_number_can_be_listed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in range(4):
        world.portal.records.create("contacts", {"firstname": f"P{place}", "lastname": "Kim", "phone": ANA})
    world.sync()
    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    world.tap(followup, "view")
    assert world.shown("Which contact").buttons[-1] == "More…"
    more = world.tap_of(followup, "More").word
    world.tap(followup, more)
    assert world.shown("Which contact").buttons[-1] == world.who(ANA)[4].first_name + " Kim"
    monkeypatch.setattr(Termux, "notify", broken)
    world.tap(followup, more)
    assert world.again(followup).state is State.OPEN


def test_a_missed_call_is_not_settled_by_a_tap_that_could_open_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    with monkeypatch.context() as patched:
        patched.setattr(Termux, "open_url", broken)
        world.tap(followup, "seen")
    world.attend()
    assert world.again(followup).state is State.NOTIFIED
    assert world.titles()[0].startswith("Missed: Ana")
    world.tap(followup, "seen")
    assert world.again(followup).state is State.DISMISSED


@pytest.mark.parametrize("way", ["Back", "swipe"])
def test_the_question_which_contact_goes_back_to_the_calls_card(world: World, way: str) -> None:
    shared(world)
    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    world.tap(followup, "view")
    world.press(followup, way)
    world.attend()
    assert world.again(followup).state is State.NOTIFIED
    assert world.shown("Missed: ").buttons == ("View contact", "Call back", "Log")
    assert not world.phone.happened("opened")


@pytest.mark.parametrize("more", [True, False])
def test_a_contact_that_has_taken_the_place_of_another_is_not_opened(world: World, *, more: bool) -> None:
    world.portal.limits.searches = 1000  # the clock stands still here
    shared(world)
    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    world.tap(followup, "view")
    world.later(minutes=1)
    if more:
        world.portal.records.create("contacts", {"firstname": "Aaron", "lastname": "A", "phone": ANA})
    else:
        ben = next(person.id for person in world.who(ANA) if person.first_name == "Ben")
        world.portal.records.edit("contacts", int(ben), {"phone": ""})
    world.sync()
    world.press(followup, "Ben")
    world.attend()
    assert not world.phone.happened("opened")
    assert world.shown("Which contact?" if more else "Missed: Ana")


def test_a_card_whose_body_was_tapped_comes_back_when_its_dialog_is_left(world: World) -> None:
    followup = world.called()
    world.attend()
    (shown,) = world.phone.notifications()
    world.app.termux.remove_notification(shown.id)  # as Android does at a tap on the body
    world.tap(followup, "log")
    assert world.ask(None) is AskResult.LEFT
    world.attend()
    assert world.titles() == [shown.title]
    assert world.again(followup).state is State.NOTIFIED
