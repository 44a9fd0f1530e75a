"""The commands that show notifications and dialogs, and the shell code of notification buttons."""

from __future__ import annotations

import hashlib
import re
import shlex
from typing import TYPE_CHECKING

from callerid.core.followup import dialog_labels
from callerid.core.wording import safe_text
from callerid.errors import MalformedOutput
from callerid.messages import message
from callerid.models import Dialog, Notification, Widget
from callerid.records import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.models.commands import CommandOutput

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_WORD = re.compile(r"[a-z-]{1,20}")
_REPLY_VARIABLE = "$REPLY"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationActions:
    """The shell commands of notification buttons: they run callerid-event.

    An action runs as `sh -c` without our environment (NotificationAPI.java), so the program's path and the folders that our
    environment names are written out.
    """

    program: Path
    environment: tuple[tuple[str, str], ...] = ()

    def command(self, token: str, word: str) -> str:
        """Return the action of a button with a token and a word. Raise ValueError when one of them is not of our form."""
        if not _TOKEN.fullmatch(token) or not _WORD.fullmatch(word):
            raise ValueError(message("not a valid token or word: {word!r}", word=word))
        return f"{self._program} tap {token} {word}"

    def reply(self, token: str) -> str:
        """Return the action of a button that takes a text. Raise ValueError when the token is not of our form.

        Termux:API replaces $REPLY by the typed text in double quotes and hands all of it to a shell, which would run what is in
        $(…) within double quotes. It does not within a quoted here-document, whose end mark cannot be guessed by the person who
        types.

        The mark begins with a sign that nobody can type: dash 0.5.12 damages a line of the text that begins like the end mark and
        goes on with a letter outside ASCII, as a line "Eé" does for a mark that begins with "E".
        """
        if not _TOKEN.fullmatch(token):
            raise ValueError(message("not a valid token"))
        mark = f"\x1fEND_{hashlib.sha256(f'reply {token}'.encode()).hexdigest()[:32]}"
        return f"{self._program} reply {token} <<'{mark}'\n{_REPLY_VARIABLE}\n{mark}\n"

    @property
    def _program(self) -> str:
        folders = "".join(f"{name}={_quoted(folder)} " for name, folder in self.environment)
        return f"{folders}sh {_quoted(str(self.program))}"


def _quoted(path: str) -> str:
    """Return a path as a shell word in which Termux:API finds no $REPLY to replace."""
    return shlex.quote(path).replace(_REPLY_VARIABLE, "$''REPLY")


def notification_command(notification: Notification, actions: NotificationActions) -> list[str]:
    """Return the command that shows a notification. Its actions contain only our own tokens and words."""
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


def check_notification_shown(output: CommandOutput) -> None:
    """Raise MalformedOutput if termux-notification printed anything: one that worked prints nothing, and one that failed may end
    with 0 all the same (tried with the genuine scripts of termux-api-package 0.59.1). The linker's warnings do not count."""
    printed = f"{output.stdout}\n{output.stderr}".splitlines()
    lines = [line.strip() for line in printed if line.strip() and not line.startswith("WARNING: linker")]
    if lines:
        told = next((line for line in lines if any(map(str.isalpha, line))), lines[0])  # an object of JSON begins with a brace
        raise MalformedOutput(
            message("termux-notification printed an error: {title}", title=safe_text.title(told)),
            remedy=message(
                "Try it by hand: termux-notification -t Test. If it fails: pkg upgrade, and open the Termux:API app once."
            ),
        )


def dialog_command(dialog: Dialog) -> list[str]:
    """Return the command that shows a dialog (flags: getopts in termux-dialog)."""
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
            return [*command, *hint, "-p" if dialog.secret else "-m"]
