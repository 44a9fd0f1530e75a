"""What a turn works with: settings, texts, and the edges. One house a thread, because SQLite connections belong to one."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from callerid.core import numbers
from callerid.core.hours import QuietHours
from callerid.core.upkeep.health import Source
from callerid.core.wording.notifications import Discretion, TextStyle
from callerid.errors import PhoneFault
from callerid.phone.termux import notification_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.catalogue import Catalogue
    from callerid.config.settings import Config
    from callerid.errors import CalleridError
    from callerid.models import Notification
    from callerid.phone.screen import Screen
    from callerid.phone.termux import NotificationActions, Termux
    from callerid.places import Places
    from callerid.store.ledger.database import Ledger
    from callerid.store.mirror.lookup import Mirror
    from callerid.store.mirror.statistics import MirrorFacts

log = logging.getLogger("callerid")
health = logging.getLogger("callerid.health")

_NUMBER = re.compile(r"\+?\d[\d ()./-]{5,}\d")
_MASK_FROM = 6  # a shorter number is shown as nothing: two of its digits would be half of it
_DIALOGS_AGAIN = timedelta(days=1)  # dialogs that did not show are tried again after this
DIALOG_TRIED = "dialog_tried"
PHONE = "phone"  # the source of a mirror that was made of the phone's own contacts


@dataclass(frozen=True, slots=True, kw_only=True)
class AppContext:
    """Everything that a turn may touch."""

    places: Places
    config: Config
    texts: Catalogue
    region: str
    ledger: Ledger
    mirror: Mirror
    termux: Termux
    actions: NotificationActions
    screen: Screen | None = None  # shows cards without waiting for them; None where nobody else waits

    def close(self) -> None:
        """Close this thread's databases."""
        self.ledger.close()
        self.mirror.close()

    def report(self, source: Source, fault: CalleridError | None, now: datetime) -> None:
        """Keep a source's newest result, and log one line when it broke and one when it recovered."""
        told = (fault.sentence, fault.remedy) if fault else None
        line = self.ledger.key_values.report(source, told, now)
        if line:
            health.log(logging.WARNING if fault else logging.INFO, "%s", line)

    def show_card(self, notification: Notification, now: datetime) -> bool:
        """Show a notification, which may replace a ring's card, and return whether it is on the screen; a failure is reported."""
        return self._try_notifications(notification.id, lambda: self.termux.notify(notification, self.actions), now)

    def remove_card(self, notification_id: str, now: datetime) -> bool:
        """Remove a notification and return whether it is gone from the screen; a failure is reported."""
        return self._try_notifications(notification_id, lambda: self.termux.remove_notification(notification_id), now)

    def _try_notifications(self, notification_id: str, command: Callable[[], None], now: datetime) -> bool:
        if self.screen:
            self.screen.settle(notification_id)
        try:
            command()
        except PhoneFault as fault:
            self.report(Source.NOTIFICATIONS, fault, now)
            return False
        self.report(Source.NOTIFICATIONS, None, now)
        return True

    def show_ring_card(self, notification: Notification, now: datetime) -> None:
        """Show a ring's card, or begin to where `screen` shows it. Report a failure and raise it as PhoneFault."""
        try:
            if self.screen:
                self.screen.show(notification.id, notification_command(notification, self.actions))
            else:
                self.termux.notify(notification, self.actions)
        except PhoneFault as fault:
            self.report(Source.NOTIFICATIONS, fault, now)
            raise
        if self.screen is None:
            self.report(Source.NOTIFICATIONS, None, now)

    def hides_numbers(self, sense: str) -> bool:
        """Does a sense leave the numbers of calls out on this phone, so that a ring without one says nothing of the caller?"""
        return self.ledger.key_values.read(hides_fact(sense)) == "1"

    def masked(self, number: str) -> str:
        """Given a raw number, return what the log may show of it (setting privacy.mask_logs)."""
        if not self.config.privacy.mask_logs:
            return number or "hidden"
        return f"…{number[-2:]}" if len(number) > _MASK_FROM else "…"

    def masked_text(self, words: str) -> str:
        """Given words of the CRM, return what the log may show of them: they may quote a number."""
        return _NUMBER.sub("…", words) if self.config.privacy.mask_logs else words

    def line_of(self, number: str) -> str:
        """Given a raw number, return what all spellings of its line share ("" when hidden)."""
        if numbers.is_hidden(number):
            return ""
        keys = numbers.keys(number, self.region)
        return keys[0] if keys else number

    def local(self, now: datetime) -> datetime:
        """Given an aware time, return it in the phone's zone as the last look at the call log found it."""
        name = self.ledger.key_values.read("zone")
        if not name:
            return now.astimezone()
        try:
            return now.astimezone(ZoneInfo(name))
        except (KeyError, ValueError, OSError):
            return now.astimezone()


def hides_fact(sense: str) -> str:
    """Given a sense, return the name of the notebook's fact that says that it leaves numbers out here."""
    return f"hides numbers: {'telephony' if sense == 'stream' else sense}"  # a stream's numbers are the registry's


def has_crm(app: AppContext, facts: MirrorFacts | None = None) -> bool:
    """Is there a CRM, to which calls are logged and in which contacts can be viewed?"""
    return app.config.crm.provider == "hubspot" and (facts or app.mirror.facts()).source != PHONE


def provider(app: AppContext, facts: MirrorFacts | None = None) -> str:
    """Return what the source of the mirror is called."""
    if app.config.crm.provider == "file":
        return Path(app.config.crm.file).name
    return "HubSpot" if has_crm(app, facts) else app.texts.say("provider.phone")


def dialogs_work(app: AppContext, now: datetime) -> bool:
    """Does Android show dialogs, as far as is known? Where it did not of late, they are tried again once a day."""
    if not any(trouble.source is Source.DIALOGS for trouble in app.ledger.key_values.troubles()):
        return True
    tried = app.ledger.key_values.read_time(DIALOG_TRIED)
    return tried is None or abs(now - tried) > _DIALOGS_AGAIN


def quiet_hours(app: AppContext) -> QuietHours | None:
    """Given a house, return the quiet hours of the settings."""
    said = app.config.log.quiet_hours
    return QuietHours(start=said.start, end=said.end) if said else None


def is_quiet(app: AppContext, moment: datetime) -> bool:
    """Given an aware time, is it one of the quiet hours?"""
    quiet = quiet_hours(app)
    return quiet is not None and quiet.until(app.local(moment)) is not None


def voice(app: AppContext, now: datetime) -> TextStyle:
    """Given now, return how to speak to the person."""
    facts = app.mirror.facts()
    return TextStyle(
        texts=app.texts,
        discretion=Discretion(app.config.privacy.lock_screen),
        now=app.local(now),
        provider=provider(app, facts),
        has_crm=has_crm(app, facts),
        built_at=facts.fresh_at,
        saved_first=app.config.ring.phone_contacts == "first",
    )


def utc_now() -> datetime:
    """Return now. Only the loops and the commands call this; everything below takes the time as a parameter."""
    return datetime.now(UTC)
