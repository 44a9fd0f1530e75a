"""Says a caller's name aloud: one at a time, in a time box, and only into a headset if that is wished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.notification_text import title
from callerid.errors import PhoneFault
from callerid.phone.process import Stopped
from callerid.phone.termux import SPEECH
from callerid.turns.house import log

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.phone.process import Running
    from callerid.turns.house import House


def speak(house: House, words: str, begun: Callable[[Running], None] = lambda _: None) -> bool:
    """Given words, say them if the settings and the headset allow it while somebody still rings; return whether they were said.
    `begun` is told the running command, which may be stopped when nobody rings any more."""
    if house.config.ring.speak == "off" or not _still_rings(house):
        return False
    try:
        if house.config.ring.speak == "headset" and not house.termux.has_headset():
            return False
        if not _still_rings(house):  # asking for the headset took its time
            return False
        running = house.termux.begin_speaking(title(words))
        begun(running)
        running.end(SPEECH)
    except Stopped:
        raise
    except PhoneFault as fault:
        log.warning("the name was not spoken: %s", fault)
        return False
    return True


def _still_rings(house: House) -> bool:
    """Somebody rings, and nobody talks: a name is not spoken into a conversation."""
    cards = [card for card in house.ledger.rings.open_cards() if not card.ended_at]
    return any(not card.answered_at for card in cards) and not any(card.answered_at for card in cards)
