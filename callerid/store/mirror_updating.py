"""Keeping a mirror fresh in place: what changed is put into the tables that serve, with the place the delta sync has come to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.core import sync_guard
from callerid.errors import SuspiciousSync
from callerid.models import Kind
from callerid.store import mirror_sync as sync
from callerid.store.connection import store_errors, writing
from callerid.store.mirror_records import Records
from callerid.store.mirror_rows import id_number, stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from callerid.models import Background, Contact, Deal, Page, Stretch

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


class Updating:
    """The tables that serve, for writing."""

    def __init__(self, connection: sqlite3.Connection, path: Path, region: str) -> None:
        self._db, self._path, self._region = connection, path, region

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
            records.put(page)
            self._add_up(records)
            self._note_seen(page)

    def put_background(self, background: Background) -> None:
        """Let the account, owners and stages replace those that are there."""
        self._write(lambda records: records.put_background(background))

    def put_changes(self, kind: Kind, page: Page, out_of_scope: Iterable[str], began: datetime, after: int) -> None:
        """Put a page of a delta sync, take away what is no longer wanted, and note how far that came, in one transaction."""
        with store_errors(self._path), writing(self._db):
            records = Records(self._db, self._region)
            records.put(page)
            records.remove(kind, [int(record_id) for record_id in out_of_scope])
            self._add_up(records)
            self._note_seen(page)
            values = (int(began.timestamp()), after, kind)
            self._db.execute("UPDATE cursors SET began = ?, after = ? WHERE kind = ?", values)

    def finish_changes(self, kind: Kind, since: datetime) -> None:
        """Note that everything that changed before a time is here."""
        with store_errors(self._path), writing(self._db):
            values = (int(since.timestamp()), kind)
            self._db.execute("UPDATE cursors SET since = ?, began = NULL, after = NULL WHERE kind = ?", values)

    def note_archived(self, kind: Kind, after: str, now: datetime) -> None:
        """Note how far the list of deleted records was read: to a cursor, or with "" to its end."""
        with store_errors(self._path), writing(self._db):
            if after:
                self._db.execute("UPDATE cursors SET archived_after = ? WHERE kind = ?", (after, kind))
            else:
                values = (int(now.timestamp()), kind)
                self._db.execute("UPDATE cursors SET archived_at = ?, archived_after = NULL WHERE kind = ?", values)

    def note_key(self, key_mark: str) -> None:
        """Note with which token the portal was seen to be the mirror's."""
        with store_errors(self._path), writing(self._db):
            sync.write_facts(self._db, {"key_mark": key_mark})

    def finish(self, now: datetime) -> None:
        """Note that the mirror is fresh."""
        with store_errors(self._path), writing(self._db):
            sync.write_facts(self._db, {"fresh_at": int(now.timestamp())})

    def remove(self, kind: Kind, ids: Iterable[int]) -> int:
        """Remove records; return how many were there."""
        removed: list[int] = []
        self._write(lambda records: removed.append(records.remove(kind, ids)))
        return removed[0]

    def count_here(self, kind: Kind, ids: Iterable[int]) -> int:
        """Return how many records with these ids the mirror has."""
        return len(self._mirrored(kind, ids))

    def unchanged(self, kind: Kind, page: Page) -> frozenset[str]:
        """Given records, return the ids of those that the mirror has with the same modified date and, for contacts, company."""
        given = _outline(kind, page)
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

    def tidy(self) -> bool:
        """Give free space back to the phone when it pays; return whether it did."""
        with store_errors(self._path):
            return sync.tidy(self._db, self._path)

    def _write(self, do: Callable[[Records], object]) -> None:
        with store_errors(self._path), writing(self._db):
            records = Records(self._db, self._region)
            do(records)
            self._add_up(records)

    def _add_up(self, records: Records) -> None:
        facts = sync.read_facts(self._db)
        sync.write_facts(self._db, {name: int(facts.get(name, 0)) + more for name, more in records.tally.items() if more})

    # ---------------------------------------------------------------------------------------- the sweep

    def resume_sweep(self, recipe: str, oldest: datetime) -> tuple[Stretch, ...]:
        """Return the stretches that an interrupted sweep left, () when there is none to go on with."""
        left = sync.unfinished(self._db, SWEEP)
        return sync.stretches(self._db, SWEEP) if left and left.recipe == recipe and left.began >= oldest else ()

    def begin_sweep(self, recipe: str, began: datetime) -> None:
        """Begin a sweep anew."""
        with store_errors(self._path), writing(self._db):
            self._db.execute("DELETE FROM seen")
            sync.begin_walk(self._db, SWEEP, began, recipe)

    def see(self, page: Page) -> None:
        """Note which records the CRM has, and which of them differ from the mirror's."""
        with store_errors(self._path), writing(self._db):
            for kind in Kind:
                rows = [(kind.value, int(record_id), int(differs)) for record_id, differs in self._differs(kind, page)]
                self._db.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", rows)
            sync.note_stretches(self._db, SWEEP, page.stretches)

    def count_seen(self) -> int:
        """Return how many records a sweep has seen so far."""
        return int(self._db.execute("SELECT count(*) FROM seen").fetchone()[0])

    def _note_seen(self, page: Page) -> None:
        """What comes while a sweep is unfinished was seen, too: its list may have been read before it was there."""
        if sync.unfinished(self._db, SWEEP) is None:
            return
        rows = [(kind.value, record_id) for kind in Kind for record_id in _outline(kind, page)]
        self._db.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, 0)", rows)

    def _differs(self, kind: Kind, page: Page) -> Iterator[tuple[str, bool]]:
        same = self.unchanged(kind, page)
        if kind is not Kind.DEALS:
            yield from ((str(record_id), str(record_id) not in same) for record_id in _outline(kind, page))
            return
        for deal in page.deals:
            yield (
                deal.id,
                deal.id not in same
                or self._links(deal.id)
                != {
                    *((Kind.CONTACTS.value, int(to)) for to in deal.contact_ids),
                    *((Kind.COMPANIES.value, int(to)) for to in deal.company_ids),
                },
            )

    def _links(self, deal_id: str) -> set[tuple[str, int]]:
        rows = self._db.execute("SELECT kind, record_id FROM deal_links WHERE deal_id = ?", (int(deal_id),))
        return {(row["kind"], row["record_id"]) for row in rows}

    def differing(self, kind: Kind) -> Iterator[tuple[str, ...]]:
        """Return, in batches, the ids of the records that the sweep found to differ."""
        yield from self._ids("SELECT id FROM seen WHERE kind = ? AND differs AND id > ? ORDER BY id LIMIT ?", kind)

    def _gone(self, kind: Kind) -> Iterator[tuple[str, ...]]:
        unseen = f"SELECT id FROM {kind} AS r WHERE NOT EXISTS (SELECT 1 FROM seen WHERE kind = ? AND id = r.id)"
        yield from self._ids(f"{unseen} AND id > ? ORDER BY id LIMIT ?", kind)

    def _ids(self, select: str, kind: Kind) -> Iterator[tuple[str, ...]]:
        last = -1
        while True:
            found = [row[0] for row in self._db.execute(select, (kind, last, _BATCH)).fetchall()]
            if not found:
                return
            yield tuple(map(str, found))
            last = found[-1]

    def mended(self, kind: Kind, ids: Iterable[str]) -> None:
        """Note that records differ no longer, so that an interrupted sweep does not read them again."""
        with store_errors(self._path), writing(self._db):
            rows = [(kind, int(record_id)) for record_id in ids]
            self._db.executemany("UPDATE seen SET differs = 0 WHERE kind = ? AND id = ?", rows)

    def count_gone(self) -> dict[str, int]:
        """Return how many records of each kind the mirror has that the sweep did not see."""
        return {kind.value: sum(len(ids) for ids in self._gone(kind)) for kind in Kind}

    def check_gone(self, since: datetime | None, *, force: bool) -> dict[str, int]:
        """Return how many records are gone. Raise SuspiciousSync when they are too many to be believed; contacts that were not
        modified `since` a time are no longer wanted, and missed by nobody."""
        gone = self.count_gone()
        facts = sync.read_facts(self._db)
        left = {kind.value: int(facts.get(kind, 0)) - gone[kind] for kind in Kind}
        had = {kind: left[kind] + gone[kind] for kind in left}
        had[Kind.CONTACTS.value] = max(left[Kind.CONTACTS.value], had[Kind.CONTACTS.value] - sync.count_older(self._db, since))
        suspicion = sync_guard.loss(had, left)
        if suspicion and not force:
            raise SuspiciousSync(suspicion, remedy="Nothing was deleted. If that is right, type: callerid sync --sweep --force")
        return gone

    def finish_sweep(self, now: datetime) -> None:
        """Remove what the sweep did not see, and end it."""
        for kind in Kind:
            for ids in self._gone(kind):
                self.remove(kind, map(int, ids))
        with store_errors(self._path), writing(self._db):
            self._forget_sweep()
            sync.write_facts(self._db, {"swept_at": int(now.timestamp())})

    def abandon_sweep(self) -> None:
        """Forget what a sweep has seen."""
        with store_errors(self._path), writing(self._db):
            self._forget_sweep()

    def _forget_sweep(self) -> None:
        self._db.execute("DELETE FROM seen")
        sync.forget_walk(self._db, SWEEP)


def _outline(kind: Kind, page: Page) -> dict[int, tuple[int | None, int | None]]:
    """Given a page, return of each record of a kind what tells whether it is the same: its modified date and its company."""
    if kind is Kind.CONTACTS:
        return {int(c.id): (stamp(c.modified), id_number(c.company_id)) for c in page.contacts}
    records = page.companies if kind is Kind.COMPANIES else page.deals
    return {int(record.id): (stamp(record.modified), None) for record in records}
