"""The mirror's tables. Derived data: another version of them is dropped and built anew, never migrated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.store.connection import writing

if TYPE_CHECKING:
    import sqlite3

VERSION = 5
NEW = "new_"  # the prefix under which a full sync builds, beside the tables that serve

# Ids are the portal's, and fit an integer. A contact's numbers are a JSON text in its own row, so that from a key to a whole card
# there are as few trees to walk as can be; times are epoch milliseconds as the CRM gives them. `place` is a number's place in that
# JSON; `proof` says that the key alone proves an exact match (callerid.core.numbers.entries). For the same reason a contact's
# row has its `company` and its open `deals` once more, as its card shows them: what `mirror_context` keeps in step.
TABLES = {
    "contacts": "id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT, company_text TEXT, company_id INTEGER,"
    " owner_id INTEGER, last_contacted INTEGER, modified INTEGER, phones TEXT, company TEXT, deals TEXT",
    "companies": "id INTEGER PRIMARY KEY, name TEXT, domain TEXT, owner_id INTEGER, modified INTEGER, phones TEXT",
    "deals": "id INTEGER PRIMARY KEY, name TEXT, amount TEXT, currency TEXT, pipeline_id TEXT, stage_id TEXT, closes TEXT,"
    " is_closed INTEGER, owner_id INTEGER, modified INTEGER",
    "deal_links": "deal_id INTEGER, kind TEXT, record_id INTEGER, PRIMARY KEY (deal_id, kind, record_id)",
    "linked_deals": "record_id INTEGER, kind TEXT, deal_id INTEGER, PRIMARY KEY (record_id, kind, deal_id)",
    "company_people": "company_id INTEGER, record_id INTEGER, PRIMARY KEY (company_id, record_id)",
    "contact_keys": "key TEXT, record_id INTEGER, place INTEGER, proof INTEGER, PRIMARY KEY (key, record_id, place)",
    "company_keys": "key TEXT, record_id INTEGER, place INTEGER, proof INTEGER, PRIMARY KEY (key, record_id, place)",
    "stages": "pipeline_id TEXT, stage_id TEXT, pipeline_label TEXT, label TEXT, place INTEGER, is_closed INTEGER,"
    " PRIMARY KEY (pipeline_id, stage_id)",
    "owners": "id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, user_id TEXT, archived INTEGER",
    "account": "portal_id TEXT, ui_domain TEXT, time_zone TEXT, currency TEXT, own_owner_id TEXT",
    "outcomes": "place INTEGER PRIMARY KEY, id TEXT, label TEXT",
    "facts": "name TEXT PRIMARY KEY, value TEXT",
    # how far the delta sync of a kind has come: what changed before `since` is here; `began` and `after` are of an unfinished one;
    # `archived_after` is the cursor of a list of deleted records that was read in part
    "cursors": "kind TEXT PRIMARY KEY, since INTEGER, began INTEGER, after INTEGER, archived_at INTEGER, archived_after TEXT",
}
# These stay when a full sync replaces the others: how far a walk over the CRM has come, what a sweep has seen, what was asked
# live; and what is not of the CRM, the phone's own contacts and where strangers' numbers are.
LASTING = {
    "walks": "purpose TEXT PRIMARY KEY, began INTEGER, recipe TEXT",
    "stretches": "purpose TEXT, kind TEXT, start INTEGER, cursor INTEGER, stop INTEGER, done INTEGER,"
    " PRIMARY KEY (purpose, kind, start)",
    "seen": "kind TEXT, id INTEGER, differs INTEGER, PRIMARY KEY (kind, id)",
    "asked": "line TEXT PRIMARY KEY, at INTEGER, found INTEGER",
    "phonebook": "key TEXT, name TEXT, raw TEXT, source TEXT, PRIMARY KEY (key, name, raw)",
    "whereabouts": "line TEXT PRIMARY KEY, language TEXT, said TEXT",
}
_WITH_ROWID = {"account", "contacts", "companies", "deals", "owners", "outcomes"}


def create(connection: sqlite3.Connection, prefix: str) -> None:
    """Within the caller's transaction, create every table under a prefix."""
    for name, columns in TABLES.items():
        _create(connection, prefix + name, columns, with_rowid=name in _WITH_ROWID)


def _create(connection: sqlite3.Connection, name: str, columns: str, *, with_rowid: bool) -> None:
    connection.execute(f"CREATE TABLE {name} ({columns}) {'STRICT' if with_rowid else 'STRICT, WITHOUT ROWID'}")


def drop(connection: sqlite3.Connection, prefix: str) -> None:
    """Within the caller's transaction, drop every table under a prefix that is there."""
    for name in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {prefix}{name}")


def take_over(connection: sqlite3.Connection) -> None:
    """Within the caller's transaction, let the new tables replace those that serve."""
    drop(connection, "")
    for name in TABLES:
        connection.execute(f"ALTER TABLE {NEW}{name} RENAME TO {name}")
    _index_names(connection)


def _index_names(connection: sqlite3.Connection) -> None:
    """A dialer's notification may tell a name and no number."""
    connection.execute("CREATE INDEX contacts_by_name ON contacts (last_name COLLATE NOCASE, first_name COLLATE NOCASE)")


def prepare(connection: sqlite3.Connection) -> None:
    """See that the tables are there, in this version."""
    if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
        return
    with writing(connection):
        if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            _drop_everything(connection)
            create(connection, "")
            _index_names(connection)
            for name, columns in LASTING.items():
                _create(connection, name, columns, with_rowid=False)
            connection.execute(f"PRAGMA user_version = {VERSION}")


def _drop_everything(connection: sqlite3.Connection) -> None:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall()
    for row in names:
        quoted = row["name"].replace('"', '""')
        connection.execute(f'DROP TABLE IF EXISTS "{quoted}"')
