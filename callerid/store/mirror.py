"""Looking people up in the mirror of the CRM. Bare sqlite3 and few statements: a ring waits for this."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from callerid.core import numbers
from callerid.core.people import Candidate, OpenDeal
from callerid.models import Account, Company, Contact, ContactPhone, Deal, Kind, Match, NumberMatch, Owner
from callerid.store import mirror_schema as schema
from callerid.store import mirror_sync as sync
from callerid.store.connection import open_database, store_errors, store_fault, writing
from callerid.store.mirror_building import Building
from callerid.store.mirror_records import Records
from callerid.store.mirror_updating import Updating

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

_MOST_PHONES = 50  # of one key: a junk number that thousands of contacts share must not hold up a ring
_ORDER = {Match.EXACT: 0, Match.SAME_LINE: 1, Match.PROBABLE: 2}
_UNASKED = NumberMatch(match=Match.NONE, why="")
_scan = json.JSONDecoder().raw_decode

# One statement from a key to everything on the card, a row for each deal: it is of one moment by itself, and a ring waits for it.
_COLUMNS = (
    "c.id, c.first_name, c.last_name, c.email, c.company_text, c.company_id, c.owner_id, c.last_contacted, c.modified, c.phones,"
    " co.name, co.domain, co.owner_id, o.id, o.email, o.first_name, o.last_name, o.user_id, o.archived,"
    " d.id, d.name, d.amount, coalesce(nullif(d.currency, ''), (SELECT currency FROM account)), d.pipeline_id, d.stage_id,"
    " d.closes, d.owner_id, s.label, s.pipeline_label, coalesce(d.is_closed, s.is_closed)"
)
_AROUND = (
    " LEFT JOIN companies AS co ON co.id = c.company_id"
    " LEFT JOIN owners AS o ON o.id = c.owner_id"
    " LEFT JOIN linked_deals AS l ON l.record_id = c.id AND l.kind = 'contacts'"
    " LEFT JOIN deals AS d ON d.id = l.deal_id"
    " LEFT JOIN stages AS s ON s.pipeline_id = d.pipeline_id AND s.stage_id = d.stage_id"
)
_BY_KEY = (
    f"SELECT k.place, k.proof, {_COLUMNS} FROM contact_keys AS k JOIN contacts AS c ON c.id = k.record_id{_AROUND} WHERE k.key = ?"
)
_BY_ID = f"SELECT 0, 0, {_COLUMNS} FROM contacts AS c{_AROUND} WHERE c.id = ?"
_COMPANY_BY_KEY = (
    "SELECT k.place, c.id, c.name, c.domain, c.owner_id, c.phones FROM company_keys AS k"
    f" JOIN companies AS c ON c.id = k.record_id WHERE k.key = ? LIMIT {_MOST_PHONES}"
)
_FIRST_DEAL = 21  # the column of a row in which its deal begins


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorFacts:
    """How much the mirror holds, since when (None before the first sync), and for which region its numbers were read.

    `built_at` is when it was last built whole, `fresh_at` when it last took in all changes, `swept_at` when every id was last
    compared. `source`, `scope` and `phones_asked` are what the last full sync was asked for, `stamp` what its source then said of
    itself; `unfinished` tells of an interrupted one.
    """

    contacts: int
    companies: int
    deals: int
    phones: int
    built_at: datetime | None
    fresh_at: datetime | None
    swept_at: datetime | None
    region: str
    source: str
    stamp: str
    scope: str
    phones_asked: str
    unfinished: bool


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

    # ---------------------------------------------------------------------------------------- who is it

    def people(self, number: str, region: str) -> tuple[Candidate, ...]:
        """Given a raw number, return who has it, the best match first; probable ones only where they are the only one."""
        keys, proven = numbers.asked(number, region)
        if not keys:
            return ()
        try:
            found = self._matching(number, region, keys[:1], proven)
            if any(candidate.match.match is not Match.PROBABLE for candidate in found):
                return tuple(candidate for candidate in found if candidate.match.match is not Match.PROBABLE)
            found = self._matching(number, region, keys, proven)  # whatever is surely this line shares its first key
        except sqlite3.DatabaseError as fault:
            raise store_fault(self._path, fault) from fault
        return tuple(found) if len(found) == 1 else ()

    def _matching(self, number: str, region: str, keys: tuple[str, ...], proven: NumberMatch | None) -> list[Candidate]:
        """Return each contact that has the number, once, by its best phone: found by key, verified by matching."""
        best: dict[int, tuple[int, ContactPhone, NumberMatch, list[Any]]] = {}
        for key in keys:
            for rows in self._entries(key):
                place, proof, record_id = rows[0][:3]
                phone = _phone(rows[0][11], place)
                match = proven if proven and proof else numbers.match(number, phone.raw, region)
                order = _ORDER.get(match.match)
                if order is not None and (record_id not in best or order < best[record_id][0]):
                    best[record_id] = (order, phone, match, rows)
        ranked = best.values() if len(best) == 1 else [best[record_id] for record_id in sorted(best, key=lambda i: (best[i][0], i))]
        return [_candidate(rows, phone, match) for _, phone, match, rows in ranked]

    def _entries(self, key: str) -> list[list[Any]]:
        """Return the entries of a key, each as its rows: the same contact and number with another deal in each."""
        entries: list[list[Any]] = []
        cursor = self._db.cursor()
        cursor.row_factory = None
        for row in cursor.execute(_BY_KEY, (key,)):
            if entries and entries[-1][0][2] == row[2] and entries[-1][0][0] == row[0]:
                entries[-1].append(row)
            elif len(entries) < _MOST_PHONES:
                entries.append([row])
            else:
                break
        return entries

    def companies(self, number: str, region: str) -> tuple[Company, ...]:
        """Given a raw number, return the companies whose own number it surely is."""
        found: dict[int, Company] = {}
        with store_errors(self._path):
            for key in numbers.keys(number, region)[:1]:
                for place, record_id, name, domain, owner_id, phones in self._db.execute(_COMPANY_BY_KEY, (key,)):
                    match = numbers.match(number, _phone(phones, place).raw, region).match
                    if match in (Match.EXACT, Match.SAME_LINE):
                        found[record_id] = Company(id=str(record_id), name=name, domain=domain, owner_id=_text(owner_id))
        return tuple(found.values())

    def person(self, contact_id: str) -> Candidate | None:
        """Given a contact's id, return the contact with company, open deals and owner, or None."""
        if not contact_id.isdigit():
            return None
        rows = self._db.execute(_BY_ID, (int(contact_id),)).fetchall()
        return _candidate(rows, None, _UNASKED) if rows else None

    def owner_by_email(self, email: str) -> Owner | None:
        """Given an e-mail address, return the owner who has it, or None."""
        return next((owner for owner in self.owners() if owner.email.casefold() == email.casefold()), None)

    def owners(self) -> tuple[Owner, ...]:
        """Return the portal's owners."""
        return tuple(_owner(*row) for row in self._db.execute("SELECT * FROM owners ORDER BY id"))

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

    def some_people(self, limit: int) -> tuple[Candidate, ...]:
        """Return some contacts that have a number, for a person to try callerid with."""
        rows = self._db.execute("SELECT id, phones FROM contacts WHERE phones <> '' ORDER BY id LIMIT ?", (limit,)).fetchall()
        found = ((self.person(str(row["id"])), _phone(row["phones"], 0)) for row in rows)
        return tuple(replace(person, phone=phone) for person, phone in found if person)

    # ---------------------------------------------------------------------------------------- the mirror itself

    def facts(self) -> MirrorFacts:
        """Return how much the mirror holds and since when."""
        with store_errors(self._path):
            said = sync.read_facts(self._db)
            unfinished = sync.unfinished(self._db, "full") is not None
        return MirrorFacts(
            contacts=int(said.get("contacts", 0)),
            companies=int(said.get("companies", 0)),
            deals=int(said.get("deals", 0)),
            phones=int(said.get("phones", 0)),
            built_at=_seconds(said.get("built_at")),
            fresh_at=_seconds(said.get("fresh_at")),
            swept_at=_seconds(said.get("swept_at")),
            region=said.get("region", ""),
            source=said.get("source", ""),
            stamp=said.get("stamp", ""),
            scope=said.get("scope", ""),
            phones_asked=said.get("phones_asked", ""),
            unfinished=unfinished,
        )

    def reindex_if_needed(self, region: str) -> None:
        """Read every number anew when the region is another than the one for which the mirror was built."""
        facts = self.facts()
        if facts.built_at is None or facts.region == region:
            return
        with store_errors(self._path), writing(self._db):
            Records(self._db, region).read_numbers_anew()
            sync.write_facts(self._db, {"region": region})

    def sync_alone(self) -> AbstractContextManager[None]:
        """Hold the lock of the one sync at a time. Raise AlreadyRunning."""
        return sync.sync_alone(self._path)

    def building(self, region: str) -> Building:
        """Return what builds a new mirror for a region, beside the one that serves."""
        return Building(self._db, self._path, region)

    def updating(self, region: str) -> Updating:
        """Return what keeps the mirror fresh in place."""
        return Updating(self._db, self._path, region)

    # ---------------------------------------------------------------------------------------- live look-ups

    def asked(self, line: str) -> tuple[datetime, bool] | None:
        """Given a line, return when the CRM was last asked for it, and whether it knew somebody; None when it never was."""
        with store_errors(self._path):
            row = self._db.execute("SELECT at, found FROM asked WHERE line = ?", (line,)).fetchone()
        return (datetime.fromtimestamp(row["at"], UTC), bool(row["found"])) if row else None

    def note_asked(self, line: str, now: datetime, oldest: datetime, *, found: bool) -> None:
        """Keep that the CRM was asked for a line, and forget what was asked before `oldest`."""
        with store_errors(self._path), writing(self._db):
            self._db.execute("DELETE FROM asked WHERE at < ?", (int(oldest.timestamp()),))
            self._db.execute("INSERT OR REPLACE INTO asked VALUES (?, ?, ?)", (line, int(now.timestamp()), int(found)))

    # ---------------------------------------------------------------------------------------- everything, for comparing

    def contacts(self) -> Iterator[Contact]:
        """Return every contact, in the order of their ids."""
        for row in self._db.cursor().execute("SELECT * FROM contacts ORDER BY id"):
            yield _contact(*row)

    def deal_links(self) -> Iterator[tuple[str, Kind, str]]:
        """Return every association of a deal: its id, and kind and id of what it is associated with."""
        for row in self._db.cursor().execute("SELECT deal_id, kind, record_id FROM deal_links"):
            yield str(row[0]), Kind(row[1]), str(row[2])


