"""Speak a caller's name aloud: for a limited time, and only into a headset if the setting says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.ringing.card_lifecycle import is_talking, was_active_at
from callerid.core.wording.safe_text import title
from callerid.errors import PhoneFault, Stopped
from callerid.logs import log
from callerid.phone.termux import SPEECH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from callerid.models import Call
    from callerid.phone.command_runner import RunningCommand
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext


OFF_HOOK, ON_HOOK = "off_hook", "on_hook"  # keys of the key values: when the phone was last reported to be so


def speak(app: AppContext, text: str, now: datetime, begun: Callable[[RunningCommand], None] = lambda _: None) -> bool:
    """Speak a text while it still rings, if the settings and the headset allow it; return whether it was spoken.

    `begun` is called with the running command, which may be stopped when the ring ends.
    """
    if app.config.ring.speak == "off" or not _still_rings(app.ledger, now):
        return False
    try:
        if app.config.ring.speak == "headset" and not app.termux.has_headset():
            return False
        if not _still_rings(app.ledger, now):  # the check for a headset takes a while
            return False
        running = app.termux.begin_speaking(title(text))
        begun(running)
        running.end(SPEECH)
    except Stopped:
        raise
    except PhoneFault as fault:
        log.warning("the name was not spoken: %s", fault)
        return False
    return True


def _still_rings(ledger: Ledger, now: datetime) -> bool:
    """Return whether it rings and no call goes on: a name is not spoken into a conversation."""
    cards = [card for card in ledger.rings.open_cards() if not card.ended_at]
    is_answered = any(card.answered_at for card in cards)
    return any(not card.answered_at for card in cards) and not is_answered and not _is_talking(ledger, now)


def _is_talking(ledger: Ledger, now: datetime) -> bool:
    """Return whether a call goes on; it may have no card, because this phone makes it or its caller is ignored."""
    return is_talking(ledger.key_values.read_time(OFF_HOOK), ledger.key_values.read_time(ON_HOOK), now)


def note_calls_ended(ledger: Ledger, calls: Iterable[Call]) -> None:
    """Record that the phone is on the hook again if one of the new calls of the log is the one during which it was off.

    Not every automation app reports the end of a call.
    """
    off_hook = ledger.key_values.read_time(OFF_HOOK)
    ended = [call for call in calls if off_hook and was_active_at(call, off_hook)]
    if ended and off_hook:
        ledger.key_values.write_time(ON_HOOK, off_hook)
