"""Who a call was with, as the person said: of several who share the number, of nobody who has it, of somebody who is not in the CRM
yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.callers.candidate import Candidate
from callerid.core.callers.resolve import Certainty, Resolution, confirmed_as, with_logged_first
from callerid.core.followup.conversation import merged
from callerid.core.followup.new_contact import EnteredContact, contact_field_answers, next_field_question
from callerid.core.followup.questions import Question
from callerid.errors import UsageFault
from callerid.models import CallEngagement, Match, NumberMatch

if TYPE_CHECKING:
    from callerid.core.followup.questions import LoggedCall
    from callerid.core.followup.state import FollowUp, Situation
    from callerid.core.wording.style import TextStyle
    from callerid.turns.context import AppContext


def with_whom(app: AppContext, at_hand: Situation, before: LoggedCall | None) -> Situation:
    """Given a follow-up in its situation, return it with whom its number suggests, or where that is nobody, with whom was named.
    With whom it is logged already (`before`) comes first, whoever has the number by now."""
    followup, found = at_hand.followup, at_hand.resolution
    logged = before.contact_id if before else ""
    if found.candidates:
        return replace(at_hand, resolution=with_logged_first(found, app.mirror.person(logged))) if logged else at_hand
    person = app.mirror.person(dict(merged(followup.answers, followup.draft)).get(Question.PERSON, logged))
    return replace(at_hand, resolution=confirmed_as(found, person)) if person else at_hand


def as_told(app: AppContext, followup: FollowUp, found: Resolution, style: TextStyle) -> Resolution:
    """Given an answered follow-up and who its number suggests, return with whom it was logged, or is to be; nobody when that is
    somebody who is not in the mirror."""
    new = next_field_question("", contact_field_answers(followup.answers), style) if not found.candidates else None
    if isinstance(new, EnteredContact):
        return to_be(new)
    row = app.ledger.outbox.of_call(followup.call.key)
    if row is None or not isinstance(row.content, CallEngagement):
        return found
    person = app.mirror.person(row.content.contact_id or "")
    return confirmed_as(found, person) if person else replace(found, candidates=())


def number_withheld(followup: FollowUp) -> UsageFault:
    """Given a follow-up of a call without a number, return what to say to whoever wants to log it."""
    return UsageFault(
        "The number of that call was withheld, so it is not known who that was.",
        remedy=f"Say it, by a contact's name, e-mail or id: callerid log {followup.call.key} --person WHO",
    )


def to_be(entered: EnteredContact) -> Resolution:
    """Given what was entered of somebody who is not in the CRM yet, return them as if they were."""
    person = Candidate(
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
    return confirmed_as(Resolution(number="", certainty=Certainty.UNKNOWN), person)
