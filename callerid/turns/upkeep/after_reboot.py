"""What is asked is on the screen, whatever became of the screen and of us: after a restart of the phone, which takes every
notification off it, and after an end without warning, by which Android may have taken them off too, or dropped a tap that had
taken one off. One too many does no harm: a notification of the same id replaces the other, without a sound."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.turns.context import log

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.context import AppContext

_BOOTED = "booted"
_SAME_BOOT = timedelta(minutes=2)  # a clock that is put right moves the time of the start


def show_again_if_lost(app: AppContext, booted_at: datetime, *, ended_well: bool) -> bool:
    """Given when the phone started, and whether the daemon before this one ended as it should, have every open notification shown
    anew if it may not be on the screen any more; say whether."""
    before = app.ledger.key_values.read_time(_BOOTED)
    is_same_boot = before is None or abs(booted_at - before) <= _SAME_BOOT
    if before is None or not is_same_boot:
        app.ledger.key_values.write_time(_BOOTED, booted_at)
    if is_same_boot and ended_well:
        return False
    why = "callerid was ended without warning" if is_same_boot else "the phone has been restarted"
    log.info("%s; what was asked is shown again", why)
    app.ledger.calls.show_again()
    app.ledger.batches.show_again()
    return True
