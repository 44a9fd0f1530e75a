"""Calls and tasks as the properties and inline associations of HubSpot's API. Pure.

Source: HubSpot API guides, "Calls" and "Tasks" (property names and dispositions) and "Associations" (type ids).
"""

from __future__ import annotations

import hashlib
import html
from datetime import UTC
from typing import TYPE_CHECKING, Any

from callerid.crm.hubspot.outcomes import DISPOSITIONS
from callerid.models import CallEngagement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callerid.models import Engagement, TaskEngagement

_TYPE_IDS = {
    ("calls", "contacts"): 194,
    ("calls", "companies"): 182,
    ("calls", "deals"): 206,
    ("tasks", "contacts"): 204,
    ("tasks", "companies"): 192,
    ("tasks", "deals"): 216,
}
_LONGEST_BODY = 65_536  # characters
_LONGEST_TITLE = 250


def kind_of(engagement: Engagement) -> str:
    """Return the API's name for an engagement's kind."""
    return "calls" if isinstance(engagement, CallEngagement) else "tasks"


def targets(engagement: Engagement) -> Iterator[tuple[str, str]]:
    """Return the kinds and ids of the records that an engagement is associated with."""
    for kind, record_id in (
        ("contacts", engagement.contact_id),
        ("companies", engagement.company_id),
        ("deals", engagement.deal_id),
    ):
        if record_id:
            yield kind, record_id


def creation_body(engagement: Engagement, fields: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    """Return the JSON of the request that creates an engagement; `fields` are fixed values of further properties of calls."""
    kind = kind_of(engagement)
    filled = {name: value for name, value in properties_of(engagement, fields).items() if value}
    return {"properties": filled, "associations": [_association(kind, to, record_id) for to, record_id in targets(engagement)]}


def properties_of(engagement: Engagement, fields: Sequence[tuple[str, str]] = ()) -> dict[str, str]:
    """Return all properties of an engagement, "" for those that are to be empty."""
    return _call(engagement, fields) if isinstance(engagement, CallEngagement) else _task(engagement)


def changes_of(engagement: Engagement, before: Sequence[Engagement]) -> dict[str, str]:
    """Return the properties that differ from any of what an engagement may have been `before`; all when `before` is empty.

    The status of a task is left out: one that a person has completed stays completed.
    """
    earlier = [properties_of(possible) for possible in before]
    wanted = {name: value for name, value in properties_of(engagement).items() if name != "hs_task_status"}
    return {name: value for name, value in wanted.items() if not earlier or any(each[name] != value for each in earlier)}


def due_of(task: TaskEngagement) -> str:
    """Return when a task is due, in epoch milliseconds, to the second, as it is written."""
    return str(int(task.due.timestamp()) * 1000)


def _call(engagement: CallEngagement, fields: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return a call's properties; a fixed value is used where the call has none."""
    outcome, fixed = engagement.outcome or "", dict(fields)
    own = {
        "hs_timestamp": engagement.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "hs_call_title": engagement.title[:_LONGEST_TITLE],
        "hs_call_body": html_of(engagement.note),
        "hs_call_duration": str(engagement.duration_ms),
        "hs_call_direction": engagement.direction.value,
        "hs_call_status": engagement.status.value,
        "hs_call_disposition": DISPOSITIONS.get(outcome, outcome),
        "hs_call_from_number": engagement.from_number,
        "hs_call_to_number": engagement.to_number,
        "hs_call_external_id": engagement.external_id,
        "hubspot_owner_id": engagement.owner_id or "",
    }
    return fixed | {name: value or fixed.get(name, "") for name, value in own.items()}


def _task(engagement: TaskEngagement) -> dict[str, str]:
    """Return a task's properties. A task has no property for our own id, so a mark in its text identifies it."""
    mark = mark_of(engagement)
    note = html_of(engagement.note, _LONGEST_BODY - len(mark) - len("<br>"))
    return {
        "hs_timestamp": engagement.due.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "hs_task_subject": engagement.title[:_LONGEST_TITLE],
        "hs_task_body": f"{note}<br>{mark}" if note else mark,
        "hs_task_status": "NOT_STARTED",
        "hs_task_type": "CALL",
        "hs_task_reminders": due_of(engagement),
        "hubspot_owner_id": engagement.owner_id or "",
    }


def mark_of(task: TaskEngagement) -> str:
    """Return the mark that identifies a task; it is short, because people see it."""
    return f"[callerid {hashlib.sha256(task.external_id.encode()).hexdigest()[:12]}]"


def _association(kind: str, to: str, record_id: str) -> dict[str, Any]:
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": _TYPE_IDS[kind, to]}]
    return {"to": {"id": record_id}, "types": types}


def html_of(note: str, longest: int = _LONGEST_BODY) -> str:
    """Return plain text as HTML, bounded without cutting an entity in two."""
    parts, length = [], 0
    for character in note:
        part = "<br>" if character == "\n" else html.escape(character, quote=False)
        length += len(part)
        if length > longest:
            break
        parts.append(part)
    return "".join(parts)
