"""A restart of the phone takes every notification off the screen; what was asked is asked again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.turns.house import log

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.house import House

_BOOTED = "booted"
_SAME_BOOT = timedelta(minutes=2)  # a clock that is put right moves the time of the start


def show_again_after_reboot(house: House, booted_at: datetime) -> bool:
    """Given when the phone started, have every open notification shown anew if it has started since callerid last ran; say whether.
    One too many does no harm: a notification of the same id replaces the other, without a sound."""
    before = house.ledger.notebook.read_time(_BOOTED)
    if before and abs(booted_at - before) <= _SAME_BOOT:
        return False
    house.ledger.notebook.write_time(_BOOTED, booted_at)
    if before is None:
        return False
    log.info("the phone has been restarted; what was on the screen is shown again")
    house.ledger.calls.show_again()
    house.ledger.batches.show_again()
    return True
