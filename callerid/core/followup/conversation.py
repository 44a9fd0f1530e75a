"""The log conversation: which question comes next, and what the answers mean. Back goes one question back, not out of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import NOT_THIS_CONTACT, Certainty
from callerid.core.followup.questions import (
    NO_DEAL,
    NONE_OF_THEM,
    UNCHANGED,
    LoggedCall,
    NoteInput,
    Question,
    date_question,
    deal_question,
    follow_up_question,
    note_input_question,
    note_question,
    outcome_question,
    person_question,
)
from callerid.core.followup.states import ANSWERED, AWAITING_ANSWER
from callerid.core.hours import DueIn, due_time
from callerid.models import CallOutcome
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.core.callers.candidate import Candidate
    from callerid.core.callers.resolve import Resolution
    from callerid.core.followup.questions import AskedQuestion, Choices
    from callerid.core.followup.state import FollowUp
    from callerid.core.wording.style import TextStyle
    from callerid.models import Call

Draft = tuple[tuple[str, str], ...]  # (question, answer), in the order given
MARK = "held"  # instead of a question, in a draft
_DIALOG_BEGINS = (MARK, "")  # the answers before it were not given in its dialog, and Back does not reach them
WAITS_FOR_MIRROR = (MARK, "until there is a mirror")  # the answers before it are to be logged once it is known who that was


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The whole answer about a call."""

    candidate: Candidate
    outcome: str  # the id of one of the portal's outcomes
    deal_id: str | None
    note: str
    due: datetime | None = None  # of a follow-up task (UTC)
    due_changed: bool = False  # the person chose it now; otherwise it stays as it was


@dataclass(frozen=True, slots=True)
class NoneOfThem:
    """The answer that it was none of the candidates."""


def next_question(
    call: Call, resolution: Resolution, draft: Draft, choices: Choices, style: TextStyle
) -> AskedQuestion | Answer | NoneOfThem:
    """Return the next question about a call with candidates, or the whole answer when none is left."""
    answers = dict(draft)
    if answers.get(Question.PERSON) == NONE_OF_THEM:
        return NoneOfThem()
    chosen = _chosen_candidate(resolution, answers)
    if chosen is None and resolution.certainty in (Certainty.SEVERAL, Certainty.PROBABLE):
        return person_question(call, resolution, style)
    candidate = chosen or resolution.candidates[0]
    return _question_about(call, candidate, answers, choices, style) or Answer(
        candidate=candidate,
        outcome=answers[Question.OUTCOME],
        deal_id=_deal_id(candidate, answers, choices),
        note=answers.get(Question.NOTE, "") or (choices.logged.note if choices.logged else ""),
        due=_due(answers, choices, style.now),
        due_changed=not _keeps_follow_up(answers, style.now),
    )


def _question_about(
    call: Call, candidate: Candidate, answers: dict[str, str], choices: Choices, style: TextStyle
) -> AskedQuestion | None:
    if answers.get(Question.OUTCOME) not in [outcome.id for outcome in choices.outcomes]:
        return outcome_question(call, candidate, choices, style)
    if len(candidate.deals) > 1 and Question.DEAL not in answers:
        return deal_question(candidate, choices, style)
    return _question_for_note(candidate, answers, choices, style) or _question_for_follow_up(answers, choices, style)


def _question_for_note(candidate: Candidate, answers: dict[str, str], choices: Choices, style: TextStyle) -> AskedQuestion | None:
    by = choices.note
    if by is NoteInput.OFF or Question.NOTE in answers:
        return None
    if by is NoteInput.CHOOSE:
        if Question.NOTE_BY not in answers:
            return note_input_question(candidate, choices, style)
        by = NoteInput(answers[Question.NOTE_BY])
    return None if by is NoteInput.OFF else note_question(candidate, by, choices, style)


def _question_for_follow_up(answers: dict[str, str], choices: Choices, style: TextStyle) -> AskedQuestion | None:
    if not choices.follow_up:
        return None
    if Question.FOLLOW_UP not in answers:
        return follow_up_question(choices, style)
    if not _lacks_day(answers, style.now):
        return None
    return date_question(style) if choices.can_type else follow_up_question(choices, style)


