"""Calls that are asked about together: in the evening, or when somebody has come into the CRM. One notification for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.backoff import Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch: under which notification it is shown, and for how many calls (`shown`; 0: not shown yet). `not_before` is until when
    it is not to be tried again."""

    name: str
    notification_id: str
    token: str = ""
    shown: int = 0
    not_before: Deadline | None = None
    revision: int = 0  # how often it was changed; whoever changes it must have seen the latest


@dataclass(frozen=True, slots=True)
class Show:
    """Show its notification, for as many calls as there are."""


@dataclass(frozen=True, slots=True)
class End:
    """Nothing is left of it: take its notification away, and the batch with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing now; look again then."""

    until: datetime


def next_for_batch(batch: Batch, calls: int, quiet_until: datetime | None, now: datetime) -> Show | End | Wait | None:
    """Given a batch, how many calls are in it now, when the quiet hours end (None: they are not) and now, return what to do
    next."""
    if not calls:
        return End()
    if calls == batch.shown:
        return None
    wait = max(quiet_until or now, batch.not_before.next_try(now) if batch.not_before else now)
    return Wait(until=wait) if wait > now else Show()
