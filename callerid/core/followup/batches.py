"""Batches: calls that are asked about together, with one card. The evening's, or the earlier calls of a newcomer to the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.backoff import Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch and the state of its card."""

    name: str
    notification_id: str
    token: str = ""
    shown: int = 0  # for how many calls its card is shown; 0: not yet
    not_before: Deadline | None = None  # after its card could not be shown
    revision: int = 0  # grows with every change; whoever changes it must have seen the latest


@dataclass(frozen=True, slots=True)
class Show:
    """Show its card, for as many calls as there are."""


@dataclass(frozen=True, slots=True)
class End:
    """No call is left in it: remove its card, and then the batch."""


@dataclass(frozen=True, slots=True)
class Hide:
    """Remove its card while callerid is off; it is shown again when it is on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Do nothing now, and look again then."""

    until: datetime


def next_for_batch(
    batch: Batch, count: int, quiet_until: datetime | None, now: datetime, *, enabled: bool = True
) -> Show | Hide | End | Wait | None:
    """Return what to do next with a batch that holds so many calls now. `quiet_until` is the end of the quiet hours, None outside
    of them; `enabled` is whether callerid is on."""
    if not count:
        return End()
    if not enabled:
        return Hide() if batch.shown else None
    if count == batch.shown:
        return None
    wait = max(quiet_until or now, batch.not_before.next_try(now) if batch.not_before else now)
    return Wait(until=wait) if wait > now else Show()
