"""What is recorded about the mirror, which every command reads that says how fresh it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.models import Kind
from callerid.records import dataclass
from callerid.store.connection import StoreConnection, user_version
from callerid.store.faults import written_by_newer
from callerid.token_scopes import TO_READ

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from callerid.models import MissingScope

FULL = "full"  # the purpose of the walk that reads everything
_NONE = "{}"
READABLE_SINCE = "readable_since"  # the lowest version whose code may read and write the mirror
MISSING = "missing_scopes"  # JSON: when what is there by each of them was last true, in epoch seconds, or null


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorFacts:
    """What is recorded about the mirror. Times are UTC, None before the first sync."""

    contacts: int
    companies: int
    deals: int
    phones: int
    built_at: datetime | None  # the last full sync
    fresh_at: datetime | None  # the last sync that read all changes
    swept_at: datetime | None  # the last comparison of every record
    region: str  # for which its numbers were read
    rules_version: str  # of the rules by which they were read
    home_plan: str  # what of the region's plan reads a number as it is dialled there (`home_plan.written`), "" for none
    field_rules: str  # the version of the rules by which fields were divided into numbers
    source: str  # of the last full sync
    stamp: str  # version of that source, "" if it has none
    scope: str  # which contacts the settings asked for then (JSON)
    phone_properties: str  # which properties were read as phones then (JSON)
    token_fingerprint: str  # of the token with which the portal was last seen to be the same
    unfinished: bool  # a full sync was interrupted
    missing: tuple[MissingScope, ...] = ()  # of the token, at the last sync
    checked: Mapping[Kind, datetime]  # when each kind was surely as the CRM had it, with its links

    @property
    def missing_scopes(self) -> tuple[str, ...]:
        """The scopes that the token lacked at the last sync."""
        return tuple(missing.scope for missing in self.missing)

    def as_of(self, kind: Kind) -> datetime | None:
        """When what the mirror has of a kind was last true: at the last sync, or at the last one when the token could read it."""
        if kind in self.checked:
            return self.checked[kind]
        lost = next((missing.as_of for missing in self.missing if missing.scope == TO_READ[kind]), None)
        return lost or self.fresh_at

    @property
    def names_as_of(self) -> datetime | None:
        """When the names that a card shows were last true: those of contacts, and of companies if there are any."""
        kinds = (Kind.CONTACTS, Kind.COMPANIES) if self.companies else (Kind.CONTACTS,)
        return min((at for kind in kinds if (at := self.as_of(kind))), default=None)


def read_mirror_facts(connection: sqlite3.Connection) -> MirrorFacts:
    """Return what is recorded about the live mirror."""
    facts = read_facts(connection)
    return MirrorFacts(
        contacts=int(facts.get("contacts", 0)),
        companies=int(facts.get("companies", 0)),
        deals=int(facts.get("deals", 0)),
        phones=int(facts.get("phones", 0)),
        built_at=_time(facts.get("built_at")),
        fresh_at=_time(facts.get("fresh_at")),
        swept_at=_time(facts.get("swept_at")),
        region=facts.get("region", ""),
        rules_version=facts.get("rules", ""),
        home_plan=facts.get("home_plan", ""),
        field_rules=facts.get("field_rules", ""),
        source=facts.get("source", ""),
        stamp=facts.get("stamp", ""),
        scope=facts.get("scope", ""),
        phone_properties=facts.get("phones_asked", ""),
        token_fingerprint=facts.get("key_mark", ""),
        unfinished=is_unfinished(connection),
        missing=_missing(facts.get(MISSING, _NONE)),
        checked={kind: at for kind in Kind if (at := _time(facts.get(f"{kind}_at")))},
    )


def is_of_later_version(connection: sqlite3.Connection, newest: int) -> bool:
    """Return whether a mirror is of a later version than the `newest` that this code knows, and this code may go on with it:
    whoever opens it may be a daemon that was not started anew after an upgrade. Raise WrittenByNewer for one that says that it may
    not; what says nothing is no mirror of ours."""
    version = user_version(connection)
    since = _readable_since(connection) if version > newest else None
    if since is not None and since > newest:
        raise written_by_newer(StoreConnection.path_of(connection), version, newest)
    return since is not None


def _readable_since(connection: sqlite3.Connection) -> int | None:
    """Return the lowest version whose code may read and write a mirror, None for one that does not say. Whatever a later version
    changes, the table of facts keeps its name and its columns."""
    columns = {row["name"] for row in connection.execute("SELECT name FROM pragma_table_info('facts')")}
    told = read_facts(connection).get(READABLE_SINCE, "") if {"name", "value"} <= columns else ""
    return int(told) if told.isdecimal() else None


def read_facts(connection: sqlite3.Connection, prefix: str = "") -> dict[str, str]:
    """Return the facts that are recorded about a mirror."""
    return {row["name"]: row["value"] for row in connection.execute(f"SELECT * FROM {prefix}facts")}


def _time(seconds: str | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)


def _missing(text: str) -> tuple[MissingScope, ...]:
    if text == _NONE:
        return ()
    import json

    from callerid.models import MissingScope

    return tuple(MissingScope(scope=scope, as_of=_time(as_of)) for scope, as_of in json.loads(text).items())


def is_unfinished(connection: sqlite3.Connection) -> bool:
    """Return whether a full sync was interrupted."""
    return connection.execute("SELECT 1 FROM walks WHERE purpose = ?", (FULL,)).fetchone() is not None
