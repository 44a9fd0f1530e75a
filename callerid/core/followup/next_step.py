"""What happens next with a follow-up: `next_step` is the one place that decides it.

Every path ends settled: logged, dismissed, ignored, not in the CRM, or a dead letter.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline
from callerid.core.callers.resolve import Certainty
from callerid.core.followup.conversation import waits_for_mirror
from callerid.core.followup.outcomes import is_connected, is_missed, likely_outcome
from callerid.core.followup.settle_reasons import (
    FIRST_SYNC_WAIT,
    ON_IGNORE_LIST,
    SWITCHED_OFF,
    Settle,
    settle_outdated,
    settle_unasked,
)
from callerid.core.followup.state import EVENING_BATCH, AskVia, LateCalls, belongs_to_evening, late_batch_name
from callerid.core.followup.states import AWAITING_ANSWER, REFUSED, CardStatus, State
from callerid.core.followup.unanswered import LogUnfinished, rest_awaited_until, when_change_is_left, when_expired
from callerid.core.followup.unfinished import awaits_rest
from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.followup.state import FollowUp, Policy, Situation
    from callerid.models import Outcome

DIALOG_WINDOW = timedelta(minutes=10)  # a dialog opens by itself only this soon after its call; later it would startle
CHANGE_CARD_LIFETIME = timedelta(minutes=10)
STATUS_CARD_LIFETIME = timedelta(seconds=45)
RETRY_CARD_AFTER = timedelta(seconds=30)  # after the phone could not show or remove a card
_MIRROR_CHECK, _LATER_MIRROR_CHECK = timedelta(minutes=1), timedelta(hours=6)  # besides, each sync is followed by a look


@dataclass(frozen=True, slots=True)
class ShowPrompt:
    """Show its prompt."""


@dataclass(frozen=True, slots=True)
class OpenDialog:
    """Ask by the log dialog."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueue:
    """Log it without asking, with this outcome."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class LogWaitingAnswer:
    """Log it with the answer that has waited for a mirror."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """Ask about it together with the others of a batch."""

    batch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowStatus:
    """Show on its card what became of the answer."""

    status: CardStatus


@dataclass(frozen=True, slots=True)
class RemoveCard:
    """Remove its card: it has nothing more to ask or to say."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Remove its prompt while callerid is off; it is asked about again when it is on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Do nothing now, and look again then."""

    until: datetime


Effect = (
    Settle | ShowPrompt | Enqueue | LogWaitingAnswer | LogUnfinished | Gather | ShowStatus | RemoveCard | Silence
)  # what a round does at once
Step = Effect | OpenDialog | Wait | None


def next_step(situation: Situation, policy: Policy, now: datetime) -> Step:
    """Return the one thing to do next with a follow-up, None for nothing. `now` is aware, in the phone's zone."""
    followup = situation.followup
    is_waiting = waits_for_mirror(followup)
    if not policy.enabled and followup.state in AWAITING_ANSWER and not is_waiting:
        return _while_off(situation, policy, now)
    if is_waiting or _is_dialog_wanted(followup, now):
        if not situation.lacks_mirror:
            return LogWaitingAnswer() if is_waiting else OpenDialog()
        if is_waiting and followup.card_status is not CardStatus.QUEUED and followup.state is not State.GATHERED:
            return _show_status(followup, CardStatus.QUEUED, policy, now)
        return _wait_for_mirror(followup, now)
    match followup.state:
        case State.OPEN:
            return _while_open(situation, policy, now)
        case State.NOTIFIED:
            return _while_notified(situation, policy, now)
        case State.GATHERED:
            return _while_gathered(situation, now)
        case State.NOT_IN_CRM if not followup.notification_shown:
            return _on_late_match(situation, policy)
    return _after_answer(situation, policy, now)


def _is_dialog_wanted(followup: FollowUp, now: datetime) -> bool:
    return followup.dialog_wanted_at is not None and Deadline.after(DIALOG_WINDOW, followup.dialog_wanted_at).holds(now)


# ------------------------------------------------------------------------------------------------ before the answer


