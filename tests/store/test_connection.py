"""SQLite as we open it: private, safe under contention, and its faults reported in words."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from operator import methodcaller
from types import SimpleNamespace
from typing import TYPE_CHECKING, Literal

import pytest

from callerid.errors import DiskFull, StoreFault
from callerid.store import connection as connection_module
from callerid.store.connection import open_database, writing
from callerid.store.faults import store_errors, store_fault
from callerid.store.ledger.database import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


_COUNT = "SELECT count(*) FROM counts"
_LOOK = f"import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); print(*c.execute({_COUNT!r}).fetchone()); c.close()"


def with_counts(path: Path) -> sqlite3.Connection:
    """Make a database with an empty table of counts, and return a connection to it."""
    connection = open_database(path, synchronous="FULL")
    connection.execute("CREATE TABLE counts (n INTEGER)")
    return connection


def test_a_new_database_is_for_its_owner_only(tmp_path: Path) -> None:
    open_database(tmp_path / "a.db", synchronous="FULL").close()
    assert (tmp_path / "a.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("synchronous", "as_read"), [("NORMAL", 1), ("FULL", 2)])
def test_a_database_waits_for_the_disk_as_it_is_told(tmp_path: Path, synchronous: Literal["NORMAL", "FULL"], as_read: int) -> None:
    with closing(open_database(tmp_path / "a.db", synchronous=synchronous)) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == as_read


def test_what_is_stored_in_the_ledger_survives_a_power_cut(tmp_path: Path) -> None:
    """In WAL mode only FULL waits for the disk at each commit (https://sqlite.org/pragma.html#pragma_synchronous)."""
    ledger = open_ledger(tmp_path / "ledger.db")
    assert ledger.connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert ledger.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    ledger.close()


def test_three_threads_that_read_and_then_write_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    first = with_counts(path)
    first.execute("INSERT INTO counts VALUES (0)")

    def add() -> None:
        own = open_database(path, synchronous="NORMAL")
        for _ in range(200):
            with writing(own):
                (n,) = own.execute("SELECT n FROM counts").fetchone()
                own.execute("UPDATE counts SET n = ?", (n + 1,))
        own.close()

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert first.execute("SELECT n FROM counts").fetchone()[0] == 600
    first.close()


def test_opening_a_database_again_keeps_what_other_threads_hold_of_it(tmp_path: Path) -> None:
    """Closing any descriptor of a file drops a process's POSIX locks on it: another process then deleted the live journal."""
    path = tmp_path / "a.db"
    held = with_counts(path)
    open_database(path, synchronous="FULL").close()
    look = [sys.executable, "-c", _LOOK, str(path)]
    subprocess.run(look, check=True, capture_output=True)
    held.execute("INSERT INTO counts VALUES (1)")
    seen = subprocess.run(look, check=True, capture_output=True, text=True)
    assert seen.stdout.strip() == "1"
    held.close()


def test_a_database_that_is_locked_for_too_long_is_reported_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "_LOCK_TIMEOUT", 0.05)
    holder, waiter = (open_database(tmp_path / "a.db", synchronous="FULL") for _ in range(2))
    with writing(holder), pytest.raises(StoreFault, match="locked"), writing(waiter):
        pytest.fail("it must not come here")
    holder.close()
    waiter.close()


def test_what_fails_within_a_transaction_leaves_nothing(tmp_path: Path) -> None:
    db = with_counts(tmp_path / "a.db")

    def write_and_fail() -> None:
        with writing(db):
            db.execute("INSERT INTO counts VALUES (1)")
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    assert db.execute("SELECT count(*) FROM counts").fetchone()[0] == 0
    db.close()


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("database disk image is malformed", "callerid run --once upkeep"),
        ("database or disk is full", "df"),
        ("database is locked", "status"),
        ("attempt to write a readonly database", "ls -l"),
    ],
)
def test_what_sqlite_says_comes_with_a_remedy(tmp_path: Path, message: str, remedy: str) -> None:
    with pytest.raises(StoreFault, match=message) as fault, store_errors(tmp_path / "a.db"):
        raise sqlite3.OperationalError(message)
    assert remedy in fault.value.remedy


def test_threads_that_open_a_new_database_at_once_all_get_it(tmp_path: Path) -> None:
    start = threading.Barrier(8)

    def opened(_: int) -> str:
        start.wait()
        with closing(open_database(tmp_path / "new.db", synchronous="FULL")) as connection:
            return str(connection.execute("PRAGMA journal_mode").fetchone()[0])

    for round_ in range(10):
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(opened, range(8))) == {"wal"}
        for file in tmp_path.glob("new.db*"):
            file.rename(tmp_path / f"old-{round_}-{file.name}")


