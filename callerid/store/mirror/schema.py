"""The mirror's tables: those of the CRM's records, which each full sync builds anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

VERSION = 7  # `migrations.FIRST_VERSION` and how many migrations follow the first
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
_WITH_ROWID = {"account", "contacts", "companies", "deals", "owners", "outcomes"}


def create(connection: sqlite3.Connection, prefix: str) -> None:
    """Within the caller's transaction, create every table under a prefix."""
    for name, columns in TABLES.items():
        options = "STRICT" if name in _WITH_ROWID else "STRICT, WITHOUT ROWID"
        connection.execute(f"CREATE TABLE {prefix}{name} ({columns}) {options}")


def drop(connection: sqlite3.Connection, prefix: str) -> None:
    """Within the caller's transaction, drop every table under a prefix that is there."""
    for name in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {prefix}{name}")


def take_over(connection: sqlite3.Connection) -> None:
    """Within the caller's transaction, let the new tables replace those that serve."""
    drop(connection, "")
    for name in TABLES:
        connection.execute(f"ALTER TABLE {NEW}{name} RENAME TO {name}")
    index_names(connection)


def index_names(connection: sqlite3.Connection) -> None:
    """Within the caller's transaction, index the contacts by name: a dialer's notification may tell a name and no number."""
    connection.execute("CREATE INDEX contacts_by_name ON contacts (last_name COLLATE NOCASE, first_name COLLATE NOCASE)")
