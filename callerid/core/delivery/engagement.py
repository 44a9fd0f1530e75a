"""The engagements that an answered call becomes in the CRM: the call, and a task for following it up."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from callerid.core.followup import outcomes
from callerid.core.wording.names import full_name
from callerid.models import CallEngagement, CallType, Direction, TaskEngagement

if TYPE_CHECKING:
    from callerid.catalogue import Catalogue
    from callerid.core.callers.candidate import Candidate
    from callerid.core.followup.conversation import Answer
    from callerid.models import Call


def external_id(installation: str, call_key: str, part: str = "") -> str:
    """Return the uuid by which the CRM knows a call, or a part of it ("task", "contact"), from this installation's own uuid.

    The same call always has the same id, so that answering twice never makes two calls. A colleague's phone that logs a call of the
    same second has another id, because its installation is another.
    """
    return str(uuid.uuid5(uuid.UUID(installation), f"{part}:{call_key}" if part else call_key))


def call_engagement(
    call: Call,
    answer: Answer,
    *,
    installation: str,
    own_number: str,
    owner_id: str | None,
    number: str,
    texts: Catalogue,
) -> CallEngagement:
    """Return the call engagement of an answered call. `number` is the other side's, `owner_id` the person's own."""
    outgoing = call.type is CallType.OUTGOING
    person = answer.candidate
    title = "engagement.outgoing" if outgoing else "engagement.incoming"
    return CallEngagement(
        external_id=external_id(installation, call.key),
        start=call.start,
        duration_ms=call.duration * 1000,
        direction=Direction.OUTBOUND if outgoing else Direction.INBOUND,
        status=outcomes.call_status(call),
        outcome=answer.outcome,
        title=texts.say(title, name=_called(person, number, texts)),
        note=answer.note,
        from_number=own_number if outgoing else number,
        to_number=number if outgoing else own_number,
        owner_id=owner_id,
        contact_id=person.id,
        company_id=person.company_id,
        deal_id=answer.deal_id,
    )


def task_engagement(
    call: Call, answer: Answer, *, installation: str, owner_id: str | None, texts: Catalogue
) -> TaskEngagement | None:
    """Return the task for following an answered call up, with the associations of the call; None when none is wanted."""
    if answer.due is None:
        return None
    person = answer.candidate
    return TaskEngagement(
        external_id=external_id(installation, call.key, "task"),
        due=answer.due,
        title=texts.say("engagement.task", name=_called(person, call.number, texts)),
        note=answer.note,
        owner_id=owner_id,
        contact_id=person.id,
        company_id=person.company_id,
        deal_id=answer.deal_id,
    )


def _called(person: Candidate, number: str, texts: Catalogue) -> str:
    """Return the name of a person for a title in the CRM; the number of one who has neither a name nor an e-mail address."""
    has_name = person.first_name or person.last_name or person.email
    return full_name(person, texts) if has_name or not number else number


def same_associations(first: CallEngagement | TaskEngagement, second: CallEngagement | TaskEngagement) -> bool:
    """Return whether two engagements are associated with the same contact, company and deal."""
    return (first.contact_id, first.company_id, first.deal_id) == (second.contact_id, second.company_id, second.deal_id)


def has_association(engagement: CallEngagement | TaskEngagement) -> bool:
    """Return whether an engagement is associated with any record: without one, nobody would see it."""
    return bool(engagement.contact_id or engagement.company_id or engagement.deal_id)
