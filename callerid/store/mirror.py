"""Looking people up in the mirror of the CRM. Bare sqlite3 and few statements: a ring waits for this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.people import Candidate, OpenDeal
from callerid.models import Account, Company, Contact, ContactPhone, Deal, Match, NumberMatch, Owner
from callerid.store import mirror_schema as schema
from callerid.store.connection import open_database, reading, store_errors, writing
from callerid.store.mirror_building import Building, index

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

_MOST_PHONES = 50  # of one key: a junk number that thousands of contacts share must not hold up a ring
_ORDER = {Match.EXACT: 0, Match.SAME_LINE: 1, Match.PROBABLE: 2}
_UNASKED = NumberMatch(match=Match.NONE, why="")


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorFacts:
    """How much the mirror holds, since when (None before the first sync), and for which region its numbers were read."""

    contacts: int
    companies: int
    deals: int
    phones: int
    built_at: datetime | None
    region: str


class Mirror:
    """One connection to mirror.db, for one thread; opened at the first use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    @property
    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            with store_errors(self._path):
                connection = open_database(self._path, synchronous="NORMAL")
                try:
                    schema.prepare(connection)
                except BaseException:
                    connection.close()
                    raise
            self._connection = connection
        return self._connection

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def building(self, region: str) -> Building:
        """Begin a new mirror for a region; what an earlier attempt left is dropped."""
        return Building(self._db, self._path, region)

    def people(self, number: str, region: str) -> tuple[Candidate, ...]:
        """Given a raw number, return who has it, the best match first; probable ones only where they are the only one."""
        with store_errors(self._path), reading(self._db):
            found = self._matching("contact", number, region)
            sure = [pair for pair in found if pair[1].match is not Match.PROBABLE]
            if not sure and len(found) > 1:
                return ()
            return tuple(c for c in (self._candidate(*pair) for pair in sure or found) if c)

    def companies(self, number: str, region: str) -> tuple[Company, ...]:
        """Given a raw number, return the companies whose own number it surely is."""
        with store_errors(self._path), reading(self._db):
            found = self._matching("company", number, region)
            ids = [row["record_id"] for row, match in found if match.match is not Match.PROBABLE]
            return tuple(company for company in map(self._company, ids) if company)

    def _matching(self, kind: str, number: str, region: str) -> list[tuple[sqlite3.Row, NumberMatch]]:
        """Return each record that has the number, once, by its best phone: found by key, verified by matching."""
        best: dict[str, tuple[sqlite3.Row, NumberMatch]] = {}
        for row in self._with_keys(kind, numbers.keys(number, region)):
            match = numbers.match(number, row["raw"], region)
            known = best.get(row["record_id"])
            if match.match is not Match.NONE and (known is None or _ORDER[match.match] < _ORDER[known[1].match]):
                best[row["record_id"]] = (row, match)
        return sorted(best.values(), key=lambda pair: (_ORDER[pair[1].match], len(pair[0]["record_id"]), pair[0]["record_id"]))

    def _with_keys(self, kind: str, keys: tuple[str, ...]) -> list[sqlite3.Row]:
        rows: list[sqlite3.Row] = []
        for key in keys:
            rows += self._db.execute(
                f"SELECT p.{kind}_id AS record_id, p.property, p.raw FROM {kind}_keys AS k"  # noqa: S608 - names of ours
                f" JOIN {kind}_phones AS p ON p.rowid = k.phone WHERE k.key = ? ORDER BY k.phone LIMIT ?",
                (key, _MOST_PHONES),
            ).fetchall()
        return rows

    def _candidate(self, row: sqlite3.Row, match: NumberMatch) -> Candidate | None:
        person = self.person(row["record_id"])
        if person is None:
            return None
        phone = ContactPhone(property=row["property"], raw=row["raw"])
        return Candidate(
            contact=person.contact,
            phone=phone,
            match=match,
            company=person.company,
            deals=person.deals,
            owner=person.owner,
        )

    def person(self, contact_id: str) -> Candidate | None:
        """Given a contact's id, return the contact with company, open deals and owner, or None."""
        row = self._db.execute("SELECT * FROM contacts WHERE id = ?", (contact_id,)).fetchone()
        if row is None:
            return None
        contact = Contact(
            id=row["id"],
            first_name=row["first_name"],
            last_name=row["last_name"],
            email=row["email"],
            company_text=row["company_text"],
            company_id=row["company_id"],
            owner_id=row["owner_id"],
            last_contacted=_time(row["last_contacted"]),
            modified=_time(row["modified"]),
        )
        return Candidate(
            contact=contact,
            phone=None,
            match=_UNASKED,
            company=self._company(row["company_id"]) if row["company_id"] else None,
            deals=self._open_deals(contact.id),
            owner=self._owner("id", row["owner_id"]) if row["owner_id"] else None,
        )

    def _company(self, company_id: str) -> Company | None:
        row = self._db.execute("SELECT * FROM companies WHERE id = ?", (company_id,)).fetchone()
        return Company(id=row["id"], name=row["name"], domain=row["domain"], owner_id=row["owner_id"]) if row else None

    def _open_deals(self, contact_id: str) -> tuple[OpenDeal, ...]:
        """Return a contact's open deals: the one that closes first comes first, those without a date last."""
        rows = self._db.execute(
            "SELECT d.*, s.label, s.pipeline_label, a.currency AS account_currency FROM deal_contacts AS l"
            " JOIN deals AS d ON d.id = l.deal_id"
            " LEFT JOIN stages AS s ON s.pipeline_id = d.pipeline_id AND s.stage_id = d.stage_id"
            " LEFT JOIN account AS a WHERE l.contact_id = ? AND NOT coalesce(d.is_closed, s.is_closed, 0)"
            " ORDER BY d.closes IS NULL, d.closes, CAST(d.amount AS REAL) DESC, d.id",
            (contact_id,),
        )
        return tuple(_open_deal(row) for row in rows)

    def _owner(self, column: str, value: str) -> Owner | None:
        row = self._db.execute(f"SELECT * FROM owners WHERE {column} = ? COLLATE NOCASE", (value,)).fetchone()  # noqa: S608
        if row is None:
            return None
        return Owner(
            id=row["id"],
            email=row["email"],
            first_name=row["first_name"],
            last_name=row["last_name"],
            user_id=row["user_id"],
            archived=bool(row["archived"]),
        )

    def owner_by_email(self, email: str) -> Owner | None:
        """Given an e-mail address, return the owner who has it, or None."""
        return self._owner("email", email)

    def account(self) -> Account | None:
        """Return the portal that the mirror is of; None before the first sync."""
        row = self._db.execute("SELECT * FROM account").fetchone()
        if row is None:
            return None
        return Account(
            portal_id=row["portal_id"],
            ui_domain=row["ui_domain"],
            time_zone=row["time_zone"],
            currency=row["currency"],
            own_owner_id=row["own_owner_id"],
        )

    def facts(self) -> MirrorFacts:
        """Return how much the mirror holds and since when."""
        with store_errors(self._path):
            said = {row["name"]: row["value"] for row in self._db.execute("SELECT * FROM facts")}
        return MirrorFacts(
            contacts=int(said.get("contacts", 0)),
            companies=int(said.get("companies", 0)),
            deals=int(said.get("deals", 0)),
            phones=int(said.get("phones", 0)),
            built_at=_time(int(said["built_at"])) if "built_at" in said else None,
            region=said.get("region", ""),
        )

    def some_people(self, limit: int) -> tuple[Candidate, ...]:
        """Return some contacts that have a number, for a person to try callerid with."""
        rows = self._db.execute("SELECT contact_id, property, raw FROM contact_phones ORDER BY rowid LIMIT ?", (limit,)).fetchall()
        found = ((self.person(row["contact_id"]), row) for row in rows)
        return tuple(
            Candidate(
                contact=person.contact,
                phone=ContactPhone(property=row["property"], raw=row["raw"]),
                match=_UNASKED,
                company=person.company,
                deals=person.deals,
                owner=person.owner,
            )
            for person, row in found
            if person
        )

    def reindex_if_needed(self, region: str) -> None:
        """Read every number anew when the region is another than the one for which the mirror was built."""
        facts = self.facts()
        if facts.built_at is None or facts.region == region:
            return
        with store_errors(self._path), writing(self._db):
            for kind in ("contact", "company"):
                self._db.execute(f"DELETE FROM {kind}_keys")  # noqa: S608 - names of ours
                for row in self._db.execute(f"SELECT rowid, raw FROM {kind}_phones").fetchall():  # noqa: S608
                    index(self._db, f"{kind}_keys", row["rowid"], row["raw"], region)
            self._db.execute("INSERT OR REPLACE INTO facts VALUES ('region', ?)", (region,))


def _time(stamped: int | None) -> datetime | None:
    return None if stamped is None else datetime.fromtimestamp(stamped, UTC)


def _open_deal(row: sqlite3.Row) -> OpenDeal:
    deal = Deal(
        id=row["id"],
        name=row["name"],
        amount=None if row["amount"] is None else Decimal(row["amount"]),
        currency=row["currency"],
        pipeline_id=row["pipeline_id"],
        stage_id=row["stage_id"],
        closes=date.fromisoformat(row["closes"]) if row["closes"] else None,
        is_closed=False,
        owner_id=row["owner_id"],
    )
    return OpenDeal(
        deal=deal,
        stage_label=row["label"] or "",
        pipeline_label=row["pipeline_label"] or "",
        currency=row["currency"] or row["account_currency"] or "",
    )
