"""`status` and `lookup` as they are usually typed answer without click, and say to the byte what the commands say."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from callerid.cli.quick.door import exit_code_of
from callerid.core import numbers
from callerid.store.mirror import lookup
from callerid.store.mirror.database import Mirror
from callerid.store.number_rules import rules_version
from tests.desks import ANA
from tests.disk.broken_homes import BrokenHome, homes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.desks import QuickDesk, SyncedHome

_PLAIN = ANA.replace(" ", "")
_STRANGER = "+33145678900"
_ANSWERED = (
    ("status",),
    ("status", "--json"),
    ("lookup", _PLAIN),
    ("lookup", ANA),
    ("lookup", "--json", "087 123 4567"),
    ("lookup", _STRANGER),
    ("lookup", "ana"),
    ("lookup", "nobody"),
    ("lookup", "\x1b[31mred"),
)
_SETTINGS = {
    "as it is": "",
    "Japanese": 'language = "ja"\n',
    "off, by a region's word": 'enabled = false\nregion = "ie"\n',
    "an owner who is not in the CRM": '[crm]\nowner = "nobody@example.com"\n',
    "discreet": '[privacy]\nlock_screen = "initials"\n[log]\nscreen = false\n',
    "not plain TOML": "ring.phone_contacts = 'off'\ncard.lines = [\n 'facts' ]\n",
    "wrong": '[log]\nlat = "ask"\n',
}
_BROKEN = tuple(broken for broken in homes() if broken.name.split()[0] in ("config.toml", "ledger.db", "mirror.db", "the", "inbox"))
_OTHERS = (
    *((), ("status", "--help"), ("status", "-h"), ("status", "now"), ("status", "--jso"), ("statuses",), ("--json", "status")),
    *(("lookup",), ("lookup", ""), ("lookup", "a", "b"), ("lookup", "--region"), ("lookup", "-1"), ("lookup", "--", "-1")),
)


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory, synced_home: SyncedHome) -> Iterator[QuickDesk]:
    """A desk that was synced days ago, so that two answers in a row say the same of when."""
    with synced_home.desk(tmp_path_factory.mktemp("quick")) as desk:
        desk.start("status")
        desk.start("lookup", _STRANGER)  # so that its place is looked up once for all
        for name in ("mirror.db", "ledger.db"):
            with closing(sqlite3.connect(desk.home / name)) as database, database:
                database.execute(
                    "UPDATE facts SET value = value - 300000 WHERE name LIKE '%\\_at' ESCAPE '\\' OR name = 'last_sync'"
                )
        shutil.copytree(desk.home, desk.folder / "saved")
        yield desk


@pytest.fixture
def desk(synced: QuickDesk) -> QuickDesk:
    restore(synced)
    return synced


def restore(desk: QuickDesk) -> None:
    if desk.home.is_file():
        desk.home.unlink()
    shutil.rmtree(desk.home, ignore_errors=True)
    shutil.copytree(desk.folder / "saved", desk.home)


def quick(desk: QuickDesk, *words: str) -> tuple[int | None, str, str]:
    """Return exit code and outputs of the quick answer; None where click is to answer."""
    raw_out, raw_err = io.BytesIO(), io.BytesIO()
    out, err = (io.TextIOWrapper(raw, encoding="utf-8", write_through=True) for raw in (raw_out, raw_err))
    mask = os.umask(0o077)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = exit_code_of(words, desk.edges())
    finally:
        os.umask(mask)
    return code, raw_out.getvalue().decode(), raw_err.getvalue().decode()


def by_click(desk: QuickDesk, *words: str) -> tuple[int | None, str, str]:
    done = desk.start(*words)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("settings", _SETTINGS.values(), ids=_SETTINGS)
def test_a_quick_answer_is_that_of_the_command(desk: QuickDesk, settings: str) -> None:
    (desk.home / "config.toml").write_text(settings)
    for words in _ANSWERED:
        assert quick(desk, *words) == by_click(desk, *words)


@pytest.mark.parametrize("broken", _BROKEN, ids=lambda broken: broken.name)
def test_a_quick_answer_in_a_broken_home_is_that_of_the_command(desk: QuickDesk, broken: BrokenHome) -> None:
    for words in (("status",), ("lookup", _PLAIN)):
        answers = []
        for answer in (quick, by_click):
            restore(desk)
            broken.break_home(desk.home)
            answers.append(answer(desk, *words))
        assert answers[0] == answers[1]


def test_a_number_that_is_looked_up_as_it_is_in_the_index_is_the_same_persons(desk: QuickDesk) -> None:
    mirror = Mirror(desk.home / "mirror.db")
    with closing(sqlite3.connect(desk.home / "mirror.db")) as database:
        keys = [key for (key,) in database.execute("SELECT DISTINCT key FROM contact_keys WHERE key LIKE '+%'")]
    found = {key: known.candidates for key in keys if (known := mirror.by_number(key, "IE")).line == key}
    assert len(found) > len(keys) / 2
    assert found == {key: lookup.candidates(mirror.file.cursor, key, "IE") for key in found}
    assert [mirror.by_number(number, "IE").line for number in ("087 123 4567", "+33145678900")] == ["", ""]
    mirror.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE contact_keys SET proof = 0",
        "INSERT INTO contact_keys SELECT key, (SELECT max(id) FROM contacts), 0, 1 FROM contact_keys",
    ],
)
def test_a_number_in_the_index_that_proves_nobody_is_looked_up_by_its_plan(desk: QuickDesk, change: str) -> None:
    with closing(sqlite3.connect(desk.home / "mirror.db")) as database, database:
        database.execute(f"{change} WHERE key = ?", (_PLAIN,))
    mirror = Mirror(desk.home / "mirror.db")
    known = mirror.by_number(_PLAIN, "IE")
    assert (known.candidates, known.line) == (lookup.candidates(mirror.file.cursor, _PLAIN, "IE"), "")
    mirror.close()


def test_an_index_by_earlier_rules_tells_no_line(desk: QuickDesk) -> None:
    mirror = Mirror(desk.home / "mirror.db")
    before = mirror.by_number(_PLAIN, "IE")
    with closing(sqlite3.connect(desk.home / "mirror.db")) as database, database:
        database.execute("UPDATE facts SET value = '1 8.13.0' WHERE name = 'rules'")
    after = mirror.by_number(_PLAIN, "IE")
    assert (before.line, after.line, after.is_saved, after.candidates) == (_PLAIN, "", True, before.candidates)
    mirror.close()


def test_the_rules_by_which_numbers_are_read_are_known_without_loading_them() -> None:
    assert rules_version() == numbers.RULES_VERSION


def test_where_there_is_no_home_yet_a_quick_answer_is_that_of_the_command(desk: QuickDesk) -> None:
    for words in (("status",), ("lookup", _PLAIN)):
        answers = []
        for answer in (quick, by_click):
            shutil.rmtree(desk.home)
            answers.append(answer(desk, *words))
        assert answers[0] == answers[1]


@pytest.mark.parametrize("words", _OTHERS, ids=" ".join)
def test_what_is_not_plain_is_left_to_click_before_anything_is_done(desk: QuickDesk, words: tuple[str, ...]) -> None:
    shutil.rmtree(desk.home)
    assert quick(desk, *words) == (None, "", "")
    assert not desk.home.exists()


def test_completion_is_left_to_click(desk: QuickDesk) -> None:
    desk.variables["_CALLERID_COMPLETE"] = "bash_complete"
    try:
        assert quick(desk, "status") == (None, "", "")
    finally:
        del desk.variables["_CALLERID_COMPLETE"]


def test_a_reader_that_has_gone_ends_a_quick_answer_without_a_word(desk: QuickDesk) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        command = [sys.executable, "-m", "callerid", "status"]
        done = subprocess.run(command, env=os.environ | desk.environment(), stdout=gone, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
