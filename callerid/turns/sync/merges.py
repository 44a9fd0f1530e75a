"""Contacts that were merged in the CRM -> what the ledger has of them: it goes on with the contact that is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.logs import log

if TYPE_CHECKING:
    from callerid.turns.context import AppContext


def follow_merges(app: AppContext) -> int:
    """Have calls, tasks, answers and drafts name the contact that is left of a merge, as far as the mirror knows of merges. Return
    how many rows that were. For after anything that brings contacts into the mirror; it can be repeated. Raise StoreFault."""
    survivors = app.mirror.merged_contacts.survivors()
    moved = app.ledger.moved_contacts.follow(survivors) if survivors else 0
    if moved:
        log.info("sync: %d rows of calls, tasks and answers follow contacts that were merged", moved)
    return moved
