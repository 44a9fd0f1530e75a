"""People who called, were missed and not called back, and whom of them to call first."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from callerid.core.callers.candidate import OpenDeal
    from callerid.core.callers.listed_call import ListedCall
    from callerid.core.missed.business_hours import OpenNow


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedCaller:
    """Somebody who called, was missed, and was not called back."""

    last: ListedCall  # the newest of their missed calls
    attempts: int  # missed calls since the last one that was connected or returned
    first: datetime  # when the oldest of them was (UTC)
    deals: tuple[OpenDeal, ...]  # open ones
    zones: tuple[str, ...]  # IANA names of where the number may be; () if that is not known
    local_times: tuple[datetime, ...]  # now, one for each different time of day in these zones, the earliest first
    open_now: OpenNow  # whether business hours run there

    @property
    def deal_values(self) -> tuple[tuple[str, Decimal], ...]:
        """Return the sum of the open deals' amounts in each currency (ISO 4217), the largest first."""
        known = sorted((deal.currency, deal.amount) for deal in self.deals if deal.amount is not None)
        sums = ((currency, sum((amount for _, amount in of), Decimal(0))) for currency, of in groupby(known, lambda pair: pair[0]))
        return tuple(sorted(sums, key=lambda pair: (-pair[1], pair[0])))

    @property
    def deal_value(self) -> Decimal:
        """Return the sum of the open deals' amounts. Nothing is converted: no exchange rate is known here."""
        return sum((value for _, value in self.deal_values), Decimal(0))


def most_urgent_first(callers: Iterable[MissedCaller]) -> tuple[MissedCaller, ...]:
    """Return callers by the value of their open deals, then by the number of their attempts, then the newest first."""
    return tuple(sorted(callers, key=lambda caller: (-caller.deal_value, -caller.attempts, -caller.last.start.timestamp())))


def different_times(local_times: Iterable[datetime]) -> tuple[datetime, ...]:
    """Return local times that are the same moment in several zones, one for each time of day, the earliest first."""
    by_clock = {local.replace(tzinfo=None): local for local in local_times}
    return tuple(by_clock[clock] for clock in sorted(by_clock))
