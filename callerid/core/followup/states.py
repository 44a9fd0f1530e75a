"""Where a follow-up stands, and what its card says."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a follow-up stands."""

    OPEN = "open"  # to be decided, or its prompt to be shown (again)
    NOTIFIED = "notified"  # its prompt is shown
    GATHERED = "gathered"  # its batch's card asks about it
    ADDING = "adding"  # answered: the caller is on the way into the CRM
    QUEUED = "queued"  # answered: the outbox has it
    LOGGED = "logged"
    DISMISSED = "dismissed"
    IGNORED = "ignored"
    NOT_IN_CRM = "not-in-crm"
    CHANGE_REFUSED = "change-refused"  # logged, and the CRM refused a change of it
    DEAD = "dead-letter"
    BASELINE = "baseline"  # was in the call log before callerid was installed


class ShownState(StrEnum):
    """Where a call stands for a person: each has one text in the catalogue, which every command and the report use."""

    UNDECIDED = "undecided"  # callerid asks about it, or is going to
    ADDING = "adding"
    QUEUED = "queued"
    WITHDRAWING = "withdrawing"  # it is, or may be, in the CRM, and is to be deleted there
    LOGGED = "logged"
    DISMISSED = "dismissed"
    IGNORED = "ignored"
    NOT_IN_CRM = "not-in-crm"
    CHANGE_REFUSED = "change-refused"
    DEAD = "dead-letter"
    BASELINE = "baseline"


UNSETTLED = frozenset({State.OPEN, State.NOTIFIED, State.GATHERED, State.ADDING, State.QUEUED})
REFUSED = (State.CHANGE_REFUSED, State.DEAD)
AWAITING_ANSWER = (State.OPEN, State.NOTIFIED, State.GATHERED)
ANSWERED = (State.QUEUED, State.LOGGED, State.CHANGE_REFUSED, State.DEAD, State.ADDING)  # with an answer to change or to undo


def shown_state(state: State, *, withdrawing: bool = False) -> ShownState:
    """Return what a person is told of a follow-up's state; `withdrawing`: its call is to be withdrawn from the CRM."""
    if withdrawing and state is State.QUEUED:
        return ShownState.WITHDRAWING
    return ShownState.UNDECIDED if state in AWAITING_ANSWER else ShownState(state.value)


class CardStatus(StrEnum):
    """What the card of an answered call says of the answer."""

    NONE = ""  # nothing, and it is to say nothing
    DUE = "wanted"  # nothing yet
    QUEUED = "queued"
    LOGGED = "logged"
    CHANGE_REFUSED = "change-refused"
    DEAD = "dead-letter"
    CHANGE_ASKED = "asked"  # it asks what to change, until that is answered or left
    WITHDRAWING = "taking-back"  # nothing yet of an answer that was undone
    WITHDRAWAL_WAITS = "withdrawal-waits"  # that it is to be withdrawn from the CRM, which may have it until then
    WITHDRAWN = "taken-back"
