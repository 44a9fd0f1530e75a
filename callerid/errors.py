"""One tree of errors; each carries the words for the person and what they can do.

CalleridError                     1   anything of ours
├── UsageFault                    2   the command's words are off
├── ConfigFault                  10   config.toml, or a CALLERID_ variable
├── PhoneFault                   20   a termux command did not do its part
│   ├── CommandMissing           21   it is not installed
│   ├── CommandHung              22   it never answered
│   ├── PermissionDenied         23   Android says no
│   └── NonsenseOutput           24   it answered, but not in its format
├── TokenFault                   30   no token, or the CRM does not accept it
│   └── ScopeMissing             31   the token may not do this
├── Offline                      32   the CRM was never reached: nothing happened there
├── CrmFault                     33   the CRM, or something before it, is in trouble: try again later
│   ├── RateLimited              34   it asks us to slow down
│   ├── UnseenToken              33   the token is new: a sync must see first whose it is
│   ├── Moving                   33   it is not there for anybody for a while
│   ├── Locked                   33   one record cannot be written just now
│   └── OutcomeUnknown           35   a write may or may not have happened
├── Refused                      36   the CRM understood, and said no: trying again will not help
│   ├── RuleBroken               36   a rule of the portal's own wants a value that was not there
│   ├── PartlyDone               36   of what was asked, a part was done before the CRM said no
│   ├── Gone                     36   what was asked about is not there, or no longer
│   └── Conflict                 36   it stands against something that is there
│       └── AlreadyThere         36   what was to be created is there already
├── SuspiciousSync               37   what came looks like a loss, so nothing was replaced
├── AlreadyRunning               40   another process holds the lock
├── StoreFault                   50   a database file cannot be used
└── Stopped                       1   callerid is ending: what was under way is taken up at the next start
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class ErrorScope(StrEnum):
    """How much an error ends."""

    ITEM = "item"  # one row, one event, one delivery; the next one goes on
    TURN = "turn"  # this turn; the loop goes on
    PROCESS = "process"  # the whole command or daemon


class CalleridError(Exception):
    """What went wrong in one sentence, and the remedy: a command to type or a thing to do ("" when there is none)."""

    exit_code: ClassVar[int] = 1
    ends: ClassVar[ErrorScope] = ErrorScope.TURN

    def __init__(self, sentence: str, *, remedy: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.sentence} {self.remedy}".strip()


class UsageFault(CalleridError):
    """A command's words are off."""

    exit_code = 2
    ends = ErrorScope.PROCESS


class ConfigFault(CalleridError):
    """The settings cannot be used; the sentence lists every fault with its line."""

    exit_code = 10
    ends = ErrorScope.PROCESS


class PhoneFault(CalleridError):
    """A termux command did not do its part."""

    exit_code = 20


class CommandMissing(PhoneFault):
    """A command of the phone is not installed."""

    exit_code = 21


class CommandHung(PhoneFault):
    """A command of the phone did not answer in its time and was killed."""

    exit_code = 22


class PermissionDenied(PhoneFault):
    """Android has not granted what the command needs."""

    exit_code = 23


class NonsenseOutput(PhoneFault):
    """A command of the phone answered in no format that it has."""

    exit_code = 24


class TokenFault(CalleridError):
    """There is no token, or the CRM does not accept it."""

    exit_code = 30


class ScopeMissing(TokenFault):
    """The token is good but may not do this; the sentence names the scope."""

    exit_code = 31


class Offline(CalleridError):
    """The CRM was never reached, so nothing can have happened there."""

    exit_code = 32


class CrmFault(CalleridError):
    """The CRM, or something between it and us, is in trouble; the same request may work later."""

    exit_code = 33

    def __init__(self, sentence: str, *, remedy: str = "", retry_after: float | None = None) -> None:
        super().__init__(sentence, remedy=remedy)
        self.retry_after = retry_after  # seconds, when the CRM said when


class RateLimited(CrmFault):
    """The CRM asks us to slow down; `retry_after` (seconds) is always set."""

    exit_code = 34


class UnseenToken(CrmFault):
    """The token is another than that of the last sync; it may be of another portal, where our ids mean others."""


class Moving(CrmFault):
    """The CRM is moving house: `retry_after` (seconds), which is always set, holds for every request."""


class Locked(CrmFault):
    """The CRM has locked the record that the request is about; with others it may work."""

    ends = ErrorScope.ITEM


class OutcomeUnknown(CrmFault):
    """A write was sent and its answer never came, or was no answer: it may or may not have happened."""

    exit_code = 35


class Refused(CalleridError):
    """The CRM understood the request and said no, in words kept in the sentence."""

    exit_code = 36
    ends = ErrorScope.ITEM


class RuleBroken(Refused):
    """A rule of the portal's own requires values of properties that were not there: of those in `missing`."""

    def __init__(self, sentence: str, *, remedy: str = "", missing: tuple[str, ...]) -> None:
        super().__init__(sentence, remedy=remedy)
        self.missing = missing


class PartlyDone(Refused):
    """The CRM said no to the rest of a change of which it has made a part."""


class Gone(Refused):
    """The CRM does not have what was asked about, or no longer."""


class Conflict(Refused):
    """What was to be written stands against something that the CRM has."""


class AlreadyThere(Conflict):
    """The CRM has what was to be created already, under `remote_id`."""

    def __init__(self, sentence: str, *, remedy: str = "", remote_id: str) -> None:
        super().__init__(sentence, remedy=remedy)
        self.remote_id = remote_id


class SuspiciousSync(CalleridError):
    """What the CRM sent looks like a loss of data, so the mirror was kept as it was."""

    exit_code = 37


class AlreadyRunning(CalleridError):
    """Another process holds the lock."""

    exit_code = 40
    ends = ErrorScope.PROCESS


class StoreFault(CalleridError):
    """A database file cannot be used."""

    exit_code = 50
    ends = ErrorScope.PROCESS


class Stopped(CalleridError):
    """callerid is ending; what was under way is taken up at the next start."""
