"""A follow-up: a call and what became of it, in one row. What happens next with it is decided in `next_step`."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import Certainty
from callerid.core.followup.outcomes import is_missed
from callerid.core.followup.states import CardStatus, State
from callerid.records import dataclass

if TYPE_CHECKING:
    from callerid.core.backoff import Deadline
    from callerid.core.callers.resolve import Resolution
    from callerid.core.hours import QuietHours
    from callerid.models import Call

EVENING_BATCH = "evening"  # the name of the batch of calls that were put off until the evening, or not answered by then


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A call and what became of it: one row of the ledger."""

    call: Call
    line: str  # the same for all calls of one line
    state: State = State.OPEN
    reason: str = ""
    not_before: Deadline | None = None
    notified_at: datetime | None = None  # when its card was last shown (UTC)
    notification_id: str = ""
    notification_shown: bool = False
    token: str = ""
    dialogs_opened: int = 0
    dialog_wanted_at: datetime | None = None  # when a button was tapped that opens the dialog (UTC)
    missed_count: int = 1  # how many missed calls of its line it stands for
    draft: tuple[tuple[str, str], ...] = ()  # answers of the dialog that is open, or that was left
    answers: tuple[tuple[str, str], ...] = ()  # answers by a tap or a reply, or about a caller to be added: no dialog changes them
    batch: str = ""  # the batch that it is in, or will be when its time comes
    card_status: CardStatus = CardStatus.NONE
    # A match that came late was reported already, or the person said that the caller does not belong in the CRM.
    late_match_settled: bool = False
    revision: int = 0  # grows with every change; whoever changes it must have seen the latest


class AskVia(StrEnum):
    """How the person is asked after a call (setting log.via)."""

    BOTH = "both"
    DIALOG = "dialog"
    NOTIFICATION = "notification"


class LateCalls(StrEnum):
    """What becomes of the earlier calls of a caller who has come into the CRM (setting log.late)."""

    ASK = "ask"
    LOG = "log"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the person wants, by the settings, and what the phone can do."""

    enabled: bool = True
    off_since: datetime | None = None  # (UTC)
    has_crm: bool = True
    screen: bool = True
    dialogs_work: bool = True  # recently; where they do not, cards ask instead
    via: AskVia = AskVia.BOTH
    incoming: bool = True
    outgoing: bool = True
    strangers: bool = False  # ask whether to add an unknown caller to the CRM
    min_duration: timedelta = timedelta(0)
    auto_log: timedelta | None = None
    late: LateCalls = LateCalls.ASK
    quiet_hours: QuietHours | None = None
    sims: tuple[str, ...] = ()
    evening: datetime | None = None  # the latest evening that has begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A follow-up and what is known around it now."""

    followup: FollowUp
    resolution: Resolution
    mirror_built: bool
    is_ignored: bool = False
    newer_missed: str = ""  # the key of a later missed call of the same line, "" if there is none
    spoken_since: bool = False  # a later call of the same line was connected
    unanswered_count: int = 1  # how many calls the evening's card would ask about, with this one

    @property
    def lacks_mirror(self) -> bool:
        """Whether it is not known who that was because there is no mirror, or none any more: the next sync may tell."""
        is_unknown = not self.resolution.candidates and self.resolution.certainty is not Certainty.HIDDEN
        return is_unknown and not self.mirror_built


def late_batch_name(line: str) -> str:
    """Return the name of the batch of a line's earlier calls."""
    return f"late:{line}"


def belongs_to_evening(followup: FollowUp, evening: datetime | None) -> bool:
    """Return whether the evening's card is to ask about a call: its prompt was shown before the latest evening (None: there was
    none) and not answered."""
    shown_before = evening and followup.notified_at and followup.notified_at < evening
    return bool(shown_before) and followup.state is State.NOTIFIED and not is_missed(followup.call)
