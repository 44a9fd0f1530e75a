"""Whether the list of notifications can be read, as far as is known. Without access the command never answers, and Android opens a
settings page: so it is found out once, and where it did work, a hang may be chance."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.ringing.poll_interval import after_hang

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.context import House

_FACT = "notification_list_works"
_WORKS, _HUNG, _DOES_NOT = "yes", "hung", "no"
_AGAIN = timedelta(days=1)


def list_works(house: House, now: datetime) -> bool | None:
    """Can it be read? None while nobody has tried, or the last try is long ago."""
    word, value = _read(house)
    if word in (_WORKS, _HUNG):
        return True
    return False if word == _DOES_NOT and value > now.timestamp() else None


def hangs(house: House) -> int:
    """Return how often in a row it has given no answer since it worked."""
    word, value = _read(house)
    return value if word == _HUNG else 0


def list_answered(house: House) -> None:
    """Keep that it could be read."""
    _write(house, _WORKS)


def list_hung(house: House, now: datetime) -> None:
    """Keep that it gave no answer: where it worked before it is tried again, later and later, and given up after several times."""
    count = hangs(house) + 1
    if list_works(house, now) and after_hang(count):
        _write(house, f"{_HUNG} {count}")
    else:
        _write(house, f"{_DOES_NOT} {int((now + _AGAIN).timestamp())}")


def _read(house: House) -> tuple[str, int]:
    word, value, *_ = [*(house.ledger.notebook.read(_FACT) or "").split(), "", "0"]
    return word, int(value or "0")


def _write(house: House, value: str) -> None:
    if house.ledger.notebook.read(_FACT) != value:  # a look every two seconds must not write every two seconds
        house.ledger.notebook.write(_FACT, value)
