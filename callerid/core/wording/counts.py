"""Counts in a command's English words."""

from __future__ import annotations


def counted(count: int, one: str, several: str = "") -> str:
    """Given a count and what is counted, return "1 contact" or "2 contacts"; `several` is for what takes more than an s."""
    return f"{count} {one if count == 1 else several or f'{one}s'}"


def records(contacts: int, companies: int, deals: int) -> str:
    """Given how many there are of each, return "200 contacts, 60 companies, 120 deals"."""
    return f"{counted(contacts, 'contact')}, {counted(companies, 'company', 'companies')}, {counted(deals, 'deal')}"
