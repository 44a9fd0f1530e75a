"""How often the call log is polled: fast after a call, slower and slower while there are no new ones."""

from __future__ import annotations

from datetime import timedelta

_GROWTH = 1.5
_AFTER_FAULT = timedelta(seconds=30)


def after_poll(previous: timedelta, *, has_new_calls: bool, fastest: timedelta, slowest: timedelta) -> timedelta:
    """Return the interval until the next look at the call log, from the last one: it grows while there are no new calls."""
    if has_new_calls:
        return fastest
    return min(max(previous, fastest) * _GROWTH, slowest)


def after_fault(previous: timedelta, *, slowest: timedelta) -> timedelta:
    """Return the interval after a look at the call log that failed: no faster than half a minute (termux-api#912)."""
    return min(max(previous, _AFTER_FAULT) * _GROWTH, max(slowest, _AFTER_FAULT))
