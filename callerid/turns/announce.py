"""Ring -> card. A ring is a hint: it makes a card early and is never recorded as a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.cards import is_fresh
from callerid.core.health import Source
from callerid.core.wording import ring_body, ring_title, spoken
from callerid.errors import PhoneFault
from callerid.models import Notification
from callerid.turns.house import log, policy, voice, who_is

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.cards import RingCard
    from callerid.turns.house import House


def announce(house: House, number: str, rang_at: datetime, now: datetime) -> Notification | None:
    """Given the raw number of a ring and when it was heard, show its card and return it; None when no card is wanted."""
    if not _wanted(house, rang_at, now):
        return None
    return _announce(house, number, house.ledger.rings.begin(house.line_of(number), rang_at), now)


def announce_again(house: House, number: str, rang_at: datetime, now: datetime) -> Notification | None:
    """Given a ring whose caller has just become known, replace its card; None when the card is no longer there."""
    card = house.ledger.rings.standing(house.line_of(number), rang_at)
    return _announce(house, number, card, now) if card and _wanted(house, rang_at, now) else None


def _announce(house: House, number: str, card: RingCard, now: datetime) -> Notification:
    resolution = who_is(house, number)
    speak = voice(house, now)
    shown = Notification(
        id=card.notification_id,
        title=ring_title(resolution, speak, numbers.display(number, house.region)),
        body=ring_body(resolution, speak),
        urgent=True,
    )
    _show(house, shown, now)
    log.info("ring from %s: %s", house.said(number), resolution.certainty)
    if house.config.ring.speak == "always":
        _say(house, spoken(resolution, speak))
    return shown


def _wanted(house: House, rang_at: datetime, now: datetime) -> bool:
    wish = policy(house)
    quiet = wish.quiet_hours.until(house.local(now)) if wish.quiet_hours else None
    return wish.enabled and quiet is None and is_fresh(rang_at, now)


def _show(house: House, shown: Notification, now: datetime) -> None:
    try:
        house.termux.notify(shown, house.actions)
    except PhoneFault as fault:
        house.report(Source.NOTIFICATIONS, fault, now)
        raise
    house.report(Source.NOTIFICATIONS, None, now)


def _say(house: House, words: str) -> None:
    if words:
        house.termux.speak(words)
