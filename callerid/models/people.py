"""What a card shows of a person's record as it is: a number, and whose the person is."""

from __future__ import annotations

from callerid.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPhone:
    """A number of a contact or company, as entered, and the property that holds it."""

    property: str
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A user of the portal who can own records."""

    id: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    user_id: str | None = None
    archived: bool = False
