"""What happens next with a call. One row says what happened so far; one function decides.

Every path ends settled: logged, dismissed, ignored, not in the CRM, or a dead letter. Nothing is decided anywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.resolution import Certainty
from callerid.models import CallType

if TYPE_CHECKING:
    from callerid.core.resolution import Resolution
    from callerid.models import Call

TOO_OLD = timedelta(days=7)  # a call log restored from a backup must not ask about last year
PATIENCE = timedelta(days=7)  # an unanswered notification is let go after this
DIALOG_WINDOW = timedelta(minutes=10)  # a dialog opens by itself only this soon after its call; later it would startle
SOON_SYNCED = timedelta(minutes=15)  # how long a call waits for the first sync


class State(StrEnum):
    """Where a follow-up stands."""

    OPEN = "open"  # to be decided, or its notification to be shown (again)
    NOTIFIED = "notified"  # its notification is out
    QUEUED = "queued"  # answered: the outbox has it
    LOGGED = "logged"
    DISMISSED = "dismissed"
    IGNORED = "ignored"
    NOT_IN_CRM = "not-in-crm"
    DEAD = "dead-letter"
    BASELINE = "baseline"  # was in the log before callerid was


PENDING = frozenset({State.OPEN, State.NOTIFIED, State.QUEUED})


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One row of the ledger: a call and what became of it."""

    call: Call
    line: str  # what calls of one line share
    state: State = State.OPEN
    reason: str = ""
    not_before: datetime | None = None
    notified_at: datetime | None = None
    notification_id: str = ""
    notification_out: bool = False
    token: str = ""
    asked: int = 0  # how often a dialog was opened for it
    wanted_at: datetime | None = None  # when the person asked for the dialog by a button
    missed_count: int = 1  # the missed calls of this line that this one stands for
    draft: tuple[tuple[str, str], ...] = ()  # answers given before a dialog was left


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `start` to `end` in local time nothing shows; over midnight when `end` is the earlier."""

    start: time
    end: time

    def until(self, now: datetime) -> datetime | None:
        """Given now in the phone's zone, return when the quiet ends, or None when it is not quiet."""
        for days_back in (0, 1):
            begins = datetime.combine(now.date() - timedelta(days=days_back), self.start, tzinfo=now.tzinfo)
            length_in_days = 1 if self.end <= self.start else 0
            ends = datetime.combine(begins.date() + timedelta(days=length_in_days), self.end, tzinfo=now.tzinfo)
            if begins <= now < ends:
                return ends
        return None


class Via(StrEnum):
    """How the person is asked after a call (setting log.via)."""

    BOTH = "both"
    DIALOG = "dialog"
    NOTIFICATION = "notification"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the person wants, from the settings."""

    enabled: bool = True
    has_crm: bool = True
    screen: bool = True
    via: Via = Via.BOTH
    incoming: bool = True
    outgoing: bool = True
    min_duration: timedelta = timedelta(0)
    quiet_hours: QuietHours | None = None
    sims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A follow-up and what is known around it at this moment."""

    followup: FollowUp
    resolution: Resolution
    mirror_built: bool
    on_ignore_list: bool = False
    newer_missed: bool = False  # a later missed call of the same line is open
    spoken_since: bool = False  # a later call of the same line was connected


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """End it so."""

    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Notify:
    """Show its notification."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Open the log dialog."""


@dataclass(frozen=True, slots=True)
class Clear:
    """Take its notification away: there is nothing more to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing now; look again then."""

    until: datetime


Step = Settle | Notify | Ask | Clear | Wait | None


def is_missed(call: Call) -> bool:
    """Given a call, did it reach nobody here?"""
    return call.type in (CallType.MISSED, CallType.REJECTED, CallType.VOICEMAIL)


def is_connected(call: Call) -> bool:
    """Given a call, did two people speak?"""
    return not is_missed(call) and call.type is not CallType.BLOCKED and call.duration > 0


