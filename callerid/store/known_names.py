"""Everybody and everything with a name in both databases, so that a report about a bug can mask them.

The databases are read by connections that cannot write. What cannot be read, because a database is damaged or of another version,
is left out: a report masks words that it does not know anyway.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from callerid.core.upkeep.pseudonyms import KnownName
from callerid.errors import DatabaseDamaged
from callerid.store.connection import open_read_only

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_TIMEOUT = 2.0  # seconds to wait for another process's transaction


def known_names(mirror: Path, ledger: Path) -> tuple[KnownName, ...]:
    """Return who and what has a name, or a number, in the mirror and in the ledger: the records of the CRM first."""
    return (*_read(mirror, _MIRROR), *_read(ledger, _LEDGER))


def _contact(first: str, last: str, email: str, company: str, phones: str) -> Iterator[KnownName]:
    full = (f"{first} {last}".strip(), f"{last} {first}".strip(), f"{first}{last}", f"{last}{first}")
    yield KnownName(kind="person", names=tuple(filter(None, full)), numbers=_numbers(phones), mails=(email,))
    yield KnownName(kind="company", names=(company,))


def _numbers(phones: str) -> tuple[str, ...]:
    """Return the numbers in a record's JSON, which has them as texts somewhere in it."""
    with suppress(ValueError):
        return tuple(text for text in _texts(json.loads(phones)) if any(map(str.isdecimal, text)))
    return ()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _person(name: str, number: str) -> Iterator[KnownName]:
    yield KnownName(kind="person", names=(name,), numbers=(number,))


_Query = tuple[str, "Callable[..., Iterator[KnownName]]"]
_MIRROR: tuple[_Query, ...] = (
    ("SELECT first_name, last_name, email, company_text, phones FROM contacts ORDER BY id", _contact),
    ("SELECT first_name, last_name, email, '', '[]' FROM owners ORDER BY id", _contact),
    (
        "SELECT name, domain, phones FROM companies ORDER BY id",
        lambda name, domain, phones: iter([KnownName(kind="company", names=(name, domain), numbers=_numbers(phones))]),
    ),
    ("SELECT name FROM deals ORDER BY id", lambda name: iter([KnownName(kind="deal", names=(name,))])),
    ("SELECT DISTINCT name, raw FROM phonebook ORDER BY raw", _person),
)
_LEDGER: tuple[_Query, ...] = (
    ("SELECT DISTINCT name, number FROM calls ORDER BY number", _person),
    ("SELECT DISTINCT name, number FROM rings ORDER BY number", _person),
)


def _read(path: Path, queries: tuple[_Query, ...]) -> Iterator[KnownName]:
    if not path.is_file():
        return
    with suppress(sqlite3.Error, DatabaseDamaged), closing(open_read_only(path, _TIMEOUT)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        for query, named in queries:
            with suppress(sqlite3.Error):
                for row in connection.execute(query):
                    yield from named(*(str(value or "") for value in row))
