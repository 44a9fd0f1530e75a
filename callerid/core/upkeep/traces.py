"""How a person is recognised in a text that was not made to be searched: a line of a log, the sentence of an error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER = re.compile(r"\+?\d[\d ()./-]{4,}\d")
_LONG_ENOUGH = 6  # digits: a shorter run may be anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What tells a person in a text."""

    words: frozenset[str]  # names, numbers as written or masked, keys of calls
    tails: frozenset[str]  # the last digits of numbers, however a text divides these
    ids: frozenset[str]  # of contacts, where they stand alone

    def are_in(self, text: str) -> bool:
        """Return whether a text is about the person, or may be."""
        return any(word in text for word in self.words) or self._has_number(text) or self._has_id(text)

    def _has_number(self, text: str) -> bool:
        runs = (_digits(number) for number in _NUMBER.findall(text))
        return any(run.endswith(tail) for run in runs for tail in self.tails)

    def _has_id(self, text: str) -> bool:
        return any(run in self.ids for run in re.findall(r"\d+", text))


def traces(*, names: Iterable[str], numbers: Iterable[str], keys: Iterable[str] = (), contacts: Iterable[str] = ()) -> Traces:
    """Return the traces of a person with some names and numbers (raw, or lines), the keys of whose calls and the ids of whose
    contacts are these."""
    written = frozenset(numbers)
    runs = frozenset(filter(None, map(_digits, written)))
    tails = frozenset(run[-_LONG_ENOUGH:] for run in runs if len(run) >= _LONG_ENOUGH)
    masked = (f"…{run[-2:]}" for run in runs)
    return Traces(words=frozenset({*names, *written, *keys, *masked, *tails} - {""}), tails=tails, ids=frozenset(contacts))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
