"""The mirror: a derived copy of the CRM, which may be deleted at any time, and of what the phone knows of callers.

Each method imports what it alone needs: a command that looks at the facts does not load the look-ups, nor those the syncs.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from callerid import models
from callerid.errors import AlreadyRunning, StoreFault
from callerid.messages import message
from callerid.store.connection import open_database, reading, user_version, writing
from callerid.store.derived_file import DerivedFile, read_again_if_damaged
from callerid.store.faults import store_errors
from callerid.store.mirror import mirror_facts, schema
from callerid.store.number_rules import rules_version

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from callerid.core.callers.candidate import Candidate, OpenDeal
    from callerid.models import Account, CallOutcome, Company, Contact, Kind, Owner, Page, Scope
    from callerid.store.mirror.activities.tables import Activities
    from callerid.store.mirror.build import MirrorBuild
    from callerid.store.mirror.card_query import ByNumber
    from callerid.store.mirror.changed_contacts import ChangedContacts
    from callerid.store.mirror.delta import MirrorUpdate
    from callerid.store.mirror.merged_contacts import MergedContacts
    from callerid.store.mirror.mirror_facts import MirrorFacts
    from callerid.store.mirror.own.live_lookups import LiveLookups
    from callerid.store.mirror.own.phone_contacts import PhoneContacts
    from callerid.store.mirror.sweep import MirrorRange, MirrorSweep

    PageFilter = Callable[[Page, str], Page]


_CACHE = 4096  # KiB: with a million contacts the inner pages of the trees just fit, and a look-up reads leaves only
_CACHE_OF_BUILD = 1024  # KiB, of the thread that syncs: it waits for the CRM and not for the disk, and the pages take memory
_TABLES = ("contacts", "contact_keys", "facts", "phonebook")


class Mirror:
    """One connection to mirror.db, for one thread; opened at the first use."""

    def __init__(self, path: Path, filter_page: PageFilter | None = None) -> None:
        """`filter_page` returns what of a page may be stored, given the region of its numbers; everything by default."""
        self.file = DerivedFile(path, _open_mirror, _TABLES)
        self._path, self._filter_page = path, filter_page or (lambda page, _: page)
        self._facts: tuple[tuple[sqlite3.Connection, int, int], MirrorFacts] | None = None

    @property
    def _db(self) -> sqlite3.Connection:
        return self.file.connection

    @property
    def _cursor(self) -> sqlite3.Cursor:
        return self.file.cursor

    def close(self) -> None:
        """Close the connection."""
        self.file.close()

    @contextlib.contextmanager
    def as_of_one_moment(self) -> Iterator[None]:
        """Read everything inside as of one moment, whatever a sync writes; nothing may be written inside. Raise StoreFault when the
        mirror was put aside meanwhile: who is not in the empty one in its place was not deleted."""
        connection = self._db
        with reading(connection):
            yield
        if self._db is not connection:
            raise StoreFault(
                message("{path} was replaced or deleted meanwhile.", path=self._path),
                remedy=message("Type the same command again."),
            )

    # ---------------------------------------------------------------------------------------- who a number or a name is

    def candidates(self, number: str, region: str) -> tuple[Candidate, ...]:
        """Return the contacts whose raw number this is, best match first; a probable one only if it is the only one."""
        return self.by_number(number, region).candidates

    @read_again_if_damaged
    def by_number(self, number: str, region: str) -> ByNumber:
        """Return what is known by a raw number. Its line is told where the index, by the rules of today, has it proven and for
        nobody else: then its numbering plan is not needed."""
        from callerid.core.numbers.plain import plain
        from callerid.store.mirror import card_query

        key = plain(number)
        rows = card_query.by_key(self._cursor, key) if key else []
        if len(rows) == 1 and rows[0][1]:
            contacts = (card_query.candidate(rows[0], models.SAME_NUMBER),)
            if self.facts().rules_version != rules_version():
                return card_query.ByNumber(candidates=contacts)
            return card_query.ByNumber(candidates=contacts, line=key, is_saved=card_query.is_saved(rows[0]))
        from callerid.store.mirror import lookup

        return card_query.ByNumber(candidates=lookup.candidates(self._cursor, number, region, {key: rows} if key else {}))

    @read_again_if_damaged
    def line_at_home(self, number: str, region: str) -> str:
        """Return the line in E.164 of a number as it is dialled in the region, where the index has it proven and for nobody else:
        then the numbering plans need not be loaded to tell. "" for any other."""
        from callerid.core.numbers import home_plan
        from callerid.store.mirror import card_query

        facts = self.facts()
        is_of_region = facts.region == region and facts.rules_version == rules_version()
        plan = home_plan.read(facts.home_plan) if is_of_region else None
        line = home_plan.line_at_home(number, plan) if plan else ""
        rows = card_query.by_key(self._cursor, line) if line else ()
        return line if len(rows) == 1 and rows[0][1] else ""

    @read_again_if_damaged
    def companies_by_number(self, number: str, region: str) -> tuple[Company, ...]:
        """Return the companies whose own raw number this surely is."""
        from callerid.store.mirror import lookup

        with store_errors(self._path):
            return lookup.companies(self._cursor, number, region)

    @read_again_if_damaged
    def company_of_range(self, number: str, region: str) -> Company | None:
        """Return the company whose direct-dial range a raw number probably belongs to, or None. For a number that no contact
        has."""
        from callerid.store.mirror import lookup

        with store_errors(self._path):
            return lookup.company_of_range(self._cursor, number, region)

    @read_again_if_damaged
    def candidates_named(self, name: str) -> tuple[Candidate, ...]:
        """Return the contacts who have a name as the phone shows it."""
        from callerid.store.mirror import lookup

        with store_errors(self._path):
            return lookup.candidates_named(self._cursor, name)

    @read_again_if_damaged
    def search(self, text: str, *, by_beginnings: bool = False) -> tuple[Candidate, ...]:
        """Return the contacts that a person may mean by an id, a name, some words of it, or an e-mail address, and, where that is
        nobody, by the beginnings of words, if those are to do."""
        from callerid.core.callers.typed_name import Closeness
        from callerid.store.mirror import lookup

        by_id, least = self.candidate(text), Closeness.BEGINNINGS if by_beginnings else Closeness.WORDS
        with store_errors(self._path):
            return (by_id,) if by_id else lookup.search(self._cursor, " ".join(text.split()), least)

    @property
    def phone_contacts(self) -> PhoneContacts:
        """The phone's own contacts."""
        from callerid.store.mirror.own.phone_contacts import PhoneContacts

        return PhoneContacts(self._db)

    @property
    def changed_contacts(self) -> ChangedContacts:
        """The contacts that are to be compared with earlier calls."""
        from callerid.store.mirror.changed_contacts import ChangedContacts

        return ChangedContacts(self._db, self._path)

    @property
    def merged_contacts(self) -> MergedContacts:
        """The ids that were merged into contacts."""
        from callerid.store.mirror.merged_contacts import MergedContacts

        return MergedContacts(self._db, self._path)

    @property
    def activities(self) -> Activities:
        """Notes, open tasks and open tickets of the contacts."""
        from callerid.store.mirror.activities.tables import Activities

        return Activities(self._db, self._path)

    @property
    def live_lookups(self) -> LiveLookups:
        """What was found out about a line elsewhere."""
        from callerid.store.mirror.own.live_lookups import LiveLookups

        return LiveLookups(self._db, self._path)

    @read_again_if_damaged
    def candidate(self, contact_id: str) -> Candidate | None:
        """Return a contact with its company, open deals and owner, None if there is none with that id."""
        from callerid.store.mirror import card_query

        if not contact_id.isdigit():
            return None
        with store_errors(self._path):
            return card_query.by_id(self._cursor, int(contact_id))

    @read_again_if_damaged
    def owner_by_email(self, email: str) -> Owner | None:
        """Return the owner with an e-mail address, or None."""
        return next((owner for owner in self.owners() if owner.email.casefold() == email.casefold()), None)

    @read_again_if_damaged
    def owners(self) -> tuple[Owner, ...]:
        """Return the portal's owners."""
        from callerid.store.mirror import card_query

        return tuple(card_query.owner(*row) for row in self._db.execute("SELECT * FROM owners ORDER BY id"))

    @read_again_if_damaged
    def outcomes(self) -> tuple[CallOutcome, ...]:
        """Return the portal's own outcomes of calls, in its order; () if it has not given any."""
        rows = self._db.execute("SELECT id, label FROM outcomes ORDER BY place")
        return tuple(models.CallOutcome(id=row["id"], label=row["label"]) for row in rows)

    @read_again_if_damaged
    def closed_deals(self, contact_id: str) -> tuple[OpenDeal, ...]:
        """Return the newest closed deals of a contact (id)."""
        from callerid.store.mirror import card_query

        return card_query.closed_deals(self._cursor, int(contact_id)) if contact_id.isdigit() else ()

    @read_again_if_damaged
    def account(self) -> Account | None:
        """Return the portal that was mirrored, None before the first sync."""
        row = self._db.execute("SELECT * FROM account").fetchone()
        if row is None:
            return None
        return models.Account(
            portal_id=row["portal_id"],
            ui_domain=row["ui_domain"],
            time_zone=row["time_zone"],
            currency=row["currency"],
            own_owner_id=row["own_owner_id"],
        )

    @read_again_if_damaged
    def sample_candidates(self, limit: int) -> tuple[Candidate, ...]:
        """Return some contacts that have a number, so that a person can try callerid with them."""
        from dataclasses import replace

        from callerid.store.mirror import card_query

        rows = self._db.execute("SELECT id, phones FROM contacts WHERE phones LIKE '[[%' ORDER BY id LIMIT ?", (limit,)).fetchall()
        pairs = ((self.candidate(str(row["id"])), card_query.phone((0, None, None, row["phones"]))) for row in rows)
        return tuple(replace(candidate, phone=phone) for candidate, phone in pairs if candidate)

    # ---------------------------------------------------------------------------------------- the mirror itself

    @read_again_if_damaged
    def facts(self) -> MirrorFacts:
        """Return what is recorded about the mirror. It is read again only if anything was written since."""
        cursor = self._cursor
        connection = cursor.connection
        version = (connection, cursor.execute("PRAGMA data_version").fetchone()[0], connection.total_changes)
        if self._facts is None or self._facts[0] != version:
            self._facts = version, mirror_facts.read_mirror_facts(connection)
        return self._facts[1]

    def filling(self) -> tuple[int, int] | None:
        """Return how many records an unfinished full sync has read, and how many there are to read; None if there is none."""
        if not self.facts().unfinished:
            return None
        from callerid.store.mirror import sync_state

        with store_errors(self._path):
            return sync_state.filling(self._db)

    def is_waiting_for_exports(self) -> bool:
        """Return whether an unfinished full sync has started exports."""
        from callerid.store.mirror import sync_state

        with store_errors(self._path):
            return bool(sync_state.exports(self._db))

    def is_reading_lists(self) -> bool:
        """Return whether an unfinished full sync has begun to read lists."""
        from callerid.store.mirror import sync_state

        with store_errors(self._path):
            return not sync_state.exports(self._db) and bool(sync_state.stretches(self._db, mirror_facts.FULL))

    def reindex_when_free(self, region: str) -> None:
        """Do `reindex_if_needed`, unless a sync is running; the next sync begins with it."""
        if self._is_index_of(region):
            return
        with contextlib.suppress(AlreadyRunning), self.sync_lock():
            self.reindex_if_needed(region)

    def reindex_if_needed(self, region: str) -> None:
        """Build the index of numbers again if it was built for another region or by other parsing rules. The caller holds
        `sync_lock`, because a sync must not put numbers of two regions into one index."""
        if self._is_index_of(region):
            return
        from callerid.store.mirror import sync_state
        from callerid.store.mirror.changed_contacts import record_every_contact
        from callerid.store.mirror.record_tables import Records, plan_fact

        with store_errors(self._path), writing(self._db):
            Records(self._db, region).rebuild_index()
            record_every_contact(self._db)
            sync_state.write_facts(self._db, {"region": region, "rules": rules_version()} | plan_fact(region))

    def _is_index_of(self, region: str) -> bool:
        """Return whether the index of numbers, if there is one, was built for a region and by the rules of today."""
        facts = self.facts()
        return facts.built_at is None or (facts.region == region and facts.rules_version == rules_version())

    def sync_lock(self) -> AbstractContextManager[None]:
        """Hold the lock that only one sync can have. Raise AlreadyRunning."""
        from callerid.store.mirror import sync_state

        return sync_state.sync_lock(self._path)

    def build(self, region: str) -> MirrorBuild:
        """Return the builder of a new mirror beside the live one, with numbers read for a region."""
        from callerid.store.mirror.build import MirrorBuild

        self._db.execute(f"PRAGMA cache_size = -{_CACHE_OF_BUILD}")
        return MirrorBuild(self._db, self._path, region, self._filter_page)

    def update(self, region: str) -> MirrorUpdate:
        """Return the writer that changes the live mirror in place."""
        from callerid.store.mirror.delta import MirrorUpdate

        return MirrorUpdate(self._db, self._path, region, self._filter_page)

    def range(self, kind: Kind, scope: Scope, *, without_company: bool = False) -> MirrorRange:
        """Return the records of a kind, of contacts those of a scope, or of these those without a company, to be counted by ranges
        of their ids."""
        from callerid.store.mirror.sweep import MirrorRange

        return MirrorRange(self._db, kind, scope, without_company=without_company)

    def sweep(self, region: str, unreadable: Collection[Kind] = ()) -> MirrorSweep:
        """Return the comparison of the live mirror with the CRM, but for the kinds that the token may not read."""
        from callerid.store.mirror.sweep import MirrorSweep

        return MirrorSweep(self._db, self._path, self.update(region), unreadable)

    # ---------------------------------------------------------------------------------------- records, as the CRM has them

    def all_contacts(self) -> Iterator[Contact]:
        """Return every contact, by id."""
        from callerid.store.mirror import record_rows

        return record_rows.read_contacts(self._db)

    def keys(self) -> Iterator[str]:
        """Return every line that a contact or a company has, and what else it may be."""
        with store_errors(self._path):
            yield from (key for (key,) in self._cursor.execute("SELECT key FROM contact_keys UNION SELECT key FROM company_keys"))

    def deal_links(self) -> Iterator[tuple[str, Kind, str]]:
        """Return every association of a deal: the deal's id, and kind and id of the other record."""
        from callerid.store.mirror import record_rows

        return record_rows.read_deal_links(self._db)

    @read_again_if_damaged
    def contacts_by_id(self, ids: Iterable[str]) -> tuple[Contact, ...]:
        """Return the contacts with these ids; those that are not mirrored are left out."""
        from callerid.store.mirror import record_rows

        with store_errors(self._path):
            return record_rows.contacts_by_id(self._db, ids)

    @read_again_if_damaged
    def companies_by_id(self, ids: Iterable[str]) -> tuple[Company, ...]:
        """Return the companies with these ids; those that are not mirrored are left out."""
        from callerid.store.mirror import record_rows

        with store_errors(self._path):
            return record_rows.companies_by_id(self._db, ids)

    def overwrite_deleted(self) -> None:
        """Overwrite deleted bytes from now on."""
        self._db.execute("PRAGMA secure_delete = ON")

    def forget(self, lines: Collection[str], names: Collection[str], region: str) -> int:
        """Remove lines and names from what did not come from the CRM; and unfinished syncs, which may have the person, or stand at
        their id. Return how many numbers of the phone's own contacts were removed."""
        from callerid.store.mirror import merged_contacts, sync_state
        from callerid.store.mirror.activities.tables import drop_orphans
        from callerid.store.mirror.build import MirrorBuild

        with store_errors(self._path):
            MirrorBuild(self._db, self._path, region, self._filter_page).drop()
            with writing(self._db):
                sync_state.forget_progress(self._db)
                drop_orphans(self._db)
                merged_contacts.drop_orphans(self._db)
                self.live_lookups.forget(lines, names, region)
            return self.phone_contacts.forget(lines, names)

    def rewrite(self) -> None:
        """Write the file anew, so that nothing that was deleted is left in it. Raise StoreFault."""
        from callerid.store.erase import rewrite

        rewrite(self._db, self._path)


def _open_mirror(path: Path) -> sqlite3.Connection:
    with store_errors(path):
        connection = open_database(path, synchronous="NORMAL")
        try:
            connection.execute(f"PRAGMA cache_size = -{_CACHE}")
            if user_version(connection) != schema.VERSION:
                _bring_up_to_date(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    if not mirror_facts.is_of_later_version(connection, schema.VERSION):
        from callerid.store.mirror.migrations import bring_up_to_date

        bring_up_to_date(connection)


def empty_mirror(path: Path) -> Mirror:
    """Return a mirror in memory that knows nobody, in place of that of a file that cannot be read now."""
    mirror = Mirror(path)
    mirror.file = DerivedFile(path, lambda _: _open_empty(), _TABLES)
    return mirror


def _open_empty() -> sqlite3.Connection:
    import sqlite3

    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    _bring_up_to_date(connection)
    return connection