def _while_off(situation: Situation, policy: Policy, now: datetime) -> Step:
    """Return the step while callerid is off. What was asked about waits, and what was to be asked about when quiet hours end;
    only a call from since then is settled."""
    followup = situation.followup
    is_from_before = policy.off_since is not None and followup.call.start < policy.off_since
    was_asked = bool(followup.notified_at or followup.dialogs_opened or followup.batch)
    if followup.state is State.OPEN and not was_asked and not is_from_before:
        return SWITCHED_OFF
    expired = when_expired(situation, now)
    if expired:
        return expired
    if followup.state is State.NOTIFIED:
        return Silence()
    return RemoveCard() if followup.notification_shown else _wait_for_rest(situation)


def _while_open(situation: Situation, policy: Policy, now: datetime) -> Step:
    followup = situation.followup
    if followup.not_before and followup.not_before.holds(now):
        return _while_put_off(followup, followup.not_before.until, now)
    settle = settle_unasked(situation, policy, now)
    if settle:
        return settle
    if not situation.mirror_built:
        return _remove_ring_card(followup) or _wait_for_mirror(followup, now)
    if _is_logged_unasked(situation, policy):
        return Enqueue(outcome=likely_outcome(followup.call))
    quiet_until = policy.quiet_hours.until(now) if policy.quiet_hours else None
    if quiet_until:
        return _remove_ring_card(followup) or Wait(until=quiet_until)
    if followup.batch and (followup.batch != EVENING_BATCH or situation.unanswered_count > 1):
        return Gather(batch=followup.batch)
    if policy.via is AskVia.DIALOG and _may_open_dialog(situation, policy, now):
        return OpenDialog()
    return ShowPrompt()


def _wait_for_mirror(followup: FollowUp, now: datetime) -> Wait:
    is_first_sync = now - followup.call.start <= FIRST_SYNC_WAIT
    return Wait(until=now.astimezone(UTC) + (_MIRROR_CHECK if is_first_sync else _LATER_MIRROR_CHECK))


def _remove_ring_card(followup: FollowUp) -> RemoveCard | None:
    """Return that the card of the ring goes, which the follow-up took over: a call that waits has nothing to show. Its own card,
    which has a token and buttons, stays."""
    return RemoveCard() if followup.notification_shown and not followup.token else None


def _while_put_off(followup: FollowUp, until: datetime, now: datetime) -> Step:
    """Return the step while a call is put off: the card that says until when goes after a while."""
    if not (followup.notification_shown and followup.notified_at):
        return Wait(until=until)
    card = Deadline.after(STATUS_CARD_LIFETIME, followup.notified_at)
    return Wait(until=min(card.until, until)) if card.holds(now) else RemoveCard()


def _is_logged_unasked(situation: Situation, policy: Policy) -> bool:
    followup = situation.followup
    is_sure = situation.resolution.certainty is Certainty.KNOWN
    is_long = policy.auto_log is not None and followup.call.duration >= policy.auto_log.total_seconds()
    return is_sure and is_long and is_connected(followup.call) and not followup.dialogs_opened and not followup.batch


def _while_notified(situation: Situation, policy: Policy, now: datetime) -> Step:
    followup = situation.followup
    if situation.is_ignored:
        return ON_IGNORE_LIST
    settle = settle_outdated(situation)
    if settle:
        return settle
    if followup.dialog_wanted_at and not situation.lacks_mirror:
        return ShowPrompt()  # no dialog opened in time, and the tap may have removed the card
    expired = when_expired(situation, now)
    if expired:
        return expired
    if situation.unanswered_count > 1 and situation.resolution.candidates and belongs_to_evening(followup, policy.evening):
        return Gather(batch=EVENING_BATCH)
    if _may_open_dialog(situation, policy, now):
        return OpenDialog()
    return _wait_for_rest(situation)


def _while_gathered(situation: Situation, now: datetime) -> Step:
    expired = when_expired(situation, now)
    if expired:
        return expired
    return RemoveCard() if situation.followup.notification_shown else _wait_for_rest(situation)


