"""Keeping a mirror fresh in place: what changed is put into the tables that serve, with the place the delta sync has come to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.models import Kind
from callerid.store.connection import store_errors, writing
from callerid.store.mirror import sync_state
from callerid.store.mirror.record_tables import Records
from callerid.store.mirror.seen import note_seen, outline

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from callerid.models import Contact, Deal, Page, PortalInfo

    Kept = Callable[[Page, str], Page]

SWEEP = "sweep"
_BATCH = 1000  # ids in memory at once, at the most


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far the delta sync of a kind has come, by the CRM's time. `began` and `after` are of an interrupted one."""

    since: datetime
    began: datetime | None
    after: int
    archived_at: datetime | None  # when the list of deleted records was last read to its end
    archived_after: str  # how far it was read since


class MirrorUpdate:
    """The tables that serve, for writing."""

    def __init__(self, connection: sqlite3.Connection, path: Path, region: str, kept: Kept) -> None:
        self._db, self._path, self._region, self._kept = connection, path, region, kept

    def cursor(self, kind: Kind) -> Cursor | None:
        """Return how far the delta sync of a kind has come; None when there was no full sync to begin from."""
        row = self._db.execute("SELECT * FROM cursors WHERE kind = ?", (kind,)).fetchone()
        if row is None:
            return None
        return Cursor(
            since=datetime.fromtimestamp(row["since"], UTC),
            began=datetime.fromtimestamp(row["began"], UTC) if row["began"] else None,
            after=row["after"] or 0,
            archived_at=datetime.fromtimestamp(row["archived_at"], UTC) if row["archived_at"] else None,
            archived_after=row["archived_after"] or "",
        )

    def put(self, page: Page) -> None:
        """Put records."""
        with store_errors(self._path), writing(self._db):
            records = Records(self._db, self._region)
            records.put(self._kept(page, self._region))
            self._add_up(records)
            note_seen(self._db, page)

    def put_portal_info(self, portal_info: PortalInfo) -> None:
        """Let the account, owners and stages replace those that are there."""
        self._write(lambda records: records.put_portal_info(portal_info))

    def put_changes(self, kind: Kind, page: Page, out_of_scope: Iterable[str], began: datetime, after: int) -> None:
        """Put a page of a delta sync, take away what is no longer wanted, and note how far that came, in one transaction."""
        with store_errors(self._path), writing(self._db):
            records = Records(self._db, self._region)
            records.put(self._kept(page, self._region))
            records.remove(kind, [int(record_id) for record_id in out_of_scope])
            self._add_up(records)
            note_seen(self._db, page)
            values = (int(began.timestamp()), after, kind)
            self._db.execute("UPDATE cursors SET began = ?, after = ? WHERE kind = ?", values)

    def finish_changes(self, kind: Kind, since: datetime) -> None:
        """Note that everything that changed before a time is here."""
        with store_errors(self._path), writing(self._db):
            values = (int(since.timestamp()), kind)
            self._db.execute("UPDATE cursors SET since = ?, began = NULL, after = NULL WHERE kind = ?", values)

    def record_archived(self, kind: Kind, after: str, now: datetime) -> None:
        """Note how far the list of deleted records was read: to a cursor, or with "" to its end."""
        with store_errors(self._path), writing(self._db):
            if after:
                self._db.execute("UPDATE cursors SET archived_after = ? WHERE kind = ?", (after, kind))
            else:
                values = (int(now.timestamp()), kind)
                self._db.execute("UPDATE cursors SET archived_at = ?, archived_after = NULL WHERE kind = ?", values)

    def record_token(self, key_mark: str) -> None:
        """Note with which token the portal was seen to be the mirror's."""
        with store_errors(self._path), writing(self._db):
            sync_state.write_facts(self._db, {"key_mark": key_mark})

    def finish(self, now: datetime) -> None:
        """Note that the mirror is fresh."""
        with store_errors(self._path), writing(self._db):
            sync_state.write_facts(self._db, {"fresh_at": int(now.timestamp())})

    def remove(self, kind: Kind, ids: Iterable[int]) -> int:
        """Remove records; return how many were there."""
        removed: list[int] = []
        self._write(lambda records: removed.append(records.remove(kind, ids)))
        return removed[0]

    def count_present(self, kind: Kind, ids: Iterable[int]) -> int:
        """Return how many records with these ids the mirror has."""
        return len(self._mirrored(kind, ids))

    def unchanged(self, kind: Kind, page: Page) -> frozenset[str]:
        """Given records, return the ids of those that the mirror has with the same modified date and, for contacts, company."""
        given = outline(kind, page)
        return frozenset(str(record_id) for record_id, said in self._mirrored(kind, given).items() if said == given[record_id])

    def _mirrored(self, kind: Kind, ids: Iterable[int]) -> dict[int, tuple[int | None, int | None]]:
        column = "company_id" if kind is Kind.CONTACTS else "NULL"
        rows = self._db.execute(
            f"SELECT id, modified, {column} AS company_id FROM {kind} WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        return {row["id"]: (row["modified"], row["company_id"]) for row in rows}

    def knows_stage(self, deal: Deal) -> bool:
        """Is a deal's stage one whose label is known?"""
        values = (deal.pipeline_id, deal.stage_id)
        return bool(self._db.execute("SELECT 1 FROM stages WHERE pipeline_id = ? AND stage_id = ?", values).fetchone())

    def knows_owner(self, contact: Contact) -> bool:
        """Is a contact's owner, if it has one, known by name?"""
        owner = contact.owner_id
        return not owner or bool(self._db.execute("SELECT 1 FROM owners WHERE id = ?", (owner,)).fetchone())

    def release_space(self) -> bool:
        """Give free space back to the phone when it pays; return whether it did."""
        with store_errors(self._path):
            return sync_state.tidy(self._db, self._path)

    def _write(self, do: Callable[[Records], object]) -> None:
        with store_errors(self._path), writing(self._db):
            records = Records(self._db, self._region)
            do(records)
            self._add_up(records)

    def _add_up(self, records: Records) -> None:
        facts = sync_state.read_facts(self._db)
        sync_state.write_facts(self._db, {name: int(facts.get(name, 0)) + more for name, more in records.tally.items() if more})