def _phone(phones: str, place: int) -> ContactPhone:
    name, raw = _scan(phones)[0][place]
    return ContactPhone(property=name, raw=raw)


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _time(stamped: int | None) -> datetime | None:
    return None if stamped is None else datetime.fromtimestamp(stamped / 1000, UTC)


def _seconds(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromtimestamp(int(said), UTC)


def _contact(*row: Any) -> Contact:
    record_id, first_name, last_name, email, company_text, company_id, owner_id, last_contacted, modified, phones = row
    return Contact(
        id=str(record_id),
        first_name=first_name,
        last_name=last_name,
        email=email,
        company_text=company_text,
        company_id=_text(company_id),
        owner_id=_text(owner_id),
        last_contacted=_time(last_contacted),
        modified=_time(modified),
        phones=tuple(ContactPhone(property=name, raw=raw) for name, raw in json.loads(phones or "[]")),
    )


def _candidate(rows: list[Any], phone: ContactPhone | None, match: NumberMatch) -> Candidate:
    """Given the rows of one contact, each with another deal, return the candidate."""
    row = rows[0]
    company_id, name, domain, owner_id = row[7], row[12], row[13], row[14]
    return Candidate(
        contact=_contact(*row[2:11], ""),  # its numbers are not needed here, and cost as much as the rest
        phone=phone,
        match=match,
        company=None if name is None else Company(id=str(company_id), name=name, domain=domain, owner_id=_text(owner_id)),
        deals=_open_deals(rows),
        owner=None if row[15] is None else _owner(*row[15:21]),
    )


@lru_cache(maxsize=256)
def _owner(owner_id: int, email: str, first_name: str, last_name: str, user_id: str | None, archived: int) -> Owner:
    return Owner(
        id=str(owner_id), email=email, first_name=first_name, last_name=last_name, user_id=user_id, archived=bool(archived)
    )


def _open_deals(rows: list[Any]) -> tuple[OpenDeal, ...]:
    """Given a contact's rows, return its open deals: the one that closes first comes first, those without a date last."""
    found = [_open_deal(row) for row in rows if row[_FIRST_DEAL] is not None and not row[-1]]
    return tuple(found) if len(found) < 2 else tuple(sorted(found, key=_urgency))  # noqa: PLR2004


def _urgency(item: OpenDeal) -> tuple[bool, date, Decimal, int]:
    deal = item.deal
    return deal.closes is None, deal.closes or date.min, -(deal.amount or Decimal(0)), int(deal.id)


def _open_deal(row: Any) -> OpenDeal:
    record_id, name, amount, currency, pipeline_id, stage_id, closes, owner_id, label, pipeline_label, _ = row[_FIRST_DEAL:]
    deal = Deal(
        id=str(record_id),
        name=name,
        amount=None if amount is None else Decimal(amount),
        currency=currency or "",
        pipeline_id=pipeline_id,
        stage_id=stage_id,
        closes=date.fromisoformat(closes) if closes else None,
        is_closed=False,
        owner_id=_text(owner_id),
    )
    return OpenDeal(deal=deal, stage_label=label or "", pipeline_label=pipeline_label or "", currency=currency or "")
