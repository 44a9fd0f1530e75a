"""Building a mirror: a full sync goes into tables of its own and replaces the live ones in one transaction, when it is whole.

What it has read so far is in the file, page by page with the place it came to, so an interrupted sync goes on where it was.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.sync import loss_guard
from callerid.errors import SuspiciousSync
from callerid.models import Kind
from callerid.store.connection import store_errors, writing
from callerid.store.mirror import schema, sync_state
from callerid.store.mirror.changed_contacts import record_every_contact
from callerid.store.mirror.record_tables import Records

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from callerid.models import Page, PortalInfo, Stretch

    Kept = Callable[[Page, str], Page]

FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much a mirror holds."""

    contacts: int
    companies: int
    deals: int
    phones: int


class MirrorBuild:
    """A mirror in the making, in the live one's file. Readers see the old one until `finish`."""

    def __init__(self, connection: sqlite3.Connection, path: Path, region: str, kept: Kept) -> None:
        self._db, self._path, self._region, self._kept = connection, path, region, kept
        self._records = Records(connection, region, schema.NEW)

    def resume(self, recipe: str, oldest: datetime) -> tuple[Stretch, ...]:
        """Return the stretches that an interrupted sync left; () when there is none, it is too old, or was asked another thing."""
        left = sync_state.unfinished(self._db, FULL)
        if left is None or left.recipe != self._asked(recipe) or left.began < oldest:
            return ()
        return sync_state.stretches(self._db, FULL)

    def _asked(self, recipe: str) -> str:
        return f"{self._region} {numbers.RULES_VERSION} {recipe}"

    def begin(self, recipe: str, began: datetime, portal_info: PortalInfo) -> None:
        """Begin anew; what an earlier attempt left is dropped. Raise StoreFault when the phone has no room for it."""
        with store_errors(self._path):
            with writing(self._db):
                schema.drop(self._db, schema.NEW)
                sync_state.forget_walk(self._db, FULL)
            sync_state.check_space(self._db, self._path, portal_info.totals)
            with writing(self._db):
                schema.create(self._db, schema.NEW)
                sync_state.begin_walk(self._db, FULL, began, self._asked(recipe))
                self._records.put_portal_info(portal_info)

    def add(self, page: Page) -> None:
        """Add a page and how far it brought the reading, in one transaction; a record that comes twice is kept as it came last."""
        with store_errors(self._path), writing(self._db):
            self._records.put(self._kept(page, self._region))
            sync_state.note_stretches(self._db, FULL, page.stretches)

    def finish(
        self,
        now: datetime,
        facts: dict[str, str],
        *,
        begin_at: Mapping[Kind, timedelta] | None = None,
        since: datetime | None = None,
        force: bool = False,
    ) -> Counts:
        """Let the new mirror replace the old one. Raise SuspiciousSync, with the old one in place, when it looks like a loss.

        The next delta sync of a kind begins at the time when this one began, and `begin_at` after that. Contacts that were not
        modified `since` a time are no longer wanted, and missed by nobody.
        """
        with store_errors(self._path), writing(self._db):
            counts = self._counts()
            suspicion = self._suspicion(counts, facts, since)
            if suspicion and not force:
                raise SuspiciousSync(suspicion, remedy="The mirror was kept. If that is right, type: callerid sync --full --force")
            left = sync_state.unfinished(self._db, FULL)
            began = left.began if left else now
            stamps = dict.fromkeys(("built_at", "fresh_at", "swept_at"), int(now.timestamp()))
            sync_state.write_facts(
                self._db, asdict(counts) | stamps | {"region": self._region, "rules": numbers.RULES_VERSION} | facts, schema.NEW
            )
            begins = {kind: began + (begin_at or {}).get(kind, timedelta(0)) for kind in Kind}
            rows = [(kind.value, int(begins[kind].timestamp()), None, None, int(now.timestamp()), None) for kind in Kind]
            self._db.executemany(f"INSERT OR REPLACE INTO {schema.NEW}cursors VALUES (?, ?, ?, ?, ?, ?)", rows)
            schema.take_over(self._db)
            sync_state.forget_walk(self._db, FULL)
            sync_state.forget_walk(self._db, "sweep")
            self._db.execute("DELETE FROM seen")
            record_every_contact(self._db)
        return counts

    def _suspicion(self, counts: Counts, facts: dict[str, str], since: datetime | None) -> str:
        """Another source or scope is another choice of people, so fewer of them are no loss then."""
        before = sync_state.read_facts(self._db)
        if before.get("source", "") != facts.get("source", ""):
            return ""
        other = loss_guard.another_portal(self._portal(""), self._portal(schema.NEW))
        if other or before.get("scope", "") != facts.get("scope", ""):
            return other
        had = {kind.value: int(before.get(kind, 0)) for kind in Kind}
        had[Kind.CONTACTS.value] -= sync_state.count_older(self._db, since)
        return loss_guard.loss(had, asdict(counts))

    def count_records(self) -> int:
        """Return how many records were built so far."""
        return sum(asdict(self._counts())[kind.value] for kind in Kind)

    def drop(self) -> None:
        """Forget what was built: somebody has to insist before it may replace what serves."""
        with store_errors(self._path), writing(self._db):
            schema.drop(self._db, schema.NEW)
            sync_state.forget_walk(self._db, FULL)

    def _counts(self) -> Counts:
        def count(what: str) -> int:
            return int(self._db.execute(f"SELECT count(*) FROM {schema.NEW}{what}").fetchone()[0])

        return Counts(
            contacts=count("contacts"),
            companies=count("companies"),
            deals=count("deals"),
            phones=count("contact_keys WHERE key < '~'"),  # a number's first key; its others begin with a tilde
        )

    def _portal(self, prefix: str) -> str:
        row = self._db.execute(f"SELECT portal_id FROM {prefix}account").fetchone()
        return str(row[0]) if row else ""
