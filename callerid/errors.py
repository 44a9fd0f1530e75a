"""One tree of errors. Each error carries a sentence for the person and a remedy.

CalleridError                         1   any error of callerid
├── UsageFault                        2   a command was typed with wrong words
│   └── Forgotten                     2   who it is about was forgotten while they were asked about
├── ConfigFault                      10   config.toml or a CALLERID_ variable cannot be used
├── PhoneFault                       20   a termux command failed
│   ├── CommandMissing               21   it is not installed
│   ├── CommandHung                  22   it did not answer in time
│   ├── PermissionDenied             23   Android has not granted it
│   └── MalformedOutput              24   it answered in an unknown format
│       └── ListenerNotConnected     24   notification access is on, but Android has not connected Termux:API's listener
├── TokenFault                       30   there is no token, or the CRM does not accept it
│   └── ScopeMissing                 31   the token lacks a scope
├── Offline                          32   the CRM was not reached: nothing happened there
├── CrmFault                         33   the CRM, or something before it, is in trouble: try again later
│   ├── RateLimited                  34   the CRM asks for fewer requests
│   ├── TokenChanged                 33   the token is new: a sync must first check which portal it is for
│   ├── MigrationInProgress          33   the portal is being moved and answers no request for a while
│   ├── Locked                       33   one record cannot be written just now
│   └── OutcomeUnknown               35   a write may or may not have happened
├── Refused                          36   the CRM understood the request and refused it: trying again will not help
│   ├── RequiredPropertiesMissing    36   a rule of the portal requires values that were not sent
│   ├── PartiallyApplied             36   a part of a change was made before the CRM refused the rest
│   ├── NotFound                     36   the record does not exist, or no longer
│   └── Conflict                     36   the write contradicts something that exists
│       └── AlreadyExists            36   what was to be created exists
├── SuspiciousSync                   37   the records look like a loss, so nothing was replaced
├── AlreadyRunning                   40   another process holds the lock
├── StoreFault                       50   a file of callerid cannot be used
│   ├── DiskFull                     51   there is no room to write it
│   ├── DiskReadOnly                 50   nothing may be written where it is
│   ├── WrittenByNewer               50   a newer callerid wrote it, and this one cannot read it
│   └── DatabaseDamaged              50   it is damaged, or was replaced or deleted while it was open
└── Stopped                           1   callerid is stopping: what was under way is taken up at the next start

The number is the exit code of a command that ends with the error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from callerid.messages import joined, message

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.messages import Message


_FORGOTTEN = message("Who that was about has been forgotten meanwhile, so the answer is dropped.")


class CalleridError(Exception):
    """What went wrong in one sentence, and the remedy: a command to type or a thing to do ("" when there is none)."""

    exit_code: ClassVar[int] = 1

    def __init__(self, sentence: str, *, remedy: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy

    def __str__(self) -> str:
        return str(self.told)

    @property
    def told(self) -> Message:
        """Return the sentence and the remedy in one."""
        return joined(" ", filter(None, (self.sentence, self.remedy)))


class UsageFault(CalleridError):
    """A command was typed with words that it does not take."""

    exit_code = 2


class Forgotten(UsageFault):
    """The person whom an answer is about was forgotten meanwhile: nothing of them may be stored any more."""

    def __init__(self, sentence: str = "", *, remedy: str = "") -> None:
        super().__init__(sentence or _FORGOTTEN, remedy=remedy)


class ConfigFault(CalleridError):
    """The settings cannot be used; the sentence lists every fault with its line."""

    exit_code = 10


class PhoneFault(CalleridError):
    """A command of the phone failed."""

    exit_code = 20


class CommandMissing(PhoneFault):
    """A command of the phone is not installed."""

    exit_code = 21


class CommandHung(PhoneFault):
    """A command of the phone did not answer in time and was killed."""

    exit_code = 22


class PermissionDenied(PhoneFault):
    """Android has not granted what the command needs."""

    exit_code = 23


class MalformedOutput(PhoneFault):
    """A command of the phone answered in an unknown format."""

    exit_code = 24


class ListenerNotConnected(MalformedOutput):
    """Notification access is on, but Android has not connected Termux:API's listener (termux-api#662, #899).

    Each read then leaves an error notification of Termux:API on the screen (Source: ResultReturner.java).
    """


class TokenFault(CalleridError):
    """There is no token, or the CRM does not accept it."""

    exit_code = 30


class ScopeMissing(TokenFault):
    """The token is valid but lacks a scope, which the sentence names. `by_crm`: the CRM said so, and not something before it that
    forbids a request in its own words."""

    exit_code = 31

    def __init__(self, sentence: str, *, remedy: str = "", by_crm: bool = True) -> None:
        super().__init__(sentence, remedy=remedy)
        self.by_crm = by_crm


class Offline(CalleridError):
    """The CRM was not reached, so nothing can have happened there."""

    exit_code = 32


class CrmFault(CalleridError):
    """The CRM, or something between it and us, is in trouble; the same request may work later."""

    exit_code = 33

    def __init__(self, sentence: str, *, remedy: str = "", retry_after: float | None = None) -> None:
        super().__init__(sentence, remedy=remedy)
        self.retry_after = retry_after  # seconds, when the CRM named a time


class RateLimited(CrmFault):
    """The CRM asks for fewer requests; `retry_after` (seconds) is always set. `window` (seconds) is the rolling one that is full,
    if the CRM named no time: whoever counts the requests knows when there is room in it again."""

    exit_code = 34

    def __init__(self, sentence: str, *, remedy: str = "", retry_after: float, window: float | None = None) -> None:
        super().__init__(sentence, remedy=remedy, retry_after=retry_after)
        self.window = window


class ExportUnusable(CrmFault):
    """An export of the CRM cannot be had, or not be relied on; its lists bring the same."""


class TokenChanged(CrmFault):
    """The token is not that of the last sync; it may be for another portal, where the mirror's ids are other records."""


