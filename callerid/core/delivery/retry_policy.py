"""What a fault on the way to the CRM means for the next try: when that is, and whether the other rows would meet it, too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid import errors

if TYPE_CHECKING:
    from collections.abc import Sequence

_OFFLINE = (5, 10, 20, 40, 60, 120, 300)  # seconds between tries while there is no network
_TROUBLE = (10, 30, 60, 120, 300, 900)  # seconds after an attempt that the CRM could not take
_LOST = (0, 60, 300, 900, 1800, 3600)  # seconds after posts that surely did not arrive, although nobody said so
_OFTEN = 3  # after so many refusals in a row the CRM's word is too short
_TROUBLE_OF_ALL = 2  # so many rows in trouble, and it is the CRM that is
_UNSEEN = timedelta(seconds=10)  # a sync sees it, and wakes the deliveries
_TOKEN = timedelta(minutes=1)  # until a token that was put right is noticed


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """How often something was tried before: its posts, and its tries in a row that met trouble or found no network."""

    posts: int
    troubles: int
    offline: int


def pause(fault: errors.CalleridError, before: Tries) -> timedelta:
    """Given a fault, and the tries before, return how long to wait: of all requests as long as the CRM says, unless it says so
    again and again; of one request at least as long as it says, and longer each time."""
    told = timedelta(seconds=fault.retry_after or 0) if isinstance(fault, errors.CrmFault) else timedelta(0)
    if isinstance(fault, errors.TokenFault) and not is_trouble(fault):
        return _TOKEN
    if isinstance(fault, errors.UnseenToken):
        return _UNSEEN
    if isinstance(fault, errors.Offline):
        return _at(_OFFLINE, before.offline)
    if told and not is_trouble(fault):
        again = before.troubles - _OFTEN
        return told if again < 0 else max(told, _at(_TROUBLE, again))
    return max(told, _at(_TROUBLE, max(before.posts, before.troubles)))


def pause_after_loss(lost: int) -> timedelta:
    """Given how many posts in a row were lost, one at least, return how long to wait before the next."""
    return _at(_LOST, lost - 1)


def _at(table: Sequence[int], place: int) -> timedelta:
    return timedelta(seconds=table[min(place, len(table) - 1)])


def is_met_at_the_crm(fault: errors.CalleridError) -> bool:
    """Given a fault, was something asked of the CRM that it could not do just now? A right that the token lacks is one of some
    requests: others may be within its rights."""
    return isinstance(fault, errors.CrmFault | errors.ScopeMissing) and not isinstance(fault, errors.UnseenToken)


def is_trouble(fault: errors.CalleridError) -> bool:
    """Given a fault, did the CRM fail at this very request, without a word about others?"""
    return is_met_at_the_crm(fault) and not isinstance(fault, errors.RateLimited | errors.Moving)


def ends_turn(fault: errors.CalleridError, met: int) -> bool:
    """Given a fault, and how many rows of this turn have met trouble, would the next row meet the same? What is refused, unsure or
    locked is its own matter; a trouble of the CRM's is one of all when a second row has it."""
    if isinstance(fault, errors.Refused | errors.OutcomeUnknown | errors.Locked):
        return False
    return not is_trouble(fault) or met >= _TROUBLE_OF_ALL
