"""Says a caller's name aloud: one at a time, in a time box, and only into a headset if that is wished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.ringing.ring_card import is_talking, was_active_at
from callerid.core.wording.safe_text import title
from callerid.errors import PhoneFault, Stopped
from callerid.phone.termux import SPEECH
from callerid.turns.context import log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from callerid.models import Call
    from callerid.phone.command_runner import RunningCommand
    from callerid.turns.context import AppContext


OFF_HOOK, ON_HOOK = "off_hook", "on_hook"  # facts of the notebook: when the phone was last told to be so


def speak(app: AppContext, words: str, now: datetime, begun: Callable[[RunningCommand], None] = lambda _: None) -> bool:
    """Given words, say them if the settings and the headset allow it while somebody still rings; return whether they were said.
    `begun` is told the running command, which may be stopped when nobody rings any more."""
    if app.config.ring.speak == "off" or not _still_rings(app, now):
        return False
    try:
        if app.config.ring.speak == "headset" and not app.termux.has_headset():
            return False
        if not _still_rings(app, now):  # asking for the headset took its time
            return False
        running = app.termux.begin_speaking(title(words))
        begun(running)
        running.end(SPEECH)
    except Stopped:
        raise
    except PhoneFault as fault:
        log.warning("the name was not spoken: %s", fault)
        return False
    return True


def _still_rings(app: AppContext, now: datetime) -> bool:
    """Somebody rings, and nobody talks: a name is not spoken into a conversation."""
    cards = [card for card in app.ledger.rings.open_cards() if not card.ended_at]
    return any(not card.answered_at for card in cards) and not any(card.answered_at for card in cards) and not _talks(app, now)


def _talks(app: AppContext, now: datetime) -> bool:
    """Not every call has a card: one that this phone makes, or that is ignored, has none."""
    return is_talking(app.ledger.key_values.read_time(OFF_HOOK), app.ledger.key_values.read_time(ON_HOOK), now)


def note_calls_ended(app: AppContext, calls: Iterable[Call]) -> None:
    """Given calls that are new in the log, note that the phone is on the hook again if the call is among them during which it went
    off: not every automation tells of the end."""
    off_hook = app.ledger.key_values.read_time(OFF_HOOK)
    over = [call for call in calls if off_hook and was_active_at(call, off_hook)]
    if over and off_hook:
        app.ledger.key_values.write_time(ON_HOOK, off_hook)
