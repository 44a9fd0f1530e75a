"""When a delivery that failed is tried again: the attempts so far, the pause after each fault, and whether the other rows would
meet the same fault."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid import errors
from callerid.core.backoff import Backoff
from callerid.records import dataclass

if TYPE_CHECKING:
    from typing import Self

_OFFLINE = Backoff.seconds(5, 10, 20, 40, 60, 120, 300)  # while there is no network
_FAILURE = Backoff.seconds(10, 30, 60, 120, 300, 900)  # after requests that the CRM could not serve
_LOST = Backoff.seconds(0, 60, 300, 900, 1800, 3600)  # after posts that surely did not arrive, although no answer said so
_TOO_OFTEN = 3  # after so many failures in a row, the pause that the CRM asks for is too short
_FAILURES_OF_ALL = 2  # when so many rows fail in one turn, it is the CRM that is in trouble and not the rows
_UNSEEN_TOKEN = timedelta(seconds=10)  # a sync looks at the token, and wakes the deliveries
_WRONG_TOKEN = timedelta(minutes=1)  # until a token that was corrected is noticed


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """The attempts to deliver a row so far."""

    posts: int = 0  # posts whose request may have reached the CRM
    lookups: int = 0  # look-ups since the last post that found nothing
    lost: int = 0  # posts in a row that surely did not arrive, although no answer said so
    offline: int = 0  # attempts in a row that found no network
    failures: int = 0  # attempts in a row that the CRM could not serve

    def after_success(self) -> Self:
        """Return them after one that succeeded: whatever counts failures begins at zero."""
        return replace(self, lookups=0, lost=0, offline=0, failures=0)

    def after_fault(self, fault: errors.CalleridError) -> Self:
        """Return them after one that ended in a fault."""
        offline = self.offline + isinstance(fault, errors.Offline)
        return replace(self, offline=offline, failures=self.failures + is_met_at_crm(fault))


def pause(fault: errors.CalleridError, before: Attempts) -> timedelta:
    """Return how long to wait after a fault, from the attempts before it.

    A pause that the CRM asks for on behalf of all requests is kept as it is, unless it is asked for again and again. One that it
    asks for on behalf of a single request is a minimum, and grows.
    """
    if isinstance(fault, errors.TokenFault) and not is_failure_of_request(fault):
        return _WRONG_TOKEN
    if isinstance(fault, errors.TokenChanged):
        return _UNSEEN_TOKEN
    if isinstance(fault, errors.Offline):
        return _OFFLINE.pause(before.offline + 1)
    requested = timedelta(seconds=fault.retry_after or 0) if isinstance(fault, errors.CrmFault) else timedelta(0)
    if not requested or is_failure_of_request(fault):
        return max(requested, _FAILURE.pause(max(before.posts, before.failures) + 1))
    if before.failures < _TOO_OFTEN:
        return requested
    return max(requested, _FAILURE.pause(before.failures - _TOO_OFTEN + 1))


def pause_after_loss(lost: int) -> timedelta:
    """Return how long to wait before the next post when so many in a row were lost, one at least."""
    return _LOST.pause(lost)


def is_met_at_crm(fault: errors.CalleridError) -> bool:
    """Return whether the CRM could not do what was requested. A scope that the token lacks counts: requests of another kind may be
    allowed."""
    return isinstance(fault, errors.CrmFault | errors.ScopeMissing) and not isinstance(fault, errors.TokenChanged)


def is_failure_of_request(fault: errors.CalleridError) -> bool:
    """Return whether the CRM failed at this very request, and said nothing about others."""
    return is_met_at_crm(fault) and not isinstance(fault, errors.RateLimited | errors.MigrationInProgress)


def ends_turn(fault: errors.CalleridError, failures: int) -> bool:
    """Return whether the next row would meet the same fault, when so many rows of this turn have failed at the CRM.

    What is refused, unsure or locked concerns its row only.
    """
    if isinstance(fault, errors.Refused | errors.OutcomeUnknown | errors.Locked):
        return False
    return not is_failure_of_request(fault) or failures >= _FAILURES_OF_ALL
