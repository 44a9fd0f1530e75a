"""From an answer to what the CRM shall hold: the call, and the task that follows it up."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from callerid.core.followup import outcomes
from callerid.core.wording.notifications import full_name
from callerid.models import CallEngagement, CallType, Direction, TaskEngagement

if TYPE_CHECKING:
    from callerid.catalogue import Catalogue
    from callerid.core.followup.conversation import Answer
    from callerid.models import Call


def external_id(installation: str, call_key: str, what: str = "") -> str:
    """Given this installation's own uuid, a call's key, and what else of it than the call ("task", "contact"), return the uuid
    under which the CRM knows it.

    The same call always has the same id, so that answering twice can never make two; and the colleague whose phone logs a
    call of the same second has another, because the installation is another.
    """
    return str(uuid.uuid5(uuid.UUID(installation), f"{what}:{call_key}" if what else call_key))


def engagement(
    call: Call,
    answer: Answer,
    *,
    installation: str,
    own_number: str,
    owner_id: str | None,
    number: str,
    texts: Catalogue,
) -> CallEngagement:
    """Given a call, the person's answer, their own number, their owner id and the other side's number, return the engagement."""
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
        title=texts.say(title, name=full_name(person, texts)),
        note=answer.note,
        from_number=own_number if outgoing else number,
        to_number=number if outgoing else own_number,
        owner_id=owner_id,
        contact_id=person.id,
        company_id=person.company_id,
        deal_id=answer.deal_id,
    )


def task(call: Call, answer: Answer, *, installation: str, owner_id: str | None, texts: Catalogue) -> TaskEngagement | None:
    """Given a call and the person's answer, return the task that follows the call up, with the same associations; None when none is
    wanted."""
    if answer.due is None:
        return None
    person = answer.candidate
    return TaskEngagement(
        external_id=external_id(installation, call.key, "task"),
        due=answer.due,
        title=texts.say("engagement.task", name=full_name(person, texts)),
        note=answer.note,
        owner_id=owner_id,
        contact_id=person.id,
        company_id=person.company_id,
        deal_id=answer.deal_id,
    )


def same_targets(one: CallEngagement | TaskEngagement, other: CallEngagement | TaskEngagement) -> bool:
    """Given two engagements, are they of the same contact, company and deal?"""
    return (one.contact_id, one.company_id, one.deal_id) == (other.contact_id, other.company_id, other.deal_id)


def has_target(one: CallEngagement | TaskEngagement) -> bool:
    """Given an engagement, is there any record left on which it would be seen?"""
    return bool(one.contact_id or one.company_id or one.deal_id)
