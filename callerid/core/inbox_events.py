"""What comes in by the inbox, as values. It is data from strangers: bounded, validated, never interpreted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.numbers.raw_text import is_hidden
from callerid.core.wording.notification_text import DIRECTION_MARKS, clean

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

HEADER = "callerid-event 1"
LEDGER_WRITTEN = "written"  # the verb of our own commands; callerid-event has none for it
_LONGEST_NUMBER = 200
_LONGEST_REPLY = 20_000
_TWO_QUOTES = 2
_NOTHING_TYPED = "$REPLY"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_WORD = re.compile(r"[a-z-]{1,20}")
_VARIABLE = re.compile(r"[%$]\w+(?:\(\w*\))?%?|\$?[{\[]{1,2}\s?[\w.=]+\s?[}\]]{1,2}|<\w+>")  # of Tasker and the like
_WRAPPED = "\"'`‘’‚‛“”„«»‹›<>[]"
_QUOTES = '"“”„«»'
_VANITY = re.compile(r"\+?[0-9][0-9 ().\-]*-[A-Z]{4,}")
_SCHEMES = ("sip:", "sips:", "tel:")
_CODES = ("-1", "-2", "-3", "-4")  # as phones write for somebody who hides
_FEWEST_BESIDE_LETTERS = 6  # digits: "+353 87 123 4567 ext. 5", but not "24/7 Taxi"
_SLOT = re.compile(r"[0-7]")


class EventFault(ValueError):
    """A file that is no event; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """The phone rings; `number` is raw, "" when hidden or not told. `name` is what the phone shows, where only that was heard;
    `slot` is the SIM's, `sense` what heard it."""

    at: datetime
    number: str
    name: str = ""
    slot: int | None = None
    sense: str = "inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """A number is being called from this phone; `number`, `name`, `slot` and `sense` as for a ring."""

    at: datetime
    number: str
    name: str = ""
    slot: int | None = None
    sense: str = "inbox"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerWritten:
    """A command has written into the ledger: there may be something to deliver, to show or to ask."""

    at: datetime


HINTS = (Ring, Dialled, Offhook, Idle)  # what tells of the phone itself
Event = Ring | Dialled | Offhook | Idle | Tap | Reply | SyncWanted | LedgerWritten


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
    said, slot = (*rest.split("\n"), "", "")[:2]
    number, name = _caller(said)
    return Ring(at=at, number=number, name=name, slot=int(slot) if _SLOT.fullmatch(slot) else None)


def _dialled(rest: str, at: datetime) -> Event:
    said, slot = (*rest.split("\n"), "", "")[:2]
    number, name = _caller(said)
    return Dialled(at=at, number=number, name=name, slot=int(slot) if _SLOT.fullmatch(slot) else None)


def _caller(text: str) -> tuple[str, str]:
    """Given what an automation app passed, return number and name: some pass a name where they have one, and the name of their own
    variable where they have nothing."""
    said = clean(text, keep="").strip()
    if len(said) > _LONGEST_NUMBER:
        raise EventFault("the number is too long")
    bare = said.strip(_WRAPPED + DIRECTION_MARKS).strip()
    if not said or (bare and _is_number(bare)):
        return bare, ""
    return "", "" if _VARIABLE.fullmatch(said) or is_hidden(said) else _unquoted(said)


def _unquoted(name: str) -> str:
    plain = name.strip(DIRECTION_MARKS)
    quoted = len(plain) >= _TWO_QUOTES and plain[0] in _QUOTES and plain[-1] in _QUOTES
    return plain[1:-1].strip() if quoted else plain


def _is_number(said: str) -> bool:
    """A name may have digits in it, too: Ana 2, 3M Office, Jo 14.09.2023."""
    if said.casefold().startswith(_SCHEMES) or _VANITY.fullmatch(said):
        return True
    begins = said[0] in "+(*#" or said[0].isdigit() or said[:2] in _CODES
    digits, letters = sum(map(str.isdigit, said)), any(map(str.isalpha, said))
    return begins and digits >= (_FEWEST_BESIDE_LETTERS if letters else 1)


def _tap(rest: str, at: datetime) -> Event:
    token, word = (*rest.split("\n"), "", "")[:2]
    if not _WORD.fullmatch(word):
        raise EventFault("the tap names no button")
    return Tap(at=at, token=_token(token), word=word)


def _reply(rest: str, at: datetime) -> Event:
    token, _, text = rest.partition("\n")
    return Reply(at=at, token=_token(token), text=clean(_as_typed(text), keep="\n\t").strip()[:_LONGEST_REPLY])


def _as_typed(text: str) -> str:
    """Given what came in the place of $REPLY, return what was typed: Termux:API puts it in double quotes, with a backslash before
    each of its own (NotificationAPI.java, shellEscape), and leaves $REPLY when nothing was. The here-document ends the line."""
    body = text.removesuffix("\n")
    if body == _NOTHING_TYPED:
        return ""
    if len(body) < _TWO_QUOTES or not (body.startswith('"') and body.endswith('"')):
        return text
    return body[1:-1].replace('\\"', '"')


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise EventFault("the token is none of ours")
    return text


_VERBS: dict[str, Callable[[str, datetime], Event]] = {
    "ring": _ring,
    "dial": _dialled,
    "offhook": lambda _, at: Offhook(at=at),
    "idle": lambda _, at: Idle(at=at),
    "tap": _tap,
    "reply": _reply,
    "sync": lambda _, at: SyncWanted(at=at),
    LEDGER_WRITTEN: lambda _, at: LedgerWritten(at=at),
}
