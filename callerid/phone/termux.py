"""The termux commands, one verb each. Success is output of the right shape; an exit status says nothing.

Timeouts: a poller gets at least 10 s, because when a client is gone before the app answers, Termux:API shows the person an
error (ResultReturner.java, termux-api#912). Facts about flags and output: termux-api-package scripts, termux-api Java sources.
"""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from callerid.core.followup import dialog_labels
from callerid.core.wording import safe_text
from callerid.errors import CommandMissing, MalformedOutput, PermissionDenied, UsageFault
from callerid.models import Dialog, DialogReply, Notification, Widget

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.models.commands import CommandOutput
    from callerid.phone.command_runner import CommandRunner, RunningCommand

POLL = 20.0  # seconds
EFFECT = 15.0
WIFI = 10.0
SPEECH = 8.0
PROPERTY = 10.0
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_WORD = re.compile(r"[a-z-]{1,20}")
_TYPED = "$REPLY"
_NOTHING_SAID = DialogReply(code=0, text="")
_ASKED_FOR = re.compile(r"android\.permission\.[A-Z_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationActions:
    """How a notification's button comes back to us: the path of callerid-event, and the folders that our environment names.

    An action runs as `sh -c` in an environment that knows nothing of ours (NotificationAPI.java), so both are written out.
    """

    program: Path
    environment: tuple[tuple[str, str], ...] = ()

    def command(self, token: str, word: str) -> str:
        """Given a token and a button's word, return the action. Raise ValueError for anything that is not plainly one of ours."""
        if not _TOKEN.fullmatch(token) or not _WORD.fullmatch(word):
            raise ValueError(f"no token or word of ours: {word!r}")
        return f"{self._door} tap {token} {word}"

    def reply(self, token: str) -> str:
        """Given a token, return the action of a button into which something is typed. Raise ValueError for no token of ours.

        Termux:API puts what was typed, in double quotes, in the place of $REPLY, and hands it all to a shell; double quotes do not
        keep it from running what is in $(…). A quoted here-document does; it ends at a mark that nobody who types can know.
        """
        if not _TOKEN.fullmatch(token):
            raise ValueError("no token of ours")
        mark = f"END_{hashlib.sha256(f'reply {token}'.encode()).hexdigest()[:32]}"
        return f"{self._door} reply {token} <<'{mark}'\n{_TYPED}\n{mark}\n"

    @property
    def _door(self) -> str:
        folders = "".join(f"{name}={_quoted(folder)} " for name, folder in self.environment)
        return f"{folders}sh {_quoted(str(self.program))}"


def _quoted(path: str) -> str:
    """Given a path, return it as a shell's word, in which Termux:API finds nothing to put a reply into."""
    return shlex.quote(path).replace(_TYPED, "$''REPLY")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInfo:
    """Countries that the phone knows of, as upper-case ISO codes; "" where it does not say."""

    sim_country: str
    network_country: str


class Termux:
    """The phone, as Termux:API lets us use it."""

    def __init__(self, runner: CommandRunner) -> None:
        self.runner = runner

    def call_log(self, limit: int) -> list[object]:
        """Given how many rows at the most, return the newest rows of the call log as printed, oldest first.

        Raise PermissionDenied, MalformedOutput (no output is a Java exception, never an empty log), CommandHung, CommandMissing.
        """
        printed = _decoded("termux-call-log", self.runner.run(["termux-call-log", "-l", str(limit)], timeout=POLL))
        if not isinstance(printed, list):
            raise MalformedOutput("termux-call-log printed no list of calls.", remedy="See it with: termux-call-log -l 3")
        return printed

    def contact_list(self) -> list[tuple[str, str]]:
        """Return the phone's own contacts as pairs of name and number; a person has one number there (termux-api#73).

        Raise PermissionDenied, MalformedOutput, CommandHung, CommandMissing.
        """
        printed = _decoded("termux-contact-list", self.runner.run(["termux-contact-list"], timeout=POLL))
        if not isinstance(printed, list):
            raise MalformedOutput("termux-contact-list printed no list of contacts.", remedy="See it with: termux-contact-list")
        return [(str(row.get("name") or ""), str(row.get("number") or "")) for row in printed if isinstance(row, dict)]

    def is_on_wifi(self) -> bool:
        """Is the phone on Wi-Fi (Termux:API WifiAPI.java)? Raise PhoneFault."""
        printed = _decoded("termux-wifi-connectioninfo", self.runner.run(["termux-wifi-connectioninfo"], timeout=WIFI))
        return isinstance(printed, dict) and printed.get("supplicant_state") == "COMPLETED"

    def notify(self, notification: Notification, actions: NotificationActions) -> None:
        """Show a notification; one of the same id is replaced. Raise PhoneFault when the command does not end."""
        self.runner.run(notification_command(notification, actions), timeout=EFFECT)

    def remove_notification(self, notification_id: str) -> None:
        """Take a notification away; it is no error when it is gone already."""
        self.runner.run(["termux-notification-remove", notification_id], timeout=EFFECT)

    def dialog(self, dialog: Dialog, timeout: float) -> DialogReply:
        """Show a dialog, wait so many seconds, and return what was answered. Raise CommandHung when nobody answered.

        That a microphone is not granted is told by Android itself, on the screen: it is as if nothing had been understood.
        """
        output = self.runner.run(dialog_command(dialog), timeout=timeout)
        try:
            printed = _decoded("termux-dialog", output)
        except PermissionDenied:
            if dialog.widget is Widget.SPEECH:
                return _NOTHING_SAID
            raise
        code, text = (printed.get("code"), printed.get("text", "")) if isinstance(printed, dict) else (None, "")
        if not isinstance(code, int) or not isinstance(text, str):
            raise MalformedOutput("termux-dialog printed no answer.", remedy="Try it: termux-dialog confirm -t Test")
        return DialogReply(code=code, text=text)

    def telephony_call(self, number: str) -> None:
        """Dial a number that `numbers.dialable` passed. Whether Android did it, the command does not say."""
        self.runner.run(["termux-telephony-call", number], timeout=EFFECT)

    def open_url(self, url: str) -> None:
        """Open a web address. Raise UsageFault when it is none."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageFault(f"{url!r} is no web address.")
        self.runner.run(["termux-open-url", url], timeout=EFFECT)

    def notification_list(self) -> list[object]:
        """Return the notifications on the screen as printed. Without notification access the command never answers, and opens a
        settings page (TermuxApiReceiver.java). Raise CommandHung then; PermissionDenied, MalformedOutput, CommandMissing."""
        printed = _decoded("termux-notification-list", self.runner.run(["termux-notification-list"], timeout=POLL))
        if not isinstance(printed, list):
            raise MalformedOutput("termux-notification-list printed no list.", remedy="See it with: termux-notification-list")
        return printed

    def battery(self) -> int | None:
        """Return the battery's charge in per cent; None while it is charged, or when it is not told. Raise PhoneFault."""
        printed = _decoded("termux-battery-status", self.runner.run(["termux-battery-status"], timeout=POLL))
        said: dict[str, Any] = printed if isinstance(printed, dict) else {}
        percentage = said.get("percentage")
        charges = said.get("plugged", "UNPLUGGED") != "UNPLUGGED"
        return int(percentage) if isinstance(percentage, int | float) and not charges else None

    def has_headset(self) -> bool:
        """Is a headset connected, wired or by Bluetooth (Termux:API AudioAPI.java)? Raise PhoneFault."""
        printed = _decoded("termux-audio-info", self.runner.run(["termux-audio-info"], timeout=POLL))
        said: dict[str, Any] = printed if isinstance(printed, dict) else {}
        return said.get("WIREDHEADSET_IS_CONNECTED") is True or said.get("BLUETOOTH_A2DP_IS_ON") is True

    def maker(self) -> str:
        """Return the phone's maker as Android names it; "" when it does not say. Raise PhoneFault."""
        try:
            return self.runner.run(["getprop", "ro.product.manufacturer"], timeout=PROPERTY).stdout.strip()
        except CommandMissing:
            return ""

    def begin_speaking(self, text: str) -> RunningCommand:
        """Begin to say a text aloud; whoever begins must see it to its `end`. Text comes by stdin, because dash's echo would expand
        backslashes in an argument. What stops is the command: the phone may finish its sentence (termux-api#588)."""
        return self.runner.begin(["termux-tts-speak"], stdin=text)

    def device_info(self) -> DeviceInfo:
        """Return the countries of SIM and network. Raise PhoneFault."""
        printed = _decoded("termux-telephony-deviceinfo", self.runner.run(["termux-telephony-deviceinfo"], timeout=POLL))
        said: dict[str, Any] = printed if isinstance(printed, dict) else {}
        return DeviceInfo(sim_country=_country(said, "sim_country_iso"), network_country=_country(said, "network_country_iso"))

    def zone_name(self) -> str:
        """Return the phone's time zone by its name in the zone database; "" when it does not say. Raise PhoneFault."""
        return self.runner.run(["getprop", "persist.sys.timezone"], timeout=PROPERTY).stdout.strip()


def _country(said: dict[str, Any], key: str) -> str:
    value = str(said.get(key) or "").upper()
    return value if re.fullmatch("[A-Z]{2}", value) else ""


def notification_command(notification: Notification, actions: NotificationActions) -> list[str]:
    """Given a notification, return the command that shows it. Only tokens of ours ever enter an action."""
    command = ["termux-notification", "--id", notification.id, "--title", safe_text.title(notification.title)]
    command += ["--content", safe_text.body(notification.body), "--group", "callerid"]
    command += ["--priority", "high"] if notification.urgent else []
    command += ["--alert-once"] if notification.alert_once or not notification.urgent else []
    for place, button in enumerate(notification.buttons, start=1):
        action = actions.reply(notification.token) if button.reply else actions.command(notification.token, button.word)
        command += [f"--button{place}", safe_text.title(button.label), f"--button{place}-action", action]
    if notification.tap:
        command += ["--action", actions.command(notification.token, notification.tap)]
    if notification.swipe:
        command += ["--on-delete", actions.command(notification.token, notification.swipe)]
    return command


def dialog_command(dialog: Dialog) -> list[str]:
    """Given a dialog, return the command that shows it (flags: termux-dialog's own getopts)."""
    command = ["termux-dialog", dialog.widget.value, "-t", safe_text.title(dialog.title)]
    hint = ["-i", safe_text.title(dialog.hint)] if dialog.hint else []
    match dialog.widget:
        case Widget.SHEET:
            return [*command, "-v", dialog_labels.encode(dialog.labels)[0]]
        case Widget.DATE:
            return [*command, "-d", "yyyy-MM-dd"]
        case Widget.SPEECH:
            return [*command, *hint]
        case Widget.TEXT:
            return [*command, *hint, "-m"]


def _decoded(command: str, output: CommandOutput) -> object:
    """Given a command's output, return its JSON. Raise PermissionDenied for Termux:API's own error object, else MalformedOutput."""
    if not output.stdout.strip():
        raise MalformedOutput(
            f"{command} printed nothing: Termux:API failed inside.",
            remedy="Update Termux:API to 0.51 or later (older ones cannot read Android 11's call log), then open it once.",
        )
    try:
        printed = json.loads(output.stdout)
    except (ValueError, RecursionError) as nonsense:
        raise MalformedOutput(
            f"{command} printed no JSON, or only the beginning of it.", remedy=f"See it with: {command}"
        ) from nonsense
    if isinstance(printed, dict) and "error" in printed and "code" not in printed:
        raise _denied(command, str(printed["error"]))
    return printed


def _denied(command: str, said: str) -> PermissionDenied:
    permission = _ASKED_FOR.search(said)
    if permission:
        return PermissionDenied(
            f"{command} may not: Android has not granted {permission[0]} to Termux:API.",
            remedy="Grant it under Android settings > Apps > Termux:API > Permissions, or run the command once in Termux.",
        )
    if "no longer permitted" in said:
        return PermissionDenied(
            f"{command} may not: the Play store's build of Termux:API cannot read the call log.",
            remedy="Install Termux and Termux:API from F-Droid, both.",
        )
    return PermissionDenied(
        f"{command} may not: {safe_text.title(said) or 'Termux:API gives no reason.'}",
        remedy=f"Run it once in Termux: {command}",
    )
