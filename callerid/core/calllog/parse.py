"""From what termux-call-log prints to rows: text, digits and local times become values.

The log has no row id and no time zone: `date` is the start of the ringing as local text in the zone the phone has *now*
(Termux:API CallLogAPI.java), in the locale's own digits.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.models import CallRow, CallType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{2}):(\d{2})")
_DURATION = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{2})")
_LONGEST_NUMBER = 200
_LONGEST_NAME = 500
_NOBODY = "UNKNOWN_CALLER"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLog:
    """The rows that could be read, oldest first, and a sentence for each that could not (it names place and field only)."""

    rows: tuple[CallRow, ...]
    faults: tuple[str, ...]


class _BadRow(ValueError):
    """A row that cannot be used; its text says which field is wrong."""


def read_rows(printed: Sequence[object], zone: tzinfo) -> ReadLog:
    """Given the decoded array of termux-call-log and the phone's zone at that moment, return its rows.

    A row that cannot be read is named by its place and skipped: the others are as good as ever.
    """
    rows: list[CallRow] = []
    faults: list[str] = []
    for place, entry in enumerate(printed, start=1):
        try:
            rows.append(_row(entry, zone))
        except _BadRow as bad:
            faults.append(f"row {place} of {len(printed)}: {bad}")
    return ReadLog(rows=tuple(rows), faults=tuple(faults))


def _row(entry: object, zone: tzinfo) -> CallRow:
    if not isinstance(entry, dict):
        raise _BadRow("it is no object")
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
        raise _BadRow(f"{field} is no text")
    return value[:longest].encode("utf-8", "replace").decode()  # half a surrogate pair is JSON, but no text


def _sim(value: object) -> str | None:
    text = _text(value, _LONGEST_NUMBER, "sim_id")
    return text or None


def _name(value: object) -> str:
    text = _text(value, _LONGEST_NAME, "name")
    return "" if text == _NOBODY else text


def _type(value: object) -> CallType:
    try:
        return CallType(str(value))
    except ValueError:
        return CallType.UNKNOWN


def ascii_digits(text: str) -> str:
    """Given text with digits of any script, return it with ASCII digits: Arabic and Persian phones print their own."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in text)


def _local(value: object) -> datetime:
    found = _DATE.fullmatch(ascii_digits(value)) if isinstance(value, str) else None
    if not found:
        raise _BadRow("date is no time")
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    try:
        # Termux:API before 0.49 printed the hour as "kk": midnight is 24 of the same day.
        return datetime(year, month, day, 0 if hour == 24 else hour, minute, second)  # noqa: DTZ001, PLR2004
    except ValueError as impossible:
        raise _BadRow("date is no time") from impossible


def _duration(value: object) -> int:
    found = _DURATION.fullmatch(ascii_digits(value)) if isinstance(value, str) else None
    if not found:
        raise _BadRow("duration is no time")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def instants(local: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Given a naive local time, return the UTC instants that it can mean: two in the hour that a clock change repeats.

    A time that a clock change skips is never printed by a phone; it yields the instant that its first reading gives.
    """
    try:
        first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError as impossible:
        raise _BadRow("date is no time") from impossible
    repeated = first < second
    return (first, second) if repeated else (first,)
