"""The mirror's tables of the CRM's records, which each full sync rebuilds.

They are created, renamed and dropped by sqlite-utils, which is imported only then: a full sync may wait for it, a ring may not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from sqlite_utils import Database

VERSION = 10  # `migrations.FIRST_VERSION` and how many migrations follow the first
# The lowest version whose code may go on with a mirror of this one, which says so in its facts (see `mirror_facts`). Code of
# version 9 finds all its tables as it left them, but would not record who was merged by the changes that it stores.
READABLE_SINCE = 10
NEW = "new_"  # the prefix of the tables that a full sync builds beside the live ones


# Ids are the portal's, and fit an integer. Times are epoch milliseconds, as the CRM gives them. A ring reads as few B-trees as
# possible: a contact's row has its numbers as JSON, and repeats `company` and open `deals` as a card shows them (`CardColumns`).
Table = tuple[dict[str, type], str | tuple[str, ...] | None]  # the columns with their types, and the primary key
_TABLES: dict[str, Table] = {
    "contacts": (
        {"id": int, "first_name": str, "last_name": str, "email": str, "company_text": str, "company_id": int}
        | {"owner_id": int, "last_contacted": int, "modified": int, "phones": str, "company": str, "deals": str},
        "id",
    ),
    "companies": ({"id": int, "name": str, "domain": str, "owner_id": int, "modified": int, "phones": str}, "id"),
    "deals": (
        {"id": int, "name": str, "amount": str, "currency": str, "pipeline_id": str, "stage_id": str, "closes": str}
        | {"is_closed": int, "owner_id": int, "modified": int},
        "id",
    ),
    "stages": (
        {"pipeline_id": str, "stage_id": str, "pipeline_label": str, "label": str, "place": int, "is_closed": int},
        ("pipeline_id", "stage_id"),
    ),
    "owners": ({"id": int, "email": str, "first_name": str, "last_name": str, "user_id": str, "archived": int}, "id"),
    "account": ({"portal_id": str, "ui_domain": str, "time_zone": str, "currency": str, "own_owner_id": str}, None),
    "outcomes": ({"place": int, "id": str, "label": str}, "place"),
    "facts": ({"name": str, "value": str}, "name"),
    # see `delta.Cursor`; earlier versions read lists of deleted records by what the last two say
    "cursors": ({"kind": str, "since": int, "began": int, "after": int, "archived_at": int, "archived_after": str}, "kind"),
}

# Keys and links are all in the primary key, so they are WITHOUT ROWID, which sqlite-utils cannot create: a table with rowids would
# keep each of them twice, and a ring would read one B-tree more for each number or link that it looks up.
# `place` is a number's place in the JSON of its record; `proof` says that the key alone proves an exact match
# (`numbers.index_entries`).
_LINKS = {
    "deal_links": "deal_id INTEGER, kind TEXT, record_id INTEGER, PRIMARY KEY (deal_id, kind, record_id)",
    "linked_deals": "record_id INTEGER, kind TEXT, deal_id INTEGER, PRIMARY KEY (record_id, kind, deal_id)",
    "company_people": "company_id INTEGER, record_id INTEGER, PRIMARY KEY (company_id, record_id)",
    "contact_keys": "key TEXT, record_id INTEGER, place INTEGER, proof INTEGER, PRIMARY KEY (key, record_id, place)",
    "company_keys": "key TEXT, record_id INTEGER, place INTEGER, proof INTEGER, PRIMARY KEY (key, record_id, place)",
}
_NAMES = (*_TABLES, *_LINKS)


def create(connection: sqlite3.Connection, prefix: str) -> None:
    """Within the caller's transaction, create every table under a prefix."""
    db = _wrap(connection)
    create_tables(db, _TABLES, prefix)
    for name, definition in _LINKS.items():
        db.execute(f"CREATE TABLE {prefix}{name} ({definition}) STRICT, WITHOUT ROWID")


def create_tables(db: Database, tables: Mapping[str, Table], prefix: str = "") -> None:
    """Within the caller's transaction, create tables, by their names, under a prefix."""
    for name, (columns, key) in tables.items():
        db.table(f"{prefix}{name}").create(columns, pk=key, strict=True)


def drop(connection: sqlite3.Connection, prefix: str) -> None:
    """Within the caller's transaction, drop every table under a prefix."""
    db = _wrap(connection)
    there = set(db.table_names())
    for name in _NAMES:
        if f"{prefix}{name}" in there:
            db.table(f"{prefix}{name}").drop()


def replace_live(connection: sqlite3.Connection) -> None:
    """Within the caller's transaction, replace the live tables by the new ones."""
    drop(connection, "")
    db = _wrap(connection)
    for name in _NAMES:
        db.rename_table(f"{NEW}{name}", name)
    index_names(connection)


def index_names(connection: sqlite3.Connection) -> None:
    """Within the caller's transaction, index the contacts by name: a dialer's notification may have a name and no number.
    sqlite-utils has no collation for an index."""
    connection.execute("CREATE INDEX contacts_by_name ON contacts (last_name COLLATE NOCASE, first_name COLLATE NOCASE)")


def count_new(connection: sqlite3.Connection, name: str) -> int:
    """Return how many rows a table of a full sync has so far."""
    return int(_wrap(connection).table(f"{NEW}{name}").count)


def _wrap(connection: sqlite3.Connection) -> Database:
    from callerid.store.migrate import wrap

    return wrap(connection)
