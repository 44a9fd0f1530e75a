"""The doctor says whether both databases are whole, what they hold, and how to save what a damaged one still has."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from callerid.store.journal import journal_put_aside
from callerid.store.ledger import database as ledger_database
from callerid.store.mirror import schema
from callerid.turns.doctor.databases import examine_databases, examine_disk

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.core.doctor.finding import Finding
    from tests.turns.world import World

PAGE = 4096


def findings_of(world: World) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine_databases(world.where)}


def damage(path: Path, table: str) -> None:
    """Overwrite the first page of a table of a closed database, as a worn-out memory card does."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\x7f" * PAGE)


def test_whole_databases_are_shown_with_what_they_hold_while_they_are_in_use(world: World) -> None:
    world.called()
    ledger, mirror = findings_of(world).values()
    assert ledger.works
    assert mirror.works
    assert ledger.database
    assert mirror.database
    assert (ledger.database.version, mirror.database.version) == (ledger_database.VERSION, schema.VERSION)
    assert dict(ledger.database.rows)["calls"] == dict(ledger.database.rows)["followups"] == 1
    assert dict(mirror.database.rows)["contacts"] == world.app.mirror.facts().contacts
    assert "60 contacts" in mirror.says
    assert mirror.database.bytes > PAGE
    assert ledger.says.endswith(" MB, 1 call")  # zeros, and what is in tables of which nobody knows, are left out


def test_databases_that_are_not_there_yet_are_no_fault_and_are_not_made(world: World) -> None:
    world.app.close()
    for file in (world.where.ledger, world.where.mirror):
        file.rename(file.with_suffix(".away"))
    assert [finding.works for finding in findings_of(world).values()] == [None, None]
    assert not world.where.ledger.exists()


@pytest.mark.parametrize(("name", "table", "remedy"), [("ledger", "rings", "upkeep"), ("mirror", "contacts", "upkeep pull")])
def test_a_database_whose_memory_is_worn_out_is_damaged_and_a_command_puts_it_right(
    world: World, name: str, table: str, remedy: str
) -> None:
    world.called()
    world.app.close()
    damage(world.where.ledger.with_name(f"{name}.db"), table)
    finding = findings_of(world)[name]
    assert finding.works is False
    assert finding.says.startswith("damaged: ")
    assert finding.remedy.endswith(f"type: callerid run --once {remedy}")


def test_a_row_that_refers_to_none_is_damage(world: World) -> None:
    connection = world.app.ledger.connection
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("INSERT INTO followups (call_key, state) VALUES ('gone', 'open')")
    assert "1 row of followups refers to none" in findings_of(world)["ledger"].says


def test_a_file_that_is_no_database_or_may_not_be_read_is_told_apart(world: World) -> None:
    world.app.close()
    world.where.ledger.write_bytes(b"once upon a time " * 1000)
    world.where.mirror.unlink()
    world.where.mirror.mkdir()
    ledger, mirror = findings_of(world).values()
    assert "not a database" in ledger.says
    assert "--once upkeep" in ledger.remedy
    assert mirror.works is False
    assert "--once upkeep" in mirror.remedy


def test_a_journal_that_was_put_aside_is_said_until_it_is_gone(world: World) -> None:
    assert "journal" not in findings_of(world)
    aside = journal_put_aside(world.where.ledger)
    aside.write_text("")
    finding = findings_of(world)["journal"]
    assert finding.works is False
    assert finding.remedy.endswith(f"rm {aside}")


def test_little_room_on_the_disk_is_told_and_keeps_nothing_else_from_being_checked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert examine_disk(world.where, world.now).works
    usage = shutil.disk_usage(world.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=9_000_000))
    little = examine_disk(world.where, world.now)
    assert (little.works, little.needed, little.says) == (False, False, "only 9 MB free")
    assert "STORAGE" in little.remedy
