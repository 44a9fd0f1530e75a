"""Why a call is settled without asking about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import Certainty
from callerid.core.followup.outcomes import is_connected, is_missed
from callerid.core.followup.states import State
from callerid.core.followup.unfinished import is_unfinished
from callerid.messages import message
from callerid.models import CallType
from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.followup.state import FollowUp, Policy, Situation

TOO_OLD = timedelta(days=7)  # a call log restored from a backup must not ask about last year
FIRST_SYNC_WAIT = timedelta(minutes=15)  # how long a call waits for the first sync


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """Settle the follow-up with this state and reason."""

    state: State
    reason: str


SWITCHED_OFF = Settle(state=State.IGNORED, reason=message("callerid was switched off"))
ON_IGNORE_LIST = Settle(state=State.IGNORED, reason=message("on the ignore list"))


def settle_unasked(situation: Situation, policy: Policy, now: datetime) -> Settle | None:
    """Return how an open call is settled without asking; None when it is to be asked about."""
    call = situation.followup.call
    ignored = _why_ignored(situation, policy, now)
    if ignored:
        return Settle(state=State.IGNORED, reason=ignored)
    if situation.resolution.certainty is Certainty.HIDDEN:
        return Settle(state=State.NOT_IN_CRM, reason=message("hidden number"))
    is_stranger = situation.mirror_built and not situation.resolution.candidates
    if is_stranger and not may_be_added(situation, policy) and not is_unfinished(situation.followup):
        return Settle(state=State.NOT_IN_CRM, reason=message("nobody in the CRM has this number"))
    if not situation.mirror_built and now - call.start > longest_wait_for_mirror(situation.followup):
        return Settle(state=State.NOT_IN_CRM, reason=message("there was no mirror of the CRM yet"))
    return settle_outdated(situation)


def longest_wait_for_mirror(followup: FollowUp) -> timedelta:
    """Return how long after its start a call waits for a mirror: one that was asked about already had one, which is gone."""
    return TOO_OLD if followup.notified_at or followup.dialogs_opened else FIRST_SYNC_WAIT


def settle_outdated(situation: Situation) -> Settle | None:
    """Return how a missed call is settled by a later call of its line; None when no later call settles it."""
    if not may_be_outdated(situation.followup):
        return None
    if situation.spoken_since:
        return Settle(state=State.DISMISSED, reason=message("you have spoken since"))
    if situation.newer_missed:
        return Settle(state=State.DISMISSED, reason=message("counted in a later missed call"))
    return None


def may_be_outdated(followup: FollowUp) -> bool:
    """Return whether a later call of its line would settle a follow-up: it is a missed call's, and still asks for all."""
    is_asking = followup.state in (State.OPEN, State.NOTIFIED) and not is_unfinished(followup)
    return is_missed(followup.call) and not followup.batch and is_asking


def may_be_added(situation: Situation, policy: Policy) -> bool:
    """Return whether to ask if a caller who is not in the CRM is to be added to it."""
    return policy.strangers and policy.has_crm and is_connected(situation.followup.call)


def _why_ignored(situation: Situation, policy: Policy, now: datetime) -> str:
    call = situation.followup.call
    reasons = (
        (call.type is CallType.BLOCKED, message("blocked call")),
        (not policy.has_crm and not is_missed(call), message("there is no CRM to log it to")),
        (situation.is_ignored, ON_IGNORE_LIST.reason),
    )
    why = next((reason for applies, reason in reasons if applies), "")
    return why or ("" if is_unfinished(situation.followup) else _why_not_asked_about(situation.followup, policy, now))


def _why_not_asked_about(followup: FollowUp, policy: Policy, now: datetime) -> str:
    """Return why the settings have a call not asked about. What was answered of one in a dialog counts even so."""
    call, is_outgoing = followup.call, followup.call.type is CallType.OUTGOING
    reasons = (
        (bool(policy.sims) and call.sim not in policy.sims, message("not one of the chosen SIMs")),
        (is_outgoing and not policy.outgoing, message("outgoing calls are not asked about")),
        (not is_outgoing and not policy.incoming, message("incoming calls are not asked about")),
        (is_connected(call) and call.duration < policy.min_duration.total_seconds(), message("shorter than log.min_duration")),
        (
            now - call.start > TOO_OLD and not followup.notified_at,
            message("older than {days} days when first seen", days=TOO_OLD.days),
        ),
    )
    return next((reason for applies, reason in reasons if applies), "")
