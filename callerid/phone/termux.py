"""The termux commands, one method each. Success is output of the right shape; the exit status means nothing.

Timeouts: a command that answers gets at least 10 s, because Termux:API shows the person an error when the client is gone before
the app answers (ResultReturner.java, termux-api#912). Facts about flags and output: scripts of termux-api-package, Java sources of
termux-api.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from callerid.core.followup import dialog_labels
from callerid.core.wording import safe_text
from callerid.errors import CommandMissing, ListenerNotConnected, MalformedOutput, PermissionDenied, UsageFault
from callerid.messages import message
from callerid.models import DialogReply, Widget
from callerid.phone.screen_commands import NotificationActions, check_notification_shown, dialog_command, notification_command
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.models import Dialog, Notification
    from callerid.models.commands import CommandOutput
    from callerid.phone.command_runner import CommandRunner, RunningCommand

POLL = 20.0  # seconds
EFFECT = 15.0
WIFI = 10.0
SPEECH = 8.0
PROPERTY = 10.0
_DIALOG_TRIES = 3
_NOT_UNDERSTOOD = DialogReply(code=0, text="")
_PERMISSION = re.compile(r"android\.permission\.[A-Z_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInfo:
    """The countries of SIM and network as upper-case ISO codes; "" where unknown."""

    sim_country: str
    network_country: str


class Termux:
    """The phone, by the commands of Termux:API."""

    def __init__(self, runner: CommandRunner) -> None:
        self.runner = runner

    def call_log(self, limit: int) -> list[object]:
        """Return the newest rows of the call log as printed, at most `limit`, oldest first.

        Raise PermissionDenied, MalformedOutput (no output means a Java exception, never an empty log), CommandHung, CommandMissing.
        """
        printed = _decoded("termux-call-log", self.runner.run(["termux-call-log", "-l", str(limit)], timeout=POLL))
        if not isinstance(printed, list):
            raise MalformedOutput(message("termux-call-log printed no list of calls."), remedy=message("See: termux-call-log -l 3"))
        return printed

    def contact_list(self) -> list[tuple[str, str]]:
        """Return the phone contacts as pairs of name and number. Only one number of each contact is printed (termux-api#73).

        Raise PermissionDenied, MalformedOutput, CommandHung, CommandMissing.
        """
        printed = _decoded("termux-contact-list", self.runner.run(["termux-contact-list"], timeout=POLL))
        if not isinstance(printed, list):
            raise MalformedOutput(
                message("termux-contact-list printed no list of contacts."), remedy=message("See: termux-contact-list")
            )
        return [(str(row.get("name") or ""), str(row.get("number") or "")) for row in printed if isinstance(row, dict)]

    def is_on_wifi(self) -> bool:
        """Return whether the phone is on Wi-Fi (Termux:API WifiAPI.java). Raise PhoneFault."""
        printed = _decoded("termux-wifi-connectioninfo", self.runner.run(["termux-wifi-connectioninfo"], timeout=WIFI))
        return isinstance(printed, dict) and printed.get("supplicant_state") == "COMPLETED"

    def notify(self, notification: Notification, actions: NotificationActions) -> None:
        """Show a notification, in place of one with the same id. Raise PhoneFault when the command does not end, or prints
        an error."""
        check_notification_shown(self.runner.run(notification_command(notification, actions), timeout=EFFECT))

    def notify_without_actions(self, notification: Notification) -> None:
        """Show a notification that has no buttons. Raise as `notify` does."""
        self.notify(notification, NotificationActions(program=Path("callerid-event")))

    def remove_notification(self, notification_id: str) -> None:
        """Remove a notification; it is not an error when it is gone already. Raise PhoneFault when the command does not end."""
        self.runner.run(["termux-notification-remove", notification_id], timeout=EFFECT)

    def dialog(self, dialog: Dialog, timeout: float, check: Callable[[], None] = lambda: None) -> DialogReply:
        """Show a dialog, wait at most `timeout` seconds, and return the answer, unless `check` raises meanwhile, which is called
        about once a second. An answer that cannot be read says nothing, so the dialog is shown again, three times in all. Raise
        CommandHung when there was no answer, MalformedOutput when none could be read.

        A microphone that is not granted counts as nothing understood: Android itself tells the person on the screen.
        """
        for _ in range(_DIALOG_TRIES - 1):
            with suppress(MalformedOutput):
                return self._dialog(dialog, timeout, check)
        return self._dialog(dialog, timeout, check)

    def _dialog(self, dialog: Dialog, timeout: float, check: Callable[[], None]) -> DialogReply:
        output = self.runner.begin(dialog_command(dialog)).end(timeout, check)
        try:
            printed = _decoded("termux-dialog", output)
        except PermissionDenied:
            if dialog.widget is Widget.SPEECH:
                return _NOT_UNDERSTOOD
            raise
        code, text = (printed.get("code"), printed.get("text", "")) if isinstance(printed, dict) else (None, "")
        reply = DialogReply(code=code, text=text) if isinstance(code, int) and isinstance(text, str) else None
        if reply is None or not dialog_labels.is_readable(reply, dialog):
            raise MalformedOutput(message("termux-dialog printed no answer."), remedy=message("Try: termux-dialog confirm -t Test"))
        return reply

    def telephony_call(self, number: str) -> None:
        """Dial a number that `numbers.dialable` returned. The command does not show whether Android dialled."""
        self.runner.run(["termux-telephony-call", number], timeout=EFFECT)

    def open_file(self, path: Path) -> None:
        """Have Android open a file with an app for its type."""
        self.runner.run(["termux-open", "--view", str(path)], timeout=EFFECT)

    def open_url(self, url: str) -> None:
        """Open a web address. Raise UsageFault for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageFault(message("{url!r} is not a web address.", url=url))
        self.runner.run(["termux-open-url", url], timeout=EFFECT)

    def notification_list(self) -> list[object]:
        """Return the notifications on the screen as printed. Raise PermissionDenied, MalformedOutput, CommandMissing,
        ListenerNotConnected if it prints nothing, and CommandHung without notification access: the command then opens a settings
        page and never ends (TermuxApiReceiver.java)."""
        output = self.runner.run(["termux-notification-list"], timeout=POLL)
        if not output.stdout.strip():
            from callerid.core.ringing.sense_health import RECONNECT_LISTENER

            raise ListenerNotConnected(
                message("termux-notification-list printed nothing: Android has not connected Termux:API to the notifications."),
                remedy=RECONNECT_LISTENER,
            )
        printed = _decoded("termux-notification-list", output)
        if not isinstance(printed, list):
            raise MalformedOutput(
                message("termux-notification-list printed no list."), remedy=message("See: termux-notification-list")
            )
        return printed

    def battery(self) -> int | None:
        """Return the battery's charge in per cent; None while it is charging, or unknown. Raise PhoneFault."""
        printed = _decoded("termux-battery-status", self.runner.run(["termux-battery-status"], timeout=POLL))
        status: dict[str, Any] = printed if isinstance(printed, dict) else {}
        percentage = status.get("percentage")
        charges = status.get("plugged", "UNPLUGGED") != "UNPLUGGED"
        return int(percentage) if isinstance(percentage, int | float) and not charges else None

    def has_headset(self) -> bool:
        """Return whether a headset is connected, wired or by Bluetooth (Termux:API AudioAPI.java). Raise PhoneFault."""
        printed = _decoded("termux-audio-info", self.runner.run(["termux-audio-info"], timeout=POLL))
        audio: dict[str, Any] = printed if isinstance(printed, dict) else {}
        return audio.get("WIREDHEADSET_IS_CONNECTED") is True or audio.get("BLUETOOTH_A2DP_IS_ON") is True

    def maker(self) -> str:
        """Return the phone's maker as Android names it; "" when unknown. Raise PhoneFault."""
        try:
            return self.runner.run(["getprop", "ro.product.manufacturer"], timeout=PROPERTY).stdout.strip()
        except CommandMissing:
            return ""

    def begin_speaking(self, text: str) -> RunningCommand:
        """Start to speak a text; the caller must `end` the command. The text goes in by stdin, because dash's echo would expand
        backslashes in an argument. `stop` ends the command only: the phone may finish its sentence (termux-api#588)."""
        return self.runner.begin(["termux-tts-speak"], stdin=text)

    def device_info(self) -> DeviceInfo:
        """Return the countries of SIM and network. Raise PhoneFault."""
        printed = _decoded("termux-telephony-deviceinfo", self.runner.run(["termux-telephony-deviceinfo"], timeout=POLL))
        info: dict[str, Any] = printed if isinstance(printed, dict) else {}
        return DeviceInfo(sim_country=_country(info, "sim_country_iso"), network_country=_country(info, "network_country_iso"))

    def zone_name(self) -> str:
        """Return the phone's time zone by its IANA name; "" when unknown. Raise PhoneFault."""
        return self.runner.run(["getprop", "persist.sys.timezone"], timeout=PROPERTY).stdout.strip()


def _country(info: dict[str, Any], key: str) -> str:
    value = str(info.get(key) or "").upper()
    return value if re.fullmatch("[A-Z]{2}", value) else ""


def _decoded(command: str, output: CommandOutput) -> object:
    """Return the JSON that a command printed. Raise PermissionDenied for an error object of Termux:API, MalformedOutput."""
    if not output.stdout.strip():
        from callerid.core.doctor.versions import OLDEST_GOOD_API

        raise MalformedOutput(
            message("{command} printed nothing: Termux:API failed.", command=command),
            remedy=message(
                "Update Termux:API to {oldest_good_api} or later (old ones read no call log on Android 11), then open it once.",
                oldest_good_api=OLDEST_GOOD_API,
            ),
        )
    try:
        printed = json.loads(output.stdout)
    except (ValueError, RecursionError) as nonsense:
        raise MalformedOutput(
            message("{command} printed {no_json}.", command=command, no_json=_no_json(output.stdout)),
            remedy=message("See: {command}", command=command),
        ) from nonsense
    if isinstance(printed, dict) and "error" in printed and "code" not in printed:
        raise _denied(command, str(printed["error"]))
    return printed


def _no_json(printed: str) -> str:
    """Return what was printed in place of JSON: words are passed on, such as those of the Play store's Termux, whose commands print
    "Establishing connection to Termux:API ..." (termux-play-store/termux-apps)."""
    if printed.lstrip().startswith(("[", "{")):
        return message("no JSON, or only the beginning of it")
    return message("no JSON but: {title}", title=safe_text.title(printed.strip().splitlines()[0]))


def _denied(command: str, error: str) -> PermissionDenied:
    permission = _PERMISSION.search(error)
    if permission:
        return PermissionDenied(
            message(
                "{command} is not permitted: Android has not granted {permission} to Termux:API.",
                command=command,
                permission=permission[0],
            ),
            remedy=message("Grant it under Android settings > Apps > Termux:API > Permissions, or run the command once in Termux."),
        )
    if "no longer permitted" in error:
        return PermissionDenied(
            message("{command} is not permitted: the Play store's build of Termux:API cannot read the call log.", command=command),
            remedy=message("Install both Termux and Termux:API from F-Droid."),
        )
    return PermissionDenied(
        message(
            "{command} is not permitted: {title}",
            command=command,
            title=safe_text.title(error) or message("Termux:API gives no reason."),
        ),
        remedy=message("Run it once in Termux: {command}", command=command),
    )
