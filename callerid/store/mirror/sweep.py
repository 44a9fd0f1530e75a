"""Compare every record of the CRM with the mirror. Records that the CRM lacks are removed, unless that looks like a loss."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from callerid.core.sync import loss_guard
from callerid.errors import SuspiciousSync
from callerid.messages import message
from callerid.models import Kind
from callerid.store.connection import writing
from callerid.store.faults import store_errors
from callerid.store.mirror import mirror_facts, sync_state
from callerid.store.mirror.record_rows import fingerprints
from callerid.store.mirror.sync_state import SWEEP
from callerid.store.times import milliseconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from callerid.models import Page, Scope, Stretch
    from callerid.store.mirror.delta import MirrorUpdate

_HIGHEST_ID = 2**63 - 1
_BATCH = 1000  # ids in memory at once, at the most


class MirrorRange:
    """The mirrored records of a kind that a CRM's count has too: of contacts, those of a scope."""

    def __init__(self, connection: sqlite3.Connection, kind: Kind, scope: Scope, *, without_company: bool = False) -> None:
        where, values = ["id >= ?", "id < ?"], list[Any]()
        if kind is Kind.CONTACTS and scope.owner_ids is not None:
            where.append("owner_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))")
            values.append(json.dumps(scope.owner_ids))
        if kind is Kind.CONTACTS and scope.modified_since is not None:
            where.append("modified >= ?")
            values.append(milliseconds(scope.modified_since))
        if kind is Kind.CONTACTS and without_company:
            where.append("company_id IS NULL")
        self._db, self._kind, self._where, self._values = connection, kind, " AND ".join(where), values

    def count(self, low: int = 0, stop: int | None = None) -> int:
        """Return how many records have an id from `low` to before `stop` (None: to the end)."""
        return int(self._select("count(*)", low, stop).fetchone()[0])

    def ids(self, low: int = 0, stop: int | None = None) -> list[int]:
        """Return the ids of those records, lowest first."""
        return [row[0] for row in self._select("id", low, stop, "ORDER BY id")]

    def at(self, place: int, low: int = 0, stop: int | None = None) -> int | None:
        """Return the id that has so many of them before it; None if there are not as many."""
        row = self._select("id", low, stop, f"ORDER BY id LIMIT 1 OFFSET {int(place)}").fetchone()
        return None if row is None else int(row[0])

    def _select(self, columns: str, low: int, stop: int | None, rest: str = "") -> sqlite3.Cursor:
        values = (low, _HIGHEST_ID if stop is None else stop, *self._values)
        return self._db.execute(f"SELECT {columns} FROM {self._kind} WHERE {self._where} {rest}", values)


