"""Counts with their noun, for the English output of commands."""

from __future__ import annotations


def counted(count: int, singular: str, plural: str = "") -> str:
    """Return "1 contact" or "2 contacts"; `plural` is for a noun that takes more than an s."""
    return f"{count} {singular if count == 1 else plural or f'{singular}s'}"


def records(contacts: int, companies: int, deals: int) -> str:
    """Return "200 contacts, 60 companies, 120 deals"."""
    return f"{counted(contacts, 'contact')}, {counted(companies, 'company', 'companies')}, {counted(deals, 'deal')}"
