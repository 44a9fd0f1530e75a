"""May a new mirror replace the old one? A sync that returns nothing, or has lost much, is a fault until somebody insists."""

from __future__ import annotations

_FEW = 10  # contacts; below that a person may well have deleted a tenth
_KEPT_AT_LEAST = 0.9


def suspicion(before: int, after: int, portal_before: str, portal_after: str) -> str:
    """Given the contacts and the portal of the old mirror and of the new, return what is suspicious, or ""."""
    if before and portal_before and portal_after != portal_before:
        return f"The token is for portal {portal_after or '?'}, but the mirror is of portal {portal_before}."
    if before and not after:
        return f"The CRM sent no contacts, but the mirror has {before}."
    if before >= _FEW and after < before * _KEPT_AT_LEAST:
        return f"The CRM sent {after} contacts, but the mirror has {before}: more than a tenth is gone."
    return ""