def next_step(situation: Situation, policy: Policy, now: datetime) -> Step:
    """Given a situation, the person's policy and now (aware, in the phone's zone), return the one thing to do next."""
    followup = situation.followup
    if followup.state not in (State.OPEN, State.NOTIFIED):
        return Clear() if followup.notification_out and followup.state is not State.DEAD else None
    if _is_wanted(followup, now) and situation.resolution.people:
        return Ask()
    if followup.not_before and now < followup.not_before:
        return Wait(until=followup.not_before)
    if followup.state is State.NOTIFIED:
        return _while_notified(situation, policy, now)
    reason_to_end = _end(situation, policy, now)
    if reason_to_end:
        return reason_to_end
    if not situation.mirror_built:
        return Wait(until=now + timedelta(minutes=1))
    quiet_until = policy.quiet_hours.until(now) if policy.quiet_hours else None
    if quiet_until:
        return Wait(until=quiet_until)
    if policy.via is Via.DIALOG and _may_ask(followup, policy, now):
        return Ask()
    return Notify()


def _while_notified(situation: Situation, policy: Policy, now: datetime) -> Step:
    followup = situation.followup
    if not policy.enabled:
        return Settle(state=State.IGNORED, reason="callerid was switched off")
    overtaken = _overtaken(situation)
    if overtaken:
        return overtaken
    if followup.notified_at and now - followup.notified_at > PATIENCE:
        return Settle(state=State.DISMISSED, reason=f"no answer for {PATIENCE.days} days")
    return Ask() if _may_ask(followup, policy, now) else None


def _is_wanted(followup: FollowUp, now: datetime) -> bool:
    return followup.wanted_at is not None and now - followup.wanted_at <= DIALOG_WINDOW


def _may_ask(followup: FollowUp, policy: Policy, now: datetime) -> bool:
    ended = followup.call.start + timedelta(seconds=followup.call.duration)
    in_window = now - ended <= DIALOG_WINDOW
    wanted = policy.screen and policy.via is not Via.NOTIFICATION
    return wanted and in_window and not followup.asked and not is_missed(followup.call)


def _end(situation: Situation, policy: Policy, now: datetime) -> Settle | None:
    call = situation.followup.call
    ignored = _why_ignored(situation, policy, now)
    if ignored:
        return Settle(state=State.IGNORED, reason=ignored)
    if situation.resolution.certainty is Certainty.HIDDEN:
        return Settle(state=State.NOT_IN_CRM, reason="hidden number")
    if situation.mirror_built and not situation.resolution.people:
        return Settle(state=State.NOT_IN_CRM, reason="nobody in the CRM has this number")
    if not situation.mirror_built and now - call.start > SOON_SYNCED:
        return Settle(state=State.NOT_IN_CRM, reason="there was no mirror of the CRM yet")
    return _overtaken(situation)


def _overtaken(situation: Situation) -> Settle | None:
    if not is_missed(situation.followup.call):
        return None
    if situation.spoken_since:
        return Settle(state=State.DISMISSED, reason="you have spoken since")
    if situation.newer_missed:
        return Settle(state=State.DISMISSED, reason="counted in a later missed call")
    return None


def _why_ignored(situation: Situation, policy: Policy, now: datetime) -> str:
    """Given a situation, return why nothing is to be asked, or ""."""
    call = situation.followup.call
    outgoing = call.type is CallType.OUTGOING
    reasons = (
        (not policy.enabled, "callerid was switched off"),
        (call.type is CallType.BLOCKED, "blocked call"),
        (not policy.has_crm and not is_missed(call), "there is no CRM to log it to"),
        (situation.on_ignore_list, "on the ignore list"),
        (bool(policy.sims) and call.sim not in policy.sims, "not one of the chosen SIMs"),
        (outgoing and not policy.outgoing, "outgoing calls are not asked about"),
        (not outgoing and not policy.incoming, "incoming calls are not asked about"),
        (is_connected(call) and call.duration < policy.min_duration.total_seconds(), "shorter than log.min_duration"),
        (now - call.start > TOO_OLD, f"older than {TOO_OLD.days} days when first seen"),
    )
    return next((reason for applies, reason in reasons if applies), "")
