"""On a terminal of forty columns, as a phone's is, a command prints no line that is broken by the terminal within a word."""

from __future__ import annotations

import contextlib
import io
import termios
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.cli.language.output import progress_bar
from callerid.cli.main import callerid
from callerid.core.wording.table import places
from callerid.models import CallType
from tests.cli.terminal import typed
from tests.desks import ANA, QuickDesk
from tests.disk.broken_homes import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from tests.desks import SyncedHome

COLUMNS = 40
TAKES_LONG_AND_ASKS_OR_LIVES = {"add", "demo", "report-bug", "run", "setup", "sync", "watch"}  # tests of their own
IS_TYPED_OR_READ_BY_PROGRAMS = ("am start", "adb ", "callerid ", "callerid-event", "SVDIR=", "lines = ", "card.lines = ")
TESHIGAWARA = "勅使河原源五郎兵衛"
PEOPLE: tuple[dict[str, str], ...] = (
    {"firstname": "太郎左衛門", "lastname": TESHIGAWARA, "phone": "+81 90-1234-5678", "mobilephone": "090 1234 567"},
    {"firstname": "Ana", "lastname": "de la Concepción y Fernández de Córdoba", "phone": "+353 87 765 4321"},
    {"firstname": "Ana Maria", "lastname": "Twin", "phone": "87 123 4567 / 01 2345678 (only after lunch)"},
)
NOTE = "Sends the offer for the renewal of all machines by the end of next week"
PERSONAL: tuple[tuple[str, ...], ...] = (
    *(("show", "Ana"), ("show", ANA), ("show", TESHIGAWARA), ("lookup", "Ana"), ("lookup", ANA), ("lookup", TESHIGAWARA)),
    *(("hygiene",), ("calls",), ("missed",), ("outbox", "--all"), ("status",), ("config", "sample")),
)


@pytest.fixture(scope="module")
def desk(small_home: SyncedHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickDesk]:
    """A desk of people with long names, with whom there were calls, one of them with a long note."""
    with small_home.desk(tmp_path_factory.mktemp("narrow")) as made:
        for person in PEOPLE:
            made.portal.records.create("contacts", person | {"company": "株式会社北海道東海旅客建設工業"})
        made.start("sync")
        hour_ago = datetime.now(UTC) - timedelta(hours=1)
        made.phone.add_call(ANA, CallType.OUTGOING, hour_ago, 192)
        made.phone.add_call("+81 90-1234-5678", CallType.MISSED, hour_ago + timedelta(minutes=20))
        made.start("run", "--once", "watch", "attend")
        answers = ("--outcome", "left-live-message", "--note", NOTE, "--follow-up", "tomorrow")
        assert made.start("log", key_of_call(made), *answers).returncode == 0
        yield made


def key_of_call(desk: QuickDesk) -> str:
    """Return the key of Ana's call."""
    return next(str(call["key"]) for call in desk.json("calls") if call["number"] == ANA)


def test_every_command_fits(desk: QuickDesk, tmp_path: Path) -> None:
    row = str(desk.json("outbox", "--all")[0]["id"])
    meant = {"KEY": key_of_call(desk), "ROW": row, "FILE": str(tmp_path / "new-file")}
    commands = {name: words for name, words in COMMANDS.items() if name not in TAKES_LONG_AND_ASKS_OR_LIVES}
    assert too_long(desk, *((*name.split(), *(meant.get(word, word) for word in words)) for name, words in commands.items())) == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_is_known_of_people_fits_in_each_language(desk: QuickDesk, language: str) -> None:
    desk.start("config", "set", "language", language)
    assert too_long(desk, *PERSONAL) == []


def test_the_columns_of_a_file_fit(desk: QuickDesk, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("Nachname oder Firma des Ansprechpartners hier,Telefon\nBoss,087 999 9999\n")
    desk.start("config", "set", "crm.file", str(people))
    desk.start("config", "set", "crm.provider", "file")
    try:
        assert too_long(desk, ("config", "columns", "--take", "Nachname oder Firma des Ansprechpartners hier = name")) == []
    finally:
        desk.start("config", "set", "crm.provider", "hubspot")


def too_long(desk: QuickDesk, *commands: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the lines that are too wide, each with its command, but for what is one word, such as a URL, or is to be typed."""
    wide = []
    for words in commands:
        lines = printed(desk, *words).splitlines()
        assert lines, words
        wide += [(*words, line) for line in lines if places(line) > COLUMNS and not _stays_whole(line)]
    return wide


def _stays_whole(line: str) -> bool:
    return len(line.lstrip("# ").split()) == 1 or line.strip().startswith(IS_TYPED_OR_READ_BY_PROGRAMS)


def printed(desk: QuickDesk, *words: str) -> str:
    """Return what a command prints at a terminal at which nobody types."""

    def command(terminal: BinaryIO) -> int:
        termios.tcsetwinsize(terminal.fileno(), (24, COLUMNS))
        screen = io.TextIOWrapper(terminal, encoding="utf-8", write_through=True)
        with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen), contextlib.suppress(SystemExit):
            callerid.main(words, obj=desk.edges(), prog_name="callerid")
        screen.detach()
        return 0

    return typed(command)


def test_a_progress_bar_leaves_the_time_out_that_is_left_where_it_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert progress_bar(1234, "companies", show_pos=True, show_eta=True).show_eta
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    bar = progress_bar(1_234_567, "companies", show_pos=True, show_eta=True)
    bar.update(1_234_560)
    assert (bar.show_eta, len(bar.format_progress_line()) < COLUMNS) == (False, True)
