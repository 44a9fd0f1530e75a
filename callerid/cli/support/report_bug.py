"""callerid report-bug: one archive about what went wrong, with every name and number masked. Nothing is sent."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callerid.cli.language.output import echo, print_fitted, print_text, shown
from callerid.cli.people.private_file import OUTPUT_FILE, STDOUT, refuse_terminal, write_private_bytes
from callerid.cli.session import environment, home, new_runner
from callerid.errors import CalleridError, UsageFault
from callerid.messages import as_typed, joined, message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from callerid.core.upkeep.pseudonyms import Pseudonyms
    from callerid.paths import Paths

_EXPLAINED = {
    "versions.json": message("callerid, Python, SQLite, Android, model, the apps of Termux"),
    "doctor.json": message("the answer of callerid doctor"),
    "status.json": message("the answer of callerid status"),
    "settings.txt": message("the settings; the token, names, numbers and files are not in it"),
    "counts.json": message("how many rows, calls and deliveries there are, in which state"),
    "log.txt": message("the last lines of the logs"),
    "notifications.json": message("the notifications of the file that you named, with the words of dialers"),
    "description.txt": message("what you wrote with --message, as it is"),
}
_ABOUT = (
    "A report about callerid, written by: callerid report-bug\n\nEach name, number, mail address and "
    "secret is masked: [person 3] is the same person in every file, [number of person 3] a number "
    "of\nthat person, [text 7] a text with words that callerid does not know. Nothing was sent by "
    "callerid.\n\n"
)


@click.command()
@click.option(
    "--to",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="The folder for the archive. Default: the phone's downloads, else the home folder.",
)
@click.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    type=OUTPUT_FILE,
    help="The archive to write instead, - for stdout; an older one is replaced.",
)
@click.option("--message", "described", default="", help="What went wrong, in your words. It is not masked: name nobody.")
@click.option(
    "--notifications",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="A saved output of termux-notification-list, for a bug with a dialer; it is masked too.",
)
def report_bug(folder: Path | None, file: str | None, described: str, notifications: str | None) -> None:
    """Write one archive about a bug: versions, the answers of doctor and status, settings, counts, the last log lines.

    Names, numbers, mail addresses and secrets are masked, the same one always in the same way. Nothing is sent: look at the
    archive, then send it yourself.

    Example: callerid report-bug --message "no card on the second SIM"
    """
    from callerid.cli.doctor import saved_list
    from callerid.turns.context import utc_now
    from callerid.turns.upkeep.bug_report.archive import packed_archive, write_archive

    if folder and file is not None:
        raise UsageFault(
            message("{named} cannot be combined.", named=joined(message(" and "), ["--to", "-o"])),
            remedy=message("Type: callerid report-bug --help"),
        )
    if file == STDOUT:
        refuse_terminal(message("Type: callerid report-bug -o report.zip"))
    rows = saved_list(notifications) if notifications else None
    echo(message("collecting; callerid doctor may take a minute"), err=True)
    parts = dict(_parts(home(), rows, described))
    lines = [f"{name:<20} {_EXPLAINED[name]}" for name in parts]
    now = utc_now()
    archive = packed_archive({"README.txt": _ABOUT + "\n".join(lines) + "\n", **parts}, now)
    if file is not None and not write_private_bytes(file, archive):
        _tell(parts, err=True)
        return
    path = Path(file) if file is not None else write_archive(folder or _default_folder(), archive, now)
    _tell(parts)
    print_text(f"{path}: {len(archive) / 1024:.0f} kB")
    echo(
        message(
            "Nothing was sent. Look at it: unzip -p {path} | less; then send it yourself: termux-share {path}", path=as_typed(path)
        ),
        err=True,
    )


def _default_folder() -> Path:
    from callerid.turns.upkeep.bug_report.archive import reachable_folder

    runner = new_runner()
    try:
        return reachable_folder(runner, Path(environment().get("HOME") or "~").expanduser())
    finally:
        runner.stop()


def _tell(parts: Iterable[str], *, err: bool = False) -> None:
    echo(message("It has, with every name and number masked:"), err=err)
    for name in parts:
        print_fitted(f"  {name:<20} {shown(_EXPLAINED[name])}", err=err)


def _parts(paths: Paths, rows: list[object] | None, described: str) -> Iterator[tuple[str, str]]:
    """Return the files of the archive with their texts. A part that cannot be made says why, and the others are made anyway."""
    from callerid.cli.doctor import doctor
    from callerid.cli.status import status
    from callerid.config.load import load_config
    from callerid.core.upkeep.pseudonyms import Pseudonyms
    from callerid.store.known_names import known_names
    from callerid.turns.upkeep.bug_report import parts
    from callerid.turns.upkeep.bug_report.vocabulary import dialer_words, program_words

    masks = Pseudonyms(known_names(paths.mirror, paths.ledger), program_words() | (dialer_words() if rows else frozenset()))
    runner = new_runner()
    try:
        yield "versions.json", parts.versions(runner)
        for command in (doctor, status):
            yield f"{command.name}.json", parts.masked_answer(_answer(command), masks)
        yield "settings.txt", _tried(lambda: parts.settings(load_config(paths.config_file)), masks)
        yield "counts.json", parts.counts(paths)
        yield "log.txt", parts.log_lines(paths, runner, masks)
    finally:
        runner.stop()
    if rows is not None:
        yield "notifications.json", parts.notifications(rows, masks)
    if described:
        yield "description.txt", described


def _answer(command: click.Command) -> str:
    """Return what a command answers with --json; of one that answers nothing, because a home is too damaged for it, its fault."""
    answer = io.StringIO()
    try:
        with contextlib.redirect_stdout(answer), contextlib.redirect_stderr(io.StringIO()):
            command.main(["--json"], standalone_mode=False, obj=click.get_current_context().obj)
    except (Exception, SystemExit) as ended:  # noqa: BLE001 - that is the bug, perhaps
        if not answer.tell():  # else it answered, and ends with its verdict
            answer.write(f"{type(ended).__name__}: {ended}\n")
    return answer.getvalue()


def _tried(part: Callable[[], str], masks: Pseudonyms) -> str:
    try:
        return part()
    except CalleridError as fault:
        return masks.mask(str(fault))
