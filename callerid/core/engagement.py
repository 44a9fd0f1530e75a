"""From an answer to the call that the CRM shall hold."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from callerid.core.followup import is_missed
from callerid.core.wording import full_name
from callerid.models import CallEngagement, CallStatus, CallType, Direction

if TYPE_CHECKING:
    from callerid.catalogue import Catalogue
    from callerid.core.asking import Answer
    from callerid.models import Call


def external_id(installation: str, call_key: str) -> str:
    """Given this installation's own uuid and a call's key, return the uuid under which the CRM knows the call.

    The same call always has the same id, so that answering twice can never make two; and the colleague whose phone logs a
    call of the same second has another, because the installation is another.
    """
    return str(uuid.uuid5(uuid.UUID(installation), call_key))


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
    unanswered = is_missed(call) or not call.duration
    return CallEngagement(
        external_id=external_id(installation, call.key),
        start=call.start,
        duration_ms=call.duration * 1000,
        direction=Direction.OUTBOUND if outgoing else Direction.INBOUND,
        status=CallStatus.NO_ANSWER if unanswered else CallStatus.COMPLETED,
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
