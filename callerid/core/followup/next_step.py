"""What happens next with a call: one function decides.

Every path ends settled: logged, dismissed, ignored, not in the CRM, or a dead letter. Nothing is decided anywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import Certainty
from callerid.core.followup.outcomes import is_connected, is_missed, likely_outcome
from callerid.core.followup.state import EVENING_BATCH, REFUSED, CardStatus, Late, State, Via, belongs_to_evening, late_batch_name
from callerid.models import CallType

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.followup.state import FollowUp, Policy, Situation
    from callerid.models import Outcome

TOO_OLD = timedelta(days=7)  # a call log restored from a backup must not ask about last year
PROMPT_LIFETIME = timedelta(days=7)  # an unanswered notification is let go after this
DIALOG_WINDOW = timedelta(minutes=10)  # a dialog opens by itself only this soon after its call; later it would startle
FIRST_SYNC_WAIT = timedelta(minutes=15)  # how long a call waits for the first sync
CHANGE_CARD_LIFETIME = timedelta(minutes=10)  # so long a card asks what to change of an answer
STATUS_CARD_LIFETIME = timedelta(seconds=45)  # so long the card stays that says what became of an answer
RETRY_CARD_AFTER = timedelta(seconds=30)  # a card that the phone could not show or remove


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """End it so."""

    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class ShowPrompt:
    """Show its notification."""


@dataclass(frozen=True, slots=True)
class OpenDialog:
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
class ShowStatus:
    """Say on its card what became of the answer."""

    status: CardStatus


@dataclass(frozen=True, slots=True)
class RemoveCard:
    """Take its notification away: there is nothing more to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing now; look again then."""

    until: datetime


Step = Settle | ShowPrompt | OpenDialog | Enqueue | Gather | ShowStatus | RemoveCard | Wait | None


def next_step(situation: Situation, policy: Policy, now: datetime) -> Step:
    """Given a situation, the person's policy and now (aware, in the phone's zone), return the one thing to do next."""
    followup = situation.followup
    if _is_wanted(followup, now):
        return OpenDialog()
    match followup.state:
        case State.OPEN:
            return _while_open(situation, policy, now)
        case State.NOTIFIED:
            return _while_notified(situation, policy, now)
        case State.GATHERED:
            return _while_gathered(followup, policy, now)
        case State.NOT_IN_CRM if not followup.notification_shown:
            return _when_late(situation, policy)
    return _after_the_answer(followup, policy, now)


def _is_wanted(followup: FollowUp, now: datetime) -> bool:
    return followup.dialog_wanted_at is not None and now - followup.dialog_wanted_at <= DIALOG_WINDOW


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
        return Enqueue(outcome=likely_outcome(followup.call))
    quiet_until = policy.quiet_hours.until(now) if policy.quiet_hours else None
    if quiet_until:
        return _without_the_rings_card(followup) or Wait(until=quiet_until)
    if followup.batch and (followup.batch != EVENING_BATCH or situation.unanswered_count > 1):
        return Gather(batch=followup.batch)
    if policy.via is Via.DIALOG and _may_ask(situation, policy, now):
        return OpenDialog()
    return ShowPrompt()


def _without_the_rings_card(followup: FollowUp) -> RemoveCard | None:
    """What waits has nothing to show; the card of its ring, which it took over, goes. A card of its own, on which there is
    something to tap, stays."""
    return RemoveCard() if followup.notification_shown and not followup.token else None


def _until(followup: FollowUp, then: datetime, now: datetime) -> Step:
    """Until its time comes. The card that says until when goes after a while."""
    if not (followup.notification_shown and followup.notified_at):
        return Wait(until=then)
    told_until = followup.notified_at + STATUS_CARD_LIFETIME
    return RemoveCard() if told_until <= now else Wait(until=min(told_until, then))


def _logs_itself(situation: Situation, policy: Policy) -> bool:
    call = situation.followup.call
    sure = situation.resolution.certainty is Certainty.KNOWN
    long = policy.auto_log is not None and call.duration >= policy.auto_log.total_seconds()
    return sure and long and is_connected(call) and not situation.followup.dialogs_opened and not situation.followup.batch


def _while_notified(situation: Situation, policy: Policy, now: datetime) -> Step:
    followup = situation.followup
    if not policy.enabled:
        return Settle(state=State.IGNORED, reason="callerid was switched off")
    if situation.is_ignored:
        return Settle(state=State.IGNORED, reason="on the ignore list")
    overtaken = _overtaken(situation)
    if overtaken:
        return overtaken
    if followup.dialog_wanted_at:
        return ShowPrompt()  # no dialog came of the tap in time, and the tap may have taken the card away
    if now - (followup.notified_at or followup.call.start) > PROMPT_LIFETIME:
        return Settle(state=State.DISMISSED, reason=f"no answer for {PROMPT_LIFETIME.days} days")
    if situation.unanswered_count > 1 and situation.resolution.candidates and belongs_to_evening(followup, policy.evening):
        return Gather(batch=EVENING_BATCH)
    return OpenDialog() if _may_ask(situation, policy, now) else None


def _while_gathered(followup: FollowUp, policy: Policy, now: datetime) -> Step:
    if not policy.enabled:
        return Settle(state=State.IGNORED, reason="callerid was switched off")
    if now - (followup.notified_at or followup.call.start) > PROMPT_LIFETIME:
        return Settle(state=State.DISMISSED, reason=f"no answer for {PROMPT_LIFETIME.days} days")
    return RemoveCard() if followup.notification_shown else None


def _may_ask(situation: Situation, policy: Policy, now: datetime) -> bool:
    followup = situation.followup
    ended = followup.call.start + timedelta(seconds=followup.call.duration)
    in_window = now - ended <= DIALOG_WINDOW
    wanted = policy.screen and policy.dialogs_work and policy.via is not Via.NOTIFICATION
    known = bool(situation.resolution.candidates)
    return wanted and known and in_window and not followup.dialogs_opened and not is_missed(followup.call)


def _when_late(situation: Situation, policy: Policy) -> Step:
    """Somebody may have come into the CRM whose call this was; a probable match is no news."""
    followup, found = situation.followup, situation.resolution
    if followup.late_match_settled or policy.late is Late.OFF or not policy.enabled or not policy.has_crm or situation.is_ignored:
        return None
    if found.certainty not in (Certainty.KNOWN, Certainty.SEVERAL):
        return None
    if policy.late is Late.LOG and found.certainty is Certainty.KNOWN:
        return Enqueue(outcome=likely_outcome(followup.call))
    return Gather(batch=late_batch_name(followup.line))


# ------------------------------------------------------------------------------------------------ after it


_TOLD_OF = {
    State.QUEUED: CardStatus.QUEUED,
    State.ADDING: CardStatus.QUEUED,
    State.LOGGED: CardStatus.LOGGED,
    State.CHANGE_REFUSED: CardStatus.CHANGE_REFUSED,
    State.DEAD: CardStatus.DEAD,
}


def _after_the_answer(followup: FollowUp, policy: Policy, now: datetime) -> Step:
    asked_until = (followup.notified_at or now) + CHANGE_CARD_LIFETIME
    if followup.card_status is CardStatus.CHANGE_ASKED and followup.notification_shown and now < asked_until:
        return Wait(until=asked_until)
    taken_back = followup.card_status in (CardStatus.WITHDRAWING, CardStatus.WITHDRAWN) and followup.state not in REFUSED
    told = CardStatus.WITHDRAWN if taken_back else _TOLD_OF.get(followup.state, CardStatus.NONE)
    left = followup.card_status is CardStatus.CHANGE_ASKED and told is CardStatus.LOGGED
    if (followup.card_status is CardStatus.NONE and followup.state not in REFUSED) or told is CardStatus.NONE or left:
        return RemoveCard() if followup.notification_shown else None
    if followup.card_status is not told:
        if followup.not_before and followup.not_before.holds(now):
            return Wait(until=followup.not_before.until)  # it could not be shown just now
        quiet_until = policy.quiet_hours.until(now) if policy.quiet_hours and followup.state in REFUSED else None
        return Wait(until=quiet_until) if quiet_until else ShowStatus(status=told)
    if told not in (CardStatus.LOGGED, CardStatus.WITHDRAWN) or not followup.notification_shown:
        return None
    until = (followup.notified_at or now) + STATUS_CARD_LIFETIME
    return RemoveCard() if until <= now else Wait(until=until)


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
    if not situation.mirror_built and now - call.start > FIRST_SYNC_WAIT:
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
        (situation.is_ignored, "on the ignore list"),
        (bool(policy.sims) and call.sim not in policy.sims, "not one of the chosen SIMs"),
        (outgoing and not policy.outgoing, "outgoing calls are not asked about"),
        (not outgoing and not policy.incoming, "incoming calls are not asked about"),
        (is_connected(call) and call.duration < policy.min_duration.total_seconds(), "shorter than log.min_duration"),
        (now - call.start > TOO_OLD and not followup.notified_at, f"older than {TOO_OLD.days} days when first seen"),
    )
    return next((reason for applies, reason in reasons if applies), "")
