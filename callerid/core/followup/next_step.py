"""What happens next with a call: one function decides.

Every path ends settled: logged, dismissed, ignored, not in the CRM, or a dead letter. Nothing is decided anywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import Certainty
from callerid.core.followup.outcomes import guessed, is_connected, is_missed
from callerid.core.followup.state import EVENING, REFUSED, Late, State, Told, Via, is_for_the_evening, late_batch
from callerid.models import CallType

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.followup.state import FollowUp, Policy, Situation
    from callerid.models import Outcome

TOO_OLD = timedelta(days=7)  # a call log restored from a backup must not ask about last year
PATIENCE = timedelta(days=7)  # an unanswered notification is let go after this
DIALOG_WINDOW = timedelta(minutes=10)  # a dialog opens by itself only this soon after its call; later it would startle
SOON_SYNCED = timedelta(minutes=15)  # how long a call waits for the first sync
ASKED_FOR = timedelta(minutes=10)  # so long a card asks what to change of an answer
TOLD_FOR = timedelta(seconds=45)  # so long the card stays that says what became of an answer


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueue:
    """Log it without asking, with this outcome."""

    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """Ask about it together with the others of a batch."""

    batch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Say on its card what became of the answer."""

    told: Told


@dataclass(frozen=True, slots=True)
class Clear:
    """Take its notification away: there is nothing more to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing now; look again then."""

    until: datetime


Step = Settle | Notify | Ask | Enqueue | Gather | Tell | Clear | Wait | None


def next_step(situation: Situation, policy: Policy, now: datetime) -> Step:
    """Given a situation, the person's policy and now (aware, in the phone's zone), return the one thing to do next."""
    followup = situation.followup
    if _is_wanted(followup, now):
        return Ask()
    match followup.state:
        case State.OPEN:
            return _while_open(situation, policy, now)
        case State.NOTIFIED:
            return _while_notified(situation, policy, now)
        case State.GATHERED:
            return _while_gathered(followup, policy, now)
        case State.NOT_IN_CRM if not followup.notification_out:
            return _when_late(situation, policy)
    return _after_the_answer(followup, policy, now)


def _is_wanted(followup: FollowUp, now: datetime) -> bool:
    return followup.wanted_at is not None and now - followup.wanted_at <= DIALOG_WINDOW


# ------------------------------------------------------------------------------------------------ before the answer


def _while_open(situation: Situation, policy: Policy, now: datetime) -> Step:
    followup = situation.followup
    if followup.not_before and followup.not_before.holds(now):
        return _until(followup, followup.not_before.until, now)
    reason_to_end = _end(situation, policy, now)
    if reason_to_end:
        return reason_to_end
    if not situation.mirror_built:
        return _without_the_rings_card(followup) or Wait(until=now + timedelta(minutes=1))
    if _logs_itself(situation, policy):
        return Enqueue(outcome=guessed(followup.call))
    quiet_until = policy.quiet_hours.until(now) if policy.quiet_hours else None
    if quiet_until:
        return _without_the_rings_card(followup) or Wait(until=quiet_until)
    if followup.batch and (followup.batch != EVENING or situation.unanswered > 1):
        return Gather(batch=followup.batch)
    if policy.via is Via.DIALOG and _may_ask(situation, policy, now):
        return Ask()
    return Notify()


def _without_the_rings_card(followup: FollowUp) -> Clear | None:
    """What waits has nothing to show; the card of its ring, which it took over, goes. A card of its own, on which there is
    something to tap, stays."""
    return Clear() if followup.notification_out and not followup.token else None


def _until(followup: FollowUp, then: datetime, now: datetime) -> Step:
    """Until its time comes. The card that says until when goes after a while."""
    if not (followup.notification_out and followup.notified_at):
        return Wait(until=then)
    told_until = followup.notified_at + TOLD_FOR
    return Clear() if told_until <= now else Wait(until=min(told_until, then))


def _logs_itself(situation: Situation, policy: Policy) -> bool:
    call = situation.followup.call
    sure = situation.resolution.certainty is Certainty.KNOWN
    long = policy.auto_log is not None and call.duration >= policy.auto_log.total_seconds()
    return sure and long and is_connected(call) and not situation.followup.asked and not situation.followup.batch


def _while_notified(situation: Situation, policy: Policy, now: datetime) -> Step:
    followup = situation.followup
    if not policy.enabled:
        return Settle(state=State.IGNORED, reason="callerid was switched off")
    if situation.on_ignore_list:
        return Settle(state=State.IGNORED, reason="on the ignore list")
    overtaken = _overtaken(situation)
    if overtaken:
        return overtaken
    if followup.wanted_at:
        return Notify()  # no dialog came of the tap in time, and the tap may have taken the card away
    if now - (followup.notified_at or followup.call.start) > PATIENCE:
        return Settle(state=State.DISMISSED, reason=f"no answer for {PATIENCE.days} days")
    if situation.unanswered > 1 and situation.resolution.candidates and is_for_the_evening(followup, policy.evening):
        return Gather(batch=EVENING)
    return Ask() if _may_ask(situation, policy, now) else None


def _while_gathered(followup: FollowUp, policy: Policy, now: datetime) -> Step:
    if not policy.enabled:
        return Settle(state=State.IGNORED, reason="callerid was switched off")
    if now - (followup.notified_at or followup.call.start) > PATIENCE:
        return Settle(state=State.DISMISSED, reason=f"no answer for {PATIENCE.days} days")
    return Clear() if followup.notification_out else None


