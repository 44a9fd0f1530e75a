"""Whether the list of notifications can be read, as far as is known.

Without access the command never answers, and Android opens a settings page; while Android has not connected Termux:API's listener,
it prints nothing, and each read leaves an error notification. So it is tried rarely until it worked, and once it has worked, a
failure may be chance.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callerid.store.ledger.database import Ledger

_KEY = "notification_list_works"
_WORKS, _HUNG, _DOES_NOT = "yes", "hung", "no"
_TRY_AGAIN = timedelta(days=1)


def notifications_readable(ledger: Ledger, now: datetime) -> bool | None:
    """Return whether the list can be read; None if that was not tried yet, or too long ago."""
    state, value = _read(ledger)
    if state in (_WORKS, _HUNG):
        return True
    from callerid.core.backoff import Deadline

    given_up = state == _DOES_NOT and Deadline(until=datetime.fromtimestamp(value, UTC)).holds(now, _TRY_AGAIN)
    return False if given_up else None


def failure_count(ledger: Ledger) -> int:
    """Return how many times in a row the command has failed to answer since it last worked."""
    state, value = _read(ledger)
    return value if state == _HUNG else 0


def note_list_answered(ledger: Ledger) -> None:
    """Record that the list was read."""
    _write(ledger, _WORKS)


def note_list_failed(ledger: Ledger, now: datetime) -> None:
    """Record that the command hung or printed nothing.

    If it worked before, it is tried again after a back-off, and given up after several times.
    """
    from callerid.core.ringing.sense_polling import AFTER_HANG

    count = failure_count(ledger) + 1
    if notifications_readable(ledger, now) and not AFTER_HANG.is_exhausted(count):
        _write(ledger, f"{_HUNG} {count}")
    else:
        _write(ledger, f"{_DOES_NOT} {int((now + _TRY_AGAIN).timestamp())}")


def _read(ledger: Ledger) -> tuple[str, int]:
    state, value, *_ = [*(ledger.key_values.read(_KEY) or "").split(), "", "0"]
    return state, int(value or "0")


def _write(ledger: Ledger, value: str) -> None:
    if ledger.key_values.read(_KEY) != value:  # a poll every two seconds must not write every two seconds
        ledger.key_values.write(_KEY, value)
