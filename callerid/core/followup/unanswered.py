"""How long an answer is awaited, and what becomes of a call when nobody has given it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.followup.settle_reasons import Settle
from callerid.core.followup.states import ANSWERED, State
from callerid.core.followup.unfinished import awaits_rest, is_unfinished
from callerid.messages import message
from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.followup.state import FollowUp, Situation

PROMPT_LIFETIME = timedelta(days=7)
LOG_UNFINISHED_AFTER = timedelta(days=1)  # of nobody reacting to the card that asks for the rest
_NO_ANSWER = Settle(state=State.DISMISSED, reason=message("no answer for {days} days", days=PROMPT_LIFETIME.days))


@dataclass(frozen=True, slots=True)
class LogUnfinished:
    """Log it with what an unfinished dialog has of its answers: nobody has reacted to the card that asks for the rest."""


def when_expired(situation: Situation, now: datetime) -> LogUnfinished | Settle | None:
    """Return how a call is settled to whose card nobody has reacted for long; None while it is awaited."""
    followup = situation.followup
    if awaits_rest(followup):
        is_awaited = situation.lacks_mirror or now < rest_awaited_until(followup)
        return None if is_awaited else LogUnfinished()
    return _NO_ANSWER if now - (followup.notified_at or followup.call.start) > PROMPT_LIFETIME else None


def rest_awaited_until(followup: FollowUp) -> datetime:
    """Return how long the rest of an unfinished dialog is awaited: for a day after the card that asks for it was shown last, and
    for a week after the call at the latest, unless its caller came into the CRM later."""
    if followup.late_match_settled and followup.notified_at:
        return followup.notified_at + LOG_UNFINISHED_AFTER
    latest = followup.call.start + PROMPT_LIFETIME
    return min(followup.notified_at + LOG_UNFINISHED_AFTER, latest) if followup.notified_at else latest


def when_change_is_left(followup: FollowUp, now: datetime) -> bool:
    """Return whether the dialog that changes an answer broke off, and no card asks on: what it has is the change then. One that
    may still be on the screen is waited for."""
    wanted_at = followup.dialog_wanted_at
    is_under_way = wanted_at is not None and now < wanted_at + LOG_UNFINISHED_AFTER
    return followup.state in ANSWERED and is_unfinished(followup) and not is_under_way
