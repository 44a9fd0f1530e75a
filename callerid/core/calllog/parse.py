"""Parse what termux-call-log prints into rows.

The log has no row ids and no time zone: `date` is the start of the ringing as local text, in the zone that the phone has *now* and
in the locale's own digits. Source: Termux:API CallLogAPI.java.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.messages import message
from callerid.models import CallRow, CallType
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{2}):(\d{2})")
_DURATION = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{2})")
_LONGEST_NUMBER = 200
_LONGEST_NAME = 500
_NO_NAME = "UNKNOWN_CALLER"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedLog:
    """The rows that could be read, oldest first, and a sentence for each that could not. A sentence names the row's place and its
    field, and shows no value."""

    rows: tuple[CallRow, ...]
    faults: tuple[str, ...]


class _InvalidRow(ValueError):
    """A row that cannot be used; the text says which field is wrong."""


def parse_rows(printed: Sequence[object], zone: tzinfo) -> ParsedLog:
    """Return the rows of termux-call-log, from its decoded array and the zone of the phone at that moment.

    A row that cannot be read is skipped, and named in `faults`.
    """
    rows: list[CallRow] = []
    faults: list[str] = []
    for place, entry in enumerate(printed, start=1):
        try:
            rows.append(_row(entry, zone))
        except _InvalidRow as invalid:
            faults.append(message("row {place} of {count}: {invalid}", place=place, count=len(printed), invalid=invalid))
    return ParsedLog(rows=tuple(rows), faults=tuple(faults))


def _row(entry: object, zone: tzinfo) -> CallRow:
    if not isinstance(entry, dict):
        raise _InvalidRow(message("it is not an object"))
    return CallRow(
        starts=instants(_local(entry.get("date")), zone),
        number=_text(entry.get("phone_number"), _LONGEST_NUMBER, "phone_number"),
        type=_type(entry.get("type")),
        duration=_duration(entry.get("duration")),
        sim=_sim(entry.get("sim_id")),
        name=_name(entry.get("name")),
    )


def _text(value: object, longest: int, field: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _InvalidRow(message("{field} is not a text", field=field))
    return value[:longest].encode("utf-8", "replace").decode()  # half a surrogate pair is valid JSON, and cannot be stored


def _sim(value: object) -> str | None:
    text = _text(value, _LONGEST_NUMBER, "sim_id")
    return text or None


def _name(value: object) -> str:
    text = _text(value, _LONGEST_NAME, "name")
    return "" if text == _NO_NAME else text


def _type(value: object) -> CallType:
    try:
        return CallType(str(value))
    except ValueError:
        return CallType.UNKNOWN


def ascii_digits(text: str) -> str:
    """Return text with its digits of any script as ASCII digits. Phones set to Arabic or Persian print their own."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in text)


def _local(value: object) -> datetime:
    match = _DATE.fullmatch(ascii_digits(value)) if isinstance(value, str) else None
    if not match:
        raise _InvalidRow(message("date is not a time"))
    year, month, day, hour, minute, second = (int(part) for part in match.groups())
    try:
        # Termux:API before 0.49 printed the hour as "kk": midnight is 24 of the same day.
        return datetime(year, month, day, 0 if hour == 24 else hour, minute, second)  # noqa: DTZ001, PLR2004
    except ValueError as impossible:
        raise _InvalidRow(message("date is not a time")) from impossible


def _duration(value: object) -> int:
    match = _DURATION.fullmatch(ascii_digits(value)) if isinstance(value, str) else None
    if not match:
        raise _InvalidRow(message("duration is not a time"))
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def instants(local: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Return the UTC instants that a naive local time can mean: two in the hour that a clock change repeats.

    A phone never prints a time that a clock change skips; for one, return the instant of its first reading.
    """
    try:
        first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError as impossible:
        raise _InvalidRow(message("date is not a time")) from impossible
    repeated = first < second
    return (first, second) if repeated else (first,)