class MirrorSweep:
    """What a sweep has compared so far, which is kept if it is interrupted."""

    def __init__(self, connection: sqlite3.Connection, path: Path, update: MirrorUpdate, unreadable: Collection[Kind] = ()) -> None:
        """What is `unreadable` is not compared, and nothing of it was deleted as far as can be known."""
        self._db, self._path, self._update = connection, path, update
        self._kinds = tuple(kind for kind in Kind if kind not in unreadable)

    def resume(self, recipe: str, oldest: datetime) -> tuple[Stretch, ...]:
        """Return the stretches of an interrupted sweep; () if there is none, or it began before `oldest` or by another recipe."""
        left = sync_state.unfinished(self._db, SWEEP)
        return sync_state.stretches(self._db, SWEEP) if left and left.recipe == recipe and left.began >= oldest else ()

    def begin(self, recipe: str, began: datetime) -> None:
        """Start a sweep, and drop what an earlier one compared."""
        with store_errors(self._path), writing(self._db):
            self._db.execute("DELETE FROM seen")
            sync_state.begin_walk(self._db, SWEEP, began, recipe)

    def compare_page(self, page: Page) -> None:
        """Record which records the CRM has, and which of them differ from the mirror's."""
        with store_errors(self._path), writing(self._db):
            storable = self._update.storable(page)
            for kind in Kind:
                rows = [(kind.value, int(record_id), int(differs)) for record_id, differs in self._differs(kind, storable)]
                self._db.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", rows)
            sync_state.record_stretches(self._db, SWEEP, page.stretches)

    def age(self, there: datetime) -> timedelta:
        """Return how long ago the sweep began, at the CRM's time `there`: what it compared first was as it is known since then."""
        left = sync_state.unfinished(self._db, SWEEP)
        return there - left.began if left else timedelta(0)

    def count_compared(self) -> int:
        """Return how many records were compared so far."""
        return int(self._db.execute("SELECT count(*) FROM seen").fetchone()[0])

    def _differs(self, kind: Kind, page: Page) -> Iterator[tuple[str, bool]]:
        same = self._update.unchanged(kind, page, to_the_minute=bool(self._update.fact(sync_state.EXPORTED)))
        if kind is not Kind.DEALS:
            yield from ((str(record_id), str(record_id) not in same) for record_id in fingerprints(kind, page))
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
        """Return the ids of the records that differ, in batches."""
        yield from self._ids("SELECT id FROM seen WHERE kind = ? AND differs AND id > ? ORDER BY id LIMIT ?", kind)

    def _deleted(self, kind: Kind) -> Iterator[tuple[str, ...]]:
        unseen = f"SELECT id FROM {kind} AS r WHERE NOT EXISTS (SELECT 1 FROM seen WHERE kind = ? AND id = r.id)"
        yield from self._ids(f"{unseen} AND id > ? ORDER BY id LIMIT ?", kind)

    def _ids(self, select: str, kind: Kind) -> Iterator[tuple[str, ...]]:
        last = -1
        while True:
            ids = [row[0] for row in self._db.execute(select, (kind, last, _BATCH)).fetchall()]
            if not ids:
                return
            yield tuple(map(str, ids))
            last = ids[-1]

    def mark_corrected(self, kind: Kind, ids: Iterable[str]) -> None:
        """Record that records do not differ any more, so that an interrupted sweep does not read them again."""
        with store_errors(self._path), writing(self._db):
            rows = [(kind, int(record_id)) for record_id in ids]
            self._db.executemany("UPDATE seen SET differs = 0 WHERE kind = ? AND id = ?", rows)

    def count_deleted(self) -> dict[str, int]:
        """Return how many records of each kind only the mirror has."""
        return {kind.value: sum(len(ids) for ids in self._deleted(kind)) for kind in self._kinds}

    def check_deleted(self, since: datetime | None, *, force: bool) -> dict[str, int]:
        """Return how many records of each kind were deleted in the CRM. Raise SuspiciousSync if they are so many that it looks like
        a loss and is not forced. Contacts that were last modified before `since` are out of scope now, so they are not a loss."""
        deleted = self.count_deleted()
        facts = mirror_facts.read_facts(self._db)
        remaining = {kind.value: int(facts.get(kind, 0)) - deleted[kind] for kind in self._kinds}
        had = {kind: remaining[kind] + deleted[kind] for kind in remaining}
        had[Kind.CONTACTS.value] = max(
            remaining[Kind.CONTACTS.value], had[Kind.CONTACTS.value] - sync_state.count_older(self._db, since)
        )
        suspicion = loss_guard.loss_suspicion(had, remaining)
        if suspicion and not force:
            raise SuspiciousSync(
                suspicion, remedy=message("Nothing was deleted. If that is right, type: callerid sync --sweep --force")
            )
        return deleted

    def finish(self, now: datetime) -> None:
        """Remove the records that only the mirror has, and end the sweep."""
        for kind in self._kinds:
            for ids in self._deleted(kind):
                self._update.remove(kind, map(int, ids))
        with store_errors(self._path), writing(self._db):
            self._drop()
            sync_state.write_facts(self._db, {"swept_at": int(now.timestamp())})

    def abandon(self) -> None:
        """Drop what a sweep has compared."""
        with store_errors(self._path), writing(self._db):
            self._drop()

    def _drop(self) -> None:
        self._db.execute("DELETE FROM seen")
        sync_state.end_walk(self._db, SWEEP)
