"""What a turn works with: settings, texts and edges, and the facts that it reads once, at its start."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.catalogue import load
from callerid.core.upkeep.health import Source
from callerid.errors import PhoneFault
from callerid.logs import health
from callerid.messages import message
from callerid.records import dataclass
from callerid.store.ledger.reading.fact_names import ZONE
from callerid.translation import in_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.catalogue import Catalogue
    from callerid.config.settings import Config
    from callerid.core.hours import QuietHours
    from callerid.errors import CalleridError
    from callerid.models import Notification
    from callerid.paths import Paths
    from callerid.phone.command_runner import CommandRunner
    from callerid.phone.screen import Screen
    from callerid.phone.screen_commands import NotificationActions
    from callerid.phone.termux import Termux
    from callerid.store.ledger.database import Ledger
    from callerid.store.mirror.database import Mirror
    from callerid.store.mirror.mirror_facts import MirrorFacts


PHONE_SOURCE = "phone"  # what a mirror names as its source when it was built from the phone contacts


@dataclass(frozen=True, slots=True, kw_only=True)
class AppContext:
    """Settings, texts and edges. One for each thread, because an SQLite connection belongs to one."""

    paths: Paths
    config: Config
    texts: Catalogue
    region: str
    ledger: Ledger
    mirror: Mirror
    runner: CommandRunner
    event_program: Path  # callerid-event
    action_environment: tuple[tuple[str, str], ...] = ()  # what it needs of our environment
    screen: Screen | None = None  # shows ring cards without waiting for the command; None outside the daemon

    @property
    def termux(self) -> Termux:
        """The phone's commands."""
        from callerid.phone.termux import Termux

        return Termux(self.runner)

    @property
    def actions(self) -> NotificationActions:
        """What the buttons of notifications run."""
        from callerid.phone.screen_commands import NotificationActions

        return NotificationActions(program=self.event_program, environment=self.action_environment)

    @property
    def crm_texts(self) -> Catalogue:
        """The texts of what is written into the CRM, whose other readers may speak another language than the person."""
        language = self.config.crm.language
        return self.texts if language == "auto" else load(language, self.config.honorific)

    def say(self, text: str) -> str:
        """Return a message in the language of the cards, also one that was stored as English text."""
        return in_language(text, self.texts.language)

    def close(self) -> None:
        """Close both databases."""
        self.ledger.close()
        self.mirror.close()

    def release_memory(self) -> None:
        """Keep no page of either database in memory until the next turn."""
        self.ledger.release_memory()
        self.mirror.file.release_memory()

    def report(self, source: Source, fault: CalleridError | None, now: datetime) -> None:
        """Store a source's newest result (None: it works), and log one line when it breaks and one when it recovers."""
        trouble = (fault.sentence, fault.remedy) if fault else None
        line = self.ledger.key_values.report(source, trouble, now)
        if line:
            (health.warning if fault else health.info)("%s", line)

    def report_notification_fault(self, fault: CalleridError, now: datetime) -> None:
        """Report that a notification failed now. What `screen` has begun to show before does not mean that they work again."""
        if self.screen:
            self.screen.note_failure()
        self.report(Source.NOTIFICATIONS, fault, now)

    def show_card(self, notification: Notification, now: datetime) -> bool:
        """Show a notification, perhaps in place of a ring card, and return whether that worked; a failure is reported. It goes if
        its caller was forgotten meanwhile."""
        is_shown = self._try_notifications(notification.id, lambda: self.termux.notify(notification, self.actions), now)
        if is_shown and self.ledger.block_list.has_token(notification.token):
            self.remove_card(notification.id, now)
        return is_shown

    def remove_card(self, notification_id: str, now: datetime) -> bool:
        """Remove a notification and return whether that worked; a failure is reported."""
        return self._try_notifications(notification_id, lambda: self.termux.remove_notification(notification_id), now)

    def _try_notifications(self, notification_id: str, command: Callable[[], None], now: datetime) -> bool:
        if self.screen:
            self.screen.drain(notification_id)
        try:
            command()
        except PhoneFault as fault:
            self.report_notification_fault(fault, now)
            return False
        self.report(Source.NOTIFICATIONS, None, now)
        return True

    def show_ring_card(self, notification: Notification, now: datetime, *, had_failed: bool) -> None:
        """Show a ring card; with a `screen`, return before it is shown. A failure is reported and raised as PhoneFault, and that it
        works again after one `had_failed` is reported, too."""
        from callerid.phone.screen_commands import notification_command

        try:
            if self.screen:
                self.screen.show(notification.id, notification_command(notification, self.actions))
            else:
                self.termux.notify(notification, self.actions)
        except PhoneFault as fault:
            self.report_notification_fault(fault, now)
            raise
        if self.screen is None and had_failed:
            self.report(Source.NOTIFICATIONS, None, now)

    def hides_numbers(self, sense: str) -> bool:
        """Return whether a sense reports no numbers on this phone: a ring without a number then does not mean a hidden one."""
        return self.ledger.key_values.read(hides_numbers_key(sense)) == "1"

    def masked(self, number: str) -> str:
        """Return what the log may show of a raw number (setting privacy.mask_logs)."""
        if not self.config.privacy.mask_logs:
            return number or "hidden"
        from callerid.core.wording import masking

        return masking.masked_number(number)

    def masked_text(self, text: str) -> str:
        """Return what the log may show of a text from the CRM, which may quote a number."""
        from callerid.core.wording import masking

        return masking.masked_text(text) if self.config.privacy.mask_logs else text

    def line_of(self, number: str) -> str:
        """Return the line of a raw number: what all its spellings share; "" for a hidden number."""
        from callerid.core import numbers  # much to load, which a command that shows no number does not need

        if numbers.is_hidden(number):
            return ""
        keys = numbers.index_keys(number, self.region)
        return keys[0] if keys else number

    def local_time(self, moment: datetime) -> datetime:
        """Return an aware time in the phone's zone, as the last reading of the call log found it."""
        return in_zone(moment, self.ledger.key_values.read(ZONE) or "")


