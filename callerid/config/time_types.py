"""The types of settings that hold lengths of time, ages and times of day; see setting_types."""

from __future__ import annotations

from datetime import time, timedelta

from callerid.config.setting_types import SettingType, quoted
from callerid.messages import message
from callerid.records import dataclass

_HOURS, _MINUTES = 24, 60
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


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
        count, unit = _count_and_unit(value.strip(), digits=4) if isinstance(value, str) else (0, "")
        unit = unit.removesuffix("s")
        if not count or unit not in days:
            raise ValueError(message('{value!r} is not an age; write "90 days", "12 months" or "2 years"', value=value))
        return timedelta(days=count * days[unit])

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
        count, unit = _count_and_unit(value, digits=6) if isinstance(value, str) else (0, "")
        if unit not in _UNITS:
            raise ValueError(message('{value!r} is not a length of time; write "90s", "15m", "1h" or "2d"', value=value))
        length = timedelta(seconds=count * _UNITS[unit])
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
    hour, _, minute = value.strip().partition(":")
    if not (_is_number(hour, 1, 2) and _is_number(minute, 2, 2) and int(hour) < _HOURS and int(minute) < _MINUTES):
        raise ValueError(message('{value!r} is not a time of day; write "18:00"', value=value))
    return time(int(hour), int(minute))


def _is_number(text: str, fewest: int, most: int) -> bool:
    """Return whether a text is so many digits and nothing else. Without a pattern: the defaults of the settings wait for this at
    every start."""
    return text.isascii() and text.isdecimal() and fewest <= len(text) <= most


def _count_and_unit(text: str, *, digits: int) -> tuple[int, str]:
    """Return the number of at most so many digits that a text begins with, and what follows it; (0, "") for any other text."""
    unit = text.lstrip("0123456789")
    number = text[: len(text) - len(unit)]
    return (int(number), unit.lstrip()) if _is_number(number, 1, digits) else (0, "")


def time_range() -> SettingType:
    """Return the type of a time range, over midnight too; empty for never, which is read as None."""

    def from_toml(value: object) -> TimeRange | None:
        if value == "":
            return None
        start, dash, end = value.partition("-") if isinstance(value, str) else ("", "", "")
        if not dash:
            raise ValueError(message('{value!r} is not a range of times; write "22:00-07:00"', value=value))
        try:
            return TimeRange(start=_time(start), end=_time(end))
        except ValueError as wrong:
            raise ValueError(message('{value!r} is not a range of times; write "22:00-07:00"', value=value)) from wrong

    def to_toml(value: TimeRange | None) -> str:
        return quoted(f"{value.start:%H:%M}-{value.end:%H:%M}" if value else "")

    return SettingType(from_toml=from_toml, to_toml=to_toml)
