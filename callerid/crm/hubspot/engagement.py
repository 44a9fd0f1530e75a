"""A call as HubSpot's API wants it: properties and inline associations in one request.

Source: HubSpot API guides, "Calls" (property names and dispositions) and "Associations" (type ids).
"""

from __future__ import annotations

import html
from datetime import UTC
from typing import TYPE_CHECKING, Any

from callerid.models import Outcome

if TYPE_CHECKING:
    from callerid.models import CallEngagement

DISPOSITIONS = {
    Outcome.BUSY: "9d9162e7-6cf3-4944-bf63-4dff82258764",
    Outcome.CONNECTED: "f240bbac-87c9-4f6e-bf70-924b57d47db7",
    Outcome.LEFT_LIVE_MESSAGE: "a4c4c377-d246-4b32-a13b-75a56a4cd0ff",
    Outcome.LEFT_VOICEMAIL: "b2cf5968-551e-4856-9783-52b3da59a7d0",
    Outcome.NO_ANSWER: "73a0d17f-1163-4015-bdd5-ec830791da20",
    Outcome.WRONG_NUMBER: "17b47fee-58de-441e-a44c-c6300d46f273",
}
TO_CONTACT, TO_COMPANY, TO_DEAL = 194, 182, 206
_LONGEST_BODY = 65_536
_LONGEST_TITLE = 250


def call_body(engagement: CallEngagement) -> dict[str, Any]:
    """Given a call, return the JSON of the request that creates it."""
    properties = {
        "hs_timestamp": engagement.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "hs_call_title": engagement.title[:_LONGEST_TITLE],
        "hs_call_body": html_of(engagement.note),
        "hs_call_duration": str(engagement.duration_ms),
        "hs_call_direction": engagement.direction.value,
        "hs_call_status": engagement.status.value,
        "hs_call_disposition": DISPOSITIONS[engagement.outcome] if engagement.outcome else "",
        "hs_call_from_number": engagement.from_number,
        "hs_call_to_number": engagement.to_number,
        "hs_call_external_id": engagement.external_id,
        "hubspot_owner_id": engagement.owner_id or "",
    }
    targets = ((engagement.contact_id, TO_CONTACT), (engagement.company_id, TO_COMPANY), (engagement.deal_id, TO_DEAL))
    return {
        "properties": {name: value for name, value in properties.items() if value},
        "associations": [_association(to, kind) for to, kind in targets if to],
    }


def _association(to: str, kind: int) -> dict[str, Any]:
    return {"to": {"id": to}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": kind}]}


def html_of(note: str) -> str:
    """Given plain text, return it as the HTML that a call's body is, bounded without cutting a sign in two."""
    parts, length = [], 0
    for character in note:
        part = "<br>" if character == "\n" else html.escape(character, quote=False)
        length += len(part)
        if length > _LONGEST_BODY:
            break
        parts.append(part)
    return "".join(parts)
