"""The kinds of records, activities and calls."""

from __future__ import annotations

from enum import StrEnum

from callerid.messages import template


class Kind(StrEnum):
    """The three kinds of records that are mirrored."""

    CONTACTS = template("contacts")
    COMPANIES = template("companies")
    DEALS = template("deals")


class ActivityKind(StrEnum):
    """The kinds of activities, by the names that HubSpot's API has for them."""

    CALLS = template("calls")  # those with a note
    TASKS = template("tasks")
    TICKETS = template("tickets")


class CallType(StrEnum):
    """The call log's types (Termux:API CallLogAPI.java)."""

    INCOMING = "INCOMING"
    OUTGOING = "OUTGOING"
    MISSED = "MISSED"
    REJECTED = "REJECTED"
    BLOCKED = "BLOCKED"
    VOICEMAIL = "VOICEMAIL"
    UNKNOWN = "UNKNOWN_TYPE"

    def is_talk(self, duration: int) -> bool:
        """Return whether two people spoke in a call of this type and so many seconds. A voicemail has a length, too."""
        return duration > 0 and self not in (CallType.MISSED, CallType.REJECTED, CallType.BLOCKED, CallType.VOICEMAIL)
