"""The program that a setting names, found and run: no shell, a time limit, and nothing of ours in its environment."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.errors import CommandHung, CommandMissing, ConfigFault, PhoneFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.phone.command_runner import CommandRunner

_IN_HOME = "~/"


def find_program(setting: str, words: Sequence[str], runner: CommandRunner) -> tuple[str, ...]:
    """Return the words of a setting with the path of its program written out. Raise ConfigFault if there is no such program, or it
    may not be run."""
    if "/" not in words[0]:
        if not runner.has(words[0]):
            raise ConfigFault(
                f"{setting}: there is no command {words[0]!r}.", remedy=f"Write its path: callerid config set {setting} PATH"
            )
        return tuple(words)
    path = Path(runner.variable("HOME") or "~").expanduser() / words[0].removeprefix(_IN_HOME)
    if not path.exists():
        raise ConfigFault(f"{setting}: there is no file {path}.", remedy=f"See what is there: ls -la '{path.parent}'")
    if not path.is_file():
        raise ConfigFault(f"{setting}: {path} is not a file.", remedy=f"Write its path: callerid config set {setting} PATH")
    if not os.access(path, os.X_OK):
        raise ConfigFault(f"{setting}: {path} may not be run.", remedy=f"Type: chmod +x '{path}'")
    return (str(path), *words[1:])


def run_program(setting: str, words: Sequence[str], stdin: str, seconds: float, runner: CommandRunner) -> None:
    """Run the program of a setting with a text on its stdin, for at most so many seconds. What it prints is ignored.

    Raise ConfigFault as `find_program`, PhoneFault when it cannot be started, does not end in time or ends with another status than
    0, Stopped. The sentence of a fault is the same each time, so that it is reported once.
    """
    argv = find_program(setting, words, runner)
    try:
        output = runner.run(argv, timeout=seconds, stdin=stdin, environment=runner.without("CALLERID_TOKEN"))
    except CommandHung as fault:
        raise PhoneFault(
            f"{argv[0]} did not end within {seconds:.0f} s, and was killed.", remedy="Have it do less, or raise hooks.time_limit."
        ) from fault
    except CommandMissing as fault:
        raise PhoneFault(
            f"{argv[0]} cannot be started: its first line names a program that is not there.",
            remedy=f"See it: head -1 '{argv[0]}'; and where the program is: command -v sh python",
        ) from fault
    if output.code:
        ended = f"with status {output.code}" if output.code > 0 else f"by {signal.Signals(-output.code).name}"
        raise PhoneFault(f"{argv[0]} ended {ended}.", remedy="Run it by hand, with an event on its stdin: see docs/hooks.md.")
