"""Events from the inbox as values. Any app can write there: what it writes is bounded, validated, and never interpreted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from callerid.core.numbers.text.unparsed import is_hidden
from callerid.core.wording.safe_text import DIRECTION_MARKS, clean
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

HEADER = "callerid-event 1"
LEDGER_WRITTEN = "written"  # the verb of our own commands, which callerid-event does not offer
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
_CODES = ("-1", "-2", "-3", "-4")  # in place of a hidden number
_FEWEST_DIGITS_WITH_LETTERS = 6  # a number as "+353 87 123 4567 ext. 5", but not "24/7 Taxi"
_SLOT = re.compile(r"[0-7]")


class EventFault(ValueError):
    """A file that is not a valid event; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCaller:
    """Whom the dialer showed for a call before it showed another caller for it, such as the contact after the carrier's name."""

    number: str  # raw
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """The phone rings."""

    at: datetime
    number: str  # raw; "" when hidden, or not known
    name: str = ""  # that the phone shows, where only that is known
    slot: int | None = None  # of the SIM
    sense: str = "inbox"  # which sense heard it
    earlier: EarlierCaller | None = None  # reported for the same call before


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """This phone calls a number; the fields are those of a ring."""

    at: datetime
    number: str
    name: str = ""
    slot: int | None = None
    sense: str = "inbox"
    earlier: EarlierCaller | None = None


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
    """A tap on a card, or its swipe: the card's token and the word of what was tapped."""

    at: datetime
    token: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A text typed into a card."""

    at: datetime
    token: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncWanted:
    """A sync is requested."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerWritten:
    """A command has written to the ledger, so there may be something to deliver, to show or to ask."""

    at: datetime


HINTS = (Ring, Dialled, Offhook, Idle)  # hints about calls, which the call log confirms or not
Event = Ring | Dialled | Offhook | Idle | Tap | Reply | SyncWanted | LedgerWritten


def parse(text: str, at: datetime) -> Event:
    """Return the event in the text of a file that was written at this time (UTC). Raise EventFault when it is not valid."""
    header, _, rest = text.partition("\n")
    if header != HEADER:
        raise EventFault("it does not begin with the header of an event")
    verb, _, rest = rest.partition("\n")
    reader = _VERBS.get(verb)
    if reader is None:
        raise EventFault(f"its verb {verb[:20]!r} is not known")
    return reader(rest, at)


def _ring(rest: str, at: datetime) -> Event:
    number, name, slot = _caller_and_slot(rest)
    return Ring(at=at, number=number, name=name, slot=slot)


def _dialled(rest: str, at: datetime) -> Event:
    number, name, slot = _caller_and_slot(rest)
    return Dialled(at=at, number=number, name=name, slot=slot)


def _caller_and_slot(rest: str) -> tuple[str, str, int | None]:
    caller, slot = (*rest.split("\n"), "", "")[:2]
    number, name = _number_and_name(caller)
    return number, name, int(slot) if _SLOT.fullmatch(slot) else None


def _number_and_name(text: str) -> tuple[str, str]:
    """Return the number and the name of a caller as an automation app passes them: the name where it has one, the name of its own
    variable where it has nothing."""
    caller = clean(text, keep="").strip()
    if len(caller) > _LONGEST_NUMBER:
        raise EventFault("the number is too long")
    bare = caller.strip(_WRAPPED + DIRECTION_MARKS).strip()
    if not caller or (bare and _is_number(bare)):
        return bare, ""
    return "", "" if _VARIABLE.fullmatch(caller) or is_hidden(caller) else _unquoted(caller)


def _unquoted(name: str) -> str:
    plain = name.strip(DIRECTION_MARKS)
    quoted = len(plain) >= _TWO_QUOTES and plain[0] in _QUOTES and plain[-1] in _QUOTES
    return plain[1:-1].strip() if quoted else plain


def _is_number(text: str) -> bool:
    """Return whether a text is a number. Names have digits, too: Ana 2, 3M Office, Jo 14.09.2023."""
    if text.casefold().startswith(_SCHEMES) or _VANITY.fullmatch(text):
        return True
    begins = text[0] in "+(*#" or text[0].isdigit() or text[:2] in _CODES
    digits, letters = sum(map(str.isdigit, text)), any(map(str.isalpha, text))
    return begins and digits >= (_FEWEST_DIGITS_WITH_LETTERS if letters else 1)


def _tap(rest: str, at: datetime) -> Event:
    token, word = (*rest.split("\n"), "", "")[:2]
    if not _WORD.fullmatch(word):
        raise EventFault("the tap names no button")
    return Tap(at=at, token=_token(token), word=word)


def _reply(rest: str, at: datetime) -> Event:
    token, _, text = rest.partition("\n")
    return Reply(at=at, token=_token(token), text=clean(_as_typed(text), keep="\n\t").strip()[:_LONGEST_REPLY])


def _as_typed(text: str) -> str:
    """Return what was typed, from what came in the place of $REPLY. Termux:API puts it in double quotes, with a backslash before
    each of its own (NotificationAPI.java, shellEscape), and leaves $REPLY when nothing was typed. The here-document ends the
    line."""
    body = text.removesuffix("\n")
    if body == _NOTHING_TYPED:
        return ""
    if len(body) < _TWO_QUOTES or not (body.startswith('"') and body.endswith('"')):
        return text
    return body[1:-1].replace('\\"', '"')


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise EventFault("its token is not valid")
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
