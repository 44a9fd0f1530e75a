"""Whether the list of notifications can be read, as far as is known. Without access the command never answers, and Android opens a
settings page: so it is found out once, and where it did work, a hang may be chance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline
from callerid.core.ringing.sense_polling import AFTER_HANG

if TYPE_CHECKING:
    from callerid.turns.context import AppContext

_FACT = "notification_list_works"
_WORKS, _HUNG, _DOES_NOT = "yes", "hung", "no"
_TRY_AGAIN = timedelta(days=1)


def notifications_readable(app: AppContext, now: datetime) -> bool | None:
    """Can it be read? None while nobody has tried, or the last try is long ago."""
    word, value = _read(app)
    if word in (_WORKS, _HUNG):
        return True
    given_up = word == _DOES_NOT and Deadline(until=datetime.fromtimestamp(value, UTC)).holds(now, _TRY_AGAIN)
    return False if given_up else None


def hang_count(app: AppContext) -> int:
    """Return how often in a row it has given no answer since it worked."""
    word, value = _read(app)
    return value if word == _HUNG else 0


def note_list_answered(app: AppContext) -> None:
    """Keep that it could be read."""
    _write(app, _WORKS)


def note_list_hung(app: AppContext, now: datetime) -> None:
    """Keep that it gave no answer: where it worked before it is tried again, later and later, and given up after several times."""
    count = hang_count(app) + 1
    if notifications_readable(app, now) and not AFTER_HANG.is_exhausted(count):
        _write(app, f"{_HUNG} {count}")
    else:
        _write(app, f"{_DOES_NOT} {int((now + _TRY_AGAIN).timestamp())}")


def _read(app: AppContext) -> tuple[str, int]:
    word, value, *_ = [*(app.ledger.key_values.read(_FACT) or "").split(), "", "0"]
    return word, int(value or "0")


def _write(app: AppContext, value: str) -> None:
    if app.ledger.key_values.read(_FACT) != value:  # a look every two seconds must not write every two seconds
        app.ledger.key_values.write(_FACT, value)
