"""The contact of a call: whom its number suggests, whom the person named, or a new contact that is not in the CRM yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.callers.candidate import Candidate
from callerid.core.callers.resolve import Certainty, Resolution, confirmed_as, with_logged_first
from callerid.core.followup.conversation import merged
from callerid.core.followup.new_contact import EnteredContact, contact_field_answers, next_field_question
from callerid.core.followup.questions import Question
from callerid.errors import UsageFault
from callerid.messages import message
from callerid.models import CallEngagement, Match, NumberMatch

if TYPE_CHECKING:
    from callerid.core.followup.questions import LoggedCall
    from callerid.core.followup.state import FollowUp, Situation
    from callerid.core.wording.style import TextStyle
    from callerid.store.mirror.database import Mirror
    from callerid.turns.context import AppContext


def with_named_contact(mirror: Mirror, situation: Situation, logged: LoggedCall | None) -> Situation:
    """Return the situation of a follow-up with the contact that the person named, where its number suggests none. The contact with
    which the call is logged already comes first, whoever has the number by now."""
    followup, resolution = situation.followup, situation.resolution
    logged_id = logged.contact_id if logged else ""
    if resolution.candidates:
        if not logged_id:
            return situation
        return replace(situation, resolution=with_logged_first(resolution, mirror.candidate(logged_id)))
    named_id = dict(merged(followup.answers, followup.draft)).get(Question.PERSON, logged_id)
    contact = mirror.candidate(named_id)
    return replace(situation, resolution=confirmed_as(resolution, contact)) if contact else situation


def logged_resolution(app: AppContext, followup: FollowUp, resolution: Resolution, style: TextStyle) -> Resolution:
    """Return with whom an answered follow-up is logged, or will be, given whom its number suggests; no candidates when that contact
    is not in the mirror."""
    entered = (
        next_field_question("", contact_field_answers(followup.answers), style, as_typed=True)
        if not resolution.candidates
        else None
    )
    if isinstance(entered, EnteredContact):
        return resolution_of_entered(entered)
    row = app.ledger.outbox.of_call(followup.call.key)
    if row is None or not isinstance(row.content, CallEngagement):
        return resolution
    contact = app.mirror.candidate(row.content.contact_id or "")
    return confirmed_as(resolution, contact) if contact else replace(resolution, candidates=())


def hidden_number_fault(followup: FollowUp) -> UsageFault:
    """Return the fault for whoever wants to log a call with a hidden number without naming a contact."""
    return UsageFault(
        message("The number of that call was withheld, so it is not known who that was."),
        remedy=message("Name a contact, by name, e-mail or id: callerid log {key} --person WHO", key=followup.call.key),
    )


def no_mirror_fault() -> UsageFault:
    """Return the fault for whoever wants to log a call while there is no mirror that says who that was."""
    return UsageFault(
        message("There is no mirror of the CRM, so it is not known who that was."), remedy=message("Type: callerid sync")
    )


def resolution_of_entered(entered: EnteredContact) -> Resolution:
    """Return a contact that was entered and is not in the CRM yet as if it were."""
    candidate = Candidate(
        id="",
        first_name=entered.first_name,
        last_name=entered.last_name,
        email=entered.email,
        company=entered.company,
        company_id=None,
        owner=None,
        last_contacted=None,
        phone=None,
        match=NumberMatch(match=Match.EXACT, why=""),
        deals=(),
    )
    return confirmed_as(Resolution(number="", certainty=Certainty.UNKNOWN), candidate)
