"""The conversation after a call: few questions, each with a way back, and nothing is logged to a merely probable contact."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import (
    Certainty,
    confirmed_as,
    denial_answers,
    sure_candidates,
    with_logged_first,
    without_denied,
)
from callerid.core.followup.conversation import (
    Answer,
    Draft,
    NoneOfThem,
    answers_of,
    answers_so_far,
    as_logged_call,
    dialog_answers,
    draft_to_keep,
    ends_with_lines,
    initial_draft,
    merged,
    next_question,
    quick_answer,
    with_answer,
    without_last,
)
from callerid.core.followup.outcomes import offered_outcomes
from callerid.core.followup.questions import AskedQuestion, Choices, LoggedCall, NoteInput, Question
from callerid.core.followup.state import FollowUp
from callerid.core.followup.states import State
from callerid.models import Match, Outcome, Widget
from tests.core.people import ANA, BEN, EN, NOBODY, PILOT, RENEWAL, call, candidate, known, style

if TYPE_CHECKING:
    from callerid.core.callers.resolve import Resolution

CHOICES = Choices(outcomes=offered_outcomes(call(), (), EN), follow_up=False)


def conversation(resolution: Resolution, *answers: str, choices: Choices = CHOICES) -> tuple[list[str], Answer | NoneOfThem]:
    """Answer each question by its label, or with a text, and return the questions and the whole answer."""
    draft: Draft = ()
    asked: list[str] = []
    remaining = list(answers)
    while True:
        step = next_question(call(), resolution, draft, choices, style())
        if not isinstance(step, AskedQuestion):
            return asked, step
        asked.append(step.question)
        text = remaining.pop(0)
        index = step.dialog.labels.index(text) if step.values else None
        draft = with_answer(step, index, text, draft)


def test_one_candidate_with_one_deal_needs_only_outcome_and_note() -> None:
    asked, answer = conversation(known(), "Connected", "sends the offer")
    assert asked == [Question.OUTCOME, Question.NOTE]
    assert answer == Answer(candidate=ANA, outcome=Outcome.CONNECTED, deal_id="701", note="sends the offer")


def test_with_several_deals_it_asks_which_one() -> None:
    two_deals = known(candidate(deals=(RENEWAL, PILOT)))
    asked, answer = conversation(two_deals, "Busy", "Pilot", "")
    assert asked == [Question.OUTCOME, Question.DEAL, Question.NOTE]
    assert isinstance(answer, Answer)
    assert (answer.deal_id, answer.outcome) == ("702", Outcome.BUSY)
    closed = replace(CHOICES, closed_deals=(("501", (replace(PILOT, closes=date(2027, 3, 21)),)),))
    asked, _ = conversation(known(candidate(deals=(RENEWAL, RENEWAL))), "Busy", "Pilot · closed 21 Mar 2027", "", choices=closed)
    assert Question.DEAL in asked
    _, none = conversation(two_deals, "Busy", "No deal", "")
    assert isinstance(none, Answer)
    assert none.deal_id is None


def test_the_person_is_asked_for_when_candidates_share_a_number() -> None:
    asked, answer = conversation(known(ANA, BEN), "Ben Kim · Acme GmbH", "No answer", "")
    assert asked[0] is Question.PERSON
    assert isinstance(answer, Answer)
    assert (answer.candidate, answer.deal_id) == (BEN, None)
    assert conversation(known(ANA, BEN), "None of them") == ([Question.PERSON], NoneOfThem())


def test_a_probable_candidate_must_be_confirmed() -> None:
    probable = known(candidate(match=Match.PROBABLE, company=""))
    asked, _ = conversation(probable, "Ana López", "Connected", "")
    assert asked[0] is Question.PERSON
    assert conversation(probable, "No, someone else") == ([Question.PERSON], NoneOfThem())


def test_the_six_outcomes_are_those_of_hubspot() -> None:
    step = next_question(call(), known(), (), CHOICES, style())
    assert isinstance(step, AskedQuestion)
    assert step.dialog.widget is Widget.SHEET
    assert step.dialog.labels == (
        "Connected",
        "Left live message",
        "Left voicemail",
        "No answer",
        "Busy",
        "Wrong number",
    )


def test_back_takes_the_last_answer_back_until_there_is_none() -> None:
    draft = (("outcome", "busy"), ("deal", "702"))
    assert without_last(draft) == (("outcome", "busy"),)
    assert without_last(()) is None


def test_answering_a_question_again_replaces_the_answer() -> None:
    step = next_question(call(), known(), (), CHOICES, style())
    assert isinstance(step, AskedQuestion)
    assert with_answer(step, 0, "", (("outcome", "busy"),)) == (("outcome", "connected"),)


def test_a_draft_whose_person_or_outcome_is_no_longer_offered_is_asked_again() -> None:
    step = next_question(call(), known(ANA, BEN), (("person", "999"), ("outcome", "connected")), CHOICES, style())
    assert isinstance(step, AskedQuestion)
    assert step.question is Question.PERSON
    other = next_question(call(), known(), (("outcome", "from-a-later-version"),), CHOICES, style())
    assert isinstance(other, AskedQuestion)
    assert other.question is Question.OUTCOME


TAPPED: Draft = (("outcome", "connected"),)


def at_once(resolution: Resolution, answers: Draft = TAPPED) -> Answer | None:
    return quick_answer(call(), resolution, answers, CHOICES, style())


def test_one_tap_is_enough_only_where_nothing_else_must_be_asked() -> None:
    assert at_once(known()) == Answer(candidate=ANA, outcome=Outcome.CONNECTED, deal_id="701", note="")
    assert at_once(known(ANA, BEN)) is None
    assert at_once(known(candidate(match=Match.PROBABLE))) is None
    assert at_once(known(candidate(deals=(RENEWAL, PILOT)))) is None
    assert at_once(NOBODY) is None
    assert at_once(known(), ()) is None


def test_a_tap_keeps_the_answers_that_were_given_before_it() -> None:
    at = datetime(2026, 11, 20, 8, tzinfo=UTC)
    earlier: Draft = (("person", "502"), ("note", "typed"), ("follow-up", at.isoformat()), *TAPPED)
    assert at_once(known(ANA, BEN), earlier) == Answer(
        candidate=BEN, outcome="connected", deal_id=None, note="typed", due=at, due_changed=True
    )
    deal: Draft = (("deal", "702"), *TAPPED)
    answer = at_once(known(candidate(deals=(RENEWAL, PILOT))), deal)
    assert answer
    assert answer.deal_id == "702"


def test_an_outcome_that_the_portal_does_not_offer_is_logged_anyway() -> None:
    answer = at_once(known(), (("outcome", "of another portal"),))
    assert answer
    assert answer.outcome == "of another portal"


def test_back_takes_away_no_answer_that_was_given_outside_the_dialog() -> None:
    draft = initial_draft(TAPPED)
    assert without_last(draft) is None
    assert without_last((*draft, ("deal", "702"))) == draft
    assert dialog_answers((*draft, ("deal", "702"))) == (("deal", "702"),)
    assert dialog_answers(TAPPED) == TAPPED
    assert merged(draft, (("outcome", "busy"), ("note", "n"))) == (("outcome", "busy"), ("note", "n"))


def test_the_answers_of_a_dialog_that_was_left_count_but_not_those_of_a_change() -> None:
    followup = FollowUp(call=call(), line="k", answers=(("note", "n"),), draft=TAPPED)
    assert answers_so_far(followup) == (("note", "n"), *TAPPED)
    assert answers_so_far(replace(followup, state=State.ADDING)) == (("note", "n"),)


def test_a_follow_up_keeps_its_time_even_when_it_has_passed() -> None:
    due = datetime(2026, 11, 20, 8, tzinfo=UTC)
    answers = answers_of(Answer(candidate=ANA, outcome="busy", deal_id=None, note="n", due=due))
    logged = as_logged_call(answers, known(), style().now)
    assert logged == LoggedCall(contact_id="501", outcome="busy", deal_id="701", note="n", due=due)
    never = answers_of(Answer(candidate=ANA, outcome="busy", deal_id=None, note="n"))
    assert (logged := as_logged_call(never, known(ANA, BEN), style().now))
    assert (logged.contact_id, logged.deal_id, logged.due) == ("", None, None)
    spoilt = as_logged_call((("follow-up", "some day"), ("deal", "none")), known(), style().now)
    assert spoilt
    assert (spoilt.deal_id, spoilt.due) == (None, None)
    assert as_logged_call((), known(), style().now) is None


def test_how_to_enter_a_note_can_be_chosen_each_time() -> None:
    choices = replace(CHOICES, note=NoteInput.CHOOSE)
    asked, answer = conversation(known(), "Connected", "No note", choices=choices)
    assert asked == [Question.OUTCOME, Question.NOTE_BY]
    assert isinstance(answer, Answer)
    assert answer.note == ""
    asked, _ = conversation(known(), "Connected", "Dictate a note", "dictated", choices=choices)
    assert asked == [Question.OUTCOME, Question.NOTE_BY, Question.NOTE]
    asked, _ = conversation(known(), "Connected", choices=replace(CHOICES, note=NoteInput.OFF))
    assert asked == [Question.OUTCOME]


def test_a_saved_name_of_a_number_that_several_share_is_not_given_to_one_of_them() -> None:
    assert confirmed_as(replace(known(), saved_name="Ana at home"), ANA).saved_name == "Ana at home"
    several = replace(known(ANA, BEN), saved_name="Ana at home")
    assert confirmed_as(several, BEN) == replace(known(BEN), saved_name="")


def test_a_probable_candidate_is_not_suggested_again_after_a_no() -> None:
    probable = known(candidate(match=Match.PROBABLE))
    denied = denial_answers(probable)
    assert (without_denied(probable, denied).candidates, without_denied(probable, denied).certainty) == ((), Certainty.UNKNOWN)
    assert without_denied(probable, ()) == probable
    assert without_denied(known(candidate(match=Match.PROBABLE, contact_id="9")), denied).candidates
    assert (denial_answers(known()), without_denied(known(), denied)) == ((), known())
    assert (sure_candidates(probable), sure_candidates(known())) == ((), (ANA,))


def test_a_change_offers_first_the_contact_to_whom_the_call_is_logged() -> None:
    borrower = replace(ANA, id="77")
    lent = with_logged_first(known(), borrower)
    assert (lent.certainty, lent.candidates) == (Certainty.SEVERAL, (borrower, ANA))
    shared = replace(known(), certainty=Certainty.SEVERAL, candidates=(ANA, BEN))
    assert with_logged_first(shared, BEN).candidates == (BEN, ANA)
    assert with_logged_first(known(), ANA) == known()


def test_a_change_of_a_call_whose_contact_is_gone_asks_who_it_was() -> None:
    assert with_logged_first(known(), None).certainty is Certainty.PROBABLE
    shared = replace(known(), certainty=Certainty.SEVERAL, candidates=(ANA, BEN))
    assert with_logged_first(shared, None) == shared


def test_a_dialog_that_is_left_keeps_its_answers_but_not_those_of_a_change() -> None:
    begun = FollowUp(call=call(), line="", draft=(*initial_draft((("outcome", "busy"),)), ("note", "hello")))
    assert draft_to_keep(begun) == (("note", "hello"),)
    assert draft_to_keep(replace(begun, state=State.LOGGED)) == ()


def test_a_note_ends_with_whole_lines() -> None:
    assert ends_with_lines("Talk to Bruno\nno", "no")
    assert ends_with_lines("by May", "")
    assert not ends_with_lines("Talk to Bruno", "no")
    assert not ends_with_lines("", "no")


def test_a_logged_call_gives_the_answers_that_hold_for_any_contact() -> None:
    logged = LoggedCall(contact_id="1", outcome="busy", deal_id="2", note="hello", due=None)
    assert answers_of(logged) == (("outcome", "busy"), ("note", "hello"), ("follow-up", "none"))
    due = datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert dict(answers_of(replace(logged, due=due)))["follow-up"] == due.isoformat()
