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

    CALLS = "calls"  # those with a note
    TASKS = "tasks"
    TICKETS = "tickets"


class CallType(StrEnum):
    """The call log's types (Termux:API CallLogAPI.java)."""

    INCOMING = "INCOMING"
    OUTGOING = "OUTGOING"
    MISSED = "MISSED"
    REJECTED = "REJECTED"
    BLOCKED = "BLOCKED"
    VOICEMAIL = "VOICEMAIL"
    UNKNOWN = "UNKNOWN_TYPE"
