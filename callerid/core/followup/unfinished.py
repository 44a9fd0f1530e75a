"""An unfinished dialog: some of its answers are known, and of the next one nobody knows what the person said. The question may have
been answered where the answer did not arrive: it was cut, its command was killed, or callerid was.

What such a dialog had still to ask is asked again, by another dialog or by the buttons of the call's card. Of a dialog that was
left by Back, nothing is asked again: that is the person's word.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.followup.conversation import MARK, WAITS_FOR_MIRROR, dialog_answers
from callerid.core.followup.questions import UNCHANGED, NoteInput, Question
from callerid.core.followup.states import AWAITING_ANSWER

if TYPE_CHECKING:
    from callerid.core.followup.conversation import Draft
    from callerid.core.followup.questions import AskedQuestion, Choices
    from callerid.core.followup.state import FollowUp

_UNFINISHED = (MARK, "a dialog was not finished")  # at the beginning of a draft, before the answers


def unfinished(draft: Draft) -> Draft:
    """Return a draft as that of a dialog which is not finished; without an answer, nothing was begun."""
    return draft if not draft or _UNFINISHED in draft else (_UNFINISHED, *draft)


def is_unfinished(followup: FollowUp) -> bool:
    """Return whether a dialog about a call was begun, and neither finished nor left by the person."""
    return _UNFINISHED in followup.draft


def awaits_rest(followup: FollowUp) -> bool:
    """Return whether the rest of an unfinished dialog is awaited before its call is logged."""
    return followup.state in AWAITING_ANSWER and is_unfinished(followup)


def finished(followup: FollowUp) -> FollowUp:
    """Return a follow-up whose answers are all that is to be asked: what is optional is not asked any more."""
    return replace(followup, draft=tuple(pair for pair in followup.draft if pair != _UNFINISHED))


def with_deal_left(followup: FollowUp) -> FollowUp:
    """Return a follow-up whose dialog asks for no deal: one that was not chosen stays as it is logged, or is none of several."""
    is_chosen = Question.DEAL in dict(followup.draft)
    return followup if is_chosen else replace(followup, draft=(*followup.draft, (Question.DEAL, UNCHANGED)))


def reopened(followup: FollowUp) -> Draft:
    """Return the draft with which a dialog about a call goes on. It does not wait for a mirror."""
    if not is_unfinished(followup):
        return dialog_answers(followup.draft)
    return tuple(pair for pair in followup.draft if pair != WAITS_FOR_MIRROR)


def like(followup: FollowUp, draft: Draft) -> Draft:
    """Return a new draft of a follow-up, unfinished if its last one is."""
    return unfinished(draft) if is_unfinished(followup) else draft


def choices_on_card(choices: Choices, followup: FollowUp) -> Choices:
    """Return what a card may ask, where nothing can be typed: only what must be answered, and what an unfinished dialog had still
    to ask. The note of a change stays as it is logged."""
    if not is_unfinished(followup):
        return replace(choices, note=NoteInput.OFF, follow_up=False)
    note = choices.note if followup.state in AWAITING_ANSWER else NoteInput.OFF
    return replace(choices, note=note, can_type=False)


def is_typed(question: AskedQuestion) -> bool:
    """Return whether no button answers a question."""
    return question.question == Question.NOTE_BY or not question.dialog.labels


def is_about_follow_up(question: object) -> bool:
    """Return whether this is the question for a follow-up, or for its day."""
    return getattr(question, "question", "") in (Question.FOLLOW_UP, Question.DATE)
