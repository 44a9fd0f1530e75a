"""Decide whether a full sync reads exports, a handful of requests, or lists, a hundred records a request.

An export takes the CRM a while, and nobody says how long. So it is worth it where the lists would take long, too, and it is waited
for no longer than they would take. Why an export could not be relied on is remembered for a day, so that not every sync asks for
another one.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from callerid.core.backoff import Deadline
from callerid.messages import stored
from callerid.records import dataclass

if TYPE_CHECKING:
    from callerid.models import Totals

AUTO, LIST, EXPORT = "auto", "list", "export"  # the values of the setting sync.via
REMEMBERED_FOR = timedelta(days=1)
_WORTH_AN_EXPORT = 100  # requests by lists: ten seconds of the smallest plan's limit
_PAGE = 100  # records of a list
_SHORTEST_WAIT, _ASKED_FOR_WAIT = 20.0, 600.0  # seconds
_MAY_DIFFER, _MAY_DIFFER_PART = 10, 0.01  # records: the index that counts lags


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTrouble:
    """Why the last full sync that wanted an export read lists: in a sentence, with a remedy ("" for none), at a time (UTC), with
    which token."""

    why: str
    remedy: str
    at: datetime
    token: str

    def to_text(self) -> str:
        """Return it as a text to be stored."""
        return json.dumps(asdict(self) | {"at": self.at.isoformat()})

    @classmethod
    def of_text(cls, text: str) -> Self | None:
        """Return what `to_text` has made a text of; None for "" and for what it has not made."""
        try:
            values = json.loads(text)
            told = {name: stored(values[name]) for name in ("why", "remedy")}
            return cls(**values | told | {"at": datetime.fromisoformat(values["at"])})
        except (ValueError, TypeError, KeyError):
            return None


def requests_by_list(totals: Totals) -> int:
    """Return how many requests the lists of so many records take."""
    return sum(-(-count // _PAGE) for count in (totals.contacts, totals.companies, totals.deals))


def may_be_tried(via: str, trouble: ExportTrouble | None, token: str, now: datetime) -> bool:
    """Return whether a full sync may ask for exports. One that a person has asked for is tried at each full sync."""
    if via == AUTO and trouble is not None and trouble.token == token:
        return not Deadline.after(REMEMBERED_FOR, trouble.at).holds(now)
    return via != LIST


def is_worth_it(via: str, totals: Totals) -> bool:
    """Return whether an export is worth it for so many records. A person may have asked for one."""
    return via == EXPORT or requests_by_list(totals) >= _WORTH_AN_EXPORT


def longest_wait(via: str, seconds_by_list: float) -> float:
    """Return how many seconds exports are waited for, given those that the lists would take."""
    return _ASKED_FOR_WAIT if via == EXPORT else max(_SHORTEST_WAIT, seconds_by_list)


def counts_differ(rows: int, counted: int) -> bool:
    """Return whether an export has so many more or fewer rows than the CRM counts that it is not to be relied on. A few may have
    come or gone in between."""
    return abs(rows - counted) > max(_MAY_DIFFER, counted * _MAY_DIFFER_PART)
