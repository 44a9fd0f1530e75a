"""Commands in a home whose databases are damaged: the mirror is put aside and filled again, the ledger restored; never a traceback."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from callerid.store.damage import find_damage
from tests.damages import DAMAGES, flush
from tests.desks import ANA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome

pytestmark = pytest.mark.usefixtures("quick_searches")


@pytest.fixture
def desk(tmp_path: Path, small_home: SyncedHome) -> Iterator[QuickDesk]:
    with small_home.desk(tmp_path) as made:
        yield made


COMMANDS = (
    ("lookup", ANA),
    ("status",),
    ("sync",),
    ("sync", "--full"),
    ("sync", "--sweep"),
    ("calls",),
    ("outbox",),
    ("ignore", "+353861234567"),
    ("reconcile",),
    ("run", "--once"),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_command_in_a_home_with_a_damaged_mirror_works(
    desk: QuickDesk, words: tuple[str, ...], damage: Callable[[Path], None]
) -> None:
    flush(desk.home / "mirror.db")
    damage(desk.home / "mirror.db")
    assert desk.start(*words).returncode == 0
    assert desk.start("run", "--once", "upkeep").returncode == 0
    assert desk.start("sync").returncode == 0
    assert "Ana López" in desk.start("lookup", ANA).stdout
    assert find_damage(desk.home / "mirror.db") == ""
    assert "TROUBLE" not in desk.start("status").stdout
    assert not (desk.home / "mirror.db.damaged").exists()


def test_the_command_that_meets_a_mirror_of_garbage_says_so_itself(desk: QuickDesk) -> None:
    flush(desk.home / "mirror.db")
    (desk.home / "mirror.db").write_bytes(b"garbage" * 4000)
    answer = desk.start("lookup", ANA)
    assert (answer.returncode, answer.stdout.splitlines()[0]) == (0, ANA)
    assert "mirror.db is damaged" in answer.stderr
    assert "To fill it now, type: callerid sync" in answer.stderr
    assert desk.start("lookup", ANA).stderr == ""  # from now on, status says it


def test_a_command_that_cannot_read_the_mirror_of_a_newer_callerid_says_what_to_type_and_leaves_it_alone(desk: QuickDesk) -> None:
    flush(desk.home / "mirror.db")
    with closing(sqlite3.connect(desk.home / "mirror.db")) as newer:
        newer.execute("UPDATE facts SET value = '999' WHERE name = 'readable_since'")
        newer.execute("PRAGMA user_version = 999")
        newer.commit()
    flush(desk.home / "mirror.db")
    before = (desk.home / "mirror.db").read_bytes()
    for words in (("lookup", ANA), ("sync", "--full")):
        answer = desk.start(*words)
        assert (answer.returncode, "git pull && sh termux/install.sh" in answer.stderr) == (50, True)
    assert (desk.home / "mirror.db").read_bytes() == before


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_command_in_a_home_with_a_damaged_ledger_works_or_restores_it_and_works_the_second_time(
    desk: QuickDesk, words: tuple[str, ...], damage: Callable[[Path], None]
) -> None:
    assert desk.start("ignore", "+353867654321").returncode == 0
    assert desk.start("run", "--once", "upkeep").returncode == 0
    flush(desk.home / "ledger.db")
    damage(desk.home / "ledger.db")
    ended = desk.start(*words)
    assert ended.returncode in (0, 50)
    if ended.returncode:
        assert "Type the same command again." in ended.stderr
    assert desk.start(*words).returncode == 0
    assert desk.start("run", "--once", "upkeep").returncode == 0
    assert find_damage(desk.home / "ledger.db") == ""
    assert desk.start("ignore").stdout.split()[0] in ("1", "2")
