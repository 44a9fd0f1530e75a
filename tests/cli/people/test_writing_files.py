"""Commands that write a file, a table or an archive: "-" is stdout, as everywhere."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import zipfile
from typing import TYPE_CHECKING

import click
import pytest
import vobject
from click.testing import CliRunner

from callerid.cli.main import callerid
from callerid.cli.people.private_file import write_private
from callerid.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome

_WORDS = {
    ("report", "-o"): b"<!DOCTYPE html>",
    ("export", "--vcard"): b"BEGIN:VCARD\r\n",
    ("hygiene", "--csv"): b"Record ID,Name,",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, small_home: SyncedHome) -> Iterator[QuickDesk]:
    with small_home.desk(tmp_path_factory.mktemp("writing")) as made:
        yield made


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which commands are typed."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(desk: QuickDesk, *words: str) -> bytes:
    done = CliRunner().invoke(callerid, words, obj=desk.edges(), catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done.stdout_bytes


@pytest.mark.parametrize("words", list(_WORDS), ids=" ".join)
def test_a_dash_is_stdout_and_a_path_to_a_dash_is_a_file(desk: QuickDesk, folder: Path, words: tuple[str, str]) -> None:
    assert printed(desk, *words, "-").startswith(_WORDS[words])
    assert not (folder / "-").exists()
    assert desk.start(*words, "").returncode == 2  # a variable of a shell that is not set
    assert _WORDS[words] not in printed(desk, *words, "./-")
    assert _WORDS[words] in (folder / "-").read_bytes()


def test_every_option_that_names_a_file_to_write_knows_the_dash() -> None:
    context = click.Context(callerid)
    options = [
        (name, option.opts[-2:], option.type)
        for name in callerid.list_commands(context)
        for option in callerid.get_command(context, name).params  # type: ignore[union-attr]
        if isinstance(option.type, click.Path) and not (option.type.exists and option.type.file_okay)
    ]
    assert [(name, opts) for name, opts, kind in options if not kind.allow_dash] == [
        ("automation", ["--to"]),  # several files
        ("report-bug", ["--to"]),
        ("simulate", ["--folder"]),
    ]
    assert {(name, word) for name, opts, _ in options for word in opts} >= {*_WORDS, ("report-bug", "-o")}


def test_nothing_but_the_answer_is_on_stdout(desk: QuickDesk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callerid.cli.support.report_bug._parts", lambda *_: iter([("counts.json", "{}")]))
    with zipfile.ZipFile(io.BytesIO(printed(desk, "report-bug", "-o", "-"))) as archive:
        assert archive.testzip() is None
    assert not (folder / "-").exists()
    assert len(list(vobject.readComponents(printed(desk, "export", "--vcard", "-").decode()))) == 5
    assert printed(desk, "report", "-o", "-").endswith(b"</html>\n")
    assert desk.start("export", "--vcard", "-").stderr == ""


def test_a_link_a_pipe_and_a_device_are_written_into_and_stay_what_they_are(tmp_path: Path) -> None:
    """Nothing here is in /dev: a device there would be gone if this failed, where root runs it."""
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_text("what was there before, which is longer")
    link.symlink_to(target)
    os.mkfifo(pipe)
    with pytest.raises(UsageFault, match="cannot be written"):
        write_private(str(pipe), "nobody reads it")
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert write_private(str(pipe), "through the pipe")
        assert os.read(reader, 100) == b"through the pipe"
    finally:
        os.close(reader)
    assert write_private(str(link), "by the link")
    assert (pipe.is_fifo(), link.is_symlink(), target.read_text(), target.stat().st_mode & 0o777) == (
        True,
        True,
        "by the link",
        0o600,
    )


def all_reads(terminal: int) -> Iterator[bytes]:
    """Yield what is on a terminal, which may come in parts, until nobody has its other end open any more."""
    with contextlib.suppress(OSError):  # so Linux says that
        while part := os.read(terminal, 4096):
            yield part


def test_an_archive_is_not_written_to_a_terminal(desk: QuickDesk) -> None:
    own, terminal = pty.openpty()
    try:
        with os.fdopen(terminal, "r+b", buffering=0) as screen:
            assert desk.start_at(screen, "report-bug", "-o", "-") == 2
        told = b"".join(all_reads(own)).decode()
    finally:
        os.close(own)
    assert "Type: callerid report-bug -o report.zip" in told
    assert "PK" not in told


def test_what_goes_to_stdout_is_not_opened(desk: QuickDesk) -> None:
    refused = desk.start("report", "-o", "-", "--open")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "report -o FILE --open" in refused.stderr