def _may_ask(situation: Situation, policy: Policy, now: datetime) -> bool:
    followup = situation.followup
    ended = followup.call.start + timedelta(seconds=followup.call.duration)
    in_window = now - ended <= DIALOG_WINDOW
    wanted = policy.screen and policy.dialogs_work and policy.via is not Via.NOTIFICATION
    known = bool(situation.resolution.candidates)
    return wanted and known and in_window and not followup.asked and not is_missed(followup.call)


def _when_late(situation: Situation, policy: Policy) -> Step:
    """Somebody may have come into the CRM whose call this was; a probable match is no news."""
    followup, found = situation.followup, situation.resolution
    if followup.is_offered or policy.late is Late.OFF or not policy.enabled or not policy.has_crm or situation.on_ignore_list:
        return None
    if found.certainty not in (Certainty.KNOWN, Certainty.SEVERAL):
        return None
    if policy.late is Late.LOG and found.certainty is Certainty.KNOWN:
        return Enqueue(outcome=guessed(followup.call))
    return Gather(batch=late_batch(followup.line))


# ------------------------------------------------------------------------------------------------ after it


_TOLD_OF = {
    State.QUEUED: Told.QUEUED,
    State.ADDING: Told.QUEUED,
    State.LOGGED: Told.LOGGED,
    State.CHANGE_REFUSED: Told.CHANGE_REFUSED,
    State.DEAD: Told.DEAD,
}


def _after_the_answer(followup: FollowUp, policy: Policy, now: datetime) -> Step:
    asked_until = (followup.notified_at or now) + ASKED_FOR
    if followup.told is Told.ASKED and followup.notification_out and now < asked_until:
        return Wait(until=asked_until)
    taken_back = followup.told in (Told.TAKING_BACK, Told.TAKEN_BACK) and followup.state not in REFUSED
    told = Told.TAKEN_BACK if taken_back else _TOLD_OF.get(followup.state, Told.NOTHING)
    left = followup.told is Told.ASKED and told is Told.LOGGED
    if (followup.told is Told.NOTHING and followup.state not in REFUSED) or told is Told.NOTHING or left:
        return Clear() if followup.notification_out else None
    if followup.told is not told:
        if followup.not_before and followup.not_before.holds(now):
            return Wait(until=followup.not_before.until)  # it could not be shown just now
        quiet_until = policy.quiet_hours.until(now) if policy.quiet_hours and followup.state in REFUSED else None
        return Wait(until=quiet_until) if quiet_until else Tell(told=told)
    if told not in (Told.LOGGED, Told.TAKEN_BACK) or not followup.notification_out:
        return None
    until = (followup.notified_at or now) + TOLD_FOR
    return Clear() if until <= now else Wait(until=until)


# ------------------------------------------------------------------------------------------------ what ends it unasked


def _end(situation: Situation, policy: Policy, now: datetime) -> Settle | None:
    call = situation.followup.call
    ignored = _why_ignored(situation, policy, now)
    if ignored:
        return Settle(state=State.IGNORED, reason=ignored)
    if situation.resolution.certainty is Certainty.HIDDEN:
        return Settle(state=State.NOT_IN_CRM, reason="hidden number")
    if situation.mirror_built and not situation.resolution.candidates and not may_be_added(situation, policy):
        return Settle(state=State.NOT_IN_CRM, reason="nobody in the CRM has this number")
    if not situation.mirror_built and now - call.start > SOON_SYNCED:
        return Settle(state=State.NOT_IN_CRM, reason="there was no mirror of the CRM yet")
    return _overtaken(situation)


def may_be_added(situation: Situation, policy: Policy) -> bool:
    """Given a call with nobody of the CRM, shall the person be asked whether to add them?"""
    return policy.strangers and policy.has_crm and is_connected(situation.followup.call)


def _overtaken(situation: Situation) -> Settle | None:
    if not is_missed(situation.followup.call) or situation.followup.batch:
        return None
    if situation.spoken_since:
        return Settle(state=State.DISMISSED, reason="you have spoken since")
    if situation.newer_missed:
        return Settle(state=State.DISMISSED, reason="counted in a later missed call")
    return None


def _why_ignored(situation: Situation, policy: Policy, now: datetime) -> str:
    """Given a situation, return why nothing is to be asked, or ""."""
    followup = situation.followup
    call, outgoing = followup.call, followup.call.type is CallType.OUTGOING
    reasons = (
        (not policy.enabled, "callerid was switched off"),
        (call.type is CallType.BLOCKED, "blocked call"),
        (not policy.has_crm and not is_missed(call), "there is no CRM to log it to"),
        (situation.on_ignore_list, "on the ignore list"),
        (bool(policy.sims) and call.sim not in policy.sims, "not one of the chosen SIMs"),
        (outgoing and not policy.outgoing, "outgoing calls are not asked about"),
        (not outgoing and not policy.incoming, "incoming calls are not asked about"),
        (is_connected(call) and call.duration < policy.min_duration.total_seconds(), "shorter than log.min_duration"),
        (now - call.start > TOO_OLD and not followup.notified_at, f"older than {TOO_OLD.days} days when first seen"),
    )
    return next((reason for applies, reason in reasons if applies), "")