class MigrationInProgress(CrmFault):
    """The portal is being moved to another data centre: `retry_after` (seconds), which is always set, holds for every request."""


class Locked(CrmFault):
    """The CRM has locked the record of this request; requests for other records may work."""


class OutcomeUnknown(CrmFault):
    """A write was sent and no valid response came: it may or may not have happened."""

    exit_code = 35


class Refused(CalleridError):
    """The CRM understood the request and refused it, in words kept in the sentence."""

    exit_code = 36


class RequiredPropertiesMissing(Refused):
    """A rule of the portal requires values of the properties in `missing`, which were not sent."""

    def __init__(self, sentence: str, *, remedy: str = "", missing: tuple[str, ...]) -> None:
        super().__init__(sentence, remedy=remedy)
        self.missing = missing


class PartiallyApplied(Refused):
    """The CRM made a part of a change and refused the rest."""


class NotFound(Refused):
    """The CRM does not have the record, or no longer."""


class Conflict(Refused):
    """The write contradicts something that the CRM has."""


class AlreadyExists(Conflict):
    """The CRM already has what was to be created, under `remote_id`."""

    def __init__(self, sentence: str, *, remedy: str = "", remote_id: str) -> None:
        super().__init__(sentence, remedy=remedy)
        self.remote_id = remote_id


class SuspiciousSync(CalleridError):
    """The records that the CRM sent look like a loss of data, so the mirror was kept as it was."""

    exit_code = 37


class AlreadyRunning(CalleridError):
    """Another process holds the lock."""

    exit_code = 40


class StoreFault(CalleridError):
    """A database, or another file that callerid keeps, cannot be used: what was to be stored is not, and reading tells nothing."""

    exit_code = 50


class DiskFull(StoreFault):
    """There is no room on the phone for what was to be stored."""

    exit_code = 51


class DiskReadOnly(StoreFault):
    """Nothing may be written where a file is: it was mounted read-only after an error of the disk, or permissions are gone."""


class WrittenByNewer(StoreFault):
    """A newer callerid wrote a database, and this one cannot read it: it is outdated, or was not started anew after an upgrade."""


class DatabaseDamaged(StoreFault):
    """A database file is damaged, or is no longer the one that was opened; it is put aside, and restored or rebuilt."""

    def __init__(self, sentence: str, *, remedy: str = "", path: Path) -> None:
        super().__init__(sentence, remedy=remedy)
        self.path = path


class Stopped(CalleridError):
    """callerid is stopping; what was under way is taken up at the next start."""
