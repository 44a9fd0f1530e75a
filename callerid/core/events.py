"""What comes in by the inbox, as values. It is data from strangers: bounded, validated, never interpreted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.notification_text import clean

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

HEADER = "callerid-event 1"
_LONGEST_NUMBER = 200
_LONGEST_REPLY = 20_000
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_WORD = re.compile(r"[a-z-]{1,20}")


class EventFault(ValueError):
    """A file that is no event; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """The phone rings; `number` is raw, "" when hidden."""

    at: datetime
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offhook:
    """The phone is off the hook: a call was answered, or dialled."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """The phone is idle: every call is over."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """A button of one of our notifications."""

    at: datetime
    token: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A text typed into a notification."""

    at: datetime
    token: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncWanted:
    """Somebody wants a sync."""

    at: datetime


Event = Ring | Offhook | Idle | Tap | Reply | SyncWanted


def parse(text: str, at: datetime) -> Event:
    """Given an event file's text and when it was written (UTC), return the event. Raise EventFault."""
    header, _, rest = text.partition("\n")
    if header != HEADER:
        raise EventFault("it does not begin as an event does")
    verb, _, rest = rest.partition("\n")
    reader = _VERBS.get(verb)
    if reader is None:
        raise EventFault(f"there is no verb {verb[:20]!r}")
    return reader(rest, at)


def _ring(rest: str, at: datetime) -> Event:
    number = clean(rest.partition("\n")[0], keep="").strip()
    if len(number) > _LONGEST_NUMBER:
        raise EventFault("the number is too long")
    return Ring(at=at, number=number)


def _tap(rest: str, at: datetime) -> Event:
    token, word = (*rest.split("\n"), "", "")[:2]
    if not _WORD.fullmatch(word):
        raise EventFault("the tap names no button")
    return Tap(at=at, token=_token(token), word=word)


def _reply(rest: str, at: datetime) -> Event:
    token, _, text = rest.partition("\n")
    return Reply(at=at, token=_token(token), text=clean(text, keep="\n\t").strip()[:_LONGEST_REPLY])


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise EventFault("the token is none of ours")
    return text


_VERBS: dict[str, Callable[[str, datetime], Event]] = {
    "ring": _ring,
    "offhook": lambda _, at: Offhook(at=at),
    "idle": lambda _, at: Idle(at=at),
    "tap": _tap,
    "reply": _reply,
    "sync": lambda _, at: SyncWanted(at=at),
}
