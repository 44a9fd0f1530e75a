"""Files for an automation app to import, so that it tells callerid of each ring: written where the app finds them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from callerid.core.automation import macrodroid, tasker
from callerid.core.automation.events import EVENTS
from callerid.messages import message
from callerid.turns.context import utc_now
from callerid.turns.upkeep.bug_report.archive import reachable_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.phone.command_runner import CommandRunner

_MADE_BY = {"tasker": tasker.import_files, "macrodroid": macrodroid.import_files}
HOW_TO_IMPORT = {
    "tasker": message("In Tasker: long-press the tab Profiles, or Tasks for a .tsk.xml file, Import, and choose the file."),
    "macrodroid": message("In MacroDroid: Export/Import, Import, and choose the file."),
}


def write_import_files(app: str, folder: Path) -> Iterator[str]:
    """Write the files for an app (a key of HOW_TO_IMPORT) into a folder, and return lines that say what each is for, and what no
    file can carry. Raise OSError."""
    files = _MADE_BY[app](int(utc_now().timestamp() * 1000))
    for file in files:
        (folder / file.name).write_text(file.text, encoding="utf-8")
        yield message("{path}: {when}", path=folder / file.name, when=file.event.when)
        if file.by_hand:
            yield message("  {by_hand}", by_hand=file.by_hand)
    for event in EVENTS:
        if event not in [file.event for file in files]:
            yield message("no file, by hand if you want it: {when}: {program}", when=event.when, program=event.program)


def folder_for_apps(runner: CommandRunner) -> Path:
    """Return the folder from which other apps import: the phone's downloads, else the home of Termux."""
    return reachable_folder(runner, Path(runner.variable("HOME") or "~").expanduser())
