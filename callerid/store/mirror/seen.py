"""What tells whether a record is the same, and the note that a sweep has seen it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.models import Kind
from callerid.store.mirror import sync_state
from callerid.store.mirror.record_rows import id_number, stamp

if TYPE_CHECKING:
    import sqlite3

    from callerid.models import Page

SWEEP = "sweep"


def note_seen(connection: sqlite3.Connection, page: Page) -> None:
    """Within the caller's transaction: what comes while a sweep is unfinished was seen, too; its list may have been read before it
    was there."""
    if sync_state.unfinished(connection, SWEEP) is None:
        return
    rows = [(kind.value, record_id) for kind in Kind for record_id in outline(kind, page)]
    connection.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, 0)", rows)


def outline(kind: Kind, page: Page) -> dict[int, tuple[int | None, int | None]]:
    """Given a page, return of each record of a kind what tells whether it is the same: its modified date and its company."""
    if kind is Kind.CONTACTS:
        return {int(c.id): (stamp(c.modified), id_number(c.company_id)) for c in page.contacts}
    records = page.companies if kind is Kind.COMPANIES else page.deals
    return {int(record.id): (stamp(record.modified), None) for record in records}