def quick_answer(call: Call, resolution: Resolution, answers: Draft, choices: Choices, style: TextStyle) -> Answer | None:
    """Return the whole answer that given answers make, the outcome among them; None when something must be asked first. A note and
    a follow-up are not asked for; those that were given count."""
    outcome = dict(answers).get(Question.OUTCOME)
    if not resolution.candidates or outcome is None:
        return None
    given = CallOutcome(id=outcome, label="")  # counts also where the portal does not offer it
    required = replace(choices, outcomes=(*choices.outcomes, given), note=NoteInput.OFF, follow_up=False, logged=None)
    step = next_question(call, resolution, answers, required, style)
    return step if isinstance(step, Answer) else None


def plain_answer(candidate: Candidate, outcome: str, answers: Draft = ()) -> Answer:
    """Return the answer with this candidate and outcome that asks nothing more: with the note if one was given, and with a deal
    only where there is one alone."""
    return Answer(candidate=candidate, outcome=outcome, deal_id=_only_deal_id(candidate), note=dict(answers).get(Question.NOTE, ""))


# ------------------------------------------------------------------------------------------------ drafts


def answers_so_far(followup: FollowUp) -> Draft:
    """Return the answers about a call, those of a dialog that was left too. The draft of a change is not an answer yet."""
    return followup.answers if followup.state in ANSWERED else merged(followup.answers, followup.draft)


def contacts_in(answers: Draft) -> frozenset[str]:
    """Return the ids of the contacts whom answers name, as the one it was or as one it was not."""
    return frozenset(answer for question, answer in answers if question in (Question.PERSON, NOT_THIS_CONTACT))


def with_contacts(answers: Draft, survivors: Mapping[str, str]) -> Draft:
    """Return answers with the contacts that are left of those who were merged: `survivors` has their ids by the old ones."""
    follow = (Question.PERSON, NOT_THIS_CONTACT)
    return tuple((question, survivors.get(answer, answer) if question in follow else answer) for question, answer in answers)


def newly_named(before: FollowUp, after: FollowUp) -> frozenset[str]:
    """Return the ids of the contacts whom a follow-up names after a change, and did not before."""
    if (after.answers, after.draft) == (before.answers, before.draft):
        return frozenset()
    return contacts_in((*after.answers, *after.draft)) - contacts_in((*before.answers, *before.draft))


def merged(earlier: Draft, later: Draft) -> Draft:
    """Return earlier and later answers in one; the later answer counts where a question was answered twice."""
    return tuple((question, answer) for question, answer in (dict(earlier) | dict(later)).items() if question != MARK)


def initial_draft(answers: Draft) -> Draft:
    """Return the draft of a dialog that asks only for what these answers lack, and whose Back takes none of them away."""
    return (*answers, _DIALOG_BEGINS)


def waiting_draft(answers: Draft) -> Draft:
    """Return the draft of a call that is logged with these answers once a mirror says who that was."""
    return (*answers, WAITS_FOR_MIRROR)


def waits_for_mirror(followup: FollowUp) -> bool:
    """Return whether a call was answered by a tap or a note, and is to be logged once a mirror says who that was."""
    return followup.state in AWAITING_ANSWER and WAITS_FOR_MIRROR in followup.draft


def dialog_answers(draft: Draft) -> Draft:
    """Return the answers of a draft that were given in its dialog."""
    marks = [place for place, (question, _) in enumerate(draft, start=1) if question == MARK]
    return draft[max(marks, default=0) :]


def draft_to_keep(followup: FollowUp) -> Draft:
    """Return the draft to keep of a dialog that was left: its answers, but none of a change."""
    return () if followup.state in ANSWERED else dialog_answers(followup.draft)


