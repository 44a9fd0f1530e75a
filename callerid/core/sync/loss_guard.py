"""Decide whether what the CRM sent may replace what the mirror has. What looks like a loss has to be forced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Mapping

_FEW = 10  # records; of fewer, a person may well have deleted a tenth
_KEPT_AT_LEAST = 0.9


def portal_suspicion(before: str, after: str) -> str:
    """Return what is suspicious about the token's portal, or "". `before` is the mirrored portal, "" before the first sync."""
    if before and after != before:
        return message("The token is for portal {after}, but the mirror is of portal {before}.", after=after or "?", before=before)
    return ""


def loss_suspicion(before: Mapping[str, int], after: Mapping[str, int]) -> str:
    """Return what is suspicious about the count of records by kind that the mirror would have instead of `before`, or ""."""
    for kind, count in before.items():
        sent = after.get(kind, 0)
        if count and not sent and (kind == "contacts" or count >= _FEW):
            return message("The CRM sent no {kind}, but the mirror has {count}.", kind=kind, count=count)
        if count >= _FEW and sent < count * _KEPT_AT_LEAST:
            return message(
                "The CRM sent {sent} {kind}, but the mirror has {count}: more than a tenth is gone.",
                sent=sent,
                kind=kind,
                count=count,
            )
    return ""
