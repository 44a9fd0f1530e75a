"""The mirror's tables of the CRM's records, which each full sync rebuilds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

VERSION = 7  # `migrations.FIRST_VERSION` and how many migrations follow the first
NEW = "new_"  # the prefix of the tables that a full sync builds beside the live ones

# Ids are the portal's, and fit an integer. Times are epoch milliseconds, as the CRM gives them. A ring reads as few B-trees as
# possible: a contact's row has its numbers as JSON, and repeats `company` and open `deals` as a card shows them (`CardColumns`).
# `place` is a number's place in that JSON; `proof` says that the key alone proves an exact match (`numbers.index_entries`).
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
    # see `delta.Cursor`
    "cursors": "kind TEXT PRIMARY KEY, since INTEGER, began INTEGER, after INTEGER, archived_at INTEGER, archived_after TEXT",
}
_WITH_ROWID = {"account", "contacts", "companies", "deals", "owners", "outcomes"}


def create(connection: sqlite3.Connection, prefix: str) -> None:
    """Within the caller's transaction, create every table under a prefix."""
    for name, columns in TABLES.items():
        options = "STRICT" if name in _WITH_ROWID else "STRICT, WITHOUT ROWID"
        connection.execute(f"CREATE TABLE {prefix}{name} ({columns}) {options}")


def drop(connection: sqlite3.Connection, prefix: str) -> None:
    """Within the caller's transaction, drop every table under a prefix."""
    for name in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {prefix}{name}")


def replace_live(connection: sqlite3.Connection) -> None:
    """Within the caller's transaction, replace the live tables by the new ones."""
    drop(connection, "")
    for name in TABLES:
        connection.execute(f"ALTER TABLE {NEW}{name} RENAME TO {name}")
    index_names(connection)


def index_names(connection: sqlite3.Connection) -> None:
    """Within the caller's transaction, index the contacts by name: a dialer's notification may have a name and no number."""
    connection.execute("CREATE INDEX contacts_by_name ON contacts (last_name COLLATE NOCASE, first_name COLLATE NOCASE)")
