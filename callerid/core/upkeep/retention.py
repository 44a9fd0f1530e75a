"""How long the ledger keeps the rows of calls that the CRM has (setting log.keep)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.calllog.new_rows import LONGEST_SHIFT
from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime, timedelta

_CLEAR_OF_THE_LOG = 2 * LONGEST_SHIFT


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryLimits:
    """Times (UTC). Calls from before `remove_before` may be summarised; afterwards a row of the phone's log from before
    `ignore_before` is no new call: a log that was restored from a backup brings none of them back."""

    remove_before: datetime
    ignore_before: datetime


def summary_limits(keep: timedelta | None, oldest_in_log: datetime | None, now: datetime) -> SummaryLimits | None:
    """Return up to when calls may be summarised; None for not at all.

    `oldest_in_log` is the start of the oldest row of the phone's log, all of which was just read; None when it had none. What may
    still be read there is kept, however old. That also keeps a clock that is years ahead from removing this year's calls. A row's
    start can be read wrong by as much as zones differ, so there is twice that between what is removed and what may be read.
    """
    if keep is None or oldest_in_log is None:
        return None
    remove_before = min(now - keep, oldest_in_log - _CLEAR_OF_THE_LOG)
    return SummaryLimits(remove_before=remove_before, ignore_before=remove_before + LONGEST_SHIFT)
