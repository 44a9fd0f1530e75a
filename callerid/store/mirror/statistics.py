"""How much the mirror holds, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.store.mirror import sync_state

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorFacts:
    """How much the mirror holds, since when (None before the first sync), and for which region and by which rules its numbers
    were read.

    `built_at` is when it was last built whole, `fresh_at` when it last took in all changes, `swept_at` when every id was last
    compared. `source`, `scope` and `phones_asked` are what the last full sync was asked for, `stamp` what its source then said of
    itself, `key_mark` with which token the portal was last seen to be the same; `unfinished` tells of an interrupted one.
    """

    contacts: int
    companies: int
    deals: int
    phones: int
    built_at: datetime | None
    fresh_at: datetime | None
    swept_at: datetime | None
    region: str
    rules_version: str
    source: str
    stamp: str
    scope: str
    phone_properties: str
    token_fingerprint: str
    unfinished: bool


def read_mirror_facts(connection: sqlite3.Connection) -> MirrorFacts:
    """Return what a mirror says of itself."""
    said = sync_state.read_facts(connection)
    return MirrorFacts(
        contacts=int(said.get("contacts", 0)),
        companies=int(said.get("companies", 0)),
        deals=int(said.get("deals", 0)),
        phones=int(said.get("phones", 0)),
        built_at=_seconds(said.get("built_at")),
        fresh_at=_seconds(said.get("fresh_at")),
        swept_at=_seconds(said.get("swept_at")),
        region=said.get("region", ""),
        rules_version=said.get("rules", ""),
        source=said.get("source", ""),
        stamp=said.get("stamp", ""),
        scope=said.get("scope", ""),
        phone_properties=said.get("phones_asked", ""),
        token_fingerprint=said.get("key_mark", ""),
        unfinished=sync_state.unfinished(connection, "full") is not None,
    )


def _seconds(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromtimestamp(int(said), UTC)
