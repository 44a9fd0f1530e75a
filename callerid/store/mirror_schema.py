"""The mirror's tables. Derived data: another version of them is dropped and built anew, never migrated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.store.connection import writing

if TYPE_CHECKING:
    import sqlite3

VERSION = 1

# Ids are the portal's, as text; WITHOUT ROWID saves the second tree where the key is all that is looked up.
TABLES = {
    "contacts": "id TEXT PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT, company_text TEXT, company_id TEXT,"
    " owner_id TEXT, last_contacted INTEGER, modified INTEGER",
    "contact_phones": "contact_id TEXT, property TEXT, raw TEXT",
    "companies": "id TEXT PRIMARY KEY, name TEXT, domain TEXT, owner_id TEXT",
    "company_phones": "company_id TEXT, property TEXT, raw TEXT",
    "deals": "id TEXT PRIMARY KEY, name TEXT, amount TEXT, currency TEXT, pipeline_id TEXT, stage_id TEXT, closes TEXT,"
    " is_closed INTEGER, owner_id TEXT",
    "deal_contacts": "contact_id TEXT, deal_id TEXT, PRIMARY KEY (contact_id, deal_id)",
    "deal_companies": "company_id TEXT, deal_id TEXT, PRIMARY KEY (company_id, deal_id)",
    "stages": "pipeline_id TEXT, stage_id TEXT, pipeline_label TEXT, label TEXT, place INTEGER, is_closed INTEGER,"
    " PRIMARY KEY (pipeline_id, stage_id)",
    "owners": "id TEXT PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, user_id TEXT, archived INTEGER",
    "account": "portal_id TEXT, ui_domain TEXT, time_zone TEXT, currency TEXT, own_owner_id TEXT",
    "contact_keys": "key TEXT, phone INTEGER, PRIMARY KEY (key, phone)",
    "company_keys": "key TEXT, phone INTEGER, PRIMARY KEY (key, phone)",
    "facts": "name TEXT PRIMARY KEY, value TEXT",
}
_WITH_ROWID = {"contact_phones", "company_phones", "account"}


def create(connection: sqlite3.Connection, prefix: str) -> None:
    """Within the caller's transaction, create every table under a prefix."""
    for name, columns in TABLES.items():
        options = "STRICT" if name in _WITH_ROWID else "STRICT, WITHOUT ROWID"
        connection.execute(f"CREATE TABLE {prefix}{name} ({columns}) {options}")


def drop(connection: sqlite3.Connection, prefix: str) -> None:
    """Within the caller's transaction, drop every table under a prefix that is there."""
    for name in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {prefix}{name}")


def take_over(connection: sqlite3.Connection, prefix: str) -> None:
    """Within the caller's transaction, let the tables under a prefix replace those without."""
    drop(connection, "")
    for name in TABLES:
        connection.execute(f"ALTER TABLE {prefix}{name} RENAME TO {name}")


def prepare(connection: sqlite3.Connection) -> None:
    """See that the tables are there, in this version."""
    if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
        return
    with writing(connection):
        if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            _drop_everything(connection)
            create(connection, "")
            connection.execute(f"PRAGMA user_version = {VERSION}")


def _drop_everything(connection: sqlite3.Connection) -> None:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall()
    for row in names:
        quoted = row["name"].replace('"', '""')
        connection.execute(f'DROP TABLE IF EXISTS "{quoted}"')
