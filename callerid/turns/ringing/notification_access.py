"""Whether the list of notifications can be read, as far as is known.

Without access the command never answers, and Android opens a settings page; while Android has not connected Termux:API's listener,
it prints nothing, and each read leaves an error notification. So it is tried rarely until it worked, and once it has worked, a
failure may be chance.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline
from callerid.core.ringing.sense_polling import AFTER_HANG

if TYPE_CHECKING:
    from callerid.turns.context import AppContext

_KEY = "notification_list_works"
_WORKS, _HUNG, _DOES_NOT = "yes", "hung", "no"
_TRY_AGAIN = timedelta(days=1)


def notifications_readable(app: AppContext, now: datetime) -> bool | None:
    """Return whether the list can be read; None if that was not tried yet, or too long ago."""
    state, value = _read(app)
    if state in (_WORKS, _HUNG):
        return True
    given_up = state == _DOES_NOT and Deadline(until=datetime.fromtimestamp(value, UTC)).holds(now, _TRY_AGAIN)
    return False if given_up else None


def failure_count(app: AppContext) -> int:
    """Return how many times in a row the command has failed to answer since it last worked."""
    state, value = _read(app)
    return value if state == _HUNG else 0


def note_list_answered(app: AppContext) -> None:
    """Record that the list was read."""
    _write(app, _WORKS)


def note_list_failed(app: AppContext, now: datetime) -> None:
    """Record that the command hung or printed nothing.

    If it worked before, it is tried again after a back-off, and given up after several times.
    """
    count = failure_count(app) + 1
    if notifications_readable(app, now) and not AFTER_HANG.is_exhausted(count):
        _write(app, f"{_HUNG} {count}")
    else:
        _write(app, f"{_DOES_NOT} {int((now + _TRY_AGAIN).timestamp())}")


def _read(app: AppContext) -> tuple[str, int]:
    state, value, *_ = [*(app.ledger.key_values.read(_KEY) or "").split(), "", "0"]
    return state, int(value or "0")


def _write(app: AppContext, value: str) -> None:
    if app.ledger.key_values.read(_KEY) != value:  # a poll every two seconds must not write every two seconds
        app.ledger.key_values.write(_KEY, value)
