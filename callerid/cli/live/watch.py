"""callerid watch: a live picture of what happens."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from callerid import files
from callerid.cli.language.output import print_text
from callerid.cli.session import environment, home, open_session
from callerid.config.load import load_config, parse_config, settings_text
from callerid.config.settling import SETTLES_WITHIN
from callerid.errors import ConfigFault

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.cli.live.terminal import LiveTerminal
    from callerid.phone.folder_watch import FolderWatch
    from callerid.turns.context import AppContext

_COLUMNS, _ROWS = 80, 30  # where no terminal tells
_AT_LEAST = 0.5  # seconds between two pictures, however much happens
_QUITS = "qQ\x04"


@click.command()
def watch() -> None:
    """Show what happens, as it happens: the last calls, what waits, the senses and what they cost, syncs and the outbox.

    Leave with q or Ctrl-C. Where there is no terminal, one picture is printed. NO_COLOR=1 shows no colours.

    Example: callerid watch
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or environment().get("TERM") == "dumb":
        _print_once()
        return
    from callerid.cli.live.terminal import live_terminal
    from callerid.phone.folder_watch import FolderWatch

    with live_terminal(has_colours=not environment().get("NO_COLOR")) as terminal:
        folders, file = FolderWatch(), SettingsFile(home().config_file)
        try:
            _watch_files(folders, terminal)
            while not terminal.is_to_leave:
                _show_until_changed(terminal, file)
        finally:
            folders.stop()


def _print_once() -> None:
    from callerid.cli.live.contents import picture_of_now
    from callerid.core.live.picture import picture_lines

    with open_session() as app:
        app.mirror.reindex_when_free(app.region)
        picture, texts = picture_of_now(app, _ROWS), app.texts
    lines = picture_lines(picture, _COLUMNS, _ROWS, "", texts)
    print_text("\n".join(line.text for line in lines).rstrip())


def _watch_files(folders: FolderWatch, terminal: LiveTerminal) -> None:
    """Have the terminal woken by whatever changes the databases, the settings, or whether the daemon runs."""
    where = home()
    journals = [path.with_name(f"{path.name}-wal") for path in (where.ledger, where.mirror)]
    folders.watch_writes((where.ledger, where.mirror, *journals, where.pid_file, where.config_file), terminal.wake)


class SettingsFile:
    """The settings of a file as it was last whole. Somebody may be writing it, and it is empty before it is half there: what is in
    it counts when it has stayed so for a moment."""

    def __init__(self, path: Path) -> None:
        """Raise ConfigFault when it is broken from the beginning."""
        self._path = path
        self._text = self._seen = _text(path)
        self._seen_since = 0.0
        self.settings = load_config(path)
        self.fault: ConfigFault | None = None  # of the file as it is now
        self.is_settling = False  # it has changed, and is to be looked at again

    def has_others(self, now: float) -> bool:
        """Read the file if it was written and has settled, and return whether there are other settings now (`time.monotonic`)."""
        text, before = _text(self._path), self.settings
        if text != self._seen:
            self._seen, self._seen_since = text, now
        self.is_settling = text != self._text and now - self._seen_since < SETTLES_WITHIN
        if text == self._text or self.is_settling:
            return False
        self._text = text
        try:
            self.settings, self.fault = parse_config(settings_text(self._path), self._path.name), None
        except ConfigFault as fault:
            self.fault = fault
        return self.settings != before


def _text(path: Path) -> bytes:
    with suppress(OSError):
        return files.read_bytes(path)
    return b""


def _show_until_changed(terminal: LiveTerminal, file: SettingsFile) -> None:
    """Show what happens until somebody leaves, or the settings or the ledger's file are others."""
    from callerid.cli.live.terminal import seconds_to_next_minute

    with open_session(config=file.settings) as app:
        app.mirror.reindex_when_free(app.region)
        while not terminal.is_to_leave and not app.ledger.is_outdated and not file.has_others(time.monotonic()):
            _draw(app, terminal, file.fault)
            _wait(terminal, SETTLES_WITHIN if file.is_settling else seconds_to_next_minute())


def _draw(app: AppContext, terminal: LiveTerminal, fault: ConfigFault | None) -> None:
    from callerid.cli.live.contents import picture_of_now
    from callerid.core.live.picture import picture_lines

    columns, rows = terminal.size
    picture = picture_of_now(app, rows, fault)
    terminal.draw(picture_lines(picture, columns, rows, app.texts.say("watch.leave"), app.texts))
    app.release_memory()


def _wait(terminal: LiveTerminal, seconds: float) -> None:
    """Wait at most so many seconds for something to show, and a little longer if much happens."""
    drawn = time.monotonic()
    keys = terminal.wait(seconds)
    if not keys and not terminal.is_to_leave:
        keys = terminal.wait(drawn + _AT_LEAST - time.monotonic(), for_keys_only=True)
    terminal.is_to_leave = terminal.is_to_leave or any(key in _QUITS for key in keys)