def _wait_for_rest(situation: Situation) -> Wait | None:
    """Return the wait until an unfinished call is logged as it is; the sync that fills a mirror is followed by a look anyway."""
    is_awaited = awaits_rest(situation.followup) and not situation.lacks_mirror
    return Wait(until=rest_awaited_until(situation.followup)) if is_awaited else None


def _may_open_dialog(situation: Situation, policy: Policy, now: datetime) -> bool:
    followup = situation.followup
    ended = followup.call.start + timedelta(seconds=followup.call.duration)
    is_recent = now - ended <= DIALOG_WINDOW
    is_allowed = policy.screen and policy.dialogs_work and policy.via is not AskVia.NOTIFICATION
    is_known = bool(situation.resolution.candidates)
    return is_allowed and is_known and is_recent and not followup.dialogs_opened and not is_missed(followup.call)


def _on_late_match(situation: Situation, policy: Policy) -> Step:
    """Return the step when the caller may have come into the CRM since. A probable match is not enough to ask again."""
    followup, certainty = situation.followup, situation.resolution.certainty
    if policy.late is LateCalls.OFF or not policy.enabled or not policy.has_crm:
        return None
    if followup.late_match_settled or situation.is_ignored or certainty not in (Certainty.KNOWN, Certainty.SEVERAL):
        return None
    if policy.late is LateCalls.LOG and certainty is Certainty.KNOWN:
        return Enqueue(outcome=likely_outcome(followup.call))
    return Gather(batch=late_batch_name(followup.line))


# ------------------------------------------------------------------------------------------------ after the answer


_STATUS_OF_STATE = {
    State.QUEUED: CardStatus.QUEUED,
    State.ADDING: CardStatus.QUEUED,
    State.LOGGED: CardStatus.LOGGED,
    State.CHANGE_REFUSED: CardStatus.CHANGE_REFUSED,
    State.DEAD: CardStatus.DEAD,
}
_OF_UNDO = (CardStatus.WITHDRAWING, CardStatus.WITHDRAWAL_WAITS, CardStatus.WITHDRAWN)


def _after_answer(situation: Situation, policy: Policy, now: datetime) -> Step:
    followup = situation.followup
    shown_at = followup.notified_at or now
    change_card = Deadline.after(CHANGE_CARD_LIFETIME, shown_at)
    if followup.card_status is CardStatus.CHANGE_ASKED and followup.notification_shown and change_card.holds(now):
        return Wait(until=change_card.until)
    if when_change_is_left(followup, now):
        return _wait_for_mirror(followup, now) if situation.lacks_mirror else LogUnfinished()
    due = _due_status(followup)
    if due is CardStatus.NONE:
        return RemoveCard() if followup.notification_shown else None
    if followup.card_status is not due:
        return _show_status(followup, due, policy, now)
    if due not in (CardStatus.LOGGED, CardStatus.WITHDRAWN) or not followup.notification_shown:
        return None
    status_card = Deadline.after(STATUS_CARD_LIFETIME, shown_at)
    return Wait(until=status_card.until) if status_card.holds(now) else RemoveCard()


def _due_status(followup: FollowUp) -> CardStatus:
    """Return what the card is to say now: a refusal always, anything else only where that is wanted."""
    status = _STATUS_OF_STATE.get(followup.state, CardStatus.NONE)
    if followup.state in REFUSED:
        return status
    if followup.card_status in _OF_UNDO:
        return CardStatus.WITHDRAWAL_WAITS if followup.state is State.QUEUED else CardStatus.WITHDRAWN
    is_change_left = followup.card_status is CardStatus.CHANGE_ASKED and status is CardStatus.LOGGED
    return CardStatus.NONE if followup.card_status is CardStatus.NONE or is_change_left else status


def _show_status(followup: FollowUp, status: CardStatus, policy: Policy, now: datetime) -> ShowStatus | Wait:
    if followup.not_before and followup.not_before.holds(now):
        return Wait(until=followup.not_before.until)  # it could not be shown just now
    quiet_until = policy.quiet_hours.until(now) if policy.quiet_hours and followup.state in REFUSED else None
    return Wait(until=quiet_until) if quiet_until else ShowStatus(status=status)
