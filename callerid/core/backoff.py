"""How long until the next look at the call log: soon while something happens, slower and slower while nothing does."""

from __future__ import annotations

from datetime import timedelta

_GROWTH = 1.5
_AFTER_FAULT = timedelta(seconds=30)
_AGAIN, _AGAIN_AT_MOST = timedelta(seconds=1), timedelta(hours=1)


def after_poll(previous: timedelta, *, found: bool, fastest: timedelta, slowest: timedelta) -> timedelta:
    """Given the last interval and whether something was found, return the next, between fastest and slowest."""
    if found:
        return fastest
    return min(max(previous, fastest) * _GROWTH, slowest)


def after_end(failures: int) -> timedelta:
    """Given how often in a row a long-lived command ended early, return how long to wait before it is started again."""
    return min(_AGAIN * (1 << min(failures, 20)), _AGAIN_AT_MOST)


def after_fault(previous: timedelta, *, slowest: timedelta) -> timedelta:
    """Given the last interval, return the next when the poll itself failed: no faster than half a minute (termux-api#912)."""
    return min(max(previous, _AFTER_FAULT) * _GROWTH, max(slowest, _AFTER_FAULT))
