"""What colleagues do in the portal about a contact: an open task, an open ticket, a call with a note. A card can show each.

Sources for the properties and their values: HubSpot's guides to tasks, tickets and calls.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.simulator.portal.records import iso
from callerid.simulator.portal.schema import TICKET_PIPELINE, TYPE_IDS

if TYPE_CHECKING:
    from callerid.simulator.portal.records import Record, Records

DAY = 86_400.0  # seconds
_NEW = TICKET_PIPELINE["stages"][0]["id"]
_ME, _COLLEAGUE = "77001", "77002"  # owners of every populated portal


class Activity(StrEnum):
    """What a colleague adds to a contact, by the kind of its record."""

    TASK = "tasks"
    TICKET = "tickets"
    NOTE = "calls"


def add_activity(records: Records, activity: Activity, contact_id: int, text: str, *, days: float = 0.0) -> Record:
    """Create an open task, an open ticket or a noted call of a contact and return it. `days`: from now until the task is due, or
    the call was; negative for the past; a ticket has no date of its own."""
    moment = iso(records.clock() + days * DAY)
    (type_id,) = TYPE_IDS[activity.value, "contacts"]
    return records.create(activity.value, _properties(activity, text, moment), [("contacts", contact_id, type_id)])


def _properties(activity: Activity, text: str, moment: str) -> dict[str, str]:
    match activity:
        case Activity.TASK:
            return {
                "hs_task_subject": text,
                "hs_timestamp": moment,
                "hs_task_status": "NOT_STARTED",
                "hubspot_owner_id": _ME,
            }
        case Activity.TICKET:
            return {"subject": text, "hs_pipeline": TICKET_PIPELINE["id"], "hs_pipeline_stage": _NEW, "hubspot_owner_id": _ME}
        case Activity.NOTE:
            return {
                "hs_call_title": "Call",
                "hs_call_body": text,
                "hs_call_direction": "INBOUND",
                "hs_timestamp": moment,
                "hubspot_owner_id": _COLLEAGUE,
            }
