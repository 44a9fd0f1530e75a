"""A disk that takes no writes any more, as after an error that Linux met on it: it is said once, nothing is lost, and nothing is called
damaged."""

from __future__ import annotations

import errno
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from callerid.catalogue import load
from callerid.core.backoff import Backoff
from callerid.daemon import disk_turns, event_turns, loop
from callerid.errors import DatabaseDamaged, DiskReadOnly, StoreFault
from callerid.models import CallType
from callerid.store import connection as connection_module
from callerid.store import faults
from callerid.store.connection import StoreConnection, StoreCursor, _reported, is_outdated, open_database, writing
from callerid.store.faults import store_fault
from tests.desks import daemon_log, ready, report, titles

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome
    from tests.disk.small_disk import SmallDisk

SAID = load("en").say("disk.read_only")
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "COMMIT")


def error_of_sqlite(code: int) -> sqlite3.OperationalError:
    fault = sqlite3.OperationalError("attempt to write")
    fault.sqlite_errorcode = code
    return fault


class FailingDisk:
    """A disk that takes no writes for a while. A mount cannot be made to refuse what is open, so the databases on it do: with an
    error of input and output where they were open before, and for ever where they could be opened for reading only."""

    is_read_only = False


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> FailingDisk:
    disk = FailingDisk()

    class Cursor(StoreCursor):
        @_reported
        def execute(self, sql: str, parameters: Any = (), /) -> Any:
            is_write = sql.startswith(_WRITES) and self.connection.in_transaction
            if is_write and getattr(self.connection, "is_for_reading", False):
                raise error_of_sqlite(sqlite3.SQLITE_READONLY)
            if is_write and disk.is_read_only:
                raise error_of_sqlite(sqlite3.SQLITE_IOERR_WRITE)
            return sqlite3.Cursor.execute(self, sql, parameters)

    class Connection(StoreConnection):
        def __init__(self, *words: Any, **more: Any) -> None:
            super().__init__(*words, **more)
            self.is_for_reading = disk.is_read_only

        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

    monkeypatch.setattr(connection_module, "StoreConnection", Connection)
    for module in (faults, disk_turns):
        monkeypatch.setattr(module, "takes_no_writes", lambda _folder: disk.is_read_only)
    return disk


@pytest.fixture
def desk(tmp_path: Path, synced_home: SyncedHome, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A desk whose daemon does not wait for long after a fault."""
    monkeypatch.setattr(disk_turns, "_WHILE_FULL", 0.2)
    monkeypatch.setattr(loop, "_AFTER_FAULT", Backoff.seconds(0.2))
    monkeypatch.setattr(event_turns, "_RETRY_STORE", Backoff.seconds(0.2))
    with synced_home.desk(tmp_path / "desk") as made:
        made.settings('via = "notification"\n')
        yield made


def test_a_tap_waits_for_a_disk_that_takes_no_writes_which_is_said_once_and_reaches_the_crm_once(
    desk: QuickDesk, failing: FailingDisk
) -> None:
    with desk.daemon_here():
        ready(desk)
        desk.phone.add_call("+353871234567", CallType.INCOMING, datetime.now(UTC) - timedelta(seconds=90), 75)
        card = desk.phone.wait(lambda: next((s.id for s in desk.phone.notifications() if s.title.startswith("Log call")), ""), 20)
        failing.is_read_only = True
        desk.phone.tap(card, "Connected")
        desk.phone.wait(lambda: SAID in titles(desk), 20)
        report(desk, "ring", "+353871234567")
        desk.phone.wait(lambda: any(title.startswith("Ana") for title in titles(desk)), 10)  # who rings is shown all the same
        assert [path.name.split("-")[0] for path in (desk.home / "inbox").glob("tap-*")] == ["tap"]
        assert not desk.portal.held_calls()
        assert titles(desk).count(SAID) == 1
        failing.is_read_only = False
        desk.phone.wait(desk.portal.held_calls, 20)
        desk.phone.wait(lambda: SAID not in titles(desk), 20)
        desk.phone.wait(lambda: not list((desk.home / "inbox").iterdir()), 20)
    assert len(desk.portal.held_calls()) == 1
    assert daemon_log(desk).count("Restart the phone") == 1
    assert "Traceback" not in daemon_log(desk)
    assert "damaged" not in daemon_log(desk)
    assert not list(desk.home.glob("*.damaged*"))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_READONLY, DiskReadOnly),
        (sqlite3.SQLITE_READONLY_DIRECTORY, DiskReadOnly),
        (sqlite3.SQLITE_IOERR_WRITE, DiskReadOnly),
        (sqlite3.SQLITE_CANTOPEN, DiskReadOnly),
        (sqlite3.SQLITE_READONLY_DBMOVED, StoreFault),  # the file was put aside: the next transaction says so
        (sqlite3.SQLITE_BUSY, StoreFault),
    ],
)
def test_what_sqlite_says_on_a_disk_that_takes_no_writes_is_no_damage(disk: SmallDisk, code: int, kind: type[StoreFault]) -> None:
    (disk.root / "a.db").touch()
    subprocess.run(["mount", "-o", "remount,ro", str(disk.root)], check=True)
    fault = store_fault(disk.root / "a.db", error_of_sqlite(code))
    assert type(fault) is kind
    assert not isinstance(fault, DatabaseDamaged)


def test_on_a_disk_that_can_be_written_an_error_of_input_and_output_is_another_fault(tmp_path: Path) -> None:
    assert type(store_fault(tmp_path / "a.db", error_of_sqlite(sqlite3.SQLITE_IOERR_WRITE))) is StoreFault
    assert list(tmp_path.iterdir()) == []
    of_a_file = store_fault(tmp_path / "a.db", OSError(errno.EROFS, "Read-only file system"))
    assert (type(of_a_file), of_a_file.exit_code, "ls -ld" in of_a_file.remedy) == (DiskReadOnly, 50, True)


def test_a_database_that_was_opened_for_reading_only_is_opened_anew(disk: SmallDisk) -> None:
    """SQLite opens it so on such a disk, and does not notice when the disk can be written again."""
    with closing(open_database(disk.root / "a.db", synchronous="FULL")) as db:
        db.execute("CREATE TABLE counts (n INTEGER)")
        db.execute("PRAGMA journal_mode = DELETE")  # without a journal beside it, it can be opened there

    def write(db: sqlite3.Connection) -> None:
        with writing(db):
            db.execute("INSERT INTO counts VALUES (1)")

    subprocess.run(["mount", "-o", "remount,ro", str(disk.root)], check=True)
    with closing(sqlite3.connect(disk.root / "a.db", isolation_level=None, factory=StoreConnection)) as db:
        db.path, db.name = disk.root / "a.db", str(disk.root / "a.db")
        db.file = connection_module._file_id(db.name)
        assert not is_outdated(db)
        with pytest.raises(DiskReadOnly):
            write(db)
        subprocess.run(["mount", "-o", "remount,rw", str(disk.root)], check=True)
        assert is_outdated(db)
    with closing(open_database(disk.root / "a.db", synchronous="FULL")) as db:
        write(db)
        assert not is_outdated(db)
