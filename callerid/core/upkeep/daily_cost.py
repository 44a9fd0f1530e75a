"""What listening costs on a busy day, with twenty calls that ring for half a minute each: reads of the phone, and battery."""

from __future__ import annotations

from datetime import timedelta

from callerid.core.calllog.poll_interval import after_poll
from callerid.core.ringing.sense_polling import BUSY_INTERVAL

_CALLS_A_DAY, _RING = 20, timedelta(seconds=30)
_READS_A_CALL = 4  # it rings, is dialled or answered, goes on, ends
_EAGER_LOG_POLLS = 6  # within the half minute after a call


def sense_polls(interval: timedelta) -> int:
    """Return how often a sense polls at most."""
    ringing = _CALLS_A_DAY * _RING
    return int((timedelta(days=1) - ringing) / interval + ringing / min(BUSY_INTERVAL, interval))


def reads_by_push() -> int:
    """Return how often the phone is read because a stream or an automation app reported something."""
    return _CALLS_A_DAY * _READS_A_CALL


def call_log_polls(fastest: timedelta, slowest: timedelta) -> int:
    """Return how often the call log is polled at most: often after each call, then at a growing interval."""
    polls, interval = _EAGER_LOG_POLLS, fastest
    while interval < slowest:
        polls, interval = polls + 1, after_poll(interval, has_new_calls=False, fastest=fastest, slowest=slowest)
    return _CALLS_A_DAY * polls + int(timedelta(days=1) / slowest)


def battery_share(cpu_seconds: float) -> float:
    """Return roughly how many per cent of a battery seconds of processor take.

    One busy little core draws about 0.3 W, and a battery holds about 15 Wh.
    """
    return cpu_seconds * 0.3 / 3600 / 15 * 100
