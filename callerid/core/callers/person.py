"""A person as the phone knows them: from the CRM's mirror, the phone contacts, and the calls of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate, OpenDeal
    from callerid.core.callers.listed_call import ListedCall
    from callerid.core.callers.resolve import Certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNumber:
    """A number of a person, and whom a call from it would show: from a number with an extension, it comes without."""

    raw: str
    e164: str | None
    shown: str  # spaced as a person reads it
    property: str  # of the CRM; "" for a number that the CRM has not got
    certainty: Certainty
    others: tuple[str, ...]  # names of others whom it would show, too or instead
    why: str  # the reason of the match, in one English phrase; "" where it does not match the person
    has_extension: bool = False
    is_masked: bool = False  # no ring can come from it


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTask:
    """A task that callerid made about a person."""

    due: datetime  # UTC
    title: str
    note: str
    state: str  # of its delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses of records in the portal; "" and no entry where there is none."""

    contact: str = ""
    company: str = ""
    deals: tuple[tuple[str, str], ...] = ()  # each deal's id with its address


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person, or whoever has a number that nobody knows."""

    name: str
    contact: Candidate | None  # None for somebody who is not in the mirror
    numbers: tuple[PersonNumber, ...] = ()
    closed_deals: tuple[OpenDeal, ...] = ()
    tasks: tuple[PersonTask, ...] = ()
    calls: tuple[ListedCall, ...] = ()  # newest first
    links: Links = Links()
