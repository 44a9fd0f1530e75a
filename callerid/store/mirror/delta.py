"""Change the live mirror in place: records are written together with how far the delta sync has come."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.models import Kind
from callerid.records import dataclass
from callerid.store.connection import writing
from callerid.store.faults import store_errors
from callerid.store.mirror import mirror_facts, sync_state
from callerid.store.mirror.record_rows import fingerprints
from callerid.store.mirror.record_tables import Records

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from callerid.models import Contact, Deal, Page, PortalInfo

    PageFilter = Callable[[Page, str], Page]
    Fingerprint = tuple[int | None, int | None]

_BATCH = 1000  # ids in memory at once, at the most
_MINUTE = 60_000  # ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far the delta sync of a kind has come. Times are UTC, by the CRM's clock."""

    since: datetime  # what changed before is in the mirror
    began: datetime | None  # when an interrupted delta sync began, and the id after which it continues
    after: int


class MirrorUpdate:
    """The writer of the live tables. Each method is one transaction."""

    def __init__(self, connection: sqlite3.Connection, path: Path, region: str, filter_page: PageFilter) -> None:
        self._db, self._path, self._region, self._filter_page = connection, path, region, filter_page

    def cursor(self, kind: Kind) -> Cursor | None:
        """Return how far the delta sync of a kind has come, None before the first full sync."""
        row = self._db.execute("SELECT * FROM cursors WHERE kind = ?", (kind,)).fetchone()
        if row is None:
            return None
        return Cursor(
            since=datetime.fromtimestamp(row["since"], UTC),
            began=datetime.fromtimestamp(row["began"], UTC) if row["began"] else None,
            after=row["after"] or 0,
        )

    def storable(self, page: Page) -> Page:
        """Return what of a page may be stored."""
        return self._filter_page(page, self._region)

    def put(self, page: Page) -> None:
        """Write the records of a page."""
        with store_errors(self._path), writing(self._db):
            page = self.storable(page)
            records = Records(self._db, self._region)
            records.put(page)
            self._add_to_counts(records)
            sync_state.record_compared(self._db, page)

    def put_portal_info(self, portal_info: PortalInfo) -> None:
        """Replace the account, owners, stages and outcomes."""
        self._write(lambda records: records.put_portal_info(portal_info))

    def put_changes(self, kind: Kind, page: Page, out_of_scope: Iterable[str], began: datetime, after: int) -> None:
        """Write a page of a delta sync, remove the records that are out of scope now, and record how far that was."""
        with store_errors(self._path), writing(self._db):
            page = self.storable(page)
            records = Records(self._db, self._region)
            records.put(page)
            records.remove(kind, [int(record_id) for record_id in out_of_scope])
            self._add_to_counts(records)
            sync_state.record_compared(self._db, page)
            values = (int(began.timestamp()), after, kind)
            self._db.execute("UPDATE cursors SET began = ?, after = ? WHERE kind = ?", values)

    def finish_changes(self, kind: Kind, since: datetime) -> None:
        """Record that everything of a kind that changed before a time is in the mirror."""
        with store_errors(self._path), writing(self._db):
            values = (int(since.timestamp()), kind)
            self._db.execute("UPDATE cursors SET since = ?, began = NULL, after = NULL WHERE kind = ?", values)

    def record_missing_scopes(self, scopes: Iterable[str]) -> None:
        """Record which scopes the token lacks."""
        with store_errors(self._path), writing(self._db):
            sync_state.write_missing_scopes(self._db, scopes)

    def record_token(self, fingerprint: str) -> None:
        """Record that the token with a fingerprint is for the mirrored portal."""
        with store_errors(self._path), writing(self._db):
            sync_state.write_facts(self._db, {"key_mark": fingerprint})

    def finish(self, now: datetime) -> None:
        """Record that the mirror has all changes up to now."""
        self.record_facts({"fresh_at": int(now.timestamp())})

    def record_facts(self, facts: Mapping[str, object]) -> None:
        """Record facts about the mirror."""
        with store_errors(self._path), writing(self._db):
            sync_state.write_facts(self._db, facts)

    def record_checked(self, checked: Mapping[Kind, datetime]) -> None:
        """Record when the mirror surely had kinds of records as the CRM had them, with their links (UTC)."""
        self.record_facts({f"{kind}_at": int(at.timestamp()) for kind, at in checked.items()})

    def unexplained(self, kind: Kind) -> int:
        """Return how many more records of a kind the mirror has than the CRM counts, for reasons that were looked for in vain."""
        return int(self.fact(f"{kind}_unexplained") or 0)

    def record_unexplained(self, kind: Kind, more: int) -> None:
        """Record what `unexplained` returns."""
        self.record_facts({f"{kind}_unexplained": more})

    def fact(self, name: str) -> str:
        """Return a fact about the mirror, "" if it is not recorded."""
        return mirror_facts.read_facts(self._db).get(name, "")

    def remove(self, kind: Kind, ids: Iterable[int]) -> int:
        """Remove records, and return how many were there."""
        removed: list[int] = []
        self._write(lambda records: removed.append(records.remove(kind, ids)))
        return removed[0]

    def present(self, kind: Kind, ids: Iterable[int]) -> frozenset[int]:
        """Return which of these ids the mirror has."""
        return frozenset(self._mirrored(kind, ids))

    # ---------------------------------------------------------------------------------------- what no search reports

    def open_deals(self) -> list[int]:
        """Return the ids of the deals that a card may show."""
        select = "SELECT d.id FROM deals AS d LEFT JOIN stages AS s ON s.pipeline_id = d.pipeline_id AND s.stage_id = d.stage_id"
        rows = self._db.execute(f"{select} WHERE NOT coalesce(d.is_closed, s.is_closed, 0) ORDER BY d.id")
        return [row["id"] for row in rows]

    def deals_with_contacts(self) -> frozenset[int]:
        """Return the ids of the deals that have a contact."""
        rows = self._db.execute(f"SELECT DISTINCT deal_id FROM deal_links WHERE kind = '{Kind.CONTACTS}'")
        return frozenset(row["deal_id"] for row in rows)

    def companies_of(self, deals: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """Return the companies of each of these deals, as the mirror has them."""
        companies: dict[int, list[int]] = {deal: [] for deal in deals}
        select = f"SELECT deal_id, record_id FROM deal_links WHERE kind = '{Kind.COMPANIES}' AND deal_id IN"
        for row in self._select(select, companies):
            companies[row["deal_id"]].append(row["record_id"])
        return {deal: tuple(linked) for deal, linked in companies.items()}

    def relink(self, deals: Mapping[int, Collection[int]]) -> tuple[int, set[int]]:
        """Give each deal exactly these contacts. Return how many deals had others, and the contacts that lost one."""
        relinked: list[tuple[int, set[int]]] = []
        self._write(lambda records: relinked.append(records.relink(deals)))
        return relinked[0]

    def companies_after(self, company_id: int, most: int) -> list[int]:
        """Return the ids of the companies above one, lowest first."""
        rows = self._db.execute("SELECT id FROM companies WHERE id > ? ORDER BY id LIMIT ?", (company_id, most))
        return [row["id"] for row in rows]

    def people_differing(self, companies: Mapping[int, Mapping[int, bool]]) -> set[int]:
        """Return the mirrored contacts whose company is not the one that the CRM's links of these companies say: those labelled as
        primary. Where a portal labels none, any link may be the one."""
        has_labels = any(is_primary for people in companies.values() for is_primary in people.values())
        linked = {
            (company, who)
            for company, people in companies.items()
            for who, is_primary in people.items()
            if is_primary or not has_labels
        }
        rows = self._select("SELECT company_id, record_id FROM company_people WHERE company_id IN", companies)
        mirrored = {(row["company_id"], row["record_id"]) for row in rows}
        gained = self._select("SELECT id FROM contacts WHERE id IN", {who for _, who in linked - mirrored})
        return {who for _, who in mirrored - linked} | {row["id"] for row in gained}

    def _select(self, select: str, ids: Iterable[int]) -> list[sqlite3.Row]:
        return self._db.execute(f"{select} (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)).fetchall()

    def unchanged(self, kind: Kind, page: Page, *, to_the_minute: bool = False) -> frozenset[str]:
        """Return the ids of the records in a page that the mirror has with the same modified date and, for contacts, company.

        `to_the_minute` takes a mirrored date without seconds for one of an export, which has none. Where what changed in the rest
        of that minute was read meanwhile, nothing is missed by that.
        """
        sent = fingerprints(kind, page)
        mirrored = self._mirrored(kind, sent)
        return frozenset(str(i) for i, known in mirrored.items() if _is_same(known, sent[i], to_the_minute=to_the_minute))

    def _mirrored(self, kind: Kind, ids: Iterable[int]) -> dict[int, tuple[int | None, int | None]]:
        column = "company_id" if kind is Kind.CONTACTS else "NULL"
        rows = self._db.execute(
            f"SELECT id, modified, {column} AS company_id FROM {kind} WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        return {row["id"]: (row["modified"], row["company_id"]) for row in rows}

    def knows_stage(self, deal: Deal) -> bool:
        """Return whether the label of a deal's stage is known."""
        values = (deal.pipeline_id, deal.stage_id)
        return bool(self._db.execute("SELECT 1 FROM stages WHERE pipeline_id = ? AND stage_id = ?", values).fetchone())

    def knows_owner(self, contact: Contact) -> bool:
        """Return whether the name of a contact's owner is known; True if it has none."""
        owner = contact.owner_id
        return not owner or bool(self._db.execute("SELECT 1 FROM owners WHERE id = ?", (owner,)).fetchone())

    def release_space(self) -> bool:
        """Give free space back to the phone if there is enough of it, and return whether that was done."""
        with store_errors(self._path):
            return sync_state.release_space(self._db, self._path)

    def _write(self, change: Callable[[Records], object]) -> None:
        with store_errors(self._path), writing(self._db):
            records = Records(self._db, self._region)
            change(records)
            self._add_to_counts(records)

    def _add_to_counts(self, records: Records) -> None:
        facts = mirror_facts.read_facts(self._db)
        sync_state.write_facts(self._db, {name: int(facts.get(name, 0)) + more for name, more in records.tally.items() if more})


def _is_same(known: Fingerprint, sent: Fingerprint, *, to_the_minute: bool) -> bool:
    (modified, company), (sent_modified, sent_company) = known, sent
    if to_the_minute and modified is not None and sent_modified is not None and modified % _MINUTE == 0:
        sent_modified -= sent_modified % _MINUTE
    return (modified, company) == (sent_modified, sent_company)
