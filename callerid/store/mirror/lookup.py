"""Looking people up in the mirror of the CRM. Bare sqlite3 and few statements: a ring waits for this."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.errors import AlreadyRunning
from callerid.models import Account, CallOutcome, Company, Contact, Kind, Match
from callerid.store.connection import open_database, store_errors, store_fault, user_version, writing
from callerid.store.erase import flush_journal
from callerid.store.mirror import card_query, read_back, schema, strangers, sync_state
from callerid.store.mirror.build import MirrorBuild
from callerid.store.mirror.changed_contacts import ChangedContacts, record_every_contact
from callerid.store.mirror.delta import MirrorUpdate
from callerid.store.mirror.live_lookups import LiveLookups
from callerid.store.mirror.phone_contacts import PhoneContacts
from callerid.store.mirror.record_tables import Records
from callerid.store.mirror.statistics import read_mirror_facts
from callerid.store.mirror.sweep import MirrorSweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from callerid.core.callers.candidate import Candidate, OpenDeal
    from callerid.models import NumberMatch, Owner, Page
    from callerid.store.mirror.statistics import MirrorFacts

    Kept = Callable[[Page, str], Page]

_CACHE = 4096  # KiB: with a million contacts the inner pages of the trees just fit, and a look-up reads leaves only
_MOST_COMPANIES = 50  # of one key: a junk number that thousands share must not hold up a ring
# an enum's member is slow to look up and to hash, and a look-up asks often
_RANKS = _EXACT, _SAME_LINE, _PROBABLE, _NONE = Match.EXACT, Match.SAME_LINE, Match.PROBABLE, Match.NONE
_SURE = (_EXACT, _SAME_LINE)
_COMPANY_BY_KEY = (
    "SELECT k.place, c.id, c.name, c.domain, c.owner_id, c.phones FROM company_keys AS k"
    f" JOIN companies AS c ON c.id = k.record_id WHERE k.key = ? LIMIT {_MOST_COMPANIES}"
)


class Mirror:
    """One connection to mirror.db, for one thread; opened at the first use."""

    def __init__(self, path: Path, kept: Kept | None = None) -> None:
        """`kept` says what of a page may be held, given the region for its numbers; everything when it is not given."""
        self._path, self._kept = path, kept or (lambda page, _: page)
        self._connection: sqlite3.Connection | None = None
        self._facts: tuple[tuple[int, int], MirrorFacts] | None = None

    @property
    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            with store_errors(self._path):
                connection = open_database(self._path, synchronous="NORMAL")
                try:
                    connection.execute(f"PRAGMA cache_size = -{_CACHE}")
                    if user_version(connection) != schema.VERSION:
                        _bring_up_to_date(connection)
                except BaseException:
                    connection.close()
                    raise
            self._connection = connection
        return self._connection

    @cached_property
    def _cursor(self) -> sqlite3.Cursor:
        return card_query.plain_cursor(self._db)

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = self._facts = None
            self.__dict__.pop("_cursor", None)

    # ---------------------------------------------------------------------------------------- who is it

    def candidates(self, number: str, region: str) -> tuple[Candidate, ...]:
        """Given a raw number, return who has it, the best match first; probable ones only where they are the only one."""
        keys, proven = numbers.lookup_keys(number, region)
        if not keys:
            return ()
        try:
            rows = card_query.by_key(self._cursor, keys[0])
            if proven and len(rows) == 1 and rows[0][1]:  # nearly every ring: one entry, proven by its key alone
                return (card_query.candidate(rows[0], proven),)
            found = _matching(rows, number, region, proven)
            if any(one.match.match is not _PROBABLE for one in found):
                return tuple(one for one in found if one.match.match is not _PROBABLE)
            others = [row for key in keys[1:] for row in card_query.by_key(self._cursor, key)]
            found = _matching(rows + others, number, region, proven)
        except sqlite3.DatabaseError as fault:
            raise store_fault(self._path, fault) from fault
        return tuple(found) if len(found) == 1 else ()

    def companies_by_number(self, number: str, region: str) -> tuple[Company, ...]:
        """Given a raw number, return the companies whose own number it surely is."""
        found: dict[int, Company] = {}
        with store_errors(self._path):
            for key in numbers.index_keys(number, region)[:1]:
                for place, record_id, name, domain, owner_id, phones in self._db.execute(_COMPANY_BY_KEY, (key,)):
                    match = numbers.match(number, card_query.phone((place, None, None, phones)).raw, region).match
                    if match in _SURE:
                        found[record_id] = Company(id=str(record_id), name=name, domain=domain, owner_id=_text(owner_id))
        return tuple(found.values())

    def company_of_range(self, number: str, region: str) -> Company | None:
        """Given a raw number that nobody has, return the company whose direct-dial number it probably is, or None."""
        with store_errors(self._path):
            return strangers.company_of_range(self._cursor, number, region)

    def candidates_named(self, name: str) -> tuple[Candidate, ...]:
        """Given a name as the phone shows it, return the contacts who have it."""
        with store_errors(self._path):
            return strangers.people_named(self._cursor, name)

    def search(self, said: str) -> tuple[Candidate, ...]:
        """Given what a person typed of somebody, a name, a part of it, an e-mail address or a contact's id, return whom that may
        mean."""
        by_id = self.candidate(said)
        with store_errors(self._path):
            return (by_id,) if by_id else strangers.people_said(self._cursor, " ".join(said.split()))

    @property
    def phone_contacts(self) -> PhoneContacts:
        """The phone's own contacts."""
        return PhoneContacts(self._db)

    @property
    def changed_contacts(self) -> ChangedContacts:
        """The contacts that are to be compared with earlier calls."""
        return ChangedContacts(self._db, self._path)

    @property
    def live_lookups(self) -> LiveLookups:
        """What was found out about a line beyond the mirror."""
        return LiveLookups(self._db, self._path)

    def candidate(self, contact_id: str) -> Candidate | None:
        """Given a contact's id, return the contact with company, open deals and owner, or None."""
        if not contact_id.isdigit():
            return None
        with store_errors(self._path):
            return card_query.by_id(self._cursor, int(contact_id))

    def owner_by_email(self, email: str) -> Owner | None:
        """Given an e-mail address, return the owner who has it, or None."""
        return next((owner for owner in self.owners() if owner.email.casefold() == email.casefold()), None)

    def owners(self) -> tuple[Owner, ...]:
        """Return the portal's owners."""
        return tuple(card_query.owner(*row) for row in self._db.execute("SELECT * FROM owners ORDER BY id"))

    def outcomes(self) -> tuple[CallOutcome, ...]:
        """Return the portal's own outcomes of calls, in its order; none when it has not told."""
        rows = self._db.execute("SELECT id, label FROM outcomes ORDER BY place")
        return tuple(CallOutcome(id=row["id"], label=row["label"]) for row in rows)

    def closed_deals(self, contact_id: str) -> tuple[OpenDeal, ...]:
        """Given a contact's id, return the newest of its deals that are closed."""
        return card_query.closed_deals(self._cursor, int(contact_id)) if contact_id.isdigit() else ()

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

    def sample_candidates(self, limit: int) -> tuple[Candidate, ...]:
        """Return some contacts that have a number, for a person to try callerid with."""
        rows = self._db.execute("SELECT id, phones FROM contacts WHERE phones <> '' ORDER BY id LIMIT ?", (limit,)).fetchall()
        found = ((self.candidate(str(row["id"])), card_query.phone((0, None, None, row["phones"]))) for row in rows)
        return tuple(replace(person, phone=phone) for person, phone in found if person)

    # ---------------------------------------------------------------------------------------- the mirror itself

    def facts(self) -> MirrorFacts:
        """Return how much the mirror holds and since when; read anew only when anybody has written since."""
        with store_errors(self._path):
            seen = (self._db.execute("PRAGMA data_version").fetchone()[0], self._db.total_changes)
            if self._facts is None or self._facts[0] != seen:
                self._facts = (seen, read_mirror_facts(self._db))
        return self._facts[1]

    def reindex_when_free(self, region: str) -> None:
        """`reindex_if_needed`, unless a sync runs: that one sees to it at its end, or the next one does at its beginning."""
        facts = self.facts()
        if facts.built_at is None or (facts.region == region and facts.rules_version == numbers.RULES_VERSION):
            return
        with contextlib.suppress(AlreadyRunning), self.sync_lock():
            self.reindex_if_needed(region)

    def reindex_if_needed(self, region: str) -> None:
        """Read every number anew when the region is another than the one for which the mirror was built, or the numbers were read
        by other rules. The caller holds `sync_alone`: a sync must not put numbers of two regions into one index."""
        facts = self.facts()
        if facts.built_at is None or (facts.region == region and facts.rules_version == numbers.RULES_VERSION):
            return
        with store_errors(self._path), writing(self._db):
            Records(self._db, region).read_numbers_anew()
            record_every_contact(self._db)
            sync_state.write_facts(self._db, {"region": region, "rules": numbers.RULES_VERSION})

    def sync_lock(self) -> AbstractContextManager[None]:
        """Hold the lock of the one sync at a time. Raise AlreadyRunning."""
        return sync_state.sync_alone(self._path)

    def build(self, region: str) -> MirrorBuild:
        """Return what builds a new mirror for a region, beside the one that serves."""
        return MirrorBuild(self._db, self._path, region, self._kept)

    def update(self, region: str) -> MirrorUpdate:
        """Return what keeps the mirror fresh in place."""
        return MirrorUpdate(self._db, self._path, region, self._kept)

    def sweep(self, region: str) -> MirrorSweep:
        """Return what compares the mirror with the CRM."""
        return MirrorSweep(self._db, self._path, self.update(region))

    # ---------------------------------------------------------------------------------------- everything, for comparing

    def all_contacts(self) -> Iterator[Contact]:
        """Return every contact, in the order of their ids."""
        return read_back.contacts(self._db)

    def deal_links(self) -> Iterator[tuple[str, Kind, str]]:
        """Return every association of a deal: its id, and kind and id of what it is associated with."""
        return read_back.deal_links(self._db)

    def contacts_by_id(self, ids: Iterable[str]) -> tuple[Contact, ...]:
        """Given ids, return those contacts that are here, as the CRM told them."""
        with store_errors(self._path):
            return read_back.contacts_of(self._db, ids)

    def companies_by_id(self, ids: Iterable[str]) -> tuple[Company, ...]:
        """Given ids, return those companies that are here, as the CRM told them."""
        with store_errors(self._path):
            return read_back.companies_of(self._db, ids)

    def overwrite_deleted(self) -> None:
        """From now on, overwrite what is deleted."""
        self._db.execute("PRAGMA secure_delete = ON")

    def forget(self, lines: Iterable[str], names: Iterable[str], region: str) -> int:
        """Take lines and names out of what is not the CRM's, leave no byte of what was deleted, and drop a sync in the making,
        which may know them. Return how many of the phone's own contacts went."""
        with store_errors(self._path):
            MirrorBuild(self._db, self._path, region, self._kept).drop()
            with writing(self._db):
                self.live_lookups.forget(lines)
            count = self.phone_contacts.forget(lines, names)
            flush_journal(self._db)
        return count


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    from callerid.store.mirror.migrations import bring_up_to_date

    bring_up_to_date(connection)


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _matching(rows: list[card_query.Row], number: str, region: str, proven: NumberMatch | None) -> list[Candidate]:
    """Return each contact that has the number, once, by its best phone: found by key, verified by matching."""
    best: dict[int, tuple[int, NumberMatch, card_query.Row]] = {}
    for row in rows:
        match = proven if proven and row[1] else numbers.match(number, card_query.phone(row).raw, region)
        rank, record_id = _RANKS.index(match.match), row[2]
        if match.match is not _NONE and (record_id not in best or rank < best[record_id][0]):
            best[record_id] = (rank, match, row)
    return [card_query.candidate(best[i][2], best[i][1]) for i in sorted(best, key=lambda i: (best[i][0], i))]
