"""SQLite drops the newest commits without a word when `ledger.db-wal` is damaged while nobody has the ledger open: the journal of
answers gives them back. A journal of another ledger is put aside."""

from __future__ import annotations

import os
import random
import shutil
from typing import TYPE_CHECKING

import pytest

from callerid.core.delivery.states import DeliveryState
from callerid.core.followup.states import State
from callerid.core.upkeep.health import Source
from callerid.errors import DiskFull, DiskReadOnly
from callerid.paths import journal_of
from callerid.store import journal
from callerid.store.connection import StoreConnection
from callerid.store.ledger.block_list import Kind
from callerid.store.ledger.database import take_over_journal
from callerid.store.ledger.replay.take_over import PUT_ASIDE, missing
from callerid.turns.upkeep.maintenance import maintain_databases
from tests.damages import flush
from tests.turns.world import ANA, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from callerid.core.followup.state import FollowUp

STRANGER = "+353 86 111 2233"


def noise(wal: Path) -> None:
    wal.write_bytes(random.Random(7).randbytes(wal.stat().st_size))


def cut(wal: Path) -> None:
    wal.write_bytes(wal.read_bytes()[: wal.stat().st_size // 3])


def delete(wal: Path) -> None:
    wal.unlink()


@pytest.fixture
def prepared(world: World) -> World:
    """A world whose ledger has everything until now in its file, and a backup."""
    maintain_databases(world.app, world.now)
    flush(world.where.ledger)
    return world


def answered(world: World) -> FollowUp:
    followup = world.called()
    world.attend()
    world.press(followup, "Connected")
    return world.again(followup)


def killed(world: World, damage: Callable[[Path], None] = lambda _: None) -> None:
    """Have the process killed, and the ledger's own journal damaged before the next one opens it."""
    ledger = world.where.ledger
    wal = ledger.with_name("ledger.db-wal")
    left = {file: file.read_bytes() for file in (ledger, wal)}
    world.app.close()
    for file, content in left.items():
        file.write_bytes(content)
    ledger.with_name("ledger.db-shm").unlink(missing_ok=True)
    damage(wal)
    world.app = world.open()


def told(world: World) -> list[str]:
    return [trouble.sentence for trouble in world.app.ledger.key_values.troubles() if trouble.source is Source.LEDGER]


def deliver_until_done(world: World) -> None:
    for _ in range(6):
        world.deliver()
        world.later(minutes=3)


@pytest.mark.parametrize("damage", [noise, cut, delete])
def test_answers_that_only_the_ledgers_own_journal_had_survive_its_loss_and_reach_the_crm_once(
    prepared: World, damage: Callable[[Path], None]
) -> None:
    world = prepared
    delivered = answered(world)
    world.deliver()
    waiting = answered(world)
    world.app.ledger.block_list.add(Kind.IGNORED_LINE, [world.app.line_of(STRANGER)])
    killed(world, damage)
    assert (world.again(delivered).state, world.again(waiting).state) == (State.LOGGED, State.QUEUED)
    assert world.app.ledger.block_list.contains(Kind.IGNORED_LINE, world.app.line_of(STRANGER))
    (sentence,) = told(world)
    assert "about 2 calls, and 1 change of what is ignored or forgotten" in sentence
    deliver_until_done(world)
    assert world.calls_in_crm() == 2
    maintain_databases(world.app, world.now)
    assert world.titles().count("callerid has restored its ledger") == 1


def test_a_ledger_that_is_emptied_while_its_own_journal_has_something_is_restored(prepared: World) -> None:
    """SQLite would delete that journal, and take the ledger for new."""
    world = prepared
    before, answer = world.app.ledger.history.count(), answered(world)
    killed(world, lambda wal: os.truncate(wal.with_name("ledger.db"), 0))
    assert world.again(answer).state is State.QUEUED
    assert world.app.ledger.history.count() == before + 1
    maintain_databases(world.app, world.now)
    assert "restored from its backup" in told(world)[0]


def test_a_mark_alone_is_restored_too_and_one_that_was_taken_back_stays_so(prepared: World) -> None:
    world = prepared
    block_list, line = world.app.ledger.block_list, world.app.line_of(STRANGER)
    block_list.add(Kind.IGNORED_LINE, [line])
    flush(world.where.ledger)
    block_list.remove(Kind.IGNORED_LINE, line)
    block_list.add(Kind.FORGOTTEN_LINE, [world.app.line_of(ANA)])
    killed(world, delete)
    assert not world.app.ledger.block_list.contains(Kind.IGNORED_LINE, line)
    assert world.app.ledger.block_list.contains(Kind.FORGOTTEN_LINE, world.app.line_of(ANA))
    assert "about 0 calls, and 2 changes" in told(world)[0]


def test_what_is_missing_in_the_journal_is_counted_among_what_is_lost(prepared: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk kept it out, or its line was torn; neither the ledger nor the journal has it then."""
    world = prepared

    def stored_without_room(times: int) -> None:
        with monkeypatch.context() as full:
            full.setattr("callerid.store.journal.append_entries", lambda *_: None)
            for _ in range(times):
                world.app.ledger.block_list.add(Kind.IGNORED_LINE, [STRANGER])

    stored_without_room(5)
    world.app.ledger.block_list.add(Kind.IGNORED_LINE, [STRANGER])
    flush(world.where.ledger)  # which has those five
    stored_without_room(2)
    answer = answered(world)
    killed(world, delete)
    assert world.again(answer).state is State.QUEUED
    assert "about 1 call" in told(world)[0]
    assert "except for 2 entries that are missing or cannot be read" in told(world)[0]
    assert "a card may come again" in told(world)[0]
    assert [row.state for row in world.app.ledger.outbox.all()] == [DeliveryState.UNSURE]


def test_a_torn_line_of_the_journal_is_counted_among_what_is_lost(prepared: World) -> None:
    answered(prepared)
    file = journal_of(prepared.where.ledger)
    lines = file.read_text().split("\n")
    torn = next(place for place in reversed(range(len(lines))) if '"put"' in lines[place])
    lines[torn] = lines[torn][:20]
    file.write_text("\n".join(lines))
    killed(prepared, delete)
    assert "except for 1 entry that is missing or cannot be read" in told(prepared)[0]


def test_a_process_that_is_killed_with_its_journal_whole_has_lost_nothing_and_says_nothing(prepared: World) -> None:
    answer = answered(prepared)
    killed(prepared)
    assert prepared.again(answer).state is State.QUEUED
    assert told(prepared) == []


def test_what_could_not_be_taken_over_when_the_ledger_was_opened_is_taken_over_daily(
    prepared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object) -> str:
        raise DiskReadOnly("Nothing can be written.")

    answer = answered(prepared)
    with monkeypatch.context() as at_opening:
        at_opening.setattr("callerid.store.ledger.database.catch_up", read_only)
        killed(prepared, delete)
    assert prepared.app.ledger.calls.followup(answer.call.key) is None
    maintain_databases(prepared.app, prepared.now)
    assert prepared.again(answer).state is State.QUEUED
    assert "about 1 call" in told(prepared)[0]


def test_what_was_committed_while_the_disk_kept_it_out_of_the_journal_is_not_overwritten_by_older_answers(
    prepared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = prepared
    followup = world.called()
    world.attend()
    with monkeypatch.context() as full:
        full.setattr("callerid.store.journal.append_entries", lambda *_: None)
        world.press(followup, "Connected")
    killed(world)
    assert world.again(followup).state is State.QUEUED
    assert told(world) == []


def test_a_commit_that_fails_leaves_nothing_in_the_journal(prepared: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = prepared
    followup = world.called()
    world.attend()
    before = journal_of(world.where.ledger).read_bytes()
    execute = StoreConnection.execute

    def full_at_commit(own: StoreConnection, sql: str, *values: object) -> object:
        if sql == "COMMIT":
            raise DiskFull("There is no room.")
        return execute(own, sql, *values)

    monkeypatch.setattr(StoreConnection, "execute", full_at_commit)
    with pytest.raises(DiskFull):
        world.app.ledger.block_list.add(Kind.IGNORED_LINE, ["+353861112233"])
    monkeypatch.undo()
    assert journal_of(world.where.ledger).read_bytes() == before
    assert world.again(followup).state is State.NOTIFIED


def another_phone(world: World, folder: Path) -> World:
    """Return the same phone with a home of its own, which has answered a call too."""
    other = World(folder / "other", world.portal, world.now)
    other.sync()
    other.watch()
    other.later(minutes=1)
    maintain_databases(other.app, other.now)
    answered(other)
    return other


def test_the_journal_of_another_installation_is_put_aside_whole_and_said(prepared: World, tmp_path: Path) -> None:
    world = prepared
    answer = answered(world)
    world.app.ledger.block_list.add(Kind.FORGOTTEN_LINE, [world.app.line_of(STRANGER)])
    other = another_phone(world, tmp_path)
    own = journal_of(world.where.ledger).read_bytes()
    flush(other.where.ledger)
    world.app.close()
    for suffix in ("-wal", "-shm"):
        world.where.ledger.with_name(f"ledger.db{suffix}").unlink(missing_ok=True)
    shutil.copy(other.where.ledger, world.where.ledger)
    world.app = world.open()
    assert world.app.ledger.calls.followup(answer.call.key) is None
    assert journal.journal_put_aside(world.where.ledger).read_bytes() == own
    assert world.app.ledger.key_values.installation_id() == other.app.ledger.key_values.installation_id()
    assert world.app.ledger.block_list.contains(Kind.FORGOTTEN_LINE, world.app.line_of(STRANGER))
    (sentence,) = told(world)
    assert "belongs to another ledger" in sentence
    assert "about 1 call;" in sentence
    maintain_databases(world.app, world.now)
    assert "callerid has put a journal aside" in world.titles()
    assert world.app.ledger.key_values.read(PUT_ASIDE) == ""
    other.close()


def test_a_copy_of_the_home_that_went_its_own_way_gets_none_of_the_others_answers(prepared: World, tmp_path: Path) -> None:
    world, file = prepared, prepared.where.ledger
    shutil.copytree(file.parent, tmp_path / "copied")
    theirs = answered(world)
    their_journal = journal_of(file).read_bytes()
    world.app.close()
    shutil.copytree(tmp_path / "copied", file.parent, dirs_exist_ok=True)
    world.app = world.open()
    world.app.ledger.block_list.add(Kind.IGNORED_LINE, [world.app.line_of(STRANGER)])
    world.app.close()
    journal_of(file).write_bytes(their_journal)
    world.app = world.open()
    assert world.app.ledger.calls.followup(theirs.call.key) is None
    assert world.app.ledger.block_list.contains(Kind.IGNORED_LINE, world.app.line_of(STRANGER))
    assert "belongs to another ledger" in told(world)[0]


def test_a_second_journal_that_is_put_aside_does_not_replace_the_first(prepared: World) -> None:
    file = prepared.where.ledger
    aside = journal.journal_put_aside(file)
    aside.write_bytes(b"\nthe first")
    journal.append_entries(file, ["the second"])
    content = journal_of(file).read_bytes()
    assert journal.put_aside(file) == aside
    assert aside.read_bytes() == b"\nthe first" + content
    assert not journal_of(file).exists()


def test_an_older_copy_of_the_ledger_gets_what_the_journal_still_has_and_its_deliveries_are_looked_for(prepared: World) -> None:
    world = prepared
    old = world.where.ledger.read_bytes()
    answered(world)
    journal_file = journal_of(world.where.ledger)
    first_entries = journal_file.read_bytes()
    second = answered(world)
    lines = journal_file.read_bytes()[len(first_entries) :]
    world.app.close()
    world.where.ledger.write_bytes(old)
    journal_file.write_bytes(lines)
    world.app = world.open()
    assert world.again(second).state is State.QUEUED
    assert [row.state.value for row in world.app.ledger.outbox.undelivered()] == ["unsure"]
    assert take_over_journal(world.app.ledger, world.where.ledger, world.where.block_list_key, world.now) == ""


def test_nothing_is_missing_from_a_ledger_that_stands_where_the_journal_does() -> None:
    here = journal.Position(5_000_007, "home")
    assert list(missing([journal.Transaction(here, ())], here) or ()) == []


def test_a_journal_of_another_installation_is_not_this_ledgers_however_far_it_goes() -> None:
    theirs = [journal.Transaction(journal.Position(count * 1_000_000, "their home"), ()) for count in (7, 8)]
    assert missing(theirs, journal.Position(3_000_001, "home")) is None
    assert missing(theirs, journal.Position(3_000_001, "their home")) == theirs
