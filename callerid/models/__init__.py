"""The values that layers pass to each other: frozen, slotted, keyword-only. No dict leaves the module that parsed it.

Times are aware UTC datetimes; the `start` of a call is the moment it began to ring or to dial. Numbers named `raw` are as a person
typed or a network sent them; `e164` is "+" and digits.
"""

from __future__ import annotations

from callerid.models.activities import Activity, ActivityKind, ActivityPage, ActivityRequest
from callerid.models.calls import (
    Call,
    CallEngagement,
    CallOutcome,
    CallRow,
    CallStatus,
    CallType,
    Direction,
    Engagement,
    EngagementKind,
    NewContact,
    Outcome,
    TaskEngagement,
)
from callerid.models.number_match import Match, NumberMatch
from callerid.models.phone import Button, Dialog, DialogReply, Notification, SavedNumber, Widget
from callerid.models.records import (
    Account,
    Changes,
    Company,
    Contact,
    ContactPhone,
    Deal,
    IdRange,
    Kind,
    Owner,
    Page,
    PhoneProperty,
    PortalInfo,
    Scope,
    Stage,
    Stretch,
    SyncRequest,
    Totals,
)

__all__ = [
    "Account",
    "Activity",
    "ActivityKind",
    "ActivityPage",
    "ActivityRequest",
    "Button",
    "Call",
    "CallEngagement",
    "CallOutcome",
    "CallRow",
    "CallStatus",
    "CallType",
    "Changes",
    "Company",
    "Contact",
    "ContactPhone",
    "Deal",
    "Dialog",
    "DialogReply",
    "Direction",
    "Engagement",
    "EngagementKind",
    "IdRange",
    "Kind",
    "Match",
    "NewContact",
    "Notification",
    "NumberMatch",
    "Outcome",
    "Owner",
    "Page",
    "PhoneProperty",
    "PortalInfo",
    "SavedNumber",
    "Scope",
    "Stage",
    "Stretch",
    "SyncRequest",
    "TaskEngagement",
    "Totals",
    "Widget",
]
