"""How single settings are read from TOML, from a command line, and shown again. Each reader raises ValueError in words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d{1,6})\s*([smhd])")
_AGE = re.compile(r"(\d{1,4})\s*(day|week|month|year)s?")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
Hours = TypeVar("Hours")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How a kind of setting is read and shown. `typed` makes of what a person types what TOML would hold."""

    read: Callable[[Any], Any]
    show: Callable[[Any], str]
    typed: Callable[[str], Any] = str
    choices: str = ""


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def switch() -> Reader:
    """A switch: true or false; on a command line also on and off."""

    def read(value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError(f"{value!r} is neither true nor false (without quotes)")
        return value

    def typed(text: str) -> bool:
        words = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}
        if text.lower() not in words:
            raise ValueError(f"{text!r} is neither on nor off")
        return words[text.lower()]

    return Reader(read=read, show=lambda value: "true" if value else "false", typed=typed)


def text() -> Reader:
    """One line of text."""
    return Reader(read=_one_line, show=_quoted)


def _one_line(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text; put it in quotes")
    if not value.isprintable():
        raise ValueError("it holds a line break or another character that cannot be printed")
    return value


def texts() -> Reader:
    """A list of texts; on a command line divided by commas, or as TOML writes it."""

    def read(value: object) -> tuple[str, ...]:
        if not isinstance(value, list | tuple):
            raise ValueError(f'{value!r} is no list; write ["…", "…"]')
        return tuple(_one_line(item) for item in value)

    def typed(given: str) -> list[str]:
        if given.startswith("["):
            try:
                return list(json.loads(given))
            except (ValueError, TypeError) as wrong:
                raise ValueError(f'{given!r} is no list; write \'["…", "…"]\'') from wrong
        return [part.strip() for part in given.split(",") if part.strip()]

    return Reader(read=read, show=lambda value: f"[{', '.join(_quoted(item) for item in value)}]", typed=typed)


def one_of(*known: str) -> Reader:
    """One of some words."""
    choices = "One of " + ", ".join(_quoted(word) for word in known)

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise ValueError(f"{value!r} is not one of {', '.join(map(repr, known))}")
        return value

    return Reader(read=read, show=_quoted, choices=choices if len(known) > 1 else "")


def senses(*, known: tuple[str, ...]) -> Reader:
    """The word "auto", read as (), or a list of senses."""
    single = one_of(*known)

    def read(value: object) -> tuple[str, ...]:
        if value == "auto":
            return ()
        if not isinstance(value, list | tuple):
            raise ValueError(f'{value!r} is neither "auto" nor a list such as ["{known[0]}"]')
        if not value:
            raise ValueError('it is empty; write "auto", or switch caller ID off with: callerid off')
        return tuple(dict.fromkeys(single.read(item) for item in value))

    def show(value: tuple[str, ...]) -> str:
        return '"auto"' if not value else f"[{', '.join(_quoted(item) for item in value)}]"

    return Reader(read=read, show=show, typed=lambda given: given if given == "auto" else texts().typed(given))


def word_or_texts(*words: str) -> Reader:
    """One of some words, or a list of texts."""
    several = texts()
    choices = f"One of {', '.join(map(_quoted, words))}, or a list"

    def read(value: object) -> str | tuple[str, ...]:
        if isinstance(value, str) and value in words:
            return value
        if not isinstance(value, list | tuple) or not value:
            raise ValueError(f'{value!r} is neither one of {", ".join(map(repr, words))} nor a list such as ["Ana López"]')
        return tuple(several.read(value))

    def show(value: Any) -> str:
        return _quoted(value) if isinstance(value, str) else several.show(value)

    return Reader(read=read, show=show, typed=lambda given: given if given in words else several.typed(given), choices=choices)


def age() -> Reader:
    """How old something may be: "90 days", "12 months", "2 years"; empty for no limit. A month is 30 days here."""
    days = {"day": 1, "week": 7, "month": 30, "year": 365}

    def read(value: object) -> timedelta | None:
        if value == "":
            return None
        found = _AGE.fullmatch(value.strip()) if isinstance(value, str) else None
        if not found or not int(found[1]):
            raise ValueError(f'{value!r} is no age; write "90 days", "12 months" or "2 years"')
        return timedelta(days=int(found[1]) * days[found[2]])

    def show(value: timedelta | None) -> str:
        if value is None:
            return '""'
        unit = next(name for name in ("year", "month", "week", "day") if not value.days % days[name])
        count = value.days // days[unit]
        return _quoted(f"{count} {unit}{'' if count == 1 else 's'}")

    return Reader(read=read, show=show)


def duration(*, shortest: timedelta = timedelta(0)) -> Reader:
    """A length of time: 90s, 15m, 1h, 2d."""

    def read(value: object) -> timedelta:
        found = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if not found:
            raise ValueError(f'{value!r} is no length of time; write "90s", "15m", "1h" or "2d"')
        length = timedelta(seconds=int(found[1]) * _UNITS[found[2]])
        if length < shortest:
            raise ValueError(f"{value!r} is too short; the least is {_length(shortest)}")
        return length

    return Reader(read=read, show=lambda value: _quoted(_length(value)))


def interval(*, shortest: timedelta) -> Reader:
    """A length of time, or "off"."""
    length = duration(shortest=shortest)
    return Reader(
        read=lambda value: None if value == "off" else length.read(value),
        show=lambda value: '"off"' if value is None else length.show(value),
    )


def _length(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and not seconds % size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _time(value: str) -> time:
    found = _CLOCK.fullmatch(value.strip())
    if not found:
        raise ValueError(f'{value!r} is no time of day; write "18:00"')
    return time(int(found[1]), int(found[2]))


def clock() -> Reader:
    """A time of day."""

    def read(value: object) -> time:
        if not isinstance(value, str):
            raise ValueError(f'{value!r} is no time of day; write "18:00", in quotes')
        return _time(value)

    return Reader(read=read, show=lambda value: _quoted(f"{value:%H:%M}"))


def hours(made: Callable[..., Hours]) -> Reader:
    """From one time of day to another, over midnight if need be; empty for never."""

    def read(value: object) -> Hours | None:
        if value == "":
            return None
        start, dash, end = value.partition("-") if isinstance(value, str) else ("", "", "")
        if not dash:
            raise ValueError(f'{value!r} is not from one time to another; write "22:00-07:00"')
        return made(start=_time(start), end=_time(end))

    def show(value: Any) -> str:
        return _quoted(f"{value.start:%H:%M}-{value.end:%H:%M}" if value else "")

    return Reader(read=read, show=show)


def region() -> Reader:
    """A region by its two letters, or "auto"."""

    def read(value: object) -> str:
        if value == "auto":
            return "auto"
        from phonenumbers import SUPPORTED_REGIONS

        if not isinstance(value, str) or value.upper() not in SUPPORTED_REGIONS:
            raise ValueError(f'{value!r} is no region; write two letters such as "DE", or "auto"')
        return value.upper()

    return Reader(read=read, show=_quoted)


def url() -> Reader:
    """An https address; http only on this very machine, because the token goes with every request."""

    def read(value: object) -> str:
        try:
            parts = urlsplit(_one_line(value))
            host, _ = parts.hostname, parts.port
        except ValueError as wrong:
            raise ValueError(f"{value!r} is no address: {wrong}") from wrong
        if not host or parts.scheme not in ("https", "http") or parts.query or parts.username:
            raise ValueError(f'{value!r} is no address; write "https://api.hubapi.com"')
        if parts.scheme == "http" and host not in _LOOPBACK:
            raise ValueError(f"{value!r} is not encrypted, and the token would go over it; write https://")
        return str(value).rstrip("/")

    return Reader(read=read, show=_quoted)