def with_answer(question: AskedQuestion, index: int | None, text: str, draft: Draft) -> Draft:
    """Return the draft with the answer to a question: the label at a place, or a text."""
    value = question.values[index] if index is not None else text
    return (*(pair for pair in draft if pair[0] != question.question), (str(question.question), value))


def without_last(draft: Draft) -> Draft | None:
    """Return the draft without its last answer, as after Back; None when there is none to take back."""
    return draft[:-1] if draft and draft[-1][0] != MARK else None


def answers_of(answer: Answer | LoggedCall) -> Draft:
    """Return the answers that hold whoever the call was with. The follow-up is given by its time, because "tomorrow" would mean
    another day later."""
    follow_up = answer.due.isoformat() if answer.due else str(DueIn.NEVER)
    return ((Question.OUTCOME, answer.outcome), (Question.NOTE, answer.note), (Question.FOLLOW_UP, follow_up))


def as_logged_call(answers: Draft, resolution: Resolution, now: datetime) -> LoggedCall | None:
    """Return answers as the logged call that a change begins from; None when there are none. `now` is in the phone's zone."""
    if not answers:
        return None
    given, is_sure = dict(answers), resolution.certainty is Certainty.KNOWN
    candidate = _chosen_candidate(resolution, given) or (resolution.candidates[0] if is_sure else None)
    deal_id = given.get(Question.DEAL, _only_deal_id(candidate) if candidate else None)
    return LoggedCall(
        contact_id=candidate.id if candidate else "",
        outcome=given.get(Question.OUTCOME, ""),
        deal_id=None if deal_id == NO_DEAL else deal_id,
        note=given.get(Question.NOTE, ""),
        due=_follow_up_time(given.get(Question.FOLLOW_UP, ""), given.get(Question.DATE, ""), now),
    )


def ends_with_lines(note: str, lines: str) -> bool:
    """Return whether these are the last lines of a note."""
    last = lines.strip().splitlines()
    return not last or note.strip().splitlines()[-len(last) :] == last


# ------------------------------------------------------------------------------------------------ what answers mean


def _chosen_candidate(resolution: Resolution, answers: dict[str, str]) -> Candidate | None:
    chosen = answers.get(Question.PERSON)
    return next((candidate for candidate in resolution.candidates if candidate.id == chosen), None)


def _only_deal_id(candidate: Candidate) -> str | None:
    return candidate.deals[0].id if len(candidate.deals) == 1 else None


def _deal_id(candidate: Candidate, answers: dict[str, str], choices: Choices) -> str | None:
    if answers.get(Question.DEAL, UNCHANGED) == UNCHANGED:
        if choices.logged and choices.logged.contact_id == candidate.id:
            return choices.logged.deal_id
        return _only_deal_id(candidate)
    chosen = answers[Question.DEAL]
    return chosen if chosen in [deal.id for deal in choices.deals_of(candidate)] else None


def _due(answers: dict[str, str], choices: Choices, now: datetime) -> datetime | None:
    if _keeps_follow_up(answers, now):
        return choices.logged.due if choices.logged else None
    return _follow_up_time(answers[Question.FOLLOW_UP], answers.get(Question.DATE, ""), now)


def _keeps_follow_up(answers: dict[str, str], now: datetime) -> bool:
    """Return whether the follow-up stays as it is: nobody chose another, or the day of another is not known."""
    return answers.get(Question.FOLLOW_UP, UNCHANGED) == UNCHANGED or _lacks_day(answers, now)


def _lacks_day(answers: dict[str, str], now: datetime) -> bool:
    is_on_a_day = answers.get(Question.FOLLOW_UP) == DueIn.ON_A_DATE
    return is_on_a_day and _follow_up_time(DueIn.ON_A_DATE, answers.get(Question.DATE, ""), now) is None


def _follow_up_time(follow_up: str, date: str, now: datetime) -> datetime | None:
    if follow_up in list(DueIn):
        return due_time(DueIn(follow_up), date, now)
    try:
        return datetime.fromisoformat(follow_up)  # as `answers_of` wrote it; it may have passed
    except ValueError:
        return None