# ------------------------------------------------------------------------------------------------ a disk that is full


def full(db: sqlite3.Connection, *, pages: int = 0) -> None:
    """Let a database have no page more than it has, or so many more."""
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0] + pages}")


def test_a_statement_that_finds_no_room_is_a_fault_and_the_next_transaction_works(tmp_path: Path) -> None:
    db = with_counts(tmp_path / "a.db")
    db.execute("CREATE TABLE texts (text TEXT)")
    full(db)

    def write() -> None:
        with writing(db):
            db.execute("INSERT INTO counts VALUES (1)")
            db.execute("INSERT INTO texts VALUES (zeroblob(100000))")

    with pytest.raises(DiskFull, match=r"a\.db .*full") as fault:
        write()
    assert (fault.value.exit_code, "df -h" in fault.value.remedy) == (51, True)
    with writing(db):
        db.execute("INSERT INTO counts VALUES (2)")
    assert [row[0] for row in db.execute("SELECT n FROM counts")] == [2]
    db.close()


_COMMIT = """
import resource, signal, sys
from pathlib import Path
from callerid.errors import DiskFull, StoreFault
from callerid.store.connection import open_database, writing
from callerid.store.ledger.database import open_ledger
db = open_database(Path(sys.argv[1]), synchronous="FULL")
journal = Path(sys.argv[1] + "-wal").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (journal + int(sys.argv[2]), resource.RLIM_INFINITY))
faults = []
for number in (1, 2):
    try:
        with writing(db):
            db.execute("INSERT INTO counts VALUES (?)", (number,))
    except StoreFault as fault:
        faults.append(number)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(faults, [row[0] for row in db.execute("SELECT n FROM counts")], db.in_transaction)
"""


@pytest.mark.parametrize("room", [0, 24, 2000, 4119])
def test_a_commit_that_finds_no_room_is_a_fault_and_the_next_transaction_works(tmp_path: Path, room: int) -> None:
    """A file may grow no more in a process of its own: the journal is written when the transaction is committed."""
    with closing(with_counts(tmp_path / "a.db")) as keeps_journal:
        words = [sys.executable, "-c", _COMMIT, str(tmp_path / "a.db"), str(room)]
        done = subprocess.run(words, check=False, capture_output=True, text=True)
        assert (done.stdout.strip(), done.stderr) == ("[1] [2] False", "")
        assert [row[0] for row in keeps_journal.execute("SELECT n FROM counts")] == [2]


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_IOERR | (19 << 8)])
def test_what_sqlite_cannot_open_or_extend_is_a_full_disk_if_there_is_hardly_any_room(
    tmp_path: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so for a journal that cannot be created, and for shared memory that cannot grow (SQLITE_IOERR_SHMSIZE)."""
    fault = sqlite3.OperationalError("unable to open database file")
    fault.sqlite_errorcode = code
    for free, kind, remedy in ((20_000, DiskFull, "df -h"), (10**6, StoreFault, "ls -l")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        found = store_fault(tmp_path / "a.db", fault)
        assert (type(found), "is full" in found.sentence) == (kind, kind is DiskFull)
        assert remedy in found.remedy


def test_a_damaged_page_is_a_fault_also_when_it_is_reached_late(tmp_path: Path) -> None:
    with closing(with_counts(tmp_path / "a.db")) as db:
        db.executemany("INSERT INTO counts VALUES (?)", [(number,) for number in range(20000)])
    with (tmp_path / "a.db").open("r+b") as file:
        file.seek(-8 * 4096, 2)
        file.write(b"\xff" * 4096)
    with closing(open_database(tmp_path / "a.db", synchronous="FULL")) as db:
        readers: tuple[Callable[[sqlite3.Cursor], object], ...] = (list, methodcaller("fetchall"), methodcaller("fetchmany", 20000))
        for read in readers:
            cursor = db.execute("SELECT n FROM counts")
            with pytest.raises(StoreFault, match="malformed"):
                read(cursor)


def test_a_mistake_of_ours_is_not_reported_as_a_fault_of_the_store(tmp_path: Path) -> None:
    db = with_counts(tmp_path / "a.db")
    db.close()
    with pytest.raises(sqlite3.ProgrammingError):
        db.execute(_COUNT)


def test_a_dozen_connections_hold_a_small_part_of_the_ledger_in_memory(tmp_path: Path) -> None:
    ledgers = [open_ledger(tmp_path / "ledger.db") for _ in range(12)]
    caches = [ledger.connection.execute("PRAGMA cache_size").fetchone()[0] for ledger in ledgers]
    for ledger in ledgers:
        ledger.close()
    assert caches == [-512] * 12  # KiB