def local_clock(ledger: Ledger) -> Callable[[datetime], datetime]:
    """Return a function that gives an aware time in the phone's zone, for a turn that needs several."""
    zone = ledger.key_values.read(ZONE) or ""
    return lambda moment: in_zone(moment, zone)


def in_zone(moment: datetime, zone: str) -> datetime:
    """Return an aware time in an IANA zone; in the process's own zone where that is "" or unknown."""
    if zone:
        from zoneinfo import ZoneInfo

        with suppress(KeyError, ValueError, OSError):  # a zone that this machine does not know
            return moment.astimezone(ZoneInfo(zone))
    from callerid.phone.device import MACHINE_ZONE

    return moment.astimezone(MACHINE_ZONE)


def hides_numbers_key(sense: str) -> str:
    """Return the key under which the ledger keeps whether a sense reports no numbers on this phone."""
    return message(
        "hides numbers: {sense}", sense=message("telephony") if sense == "stream" else sense
    )  # the stream gets its numbers from the registry


def has_crm(mirror: Mirror, config: Config, facts: MirrorFacts | None = None) -> bool:
    """Return whether there is a CRM, to which calls are logged and in which contacts can be opened."""
    return config.crm.provider != "file" and (facts or mirror.facts()).source != PHONE_SOURCE


def source_name(app: AppContext, facts: MirrorFacts | None = None) -> str:
    """Return the name of the mirror's source for the person: the CRM, a file, or the phone contacts."""
    if app.config.crm.provider == "file":
        return Path(app.config.crm.file).name
    return "HubSpot" if has_crm(app.mirror, app.config, facts) else app.texts.say("provider.phone")


def quiet_hours(config: Config) -> QuietHours | None:
    """Return the quiet hours of the settings."""
    from callerid.core.hours import QuietHours

    hours = config.log.quiet_hours
    return QuietHours(start=hours.start, end=hours.end) if hours else None


def quiet_until(config: Config, local: datetime) -> datetime | None:
    """Return when the quiet hours end in which a local time lies; None outside quiet hours."""
    hours = quiet_hours(config)
    return hours.until(local) if hours else None


def utc_now() -> datetime:
    """Return the time. Only loops and commands call this; everything below takes the time as a parameter."""
    return datetime.now(UTC)
