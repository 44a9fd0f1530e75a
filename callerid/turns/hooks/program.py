"""The program that a setting names, found and run: no shell, a time limit, and nothing of ours in its environment."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.errors import CalleridError, CommandHung, CommandMissing, ConfigFault, PhoneFault
from callerid.files import nearest_folder
from callerid.messages import as_typed, message
from callerid.turns.orphans import STARTED_BY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.phone.command_runner import CommandRunner

_IN_HOME = "~/"


def find_program(setting: str, words: Sequence[str], runner: CommandRunner) -> tuple[str, ...]:
    """Return the words of a setting with the path of its program written out. Raise ConfigFault, which names the setting, if there
    is no such program, or it may not be run."""
    try:
        return found_program(setting, words, runner)
    except ConfigFault as fault:
        raise of_setting(setting, fault) from fault


def of_setting(setting: str, fault: CalleridError) -> ConfigFault:
    """Return a fault of what a setting names, in a sentence that begins with the setting."""
    return ConfigFault(message("{setting}: {sentence}", setting=setting, sentence=fault.sentence), remedy=fault.remedy)


def found_program(setting: str, words: Sequence[str], runner: CommandRunner) -> tuple[str, ...]:
    """Return what `find_program` does, with faults whose sentences leave the setting to whoever tells it before them."""
    if "/" not in words[0]:
        if not runner.has(words[0]):
            raise ConfigFault(
                message("there is no command {words!r}.", words=words[0]),
                remedy=message("Write its path: callerid config set {setting} PATH", setting=setting),
            )
        return tuple(words)
    path = Path(runner.variable("HOME") or "~").expanduser() / words[0].removeprefix(_IN_HOME)
    if not path.exists():
        raise ConfigFault(
            message("there is no file {path}.", path=path),
            remedy=message("See what is there: ls -la {parent}", parent=as_typed(nearest_folder(path))),
        )
    if not path.is_file():
        raise ConfigFault(
            message("{path} is not a file.", path=path),
            remedy=message("Write its path: callerid config set {setting} PATH", setting=setting),
        )
    if not os.access(path, os.X_OK):
        raise ConfigFault(
            message("{path} may not be run.", path=path),
            remedy=message("Type: chmod +x {path}", path=as_typed(path)),
        )
    return (str(path), *words[1:])


def run_program(setting: str, words: Sequence[str], stdin: str, seconds: float, runner: CommandRunner) -> None:
    """Run the program of a setting with a text on its stdin, for at most so many seconds. What it prints is ignored.

    Raise ConfigFault as `found_program`, PhoneFault when it cannot be started, does not end in time or ends with another status
    than 0, Stopped. The sentence of a fault is the same each time, so that it is reported once.
    """
    argv = found_program(setting, words, runner)
    try:
        output = runner.run(argv, timeout=seconds, stdin=stdin, environment=runner.without("CALLERID_TOKEN", STARTED_BY))
    except CommandHung as fault:
        raise PhoneFault(
            message("{argv} did not end within {seconds:.0f} s, and was killed.", argv=argv[0], seconds=seconds),
            remedy=message("Have it do less, or raise hooks.time_limit."),
        ) from fault
    except CommandMissing as fault:
        raise not_started(argv[0]) from fault
    if output.code:
        ended = (
            message("with status {code}", code=output.code)
            if output.code > 0
            else message("by {name}", name=signal.Signals(-output.code).name)
        )
        raise PhoneFault(
            message("{argv} ended {ended}.", argv=argv[0], ended=ended),
            remedy=message("Run it by hand, with an event on its stdin: see docs/hooks.md."),
        )


def not_started(program: str) -> PhoneFault:
    """Return the fault of a program that is there, and that Android found no interpreter for."""
    return PhoneFault(
        message("{argv} cannot be started: its first line names a program that is not there.", argv=program),
        remedy=message("See it: head -1 {argv}; and where the program is: command -v sh python", argv=as_typed(program)),
    )
