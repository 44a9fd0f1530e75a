"""A call and what became of it: one row says what happened so far. What happens next is decided in `steps`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.followup.outcomes import is_missed

if TYPE_CHECKING:
    from callerid.core.backoff import Deadline
    from callerid.core.callers.resolve import Resolution
    from callerid.core.hours import QuietHours
    from callerid.models import Call

EVENING_BATCH = "evening"  # the batch of the calls that were put off until then


class State(StrEnum):
    """Where a follow-up stands."""

    OPEN = "open"  # to be decided, or its notification to be shown (again)
    NOTIFIED = "notified"  # its notification is out
    GATHERED = "gathered"  # one of those that a batch's notification asks about
    ADDING = "adding"  # answered: whoever it was is on the way into the CRM
    QUEUED = "queued"  # answered: the outbox has it
    LOGGED = "logged"
    DISMISSED = "dismissed"
    IGNORED = "ignored"
    NOT_IN_CRM = "not-in-crm"
    CHANGE_REFUSED = "change-refused"  # it is logged, and the CRM did not take a change of it
    DEAD = "dead-letter"
    BASELINE = "baseline"  # was in the log before callerid was


UNSETTLED = frozenset({State.OPEN, State.NOTIFIED, State.GATHERED, State.ADDING, State.QUEUED})
REFUSED = (State.CHANGE_REFUSED, State.DEAD)
AWAITING_ANSWER = (State.OPEN, State.NOTIFIED, State.GATHERED)  # an answer is awaited
ANSWERED = (State.QUEUED, State.LOGGED, State.CHANGE_REFUSED, State.DEAD, State.ADDING)  # there is one, to be changed or taken back


class CardStatus(StrEnum):
    """What the person was told of what became of their answer, on the call's own card."""

    NONE = ""  # and is to be told nothing
    DUE = "wanted"  # nothing yet
    QUEUED = "queued"
    LOGGED = "logged"
    CHANGE_REFUSED = "change-refused"
    DEAD = "dead-letter"
    CHANGE_ASKED = "asked"  # what to change: their card is a question until they answer it or leave it
    WITHDRAWING = "taking-back"  # they took the answer back, and are told nothing yet
    WITHDRAWN = "taken-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One row of the ledger: a call and what became of it."""

    call: Call
    line: str  # what calls of one line share
    state: State = State.OPEN
    reason: str = ""
    not_before: Deadline | None = None
    notified_at: datetime | None = None  # when its card was last shown
    notification_id: str = ""
    notification_shown: bool = False
    token: str = ""
    dialogs_opened: int = 0  # how often a dialog was opened for it
    dialog_wanted_at: datetime | None = None  # when the person asked for the dialog by a button
    missed_count: int = 1  # the missed calls of this line that this one stands for
    draft: tuple[tuple[str, str], ...] = ()  # answers given in the dialog that is open, or that nobody finished
    answers: tuple[
        tuple[str, str], ...
    ] = ()  # answers that hold whatever becomes of a dialog: by a tap, by a reply, of whom is added
    batch: str = ""  # in which batch it is, or will be when its time comes
    card_status: CardStatus = CardStatus.NONE
    late_match_settled: bool = (
        False  # that somebody has come into the CRM was told already, or the person said it is nobody of the CRM
    )
    revision: int = 0  # how often it was changed; whoever changes it must have seen the latest


class Via(StrEnum):
    """How the person is asked after a call (setting log.via)."""

    BOTH = "both"
    DIALOG = "dialog"
    NOTIFICATION = "notification"


class Late(StrEnum):
    """What becomes of the earlier calls of somebody who appears in the CRM (setting log.late)."""

    ASK = "ask"
    LOG = "log"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the person wants, from the settings. `evening` is the latest evening that has begun."""

    enabled: bool = True
    has_crm: bool = True
    screen: bool = True
    dialogs_work: bool = True  # of late; when they do not, the notification does what they would
    via: Via = Via.BOTH
    incoming: bool = True
    outgoing: bool = True
    strangers: bool = False  # ask whether an unknown caller shall be added to the CRM
    min_duration: timedelta = timedelta(0)
    auto_log: timedelta | None = None
    late: Late = Late.ASK
    quiet_hours: QuietHours | None = None
    sims: tuple[str, ...] = ()
    evening: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A follow-up and what is known around it at this moment."""

    followup: FollowUp
    resolution: Resolution
    mirror_built: bool
    is_ignored: bool = False
    newer_missed: bool = False  # a later missed call of the same line is open
    spoken_since: bool = False  # a later call of the same line was connected
    unanswered_count: int = 1  # how many calls, this one too, are to be asked about this evening


def late_batch_name(line: str) -> str:
    """Given a line, return the name of the batch of its earlier calls."""
    return f"late:{line}"


def belongs_to_evening(followup: FollowUp, evening: datetime | None) -> bool:
    """Given a follow-up and the latest evening (None: none is known), is it one of the calls of the day that nobody answered
    about?"""
    asked_before = evening and followup.notified_at and followup.notified_at < evening
    return bool(asked_before) and followup.state is State.NOTIFIED and not is_missed(followup.call)
