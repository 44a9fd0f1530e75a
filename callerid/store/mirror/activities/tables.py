"""Notes of calls, open tasks and open tickets of the mirrored contacts. A full sync leaves these tables; what it reads is compared.

An activity without a mirrored contact is kept by its id alone: it is known, and says nothing of anybody.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callerid.models import ActivityKind, Stage
from callerid.records import dataclass
from callerid.store.connection import writing
from callerid.store.faults import store_errors
from callerid.store.mirror.record_rows import id_number
from callerid.store.times import milliseconds, of_milliseconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from callerid.models import Activity

# WITHOUT ROWID, as the links of `schema`. What a card shows of an activity is in the row of each contact who has it, so that all of
# a contact's lie together: a ring reads one page then. `place` sorts them as a card shows them: see `_place`.
CREATE = """
    CREATE TABLE read_activities (kind TEXT, id INTEGER, modified INTEGER, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;
    CREATE TABLE shown_activities (contact_id INTEGER, kind TEXT, place INTEGER, id INTEGER, at INTEGER, text TEXT, stage TEXT,
        owner_id INTEGER, PRIMARY KEY (contact_id, kind, place, id)) STRICT, WITHOUT ROWID;
    CREATE INDEX shown_activities_by_id ON shown_activities (kind, id);
"""
_OF_VERSION_BEFORE = ("contact_activities", "activities")  # see `migrations`
_UNDATED = 2**53  # after every date
_HIGHEST = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitiesRead:
    """How far the activities of a kind were read."""

    read_to: int | None  # the id below which the next sync goes on; None: it begins with the highest
    since: datetime  # what was modified before is known (UTC, by the CRM's clock)
    linked_at: datetime  # when the contacts of all that a sync read were last asked for
    stages: tuple[Stage, ...]  # of tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class IdRange:
    """Ids from `low` to before `stop`; None: to the end."""

    low: int
    stop: int | None


class Activities:
    """The activities of one connection's mirror. Each method that writes is one transaction."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db, self._path = connection, path

    def state(self, kind: ActivityKind) -> ActivitiesRead | None:
        """Return how far a kind was read, None for never."""
        row = self._db.execute("SELECT * FROM activity_reads WHERE kind = ?", (kind,)).fetchone()
        if row is None:
            return None
        return ActivitiesRead(
            read_to=row["read_to"],
            since=of_milliseconds(row["since"]),
            linked_at=of_milliseconds(row["linked_at"]),
            stages=tuple(_stage(*values) for values in json.loads(row["stages"])),
        )

    def record_state(self, kind: ActivityKind, state: ActivitiesRead) -> None:
        """Record how far a kind was read."""
        stages = [[s.pipeline_id, s.stage_id, s.pipeline_label, s.label, s.order, s.is_closed] for s in state.stages]
        values = (kind.value, state.read_to, milliseconds(state.since), milliseconds(state.linked_at), json.dumps(stages))
        with store_errors(self._path), writing(self._db):
            self._db.execute("INSERT OR REPLACE INTO activity_reads VALUES (?, ?, ?, ?, ?)", values)

    def lowest(self, kind: ActivityKind) -> int | None:
        """Return the lowest id of a kind, None if there is none."""
        lowest: int | None = self._db.execute("SELECT min(id) FROM read_activities WHERE kind = ?", (kind,)).fetchone()[0]
        return lowest

    def unlinked(self, kind: ActivityKind, activities: Sequence[Activity]) -> list[str]:
        """Return the ids of those whose contacts have to be asked for: they are new or changed, or have no mirrored contact."""
        known = {
            row["id"]: row["modified"]
            for row in self._db.execute(
                "SELECT id, modified FROM read_activities AS a WHERE kind = ? AND id IN (SELECT value FROM json_each(?))"
                " AND EXISTS (SELECT 1 FROM shown_activities AS l WHERE l.kind = a.kind AND l.id = a.id)",
                (kind, json.dumps([int(activity.id) for activity in activities])),
            )
        }
        return [one.id for one in activities if int(one.id) not in known or known[int(one.id)] != milliseconds(one.modified)]

    def put(
        self,
        kind: ActivityKind,
        activities: Sequence[Activity],
        contacts: Mapping[str, Collection[str]],
        ids: IdRange | None = None,
    ) -> int:
        """Write the open ones of these activities, with the contacts of those for which they are given, and remove the others; with
        a range of ids, all in it that are not among them, too. Return how many changed or were removed."""
        there = {int(one.id) for one in activities if one.is_open}
        gone = {int(one.id) for one in activities} - there
        with store_errors(self._path), writing(self._db):
            if ids is not None:
                gone |= self._known_in(kind, ids) - there
            changed = self._remove(kind, gone)
            for one in activities:
                if one.is_open:
                    changed += self._put(kind, one, contacts.get(one.id))
        return changed

    def _known_in(self, kind: ActivityKind, ids: IdRange) -> set[int]:
        values = (kind, ids.low, _HIGHEST if ids.stop is None else ids.stop)
        return {row[0] for row in self._db.execute("SELECT id FROM read_activities WHERE kind = ? AND id >= ? AND id < ?", values)}

    def _remove(self, kind: ActivityKind, ids: Collection[int]) -> int:
        rows = [(kind.value, activity_id) for activity_id in ids]
        self._db.executemany("DELETE FROM shown_activities WHERE kind = ? AND id = ?", rows)
        return self._db.executemany("DELETE FROM read_activities WHERE kind = ? AND id = ?", rows).rowcount if rows else 0

    def _put(self, kind: ActivityKind, one: Activity, contacts: Collection[str] | None) -> int:
        """Write an activity. Where its contacts are not given, it is known with the same date, but its stage may have another name
        now."""
        key = (kind.value, int(one.id))
        if contacts is None:
            select = "UPDATE shown_activities SET stage = ? WHERE kind = ? AND id = ? AND stage <> ?"
            return min(1, self._db.execute(select, (one.stage, *key, one.stage)).rowcount)
        at, before = milliseconds(one.at), self._rows(key)
        row = (*key, milliseconds(one.modified))
        told = (_place(kind, at), int(one.id), at, one.text, one.stage, id_number(one.owner_id))
        theirs = [(contact, kind.value, *told) for contact in self._mirrored(contacts)]
        if before == (row, theirs):
            return 0
        self._db.execute("DELETE FROM shown_activities WHERE kind = ? AND id = ?", key)
        self._db.execute("INSERT OR REPLACE INTO read_activities VALUES (?, ?, ?)", row)
        self._db.executemany("INSERT OR REPLACE INTO shown_activities VALUES (?, ?, ?, ?, ?, ?, ?, ?)", theirs)
        return 1 if theirs or before[1] else 0

    def _rows(self, key: tuple[str, int]) -> tuple[tuple[object, ...] | None, list[tuple[object, ...]]]:
        """Return the row of an activity, and those of its contacts."""
        row = self._db.execute("SELECT * FROM read_activities WHERE kind = ? AND id = ?", key).fetchone()
        theirs = self._db.execute("SELECT * FROM shown_activities WHERE kind = ? AND id = ? ORDER BY contact_id", key)
        return tuple(row) if row else None, [tuple(each) for each in theirs]

    def _mirrored(self, contacts: Collection[str]) -> list[int]:
        ids = json.dumps([int(contact) for contact in contacts])
        rows = self._db.execute("SELECT id FROM contacts WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", (ids,))
        return [row["id"] for row in rows]

    def keep_only(self, kinds: Collection[ActivityKind]) -> None:
        """Remove what there is of other kinds."""
        with store_errors(self._path), writing(self._db):
            for kind in ActivityKind:
                if kind not in kinds and self.state(kind) is not None:
                    for table in ("shown_activities", "read_activities", "activity_reads"):
                        self._db.execute(f"DELETE FROM {table} WHERE kind = ?", (kind,))

    def drop_orphans(self) -> None:
        """Remove what was of contacts who are not in a new mirror."""
        with store_errors(self._path), writing(self._db):
            drop_orphans(self._db)

    def count(self) -> int:
        """Return how many activities of mirrored contacts there are."""
        return int(self._db.execute("SELECT count(*) FROM (SELECT DISTINCT kind, id FROM shown_activities)").fetchone()[0])


def drop_of(connection: sqlite3.Connection, contacts: Collection[int]) -> None:
    """Within the caller's transaction, remove what is of contacts who are removed."""
    theirs = "DELETE FROM shown_activities WHERE contact_id IN (SELECT value FROM json_each(?))"
    connection.execute(theirs, (json.dumps(list(contacts)),))


def drop_orphans(connection: sqlite3.Connection) -> None:
    """Within the caller's transaction, remove what was of contacts who are not mirrored any more, and what a daemon of the version
    before wrote."""
    connection.execute("DELETE FROM shown_activities WHERE contact_id NOT IN (SELECT id FROM contacts)")
    for table in _OF_VERSION_BEFORE:
        connection.execute(f"DELETE FROM {table}")


def _place(kind: ActivityKind, at: int | None) -> int:
    """Return what sorts: of tasks the due date, those without one last; of the others the newest first."""
    if at is None:
        return _UNDATED
    return at if kind is ActivityKind.TASKS else -at


def _stage(pipeline_id: str, stage_id: str, pipeline_label: str, label: str, order: int, is_closed: bool) -> Stage:
    return Stage(
        pipeline_id=pipeline_id, stage_id=stage_id, pipeline_label=pipeline_label, label=label, order=order, is_closed=is_closed
    )
