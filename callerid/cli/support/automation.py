"""callerid automation: files for an automation app to import, so that it tells callerid of each ring."""

from __future__ import annotations

from pathlib import Path

import click

from callerid.cli.language.output import echo
from callerid.cli.session import new_runner
from callerid.messages import message

_APPS = ("tasker", "macrodroid")  # those of turns/setup/import_files, which takes a while to import


@click.command()
@click.argument("app", type=click.Choice(_APPS))
@click.option(
    "--to",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="The folder for the files. Default: the phone's downloads, else the home folder.",
)
def automation(app: str, folder: Path | None) -> None:
    """Write the files with which Tasker or MacroDroid tells callerid of calls.

    They run the programs of ~/.termux/tasker, which sh termux/install.sh puts there. What no file can carry is printed, to be done
    by hand. docs/hearing-a-ring.md has the permissions that the app needs, and the steps for every other app.

    Example: callerid automation tasker
    """
    from callerid.turns.setup.import_files import HOW_TO_IMPORT, write_import_files

    for line in write_import_files(app, folder or _default_folder()):
        echo(line)
    echo(message("{steps} Then test it: docs/hearing-a-ring.md", steps=HOW_TO_IMPORT[app]), err=True)


def _default_folder() -> Path:
    from callerid.turns.setup.import_files import folder_for_apps

    runner = new_runner()
    try:
        return folder_for_apps(runner)
    finally:
        runner.stop()
