"""The types of settings that hold lengths of time, ages and times of day; see setting_types."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta

from callerid.config.setting_types import SettingType, quoted
from callerid.messages import message

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# `re` keeps them compiled from their first use on; the defaults of the settings need two of them.
_DURATION = r"(\d{1,6})\s*([smhd])"
_AGE = r"(\d{1,4})\s*(day|week|month|year)s?"
_TIME_OF_DAY = r"([01]?\d|2[0-3]):([0-5]\d)"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRange:
    """From one local time of day to another; over midnight when `end` is the earlier."""

    start: time
    end: time


def max_age() -> SettingType:
    """Return the type of an age: "90 days", "12 months", "2 years"; empty for no limit. A month is 30 days here."""
    days = {"day": 1, "week": 7, "month": 30, "year": 365}

    def from_toml(value: object) -> timedelta | None:
        if value == "":
            return None
        match = re.fullmatch(_AGE, value.strip()) if isinstance(value, str) else None
        if not match or not int(match[1]):
            raise ValueError(message('{value!r} is not an age; write "90 days", "12 months" or "2 years"', value=value))
        return timedelta(days=int(match[1]) * days[match[2]])

    def to_toml(value: timedelta | None) -> str:
        if value is None:
            return '""'
        unit = next(name for name in ("year", "month", "week", "day") if not value.days % days[name])
        count = value.days // days[unit]
        return quoted(f"{count} {unit}{'' if count == 1 else 's'}")

    return SettingType(from_toml=from_toml, to_toml=to_toml)


def duration(*, shortest: timedelta = timedelta(0)) -> SettingType:
    """Return the type of a length of time: 90s, 15m, 1h, 2d."""

    def from_toml(value: object) -> timedelta:
        match = re.fullmatch(_DURATION, value) if isinstance(value, str) else None
        if not match:
            raise ValueError(message('{value!r} is not a length of time; write "90s", "15m", "1h" or "2d"', value=value))
        length = timedelta(seconds=int(match[1]) * _UNITS[match[2]])
        if length < shortest:
            raise ValueError(
                message("{value!r} is too short; the least is {length_text}", value=value, length_text=_length_text(shortest))
            )
        return length

    return SettingType(from_toml=from_toml, to_toml=lambda value: quoted(_length_text(value)))


def interval(*, shortest: timedelta) -> SettingType:
    """Return the type of a length of time, or "off", which is read as None."""
    length = duration(shortest=shortest)
    return SettingType(
        from_toml=lambda value: None if value == "off" else length.from_toml(value),
        to_toml=lambda value: '"off"' if value is None else length.to_toml(value),
    )


def _length_text(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and not seconds % size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def time_of_day() -> SettingType:
    """Return the type of a local time of day."""

    def from_toml(value: object) -> time:
        if not isinstance(value, str):
            raise ValueError(message('{value!r} is not a time of day; write "18:00", in quotes', value=value))
        return _time(value)

    return SettingType(from_toml=from_toml, to_toml=lambda value: quoted(f"{value:%H:%M}"))


def _time(value: str) -> time:
    match = re.fullmatch(_TIME_OF_DAY, value.strip())
    if not match:
        raise ValueError(message('{value!r} is not a time of day; write "18:00"', value=value))
    return time(int(match[1]), int(match[2]))


def time_range() -> SettingType:
    """Return the type of a time range, over midnight too; empty for never, which is read as None."""

    def from_toml(value: object) -> TimeRange | None:
        if value == "":
            return None
        start, dash, end = value.partition("-") if isinstance(value, str) else ("", "", "")
        if not dash:
            raise ValueError(message('{value!r} is not a range of times; write "22:00-07:00"', value=value))
        return TimeRange(start=_time(start), end=_time(end))

    def to_toml(value: TimeRange | None) -> str:
        return quoted(f"{value.start:%H:%M}-{value.end:%H:%M}" if value else "")

    return SettingType(from_toml=from_toml, to_toml=to_toml)
