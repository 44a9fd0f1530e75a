"""Counts of records with their nouns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.messages import counted, joined

if TYPE_CHECKING:
    from callerid.messages import Message


def records(contacts: int, companies: int, deals: int) -> Message:
    """Return "200 contacts, 60 companies, 120 deals"."""
    return joined(
        ", ",
        (
            counted(contacts, "{count} contact", "{count} contacts"),
            counted(companies, "{count} company", "{count} companies"),
            counted(deals, "{count} deal", "{count} deals"),
        ),
    )
