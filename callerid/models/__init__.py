"""The values that layers pass to each other: frozen, slotted, keyword-only. No dict leaves the module that parsed it.

Times are aware UTC datetimes; the `start` of a call is the moment it began to ring or to dial. Numbers named `raw` are as a person
typed or a network sent them; `e164` is "+" and digits.

A module of this folder is loaded when one of its names is first used: making a class of values takes as long as many answers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from callerid.models.activities import Activity, ActivityPage, ActivityRequest
    from callerid.models.calls import Call, CallOutcome, CallRow, Outcome
    from callerid.models.engagements import (
        CallEngagement,
        CallStatus,
        Direction,
        Engagement,
        EngagementKind,
        NewContact,
        TaskEngagement,
    )
    from callerid.models.kinds import ActivityKind, CallType, Kind
    from callerid.models.missing_scope import MissingScope
    from callerid.models.number_match import SAME_NUMBER, Match, NumberMatch
    from callerid.models.people import ContactPhone, Owner
    from callerid.models.phone import Button, Dialog, DialogReply, Notification, SavedNumber, Widget
    from callerid.models.records import Account, Company, Contact, Deal, Stage
    from callerid.models.sync_pages import Changes, IdRange, Page, PhoneProperty, PortalInfo, Scope, Stretch, SyncRequest, Totals
else:
    _MODULES = {
        "activities": "Activity ActivityRequest ActivityPage",
        "calls": "CallRow Call Outcome CallOutcome",
        "engagements": "Direction CallStatus EngagementKind CallEngagement TaskEngagement Engagement NewContact",
        "kinds": "Kind ActivityKind CallType",
        "missing_scope": "MissingScope",
        "number_match": "Match NumberMatch SAME_NUMBER",
        "people": "ContactPhone Owner",
        "phone": "SavedNumber Button Notification Widget Dialog DialogReply",
        "records": "Contact Company Deal Stage Account",
        "sync_pages": "Totals IdRange PhoneProperty PortalInfo Scope SyncRequest Stretch Page Changes",
    }
    _MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}

    def __getattr__(name: str) -> Any:
        """Return a value's class."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        globals()[name] = found
        return found


__all__ = [
    "SAME_NUMBER",
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
    "MissingScope",
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
