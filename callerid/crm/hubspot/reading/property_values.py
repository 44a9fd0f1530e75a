"""The values of HubSpot's properties, which are texts or null, as Python values. What is not valid is None or left out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from callerid.core.numbers.text.masks import is_masked
from callerid.models import ContactPhone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Calculated twins of phone properties hold digits only; they are read because raw values can come back masked, by one report from
# production.
CALCULATED_TWINS = {
    "phone": "hs_searchable_calculated_international_phone_number",
    "mobilephone": "hs_searchable_calculated_international_mobile_number",
}
_LONGEST_READ = 8000  # characters: the parser is slow with some that are not HTML
_LONGEST_TEXT = 300
_UNSEEN = ("script", "style", "head", "title", "template")
_INLINE = frozenset("a abbr b bdi bdo code em font i mark q s small span strong sub sup u wbr".split())
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BETWEEN_DIGITS = re.compile(r"[+\s()./-]+")
_ID = re.compile(r"[0-9]{1,18}")  # HubSpot's ids have twelve or more digits, and fit into 64 bits


def text(value: object) -> str:
    """Return the text of a value, "" for none. Half a surrogate pair is valid JSON but not valid text, and is replaced."""
    return "" if value is None else str(value).encode("utf-8", "replace").decode()


def is_id(value: str) -> bool:
    """Return whether a text is a record's id."""
    return _ID.fullmatch(value) is not None


def ids(value: object) -> tuple[str, ...]:
    """Return the ids in a value that joins them with semicolons."""
    return tuple(part for part in text(value).split(";") if is_id(part))


def moment(value: object) -> datetime | None:
    """Return the datetime (UTC) in a value: ISO with or without fraction, or epoch milliseconds."""
    written = text(value)
    try:
        if written.isdigit():
            return datetime.fromtimestamp(int(written) / 1000, UTC)
        at = datetime.fromisoformat(written) if written else None
    except (ValueError, OverflowError, OSError):
        return None
    return at.replace(tzinfo=at.tzinfo or UTC) if at else None


def day(value: object, zone: str) -> date | None:
    """Return the date in a value that is a date or a datetime: for a datetime, the day in the account's time zone."""
    at = moment(value)
    if at is None:
        return None
    if _DATE.fullmatch(text(value)):
        return at.date()
    try:
        return at.astimezone(_zone(zone)).date()
    except OverflowError:  # at either end of the calendar
        return at.date()


@lru_cache(maxsize=4)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return UTC


def number(value: object) -> Decimal | None:
    """Return the number in a value; None when it is not finite."""
    try:
        decimal = Decimal(text(value))
    except InvalidOperation:
        return None
    return decimal if decimal.is_finite() and abs(decimal.adjusted()) < 30 else None  # noqa: PLR2004


def boolean(value: object) -> bool | None:
    """Return the boolean in a value."""
    return {"true": True, "false": False}.get(text(value).lower())


def phones(properties: Mapping[str, Any], names: Sequence[str]) -> tuple[ContactPhone, ...]:
    """Return the numbers in a record's phone properties, given by their names; a masked number is read from its calculated twin."""
    read = ((name, _unmasked(properties, name)) for name in names)
    return tuple(ContactPhone(property=name, raw=raw) for name, raw in read if raw and not is_masked(raw))


def masked_phones(properties: Mapping[str, Any], names: Sequence[str]) -> tuple[ContactPhone, ...]:
    """Return what stands in those phone properties whose numbers the token may not see."""
    read = ((name, _unmasked(properties, name)) for name in names)
    return tuple(ContactPhone(property=name, raw=raw) for name, raw in read if is_masked(raw))


def _unmasked(properties: Mapping[str, Any], name: str) -> str:
    """Return a property's text, or the number in its calculated twin if a mask hides it from us. Of a mask that somebody typed, the
    twin has no more than the digits that are left."""
    raw = text(properties.get(name)).strip()
    twin = text(properties.get(CALCULATED_TWINS.get(name, ""))).strip().lstrip("+") if is_masked(raw) else ""
    return f"+{twin}" if twin and len(twin) >= len(_BETWEEN_DIGITS.sub("", raw)) else raw


def plain_line(markup: str) -> str:
    """Return what a text says that may be HTML, as notes are, as one line of at most 300 characters without any markup."""
    parser = _TextOnly()
    parser.feed(markup[:_LONGEST_READ])
    parser.close()
    line = " ".join("".join(parser.parts).split())
    return line if len(line) <= _LONGEST_TEXT else f"{line[: _LONGEST_TEXT - 1].rstrip()}…"


class _TextOnly(HTMLParser):
    """Collects texts; whatever begins or ends a block separates words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a block, and of what is not shown."""
        self._unseen += tag in _UNSEEN
        self._separate(tag)

    def handle_startendtag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        """Take note of an empty element."""
        self._separate(tag)

    def handle_endtag(self, tag: str) -> None:
        """Take note of the end of a block, and of what is not shown."""
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        self._separate(tag)

    def handle_data(self, data: str) -> None:
        """Keep a text that is shown."""
        if not self._unseen:
            self.parts.append(data)

    def _separate(self, tag: str) -> None:
        if tag not in _INLINE:
            self.parts.append(" ")
