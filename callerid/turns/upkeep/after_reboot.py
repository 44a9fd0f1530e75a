"""Show prompts again that may have vanished from the screen.

A restart of the phone removes every notification. When Android ends us without warning, it may have removed them too, or have
dropped a tap that had removed one; and install.sh --remove takes all of them away. Showing one too many does no harm: a
notification with the same id replaces the other silently.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.logs import log
from callerid.messages import message

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.store.ledger.database import Ledger

_BOOTED = "booted"
_SAME_BOOT = timedelta(minutes=2)  # a clock that is corrected moves the time of the boot


def show_again_if_lost(ledger: Ledger, booted_at: datetime, *, ended_cleanly: bool) -> bool:
    """Let every open prompt be shown again if it may be gone, and return whether it may. After a start of the phone, what has
    failed so far is tried again without a pause.

    `booted_at` is when the phone started, `ended_cleanly` says that the previous daemon ended by itself.
    """
    before = ledger.key_values.read_time(_BOOTED)
    is_same_boot = before is None or abs(booted_at - before) <= _SAME_BOOT
    if before is None or not is_same_boot:
        ledger.key_values.write_time(_BOOTED, booted_at)
        ledger.key_values.forget_failures()
    if is_same_boot and ended_cleanly:
        return False
    why = (
        message("callerid was ended without warning, or removed for a while")
        if is_same_boot
        else message("the phone has been restarted")
    )
    log.info("%s; open prompts are shown again", why)
    ledger.calls.show_again()
    ledger.batches.show_again()
    return True
