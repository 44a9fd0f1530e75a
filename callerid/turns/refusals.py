"""Refused tasks -> notifications. A call that was refused says so on its own card; a task has none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.health import Source
from callerid.errors import PhoneFault
from callerid.models import NewContact, Notification
from callerid.turns.house import quiet_hours

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from callerid.core.delivery import Delivery
    from callerid.turns.house import House

_AFTER_FAULT = timedelta(seconds=30)


def tell_refusals(house: House, now: datetime) -> Iterator[datetime]:
    """Tell of what was refused and nobody has been told of, once the quiet hours are over, take away what tells of a refusal that
    is none any more, and return when to look again."""
    for row in house.ledger.outbox.told_no_more():
        if not _taken_away(house, row, now):
            yield now + _AFTER_FAULT
    quiet = quiet_hours(house)
    until = quiet.until(house.local(now)) if quiet else None
    for row in house.ledger.outbox.untold():
        if until:
            yield until
        elif _shown(house, row, now):
            house.ledger.outbox.mark_told(row)
        else:
            yield now + _AFTER_FAULT


def _taken_away(house: House, row: Delivery, now: datetime) -> bool:
    try:
        house.termux.remove_notification(_refusal_id(row))
    except PhoneFault as fault:
        house.report(Source.NOTIFICATIONS, fault, now)
        return False
    house.ledger.outbox.mark_shown(row, out=False)
    return True


def _shown(house: House, row: Delivery, now: datetime) -> bool:
    if not house.ledger.outbox.mark_shown(row, out=True):
        return True  # it has changed meanwhile, or was forgotten
    try:
        house.termux.notify(_notification(house, row), house.actions)
    except PhoneFault as fault:
        house.report(Source.NOTIFICATIONS, fault, now)
        return False
    return True


def _notification(house: House, row: Delivery) -> Notification:
    say, is_open = house.texts.say, house.config.privacy.lock_screen == "names"
    name = row.content.title if is_open and not isinstance(row.content, NewContact) else say("told.the_task")
    title = say("told.change_refused" if row.remote_id else "told.task", name=name)
    return Notification(id=_refusal_id(row), title=title, body=row.fault)


def _refusal_id(row: Delivery) -> str:
    return f"callerid-dead-{row.id}"
