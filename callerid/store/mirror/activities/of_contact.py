"""The activities of a contact, as a column of the statement that a ring waits for: each kind is found by the primary key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callerid.models import ActivityKind, Owner
from callerid.store.times import of_milliseconds

if TYPE_CHECKING:
    from callerid.core.callers.contact_activity import ContactActivity

_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # faster than `loads`, for a whole text that SQLite wrote
_MOST = {ActivityKind.CALLS: 1, ActivityKind.TASKS: 20, ActivityKind.TICKETS: 20}
_OF_KIND = (
    "SELECT * FROM (SELECT kind, id AS of_id, at, text, stage, owner_id FROM shown_activities"
    " WHERE contact_id = c.id AND kind = '{kind}' ORDER BY place, id LIMIT {most})"
)
_OF_ALL = " UNION ALL ".join(_OF_KIND.format(kind=kind, most=most) for kind, most in _MOST.items())
# The contact is `c` of the statement around it. Most have none, which one look into the key tells.
COLUMN = (
    "CASE WHEN EXISTS (SELECT 1 FROM shown_activities WHERE contact_id = c.id) THEN"
    " (SELECT json_group_array(json_array(kind, of_id, at, text, stage, w.id, w.email, w.first_name, w.last_name))"
    f" FROM ({_OF_ALL}) LEFT JOIN owners AS w ON w.id = owner_id) END"
)
_KINDS = {kind.value: kind for kind in ActivityKind}


def activities(column: str) -> tuple[ContactActivity, ...]:
    """Return what the column says: of each kind those that a card may show, the most urgent or the newest first."""
    from callerid.core.callers.contact_activity import ContactActivity

    return tuple(
        [
            ContactActivity(
                kind=_KINDS[kind],
                id=str(activity_id),
                at=None if at is None else of_milliseconds(at),
                text=text,
                stage=stage,
                owner=None if owner[0] is None else _owner(*owner),
            )
            for kind, activity_id, at, text, stage, *owner in _scan(column, 0)[0]
        ]
    )


def _owner(owner_id: int, email: str, first_name: str, last_name: str) -> Owner:
    return Owner(id=str(owner_id), email=email, first_name=first_name, last_name=last_name, user_id=None)
