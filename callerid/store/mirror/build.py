"""Build a new mirror: a full sync writes into tables of its own, which replace the live ones in one transaction when it is
complete.

Each page is written together with how far it was read, so that an interrupted sync is continued where it was.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.numbers.fields import FIELD_RULES
from callerid.core.sync import loss_guard
from callerid.errors import SuspiciousSync
from callerid.messages import message
from callerid.models import Kind
from callerid.records import dataclass
from callerid.store.connection import writing
from callerid.store.faults import store_errors
from callerid.store.mirror import mirror_facts, schema, sync_state
from callerid.store.mirror.changed_contacts import record, record_every_contact
from callerid.store.mirror.merged_contacts import drop_orphans
from callerid.store.mirror.record_tables import Records, plan_fact
from callerid.token_scopes import unreadable_kinds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    from callerid.models import Owner, Page, PortalInfo, Stretch

    PageFilter = Callable[[Page, str], Page]

_KEPT = "begun_with"  # a fact: what the sync was told before its records
_MOST_CHANGED = 10_000  # contacts that are recorded one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorCounts:
    """How much a mirror has."""

    contacts: int
    companies: int
    deals: int
    phones: int


class MirrorBuild:
    """A new mirror in the file of the live one. Readers see the live one until `finish`."""

    def __init__(self, connection: sqlite3.Connection, path: Path, region: str, filter_page: PageFilter) -> None:
        self._db, self._path, self._region, self._filter_page = connection, path, region, filter_page
        self._records = Records(connection, region, schema.NEW)

    def resume(self, recipe: str, oldest: datetime) -> tuple[Stretch, ...]:
        """Return the stretches of an interrupted sync; () if there is none, or it began before `oldest` or by another recipe."""
        left = sync_state.unfinished(self._db, mirror_facts.FULL)
        if left is None or left.recipe != self._full_recipe(recipe) or left.began < oldest:
            return ()
        return sync_state.stretches(self._db, mirror_facts.FULL)

    def kept_info(self, oldest: datetime) -> str:
        """Return what an interrupted sync kept of what it was told before its records; "" if there is none, or it began before
        `oldest`."""
        left = sync_state.unfinished(self._db, mirror_facts.FULL)
        return mirror_facts.read_facts(self._db).get(_KEPT, "") if left and left.began >= oldest else ""

    def exports(self, recipe: str, oldest: datetime) -> dict[Kind, str]:
        """Return the ids of the exports that an interrupted sync has started, by kind; none in the cases in which `resume` returns
        none."""
        left = sync_state.unfinished(self._db, mirror_facts.FULL)
        if left is None or left.recipe != self._full_recipe(recipe) or left.began < oldest:
            return {}
        return sync_state.exports(self._db)

    def began(self, now: datetime) -> datetime:
        """Return when the sync began that is not finished, by the CRM's clock (UTC); `now` if there is none."""
        left = sync_state.unfinished(self._db, mirror_facts.FULL)
        return left.began if left else now

    def record_export(self, kind: Kind, export_id: str) -> None:
        """Record that an export was started."""
        with store_errors(self._path), writing(self._db):
            sync_state.write_exports(self._db, sync_state.exports(self._db) | {kind: export_id})
            sync_state.write_facts(self._db, {sync_state.EXPORTED: "1"})

    def forget_exports(self) -> None:
        """Record that no export is waited for any more."""
        with store_errors(self._path), writing(self._db):
            sync_state.write_exports(self._db, {})

    def kinds_read(self) -> frozenset[Kind]:
        """Return the kinds that were read to their ends."""
        stretches = sync_state.stretches(self._db, mirror_facts.FULL)
        return frozenset(kind for kind in Kind if all(s.done for s in stretches if s.kind is kind)) & {s.kind for s in stretches}

    def has_rows_of(self, kinds: Collection[Kind]) -> bool:
        """Return whether any records of these kinds were written."""
        return any(schema.count_new(self._db, kind.value) for kind in kinds)

    def _full_recipe(self, recipe: str) -> str:
        return f"{self._region} {numbers.RULES_VERSION} {FIELD_RULES} {recipe}"

    def begin(self, recipe: str, began: datetime, portal_info: PortalInfo, kept_info: str = "") -> None:
        """Start over, and drop what an earlier attempt left. Raise StoreFault if the phone lacks the space."""
        with store_errors(self._path):
            with writing(self._db):
                schema.drop(self._db, schema.NEW)
                sync_state.end_walk(self._db, mirror_facts.FULL)
            sync_state.check_space(self._db, self._path, portal_info.totals)
            with writing(self._db):
                schema.create(self._db, schema.NEW)
                sync_state.begin_walk(self._db, mirror_facts.FULL, began, self._full_recipe(recipe))
                self._records.put_portal_info(portal_info)
                totals = portal_info.totals
                expected = totals.contacts + totals.companies + totals.deals
                exports = {sync_state.EXPORTS: "{}", sync_state.EXPORTED: ""}
                sync_state.write_facts(self._db, {"expected": expected, _KEPT: kept_info} | exports)

    def add(self, page: Page) -> None:
        """Write a page and how far it was read, in one transaction. The last of two equal ids counts."""
        with store_errors(self._path), writing(self._db):
            self._records.put(self._filter_page(page, self._region))
            sync_state.record_stretches(self._db, mirror_facts.FULL, page.stretches)

    def has_unknown_owners(self) -> bool:
        """Return whether a contact has an owner whose name is not known."""
        select = f"SELECT 1 FROM {schema.NEW}contacts WHERE owner_id NOT IN (SELECT id FROM {schema.NEW}owners) LIMIT 1"
        return self._db.execute(select).fetchone() is not None

    def add_owners(self, owners: Collection[Owner]) -> None:
        """Write further owners."""
        with store_errors(self._path), writing(self._db):
            self._records.put_owners(owners)

    def finish(
        self,
        now: datetime,
        facts: dict[str, str],
        *,
        begin_at: Mapping[Kind, timedelta] | None = None,
        since: datetime | None = None,
        missing_scopes: Collection[str] = (),
        there: datetime | None = None,
        force: bool = False,
    ) -> MirrorCounts:
        """Replace the live mirror. Raise SuspiciousSync, and keep the live one, if the new one looks like a loss and is not forced.

        The next delta sync of a kind asks for changes since this sync began, plus `begin_at`. Contacts that were last modified
        before `since` are out of scope now, so they are not a loss; nor is a kind that the token may not read,
        of which the new mirror has nothing. What it has is as old as this sync's beginning: `there` is the CRM's time now.
        """
        unreadable = unreadable_kinds(missing_scopes)
        with store_errors(self._path), writing(self._db):
            counts = self._counts()
            suspicion = self._suspicion(counts, facts, since, unreadable)
            if suspicion and not force:
                raise SuspiciousSync(
                    suspicion, remedy=message("The mirror was kept. If that is right, type: callerid sync --full --force")
                )
            left = sync_state.unfinished(self._db, mirror_facts.FULL)
            began = left.began if left else now
            stamps = dict.fromkeys(("built_at", "fresh_at", "swept_at"), int(now.timestamp()))
            rules = {"region": self._region, "rules": numbers.RULES_VERSION, "field_rules": FIELD_RULES}
            sync_state.write_missing_scopes(self._db, missing_scopes, schema.NEW)
            as_of = int((now - ((there or began) - began)).timestamp())
            checked = {f"{kind}_at": as_of for kind in Kind if kind not in unreadable}
            before = mirror_facts.read_facts(self._db)
            kept = {
                sync_state.EXPORTED: before.get(sync_state.EXPORTED, ""),
                mirror_facts.READABLE_SINCE: before.get(mirror_facts.READABLE_SINCE, schema.READABLE_SINCE),
            }
            told = asdict(counts) | stamps | checked | rules | plan_fact(self._region) | facts | kept
            sync_state.write_facts(self._db, told, schema.NEW)
            begins = {kind: began + (begin_at or {}).get(kind, timedelta(0)) for kind in Kind if kind not in unreadable}
            rows = [(kind.value, int(at.timestamp()), None, None, int(now.timestamp()), None) for kind, at in begins.items()]
            self._db.executemany(f"INSERT OR REPLACE INTO {schema.NEW}cursors VALUES (?, ?, ?, ?, ?, ?)", rows)
            changed = self._changed_contacts(before, rules)
            schema.replace_live(self._db)
            drop_orphans(self._db)
            sync_state.end_walk(self._db, mirror_facts.FULL)
            sync_state.end_walk(self._db, sync_state.SWEEP)
            self._db.execute("DELETE FROM seen")
            record(self._db, changed) if changed is not None else record_every_contact(self._db)
        return counts

    def _changed_contacts(self, before: Mapping[str, str], rules: Mapping[str, object]) -> list[int] | None:
        """Return the ids of the contacts that the live mirror lacks, or has with other numbers; None for any: it has none, or reads
        numbers by other rules, or nearly all have changed."""
        if any(before.get(name) != str(value) for name, value in rules.items()):
            return None
        changed = self._db.execute(
            f"SELECT new.id FROM {schema.NEW}contacts AS new LEFT JOIN contacts AS old ON old.id = new.id"
            " WHERE old.id IS NULL OR old.phones IS NOT new.phones LIMIT ?",
            (_MOST_CHANGED + 1,),
        ).fetchall()
        return [row["id"] for row in changed] if len(changed) <= _MOST_CHANGED else None

    def _suspicion(self, counts: MirrorCounts, facts: dict[str, str], since: datetime | None, unreadable: Collection[Kind]) -> str:
        """Return what is suspicious about the new mirror, or "". By another source or scope it may have fewer contacts."""
        before = mirror_facts.read_facts(self._db)
        if before.get("source", "") != facts.get("source", ""):
            return ""
        other = loss_guard.portal_suspicion(self._portal(""), self._portal(schema.NEW))
        if other or before.get("scope", "") != facts.get("scope", ""):
            return other
        had = {kind.value: int(before.get(kind, 0)) for kind in Kind if kind not in unreadable}
        had[Kind.CONTACTS.value] -= sync_state.count_older(self._db, since)
        return loss_guard.loss_suspicion(had, asdict(counts))

    def count_records(self) -> int:
        """Return how many records were written so far."""
        return sum(asdict(self._counts())[kind.value] for kind in Kind)

    def drop(self) -> None:
        """Drop what was built: it may replace the live mirror only when a sync is forced."""
        with store_errors(self._path), writing(self._db):
            schema.drop(self._db, schema.NEW)
            sync_state.end_walk(self._db, mirror_facts.FULL)
            self._db.execute("DELETE FROM facts WHERE name = ?", (_KEPT,))  # the highest id may be of somebody who is forgotten

    def _counts(self) -> MirrorCounts:
        return MirrorCounts(
            contacts=schema.count_new(self._db, "contacts"),
            companies=schema.count_new(self._db, "companies"),
            deals=schema.count_new(self._db, "deals"),
            phones=self._count_numbers(),
        )

    def _count_numbers(self) -> int:
        select = (
            f"SELECT count(*) FROM {schema.NEW}contacts AS c, json_each(c.phones) AS n WHERE c.phones <> '' AND n.type = 'array'"
        )
        return int(self._db.execute(select).fetchone()[0] or 0)

    def _portal(self, prefix: str) -> str:
        row = self._db.execute(f"SELECT portal_id FROM {prefix}account").fetchone()
        return str(row[0]) if row else ""
