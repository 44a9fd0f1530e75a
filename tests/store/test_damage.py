"""A database is put aside with its journal, and nobody opens one that is being replaced."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from callerid.errors import DatabaseDamaged, StoreFault
from callerid.store import connection, derived_file
from callerid.store.connection import open_database
from callerid.store.damage import find_damage, opening, put_aside, put_aside_from, remove_orphaned_journal, replacing
from callerid.store.faults import store_errors
from callerid.store.mirror.database import Mirror

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database whose only row is in its journal, as after a crash."""
    path = tmp_path / "mirror.db"
    with closing(open_database(path, synchronous="NORMAL")) as connection:
        connection.execute("CREATE TABLE people (name TEXT)")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("INSERT INTO people VALUES ('Ana')")
        contents = {suffix: path.with_name(f"{path.name}{suffix}").read_bytes() for suffix in ("", "-wal")}
    for suffix, content in contents.items():
        path.with_name(f"{path.name}{suffix}").write_bytes(content)
    return path


def people(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM people")]


def is_free(path: Path, kind: int) -> bool:
    with path.with_name(f"{path.name}.replace").open("a") as lock:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_a_database_that_is_put_aside_takes_its_journal_along(path: Path) -> None:
    put_aside(path)
    assert not path.with_name("mirror.db-wal").exists()
    assert people(put_aside_from(path)) == ["Ana"]


def test_the_journal_of_a_deleted_database_does_not_get_into_the_next_one(path: Path) -> None:
    path.unlink()
    remove_orphaned_journal(path)
    assert not path.with_name("mirror.db-wal").exists()


def test_the_journal_of_a_database_that_is_there_stays(path: Path) -> None:
    remove_orphaned_journal(path)
    assert people(path) == ["Ana"]


def test_nobody_opens_a_database_while_it_is_replaced(path: Path) -> None:
    with replacing(path):
        assert not is_free(path, fcntl.LOCK_SH)
        assert not is_free(path, fcntl.LOCK_EX)
    assert is_free(path, fcntl.LOCK_SH)


def test_nobody_replaces_a_database_while_it_is_opened_and_others_may_open_it_too(path: Path) -> None:
    with opening(path):
        assert not is_free(path, fcntl.LOCK_EX)
        assert is_free(path, fcntl.LOCK_SH)


def test_a_database_that_lacks_a_table_is_damaged(path: Path) -> None:
    assert find_damage(path, ("people",)) == ""
    assert find_damage(path, ("people", "deals")) == "it lacks the table deals"


def test_a_database_that_is_emptied_while_others_have_it_open_is_damaged_at_once_and_keeps_its_journal(path: Path) -> None:
    """SQLite would delete the journal, and wait half a minute for the others to close it."""
    with closing(open_database(path, synchronous="NORMAL")) as other:
        other.execute("INSERT INTO people VALUES ('Ben')")
        os.truncate(path, 0)
        journal = path.with_name("mirror.db-wal").read_bytes()
        began = time.monotonic()
        with pytest.raises(DatabaseDamaged, match="cut to nothing"):
            open_database(path, synchronous="NORMAL")
        assert find_damage(path) == "it was cut to nothing"
        assert (time.monotonic() - began < 5, path.with_name("mirror.db-wal").read_bytes()) == (True, journal)


def test_a_database_that_is_emptied_while_it_is_opened_is_not_waited_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(open_database(path, synchronous="NORMAL")):
        monkeypatch.setattr(connection, "_create_private", lambda path: os.truncate(path, 0))
        with pytest.raises(DatabaseDamaged, match="cut to nothing"):
            open_database(path, synchronous="NORMAL")


def test_whoever_has_a_database_open_waits_half_a_minute_for_anothers_transaction(path: Path) -> None:
    with closing(open_database(path, synchronous="NORMAL")) as opened:
        assert opened.execute("PRAGMA busy_timeout").fetchone()[0] == 30_000


def test_a_damaged_mirror_is_closed_before_it_waits_for_whoever_is_opening_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That one may wait for just this."""
    mirror, were_open = Mirror(tmp_path / "mirror.db"), []
    assert mirror.facts().contacts == 0

    def replacing_it(path: Path) -> AbstractContextManager[None]:
        were_open.append(mirror.file.is_open)
        return replacing(path)

    monkeypatch.setattr(derived_file, "replacing", replacing_it)
    assert mirror.file.replace_if_damaged(DatabaseDamaged("It is damaged.", path=tmp_path / "mirror.db"))
    assert (were_open, mirror.facts().contacts) == ([False], 0)
    mirror.close()


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
def test_a_folder_or_a_pipe_in_place_of_a_file_of_a_database_is_damage_and_is_put_aside(
    path: Path, suffix: str, make: Callable[[Path], None]
) -> None:
    file = path.with_name(f"{path.name}{suffix}")
    file.unlink(missing_ok=True)
    make(file)
    with pytest.raises(DatabaseDamaged), opening(path):
        open_database(path, synchronous="NORMAL").execute("INSERT INTO people VALUES ('Ben')")
    assert find_damage(path).endswith("is not a regular file")
    with replacing(path):
        put_aside(path)
    open_database(path, synchronous="NORMAL").close()
    assert find_damage(path) == ""
    assert put_aside_from(path, suffix).exists()
    assert not put_aside_from(path, suffix).is_file()


def test_a_folder_in_place_of_the_journal_of_a_deleted_database_is_deleted_too(path: Path) -> None:
    path.unlink()
    journal = path.with_name("mirror.db-wal")
    journal.unlink()
    journal.mkdir()
    remove_orphaned_journal(path)
    assert not journal.exists()


def test_another_file_that_is_a_folder_is_no_damaged_database(tmp_path: Path) -> None:
    """Nobody would put it aside."""
    (tmp_path / "marks.list").mkdir()
    with pytest.raises(StoreFault, match="mv ") as fault, store_errors(tmp_path / "marks.list"):
        (tmp_path / "marks.list").read_bytes()
    assert not isinstance(fault.value, DatabaseDamaged)
