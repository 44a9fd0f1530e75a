"""The mirror's schema from version to version. Importing this module imports sqlite-utils, which a ring must not wait for.

All of it is derived data. A migration keeps a mirror, so that callers have names after an update before the next full sync. Where
the columns of `schema` change, a mirror of an earlier version cannot be kept: raise `FIRST_VERSION` above today's `schema.VERSION`,
and that by as much; older mirrors are then dropped and rebuilt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Migrations

from callerid.store.connection import user_version, writing
from callerid.store.migrate import apply_pending, wrap
from callerid.store.mirror import mirror_facts, schema, sync_state
from callerid.store.mirror.activities import tables as activity_tables
from callerid.store.mirror.changed_contacts import record_every_contact

if TYPE_CHECKING:
    import sqlite3

    from sqlite_utils import Database

FIRST_VERSION = 5  # of what `tables` creates
MIRROR = Migrations("mirror")
_SYNC_STATE: dict[str, schema.Table] = {
    "walks": ({"purpose": str, "began": int, "recipe": str}, "purpose"),
    "stretches": (
        {"purpose": str, "kind": str, "start": int, "cursor": int, "stop": int, "done": int},
        ("purpose", "kind", "start"),
    ),
}
# A sweep sees every record, and a ring of a stranger looks up the others: WITHOUT ROWID, as the links of `schema`.
_LOOKED_UP = """
    CREATE TABLE seen (kind TEXT, id INTEGER, differs INTEGER, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;
    CREATE TABLE asked (line TEXT PRIMARY KEY, at INTEGER, found INTEGER) STRICT, WITHOUT ROWID;
    CREATE TABLE phonebook (key TEXT, name TEXT, raw TEXT, source TEXT, PRIMARY KEY (key, name, raw)) STRICT, WITHOUT ROWID;
    CREATE TABLE whereabouts (line TEXT PRIMARY KEY, language TEXT, said TEXT) STRICT, WITHOUT ROWID;
"""
_ACTIVITIES = """
    CREATE TABLE IF NOT EXISTS activities (kind TEXT, id INTEGER, modified INTEGER, at INTEGER, text TEXT, stage TEXT,
        owner_id INTEGER, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS contact_activities (contact_id INTEGER, kind TEXT, place INTEGER, id INTEGER,
        PRIMARY KEY (contact_id, kind, place, id)) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS activity_reads (kind TEXT PRIMARY KEY, read_to INTEGER, since INTEGER, linked_at INTEGER,
        stages TEXT) STRICT, WITHOUT ROWID;
"""


@MIRROR()
def tables(db: Database) -> None:
    """Create the tables of the CRM's records, and those that stay when a full sync replaces them: how far a sync has come, what a
    sweep has seen, which lines were looked up live, the phone's own contacts, and where strangers' numbers are."""
    schema.create(db.conn, "")
    schema.index_names(db.conn)
    schema.create_tables(db, _SYNC_STATE)
    db.executescript(_LOOKED_UP)


@MIRROR()
def phone_contacts_by_name(db: Database) -> None:
    """Index the phone's own contacts by name: a ring may come with a name and no number. sqlite-utils has no collation for an
    index."""
    db.execute("CREATE INDEX phonebook_by_name ON phonebook (name COLLATE NOCASE)")


@MIRROR()
def changed_contacts(db: Database) -> None:
    """Record which contacts changed; at first, any may have. A place must not be used twice, and sqlite-utils cannot create a table
    with AUTOINCREMENT."""
    db.executescript("""
        CREATE TABLE changed_contacts (place INTEGER PRIMARY KEY AUTOINCREMENT, contact_id INTEGER NOT NULL UNIQUE) STRICT;
    """)
    record_every_contact(db.conn)


@MIRROR()
def activities(db: Database) -> None:
    """Create the tables of notes, tasks and tickets, which the next sync fills where the settings ask for them."""
    db.executescript(_ACTIVITIES)
    db.execute("CREATE INDEX contact_activities_by_id ON contact_activities (kind, id)")


@MIRROR()
def activities_in_the_rows_of_their_contacts(db: Database) -> None:
    """Put what cards show of activities into one table, in which a contact's lie together. sqlite-utils cannot create it.

    The tables of the version before stay, without rows: a daemon of that version, which runs until it is started anew, would take
    a mirror without them for a damaged one. What it may write there goes with the next sweep (`activities.tables.drop_orphans`).
    """
    db.executescript(f"""
        {_ACTIVITIES}
        {activity_tables.CREATE}
        INSERT OR IGNORE INTO read_activities SELECT kind, id, modified FROM activities;
        INSERT OR IGNORE INTO shown_activities SELECT contact_id, kind, place, id, at, text, stage, owner_id
            FROM contact_activities JOIN activities USING (kind, id);
        DELETE FROM activities;
        DELETE FROM contact_activities;
    """)


@MIRROR()
def merged_contacts(db: Database) -> None:
    """Record which ids were merged into contacts. What was merged before is told by the next sync, which reads everything: one that
    an earlier version began starts over. sqlite-utils cannot create a table without rowids."""
    db.execute("""
        CREATE TABLE merged_contacts (contact_id INTEGER, old_id INTEGER, PRIMARY KEY (contact_id, old_id)) STRICT, WITHOUT ROWID
    """)
    db.execute("DELETE FROM facts WHERE name = 'field_rules'")
    sync_state.end_walk(db.conn, mirror_facts.FULL)


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Create the schema, migrate it, or start over where it cannot be kept. Raise WrittenByNewer."""
    with writing(connection):
        if mirror_facts.is_of_later_version(connection, schema.VERSION):
            return
        if not FIRST_VERSION <= user_version(connection) <= schema.VERSION:
            _drop_everything(wrap(connection))
        apply_pending(connection, MIRROR, FIRST_VERSION)
        sync_state.write_facts(connection, {mirror_facts.READABLE_SINCE: schema.READABLE_SINCE})


def _drop_everything(db: Database) -> None:
    for name in db.table_names():
        if not name.startswith("sqlite_"):
            db.table(name).drop()
    db.execute("PRAGMA user_version = 0")
