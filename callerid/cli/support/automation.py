"""callerid automation: files for an automation app to import, so that it tells callerid of each ring."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from callerid.cli.language.output import echo, shown
from callerid.cli.session import environment, new_runner
from callerid.messages import message

if TYPE_CHECKING:
    from callerid.core.automation.events import ImportFile

_TASKER, _MACRODROID = "tasker", "macrodroid"
_STEPS = {
    _TASKER: message("In Tasker: long-press the tab Profiles, or Tasks for a .tsk.xml file, Import, and choose the file."),
    _MACRODROID: message("In MacroDroid: Export/Import, Import, and choose the file."),
}


@click.command()
@click.argument("app", type=click.Choice(list(_STEPS)))
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    metavar="DIRECTORY",
    help="The folder for the files. Default: the phone's downloads, else the home folder.",
)
def automation(app: str, folder: Path | None) -> None:
    """Write the files with which Tasker or MacroDroid tells callerid of calls.

    They run the programs of ~/.termux/tasker, which sh termux/install.sh puts there. What no file can carry is printed, to be done
    by hand. docs/hearing-a-ring.md has the permissions that the app needs, and the steps for every other app.

    Example: callerid automation tasker
    """
    from callerid.core.automation.events import EVENTS
    from callerid.turns.context import utc_now

    files = _files(app, int(utc_now().timestamp() * 1000))
    where = folder or _default_folder()
    for file in files:
        (where / file.name).write_text(file.text, encoding="utf-8")
        click.echo(f"{where / file.name}: {shown(file.event.when)}")
        if file.by_hand:
            click.echo(f"  {shown(file.by_hand)}")
    missing = [event for event in EVENTS if event not in [file.event for file in files]]
    for event in missing:
        echo(message("no file, by hand if you want it: {when}: {program}", when=event.when, program=event.program))
    echo(message("{steps} Then test it: docs/hearing-a-ring.md", steps=_STEPS[app]), err=True)


def _files(app: str, made: int) -> list[ImportFile]:
    from callerid.core.automation import macrodroid, tasker

    return tasker.import_files(made) if app == _TASKER else macrodroid.import_files(made)


def _default_folder() -> Path:
    from callerid.turns.upkeep.bug_report.archive import reachable_folder

    runner = new_runner()
    try:
        return reachable_folder(runner, Path(environment().get("HOME") or "~").expanduser())
    finally:
        runner.stop()
