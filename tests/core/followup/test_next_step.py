"""What happens next with a call. Every path ends settled, and nobody is asked again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.core.backoff import Deadline
from callerid.core.callers.resolve import Certainty
from callerid.core.followup.conversation import dialog_answers, initial_draft, waiting_draft
from callerid.core.followup.next_step import (
    Enqueue,
    Gather,
    LogWaitingAnswer,
    OpenDialog,
    RemoveCard,
    ShowPrompt,
    ShowStatus,
    Silence,
    Wait,
    next_step,
)
from callerid.core.followup.outcomes import is_connected
from callerid.core.followup.settle_reasons import Settle
from callerid.core.followup.state import AskVia, FollowUp, LateCalls, Policy, Situation, belongs_to_evening
from callerid.core.followup.states import CardStatus, State
from callerid.core.hours import QuietHours
from callerid.models import Call, CallType, Outcome
from tests.core.people import BERLIN, HIDDEN, NOBODY, NOW, call, known

if TYPE_CHECKING:
    from callerid.core.callers.resolve import Resolution

POLICY = Policy()


def situation_with(of: Call | None = None, who: Resolution | None = None, *, built: bool = True, **changes: object) -> Situation:
    known_around = {key: changes.pop(key) for key in ("is_ignored", "newer_missed", "spoken_since") if key in changes}
    followup = FollowUp(call=of or call(), line="+353871234567", notification_id="callerid-k")
    followup = replace(followup, **changes)  # type: ignore[arg-type]
    return Situation(followup=followup, resolution=who or known(), mirror_built=built, **known_around)  # type: ignore[arg-type]


def settled(step: object) -> tuple[State, str]:
    assert isinstance(step, Settle)
    return step.state, step.reason


def test_a_call_with_a_contact_gets_a_prompt_and_then_a_dialog() -> None:
    assert next_step(situation_with(), POLICY, NOW) == ShowPrompt()
    assert next_step(situation_with(state=State.NOTIFIED, notified_at=NOW), POLICY, NOW) == OpenDialog()
    assert next_step(situation_with(state=State.NOTIFIED, notified_at=NOW, dialogs_opened=1), POLICY, NOW) is None


def test_with_the_log_dialog_off_only_the_prompt_is_shown() -> None:
    off = replace(POLICY, screen=False)
    assert next_step(situation_with(), off, NOW) == ShowPrompt()
    assert next_step(situation_with(state=State.NOTIFIED), off, NOW) is None
    assert next_step(situation_with(state=State.NOTIFIED), replace(POLICY, via=AskVia.NOTIFICATION), NOW) is None


def test_where_only_dialogs_ask_the_prompt_comes_after_a_dialog_that_was_left() -> None:
    alone = replace(POLICY, via=AskVia.DIALOG)
    assert next_step(situation_with(), alone, NOW) == OpenDialog()
    assert next_step(situation_with(dialogs_opened=1), alone, NOW) == ShowPrompt()


def test_a_dialog_does_not_open_by_itself_long_after_the_call() -> None:
    old = situation_with(call(minutes_ago=30), state=State.NOTIFIED)
    assert next_step(old, POLICY, NOW) is None


def test_a_missed_call_opens_a_dialog_only_by_its_button() -> None:
    missed = call(CallType.MISSED, 0)
    assert next_step(situation_with(missed), POLICY, NOW) == ShowPrompt()
    assert next_step(situation_with(missed, state=State.NOTIFIED), POLICY, NOW) is None
    assert next_step(situation_with(missed, state=State.NOTIFIED, dialog_wanted_at=NOW), POLICY, NOW) == OpenDialog()


def test_a_button_tapped_before_a_long_sleep_opens_nothing_hours_later() -> None:
    wanted = situation_with(state=State.OPEN, dialogs_opened=1, dialog_wanted_at=NOW - timedelta(hours=2))
    assert next_step(wanted, POLICY, NOW) == ShowPrompt()


ANSWERS = (("outcome", "connected"),)


@pytest.mark.parametrize("state", [State.OPEN, State.NOTIFIED, State.GATHERED])
def test_an_answer_waits_for_a_mirror_however_long_and_is_logged_without_asking(state: State) -> None:
    for days in (0, 30):
        later = NOW + timedelta(days=days)
        waits = situation_with(
            who=NOBODY,
            built=False,
            state=state,
            draft=waiting_draft(ANSWERS),
            dialog_wanted_at=NOW,
            notified_at=NOW,
            card_status=CardStatus.QUEUED,
        )
        step = next_step(waits, POLICY, later)
        assert step == Wait(until=later + (timedelta(hours=6) if days else timedelta(minutes=1)))
        assert next_step(replace(waits, mirror_built=True, resolution=known()), POLICY, later) == LogWaitingAnswer()


def test_the_card_says_that_an_answer_waits_but_not_in_a_batch() -> None:
    waits = situation_with(who=NOBODY, built=False, state=State.NOTIFIED, draft=waiting_draft(ANSWERS))
    assert next_step(waits, POLICY, NOW) == ShowStatus(status=CardStatus.QUEUED)
    assert isinstance(next_step(changed(waits, state=State.GATHERED), POLICY, NOW), Wait)


def test_an_answered_call_waits_for_no_mirror() -> None:
    logged = situation_with(state=State.LOGGED, draft=waiting_draft(ANSWERS))
    assert not isinstance(next_step(logged, POLICY, NOW), LogWaitingAnswer)


def test_no_dialog_opens_while_only_a_mirror_could_say_who_that_was() -> None:
    wanted = situation_with(who=NOBODY, built=False, state=State.NOTIFIED, notified_at=NOW, dialog_wanted_at=NOW)
    assert next_step(wanted, POLICY, NOW) == Wait(until=NOW + timedelta(minutes=1))
    assert next_step(wanted, POLICY, NOW + timedelta(hours=1)) is None
    assert next_step(replace(wanted, mirror_built=True), POLICY, NOW) == OpenDialog()
    hidden = replace(wanted, resolution=HIDDEN)
    assert next_step(hidden, POLICY, NOW) == OpenDialog()


def test_a_wait_for_the_mirror_is_never_over_before_it_begins() -> None:
    second_half_past_two = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # in Berlin, where the clocks were set back at three
    waits = situation_with(call(start=second_half_past_two), who=NOBODY, built=False)
    step = next_step(waits, POLICY, second_half_past_two.astimezone(BERLIN))
    assert step == Wait(until=second_half_past_two + timedelta(minutes=1))


@pytest.mark.parametrize("asked", [{"notified_at": NOW}, {"dialogs_opened": 1}], ids=str)
def test_a_call_that_was_asked_about_is_not_settled_because_the_mirror_is_gone(asked: dict[str, object]) -> None:
    gone = changed(situation_with(who=NOBODY, built=False), **asked)
    assert next_step(gone, POLICY, NOW + timedelta(days=6)) == Wait(until=NOW + timedelta(days=6, hours=6))
    assert settled(next_step(gone, POLICY, NOW + timedelta(days=8)))[0] in (State.NOT_IN_CRM, State.IGNORED)


def test_what_was_answered_before_a_dialog_is_no_answer_of_it() -> None:
    in_dialog = (("note", "later"),)
    assert dialog_answers(waiting_draft(ANSWERS)) == ()
    assert dialog_answers((*initial_draft(ANSWERS), *in_dialog)) == in_dialog
    assert dialog_answers(in_dialog) == in_dialog


@pytest.mark.parametrize(
    ("situation", "policy", "state", "reason"),
    [
        (situation_with(who=HIDDEN), POLICY, State.NOT_IN_CRM, "hidden number"),
        (situation_with(who=NOBODY), POLICY, State.NOT_IN_CRM, "nobody in the CRM has this number"),
        (situation_with(call(CallType.BLOCKED, 0)), POLICY, State.IGNORED, "blocked call"),
        (situation_with(), replace(POLICY, enabled=False), State.IGNORED, "callerid was switched off"),
        (situation_with(is_ignored=True), POLICY, State.IGNORED, "on the ignore list"),
        (situation_with(), replace(POLICY, sims=("2",)), State.IGNORED, "not one of the chosen SIMs"),
        (situation_with(), replace(POLICY, incoming=False), State.IGNORED, "incoming calls are not asked about"),
        (
            situation_with(call(CallType.OUTGOING)),
            replace(POLICY, outgoing=False),
            State.IGNORED,
            "outgoing calls are not asked about",
        ),
        (
            situation_with(),
            replace(POLICY, min_duration=timedelta(minutes=4)),
            State.IGNORED,
            "shorter than log.min_duration",
        ),
        (situation_with(call(minutes_ago=8 * 24 * 60)), POLICY, State.IGNORED, "older than 7 days when first seen"),
        (situation_with(call(CallType.MISSED, 0), spoken_since=True), POLICY, State.DISMISSED, "you have spoken since"),
        (
            situation_with(call(CallType.MISSED, 0), newer_missed="a later call's key"),
            POLICY,
            State.DISMISSED,
            "counted in a later missed call",
        ),
        (
            situation_with(call(minutes_ago=20), NOBODY, built=False),
            POLICY,
            State.NOT_IN_CRM,
            "there was no mirror of the CRM yet",
        ),
        (
            situation_with(state=State.NOTIFIED, notified_at=NOW - timedelta(days=8)),
            POLICY,
            State.DISMISSED,
            "no answer for 7 days",
        ),
    ],
)
def test_a_call_that_is_not_asked_about_is_settled_with_its_reason(
    situation: Situation, policy: Policy, state: State, reason: str
) -> None:
    assert settled(next_step(situation, policy, NOW)) == (state, reason)


@pytest.mark.parametrize(
    "asked",
    [
        {"state": State.NOTIFIED, "notification_shown": True},
        {"notified_at": NOW, "notification_shown": True, "not_before": Deadline(until=NOW + timedelta(hours=1))},
        {"dialogs_opened": 1, "notification_shown": True},
        {"batch": "evening", "notification_shown": True},
        {"state": State.GATHERED, "batch": "evening", "notification_shown": True},
    ],
    ids=str,
)
def test_off_takes_an_unanswered_card_away_and_does_not_answer_it(asked: dict[str, object]) -> None:
    off, shown = replace(POLICY, enabled=False), changed(situation_with(), **asked)
    step = next_step(shown, off, NOW)
    assert step == (Silence() if shown.followup.state is State.NOTIFIED else RemoveCard())
    silent, _ = after_step(changed(shown, notified_at=NOW), step, NOW)
    assert next_step(silent, off, NOW) is None
    assert settled(next_step(silent, off, NOW + timedelta(days=8))) == (State.DISMISSED, "no answer for 7 days")


def test_off_opens_no_dialog_and_keeps_an_answer_that_waits_for_a_mirror() -> None:
    off = replace(POLICY, enabled=False)
    assert next_step(situation_with(state=State.NOTIFIED, dialog_wanted_at=NOW), off, NOW) == Silence()
    waits = situation_with(state=State.NOTIFIED, draft=waiting_draft(ANSWERS))
    assert next_step(waits, off, NOW) == LogWaitingAnswer()


def test_a_missed_call_is_dismissed_by_a_later_conversation_even_after_it_was_shown() -> None:
    shown = situation_with(call(CallType.MISSED, 0), state=State.NOTIFIED, spoken_since=True)
    assert settled(next_step(shown, POLICY, NOW)) == (State.DISMISSED, "you have spoken since")


def test_a_missed_call_is_never_too_short() -> None:
    strict = replace(POLICY, min_duration=timedelta(minutes=4))
    assert next_step(situation_with(call(CallType.MISSED, 0)), strict, NOW) == ShowPrompt()


def test_a_call_of_exactly_the_minimum_duration_is_asked_about_and_one_a_second_shorter_is_not() -> None:
    minute = replace(POLICY, min_duration=timedelta(minutes=1))
    assert next_step(situation_with(call(duration=60)), minute, NOW) == ShowPrompt()
    assert settled(next_step(situation_with(call(duration=59)), minute, NOW)) == (State.IGNORED, "shorter than log.min_duration")


def test_calls_wait_a_while_for_the_first_sync() -> None:
    assert isinstance(next_step(situation_with(who=NOBODY, built=False), POLICY, NOW), Wait)


def test_in_quiet_hours_nothing_is_shown_and_afterwards_it_is() -> None:
    quiet = replace(POLICY, quiet_hours=QuietHours(start=time(12), end=time(14)))
    assert next_step(situation_with(), quiet, NOW) == Wait(until=NOW.replace(hour=14))
    assert next_step(situation_with(), quiet, NOW.replace(hour=14)) == ShowPrompt()


@pytest.mark.parametrize(("state", "status"), [(State.DEAD, CardStatus.DEAD), (State.CHANGE_REFUSED, CardStatus.CHANGE_REFUSED)])
def test_the_card_of_a_refused_call_waits_until_the_quiet_hours_are_over(state: State, status: CardStatus) -> None:
    quiet = replace(POLICY, quiet_hours=QuietHours(start=time(12), end=time(14)))
    refused = situation_with(state=state, card_status=CardStatus.QUEUED)
    assert next_step(refused, quiet, NOW) == Wait(until=NOW.replace(hour=14))
    assert next_step(refused, quiet, NOW.replace(hour=14)) == ShowStatus(status=status)


def test_the_status_of_an_answer_given_in_quiet_hours_is_shown_at_once() -> None:
    quiet = replace(POLICY, quiet_hours=QuietHours(start=time(12), end=time(14)))
    queued = situation_with(state=State.QUEUED, card_status=CardStatus.DUE)
    assert next_step(queued, quiet, NOW) == ShowStatus(status=CardStatus.QUEUED)


def test_a_call_that_was_put_off_waits_until_its_time() -> None:
    later = NOW + timedelta(hours=5)
    assert next_step(situation_with(not_before=Deadline(until=later)), POLICY, NOW) == Wait(until=later)
    assert next_step(situation_with(not_before=Deadline(until=later), dialogs_opened=1), POLICY, later) == ShowPrompt()


def test_a_settled_call_removes_its_card_and_is_left_alone() -> None:
    assert next_step(situation_with(state=State.QUEUED, notification_shown=True), POLICY, NOW) == RemoveCard()
    assert next_step(situation_with(state=State.LOGGED), POLICY, NOW) is None


def test_a_refusal_is_shown_even_where_no_status_was_wanted() -> None:
    assert next_step(situation_with(state=State.DEAD), POLICY, NOW) == ShowStatus(status=CardStatus.DEAD)
    assert next_step(situation_with(state=State.CHANGE_REFUSED), POLICY, NOW) == ShowStatus(status=CardStatus.CHANGE_REFUSED)
    assert next_step(situation_with(state=State.DEAD, card_status=CardStatus.DEAD), POLICY, NOW) is None


@pytest.mark.parametrize(
    ("kind", "duration", "spoke"),
    [
        (CallType.INCOMING, 1, True),
        (CallType.OUTGOING, 0, False),
        (CallType.MISSED, 5, False),
        (CallType.BLOCKED, 5, False),
    ],
)
def test_two_people_spoke_only_in_a_connected_call(kind: CallType, duration: int, *, spoke: bool) -> None:
    assert is_connected(call(kind, duration)) is spoke


@pytest.mark.parametrize(
    ("start", "end", "at", "until"),
    [
        ("22:00", "07:00", "23:30", "2026-11-23 07:00"),
        ("22:00", "07:00", "06:59", "2026-11-22 07:00"),
        ("22:00", "07:00", "07:00", None),
        ("22:00", "07:00", "21:59", None),
        ("12:00", "13:00", "12:00", "2026-11-22 13:00"),
        ("00:00", "00:00", "15:00", "2026-11-23 00:00"),
    ],
)
def test_quiet_hours_may_last_over_midnight(start: str, end: str, at: str, until: str | None) -> None:
    quiet = QuietHours(start=time.fromisoformat(start), end=time.fromisoformat(end))
    now = datetime.combine(NOW.date(), time.fromisoformat(at), tzinfo=BERLIN)
    expected = datetime.fromisoformat(until).replace(tzinfo=BERLIN) if until else None
    assert quiet.until(now) == expected


@given(
    kind=st.sampled_from(list(CallType)),
    duration=st.sampled_from([0, 5, 400]),
    who=st.sampled_from([known(), NOBODY, HIDDEN]),
    built=st.booleans(),
    via=st.sampled_from(list(AskVia)),
    screen=st.booleans(),
)
def test_a_call_that_nobody_answers_is_settled_in_the_end(
    kind: CallType, duration: int, who: Resolution, *, built: bool, via: AskVia, screen: bool
) -> None:
    """Do each step and let time pass: within weeks nothing is open."""
    policy = replace(POLICY, via=via, screen=screen)
    now, situation = NOW, situation_with(call(kind, duration), who, built=built)
    for _ in range(60):
        step = next_step(situation, policy, now)
        followup = situation.followup
        match step:
            case Settle():
                followup = replace(followup, state=step.state)
            case ShowPrompt():
                followup = replace(followup, state=State.NOTIFIED, notified_at=now, notification_shown=True)
            case OpenDialog():
                followup = replace(followup, state=State.OPEN, dialogs_opened=followup.dialogs_opened + 1)
            case RemoveCard():
                followup = replace(followup, notification_shown=False)
            case Wait():
                now = step.until
            case None:
                now += timedelta(hours=9)
        situation = replace(situation, followup=followup)
    assert situation.followup.state in (State.NOT_IN_CRM, State.IGNORED, State.DISMISSED)
    assert not situation.followup.notification_shown


# ------------------------------------------------------------------------------------------------ batches, the status of answers, late matches


def test_a_gathered_call_removes_its_own_card_and_is_dismissed_in_the_end() -> None:
    gathered = situation_with(state=State.GATHERED, batch="evening", notified_at=NOW)
    assert next_step(gathered, POLICY, NOW) is None
    assert next_step(changed(gathered, notification_shown=True), POLICY, NOW) == RemoveCard()
    assert settled(next_step(gathered, POLICY, NOW + timedelta(days=8)))[0] is State.DISMISSED


def changed(situation: Situation, **changes: object) -> Situation:
    return replace(situation, followup=replace(situation.followup, **changes))  # type: ignore[arg-type]


def test_the_status_of_an_answer_is_shown_once_and_later_where_it_could_not_be_shown() -> None:
    queued = situation_with(state=State.QUEUED, card_status=CardStatus.DUE)
    assert next_step(queued, POLICY, NOW) == ShowStatus(status=CardStatus.QUEUED)
    held = changed(queued, not_before=Deadline(until=NOW + timedelta(seconds=30)))
    assert next_step(held, POLICY, NOW) == Wait(until=NOW + timedelta(seconds=30))
    assert next_step(changed(queued, card_status=CardStatus.QUEUED, notification_shown=True), POLICY, NOW) is None
    logged = situation_with(state=State.LOGGED, card_status=CardStatus.LOGGED, notification_shown=True, notified_at=NOW)
    assert isinstance(next_step(logged, POLICY, NOW), Wait)
    assert next_step(logged, POLICY, NOW + timedelta(minutes=1)) == RemoveCard()
    assert next_step(situation_with(state=State.DEAD, card_status=CardStatus.DEAD, notification_shown=True), POLICY, NOW) is None


def test_a_call_that_a_wrong_clock_put_off_for_years_is_asked_about_now() -> None:
    assert isinstance(next_step(situation_with(not_before=Deadline(until=NOW + timedelta(days=1))), POLICY, NOW), Wait)
    assert next_step(situation_with(not_before=Deadline(until=NOW + timedelta(days=900))), POLICY, NOW) == ShowPrompt()
    answered = situation_with(state=State.LOGGED, card_status=CardStatus.DUE, not_before=Deadline(until=NOW + timedelta(days=900)))
    assert next_step(answered, POLICY, NOW) == ShowStatus(status=CardStatus.LOGGED)


def test_a_status_card_that_a_wrong_clock_dates_in_the_future_does_not_stay_for_years() -> None:
    logged = situation_with(
        state=State.LOGGED, card_status=CardStatus.LOGGED, notification_shown=True, notified_at=NOW + timedelta(days=900)
    )
    assert next_step(logged, POLICY, NOW) == RemoveCard()


def test_an_earlier_call_is_asked_about_once_its_caller_is_in_the_crm() -> None:
    late = situation_with(state=State.NOT_IN_CRM)
    assert next_step(late, POLICY, NOW) == Gather(batch="late:+353871234567")
    assert next_step(late, replace(POLICY, late=LateCalls.LOG), NOW) == Enqueue(outcome=Outcome.CONNECTED)
    for policy in (replace(POLICY, late=LateCalls.OFF), replace(POLICY, enabled=False), replace(POLICY, has_crm=False)):
        assert next_step(late, policy, NOW) is None
    assert next_step(changed(late, late_match_settled=True), POLICY, NOW) is None
    assert next_step(situation_with(who=NOBODY, state=State.NOT_IN_CRM), POLICY, NOW) is None


@pytest.mark.parametrize("late", [LateCalls.ASK, LateCalls.LOG])
def test_a_probable_match_brings_no_earlier_call_back(late: LateCalls) -> None:
    for certainty, is_asked in ((Certainty.KNOWN, True), (Certainty.SEVERAL, True), (Certainty.PROBABLE, False)):
        earlier = situation_with(who=replace(known(), certainty=certainty), state=State.NOT_IN_CRM)
        assert (next_step(earlier, replace(POLICY, late=late), NOW) is not None) is is_asked


def test_a_long_call_is_logged_unasked_but_not_after_its_dialog_was_left() -> None:
    policy = replace(POLICY, auto_log=timedelta(seconds=60))
    assert next_step(situation_with(), policy, NOW) == Enqueue(outcome=Outcome.CONNECTED)
    assert next_step(situation_with(dialogs_opened=1), policy, NOW) == ShowPrompt()
    assert next_step(situation_with(call(duration=59)), policy, NOW) == ShowPrompt()


def test_the_evening_asks_about_calls_whose_prompt_was_shown_before_it() -> None:
    followup = situation_with(state=State.NOTIFIED, notified_at=NOW).followup
    assert not belongs_to_evening(followup, None)
    assert not belongs_to_evening(followup, NOW)
    assert belongs_to_evening(followup, NOW + timedelta(seconds=1))


SITUATIONS = st.builds(
    lambda state, who, built, **more: situation_with(who=who, built=built, state=state, **more),
    state=st.sampled_from(State),
    who=st.sampled_from([known(), NOBODY, HIDDEN]),
    built=st.booleans(),
    card_status=st.sampled_from(CardStatus),
    batch=st.sampled_from(["", "evening", "late:+353"]),
    notification_shown=st.booleans(),
    dialogs_opened=st.integers(0, 2),
    late_match_settled=st.booleans(),
    not_before=st.sampled_from([None, Deadline(until=NOW + timedelta(minutes=5))]),
    notified_at=st.sampled_from([None, NOW - timedelta(days=1), NOW]),
    dialog_wanted_at=st.sampled_from([None, NOW]),
)
POLICIES = st.builds(
    Policy,
    enabled=st.booleans(),
    has_crm=st.booleans(),
    screen=st.booleans(),
    dialogs_work=st.booleans(),
    via=st.sampled_from(AskVia),
    strangers=st.booleans(),
    auto_log=st.sampled_from([None, timedelta(seconds=1)]),
    late=st.sampled_from(LateCalls),
    evening=st.sampled_from([None, NOW]),
)


@given(SITUATIONS, POLICIES)
def test_every_call_ends_settled_whatever_its_row_says(situation: Situation, policy: Policy) -> None:
    """With nobody at the phone the steps come to an end, and leave no call that is neither settled nor asked about."""
    now = NOW
    for _ in range(60):
        step = next_step(situation, policy, now)
        situation, now = after_step(situation, step, now)
        if situation.followup.state in SETTLED and not situation.followup.notification_shown and step is None:
            return
        if step is None:
            now += timedelta(days=1)
    assert situation.followup.state not in (State.OPEN, State.NOTIFIED, State.GATHERED), situation


SETTLED = frozenset(State) - {State.OPEN, State.NOTIFIED, State.GATHERED}


def after_step(situation: Situation, step: object, now: datetime) -> tuple[Situation, datetime]:
    """Return what the turns make of a step."""
    match step:
        case Settle():
            return changed(situation, state=step.state, card_status=CardStatus.NONE), now
        case ShowPrompt():
            return changed(
                situation, state=State.NOTIFIED, notified_at=now, notification_shown=True, batch="", not_before=None
            ), now
        case OpenDialog():
            return changed(situation, dialogs_opened=situation.followup.dialogs_opened + 1, dialog_wanted_at=None), now
        case Enqueue():
            return changed(situation, state=State.QUEUED, card_status=CardStatus.DUE, late_match_settled=True), now
        case Gather():
            return changed(situation, state=State.GATHERED, batch=step.batch, notified_at=now, late_match_settled=True), now
        case ShowStatus():
            return changed(situation, card_status=step.status, notification_shown=True, notified_at=now), now
        case RemoveCard():
            return changed(situation, notification_shown=False), now
        case Silence():
            return changed(situation, state=State.OPEN, notification_shown=False), now
        case Wait():
            return situation, step.until
        case _:
            return situation, now


def test_a_card_that_asks_what_to_change_stays_for_ten_minutes() -> None:
    asks_change = situation_with(state=State.LOGGED, card_status=CardStatus.CHANGE_ASKED, notification_shown=True, notified_at=NOW)
    assert next_step(asks_change, POLICY, NOW + timedelta(minutes=9)) == Wait(until=NOW + timedelta(minutes=10))
    assert next_step(asks_change, POLICY, NOW + timedelta(minutes=11)) == RemoveCard()
    refused = changed(asks_change, state=State.DEAD)
    assert next_step(refused, POLICY, NOW + timedelta(minutes=9)) == Wait(until=NOW + timedelta(minutes=10))
    assert next_step(refused, POLICY, NOW + timedelta(minutes=11)) == ShowStatus(status=CardStatus.DEAD)
    waits = changed(asks_change, state=State.QUEUED)
    assert next_step(waits, POLICY, NOW + timedelta(minutes=11)) == ShowStatus(status=CardStatus.QUEUED)
