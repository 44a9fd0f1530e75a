"""What a turn works with: settings, texts and edges, and the facts that it reads once, at its start."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from callerid.core import numbers
from callerid.core.backoff import is_due
from callerid.core.hours import QuietHours
from callerid.core.upkeep.health import Source
from callerid.core.wording.notifications import Discretion, TextStyle
from callerid.errors import PhoneFault
from callerid.phone.termux import notification_command
from callerid.store.ledger.key_value import ZONE

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
    from callerid.store.ledger.key_value import TurnStart
    from callerid.store.mirror.lookup import Mirror
    from callerid.store.mirror.statistics import MirrorFacts

log = logging.getLogger("callerid")
health = logging.getLogger("callerid.health")

_NUMBER = re.compile(r"\+?\d[\d ()./-]{5,}\d")
_MASK_FROM = 6  # a shorter number is shown as nothing: two of its digits would be half of it
_DIALOGS_AGAIN = timedelta(days=1)  # dialogs that did not show are tried again after this
PHONE = "phone"  # the source of a mirror that was made of the phone's own contacts


@dataclass(frozen=True, slots=True, kw_only=True)
class AppContext:
    """Settings, texts and edges. One for each thread, because an SQLite connection belongs to one."""

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
            self.screen.drain(notification_id)
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
        keys = numbers.index_keys(number, self.region)
        return keys[0] if keys else number

    def local(self, now: datetime) -> datetime:
        """Return an aware time in the phone's zone, as the last look at the call log found it."""
        return _in_zone(now, self.ledger.key_values.read(ZONE) or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnFacts:
    """What a turn reads once, at its start, and hands on."""

    now: datetime  # UTC
    local: datetime  # the same in the phone's zone
    style: TextStyle  # for the texts that the person reads
    mirror: MirrorFacts
    dialogs_work: bool  # does Android show dialogs, as far as is known?

    @property
    def has_crm(self) -> bool:
        """Is there a CRM, to which calls are logged and in which contacts can be viewed?"""
        return self.style.has_crm


def turn_facts(app: AppContext, now: datetime) -> TurnFacts:
    """Read what a turn that begins now (UTC) needs of ledger and mirror."""
    start, mirror = app.ledger.key_values.turn_start(), app.mirror.facts()
    local = _in_zone(now, start.zone)
    style = _text_style(app, local, mirror)
    return TurnFacts(now=now, local=local, style=style, mirror=mirror, dialogs_work=_dialogs_work(start, now))


def _in_zone(moment: datetime, zone: str) -> datetime:
    """Return an aware time in an IANA zone; in the process's own where that is "" or unknown."""
    try:
        return moment.astimezone(ZoneInfo(zone) if zone else None)
    except (KeyError, ValueError, OSError):
        return moment.astimezone()


def _text_style(app: AppContext, local: datetime, mirror: MirrorFacts) -> TextStyle:
    return TextStyle(
        texts=app.texts,
        discretion=Discretion(app.config.privacy.lock_screen),
        now=local,
        provider=provider(app, mirror),
        has_crm=has_crm(app, mirror),
        built_at=mirror.fresh_at,
        saved_first=app.config.ring.phone_contacts == "first",
    )


def _dialogs_work(start: TurnStart, now: datetime) -> bool:
    """Dialogs that did not show of late are tried again once a day."""
    return not start.dialogs_fail or is_due(start.dialog_tried, _DIALOGS_AGAIN, now)


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


def quiet_hours(config: Config) -> QuietHours | None:
    """Return the quiet hours of the settings."""
    hours = config.log.quiet_hours
    return QuietHours(start=hours.start, end=hours.end) if hours else None


def quiet_until(config: Config, local: datetime) -> datetime | None:
    """Return the end of the quiet hours in which a local time is; None when it is in none."""
    hours = quiet_hours(config)
    return hours.until(local) if hours else None


def utc_now() -> datetime:
    """Return now. Only the loops and the commands call this; everything below takes the time as a parameter."""
    return datetime.now(UTC)
