"""May what the CRM sent replace what the mirror has? A loss is taken for a fault until somebody insists."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FEW = 10  # records; below that a person may well have deleted a tenth
_KEPT_AT_LEAST = 0.9


def another_portal(before: str, after: str) -> str:
    """Given the portal of the mirror ("" for none yet) and the CRM's, return what is suspicious, or ""."""
    if before and after != before:
        return f"The token is for portal {after or '?'}, but the mirror is of portal {before}."
    return ""


def loss(before: Mapping[str, int], after: Mapping[str, int]) -> str:
    """Given how many records of each kind the mirror has and would have, return what is suspicious, or ""."""
    for kind, had in before.items():
        has = after.get(kind, 0)
        if had and not has and (kind == "contacts" or had >= _FEW):
            return f"The CRM sent no {kind}, but the mirror has {had}."
        if had >= _FEW and has < had * _KEPT_AT_LEAST:
            return f"The CRM sent {has} {kind}, but the mirror has {had}: more than a tenth is gone."
    return ""
