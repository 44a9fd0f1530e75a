"""A ledger that is damaged, cut or gone is restored: no answer is lost or logged twice, and nobody forgotten comes back."""

from __future__ import annotations

import errno
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.delivery.states import DeliveryState, Kind
from callerid.core.followup.states import State
from callerid.core.inbox_events import Ring
from callerid.core.upkeep.health import Source
from callerid.errors import DatabaseDamaged, DiskFull, StoreFault
from callerid.models import CallType
from callerid.paths import journal_of
from callerid.simulator.portal import SimulatedPortal
from callerid.store import journal
from callerid.store.damage import find_damage, put_aside
from callerid.store.ledger import backups
from callerid.store.ledger import restore as restore_module
from callerid.store.ledger.backups import generations
from callerid.store.ledger.block_list import Kind as BlockKind
from callerid.store.ledger.block_list import marks_file
from callerid.store.ledger.database import back_up, open_ledger, restore_ledger
from callerid.translation import in_language
from callerid.turns.inbox.receive import receive
from callerid.turns.repair import repair
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.upkeep.forget import find, forget
from callerid.turns.upkeep.maintenance import EVERY, maintain_databases
from callerid.turns.upkeep.reconcile import reconcile
from tests.damages import (
    DAMAGES,
    cut_to_nothing,
    delete,
    delete_with_journal,
    flush,
    overwrite_calls,
    overwrite_header,
    overwrite_middle,
    replace_by_folder,
)
from tests.turns.world import ANA, World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from callerid.core.followup.state import FollowUp
    from tests.turns.world import Beginning

STRANGER = "+353 86 111 2233"


def maintain(world: World) -> None:
    """Take the turn of the daemon that looks after the databases; after damage, with a context of its own as the daemon does."""
    try:
        maintain_databases(world.app, world.now)
    except DatabaseDamaged as fault:
        repair(world.app, fault, world.now)
        world.restart()
        maintain_databases(world.app, world.now)


def lose(world: World, damage: Callable[[Path], None]) -> None:
    """Damage the ledger while it is open, and look after it."""
    flush(world.where.ledger)
    damage(world.where.ledger)
    if world.app.ledger.is_outdated:
        world.restart()
    maintain(world)


def test_a_mirror_that_cannot_be_looked_through_keeps_the_ledger_from_no_backup(world: World) -> None:
    world.where.mirror.write_bytes(b"noise" * 1000)
    with pytest.raises(DatabaseDamaged, match=r"mirror\.db"):
        maintain_databases(world.app, world.now)
    assert generations(world.where.ledger)[0].exists()


def answered(world: World, number: str = ANA) -> FollowUp:
    """Let a call be over, asked about, and logged by a tap."""
    followup = world.called(number)
    world.attend()
    world.press(followup, "Connected")
    return world.again(followup)


def deliver_until_done(world: World) -> None:
    for _ in range(6):
        world.deliver()
        world.later(minutes=3)


@pytest.mark.parametrize("has_answer", [True, False], ids=["tapped before", "tapped after"])
def test_calls_that_the_evening_has_gathered_since_the_backup_are_asked_about_again(world: World, has_answer: bool) -> None:
    world.settings('region = "IE"\n[log]\nvia = "notification"\n')
    maintain(world)
    gathered = [world.called() for _ in range(2)]
    world.attend()
    tap = world.tap_of(gathered[0], "Connected")
    world.now = world.now.replace(hour=18)
    world.attend()
    assert world.titles() == ["2 calls not logged"]
    lose(world, delete_with_journal)
    if has_answer:  # the file of its event was in the inbox
        receive(world.app, tap, world.now)
        deliver_until_done(world)
    world.app.termux.remove_notification(world.shown("2 calls").id)  # the card of before has another token
    world.attend()
    assert ("1 call not logged" if has_answer else "2 calls not logged") in world.titles()
    assert world.calls_in_crm() == has_answer


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_answer_since_the_backup_is_delivered_once_and_one_that_was_delivered_is_not_logged_again(
    world: World, damage: Callable[[Path], None]
) -> None:
    maintain(world)
    delivered = answered(world)
    world.deliver()
    waiting = answered(world)
    open_call = world.called()
    world.attend()
    lose(world, damage)
    assert world.again(delivered).state is State.LOGGED
    assert world.again(waiting).state is State.QUEUED
    assert find_damage(world.where.ledger) == ""
    deliver_until_done(world)
    assert world.calls_in_crm() == 2
    world.watch()
    assert reconcile(world.app, world.now).missing == 0
    assert world.again(open_call).state is not State.BASELINE
    world.press(open_call, "Connected")
    deliver_until_done(world)
    assert world.calls_in_crm() == 3


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_person_is_told_once_what_was_lost(world: World, damage: Callable[[Path], None]) -> None:
    maintain(world)
    taken = world.now
    answered(world)
    world.later(hours=3)
    lose(world, damage)
    (trouble,) = (trouble for trouble in world.app.ledger.key_values.troubles() if trouble.source is Source.LEDGER)
    assert f"between {taken:%Y-%m-%d %H:%M} and " in trouble.sentence
    assert "since then about 1 call was" in trouble.sentence
    assert world.titles().count("callerid has restored its ledger") == 1
    world.app.termux.remove_notification("callerid-restored")
    maintain(world)
    assert "callerid has restored its ledger" not in world.titles()
    world.later(days=8)
    maintain(world)
    assert not [trouble for trouble in world.app.ledger.key_values.troubles() if trouble.source is Source.LEDGER]


@pytest.mark.parametrize("damage", [overwrite_header, delete])
def test_the_person_is_told_what_was_damaged_though_restoring_it_failed_for_lack_of_room(
    world: World, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    maintain(world)
    world.app.close()
    damage(world.where.ledger)
    for seam in ("_add_late_entries", "_copy_of_best", "_remove"):  # the first has put the ledger aside when it fails
        with monkeypatch.context() as patch:
            patch.setattr(restore_module, seam, full)
            with pytest.raises(DiskFull):
                world.open()
    world.app = world.open()
    maintain(world)
    (trouble,) = (trouble for trouble in world.app.ledger.key_values.troubles() if trouble.source is Source.LEDGER)
    says = "the file is gone" if damage is delete else "file is not a database"
    assert trouble.sentence.startswith(f"The ledger was damaged ({says}) and was restored from its backup")
    assert [file.name for file in world.where.ledger.parent.glob("*.restor*")] == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_nobody_ignored_or_forgotten_comes_back_and_an_ignored_number_that_was_taken_back_stays_so(
    world: World, damage: Callable[[Path], None]
) -> None:
    block_list, line = world.app.ledger.block_list, world.app.line_of
    block_list.add(BlockKind.IGNORED_LINE, [line("+353861110000")])
    world.called(ANA)
    maintain(world)
    forget(world.app, find(world.app, "Ana López"), world.now)
    block_list.add(BlockKind.IGNORED_LINE, [line(STRANGER)])
    block_list.remove(BlockKind.IGNORED_LINE, line("+353861110000"))
    lose(world, damage)
    blocked = world.app.ledger.block_list
    assert blocked.contains(BlockKind.IGNORED_LINE, line(STRANGER))
    assert not blocked.contains(BlockKind.IGNORED_LINE, line("+353861110000"))
    assert show_ring(world.app, Ring(at=world.now, number=ANA), world.now) is None
    assert world.watch(deep=True).new == ()


@pytest.mark.parametrize("damage", [cut_to_nothing, overwrite_header])
def test_without_any_backup_the_journal_and_the_marks_are_kept_and_the_crm_is_asked_before_posting(
    world: World, damage: Callable[[Path], None]
) -> None:
    world.app.ledger.block_list.add(BlockKind.IGNORED_LINE, [world.app.line_of(STRANGER)])
    delivered = answered(world)
    installation = world.app.ledger.key_values.installation_id()
    world.app.ledger.block_list.save()
    world.deliver()
    lose(world, damage)
    assert world.app.ledger.key_values.installation_id() == installation
    assert world.app.ledger.block_list.contains(BlockKind.IGNORED_LINE, world.app.line_of(STRANGER))
    assert world.again(delivered).state is State.LOGGED
    deliver_until_done(world)
    assert world.calls_in_crm() == 1


def test_a_call_whose_answer_was_lost_with_the_journal_is_found_in_the_crm_when_it_is_answered_again(world: World) -> None:
    maintain(world)
    lost = answered(world)
    world.deliver()
    journal_of(world.where.ledger).unlink()
    lose(world, overwrite_middle)
    world.watch()
    world.attend()
    world.press(lost, "Connected")
    (trouble,) = world.app.ledger.key_values.troubles()
    assert "What was decided between" in trouble.sentence
    (row,) = world.app.ledger.outbox.undelivered()
    assert row.state is DeliveryState.UNSURE
    deliver_until_done(world)
    assert world.calls_in_crm() == 1
    assert world.again(lost).state is State.LOGGED


def test_an_answer_that_waited_when_the_backup_was_taken_and_was_delivered_since_is_not_posted_again(world: World) -> None:
    waiting = answered(world)
    maintain(world)
    world.deliver()
    journal_of(world.where.ledger).unlink()
    lose(world, overwrite_middle)
    deliver_until_done(world)
    assert world.calls_in_crm() == 1
    assert world.again(waiting).state is State.LOGGED


def test_a_withdrawn_answer_stays_withdrawn(world: World) -> None:
    maintain(world)
    withdrawn = answered(world)
    world.deliver()
    world.attend()
    world.press(withdrawn, "Undo")
    world.deliver()
    assert world.calls_in_crm() == 0
    lose(world, overwrite_middle)
    deliver_until_done(world)
    assert world.calls_in_crm() == 0
    row = world.app.ledger.outbox.of_call(withdrawn.call.key, Kind.CALL)
    assert row
    assert row.state is DeliveryState.DROPPED


@pytest.mark.parametrize("damage", [overwrite_middle, overwrite_calls])
def test_a_damaged_newest_backup_is_passed_over_for_the_one_before(world: World, damage: Callable[[Path], None]) -> None:
    maintain(world)
    first = answered(world)
    world.later(days=1)
    maintain(world)
    second = answered(world)
    newest, before = generations(world.where.ledger)
    assert before.exists()
    damage(newest)
    lose(world, overwrite_middle)
    assert {world.again(first).state, world.again(second).state} == {State.QUEUED}


def test_a_copy_that_is_not_whole_replaces_no_backup(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = backups._copy

    def copy_and_damage(reader: sqlite3.Connection, target: Path, mark: str, now: datetime) -> None:
        copy(reader, target, mark, now)
        overwrite_middle(target)

    maintain(world)
    before = generations(world.where.ledger)[0].read_bytes()
    world.later(days=2)
    monkeypatch.setattr(backups, "_copy", copy_and_damage)
    maintain(world)
    (trouble,) = (trouble for trouble in world.app.ledger.key_values.troubles() if trouble.source is Source.BACKUP)
    assert "not whole" in trouble.sentence
    assert generations(world.where.ledger)[0].read_bytes() == before
    assert not list(world.where.ledger.parent.glob("ledger.db.backup-new*"))


def test_an_entry_of_the_journal_that_does_not_fit_is_counted_and_spoils_no_other(world: World) -> None:
    maintain(world)
    entries = [journal.entry("put", {"of": "another version"}), journal.entry("unheard-of", {})]
    journal.append_entries(world.where.ledger, entries)
    waiting = answered(world)
    lose(world, overwrite_middle)
    assert world.again(waiting).state is State.QUEUED
    (trouble,) = (trouble for trouble in world.app.ledger.key_values.troubles() if trouble.source is Source.LEDGER)
    assert "2 entries of it are missing or cannot be read." in trouble.sentence


@pytest.mark.parametrize("how", ["overwritten", "left out"])
def test_answers_that_the_journal_lacks_are_counted_in_what_is_said(world: World, how: str) -> None:
    maintain(world)
    answered(world)
    file = journal_of(world.where.ledger)
    lines = file.read_bytes().split(b"\n")
    places = [place for place, line in enumerate(lines) if line.startswith(b'["position"')]
    if how == "overwritten":
        lines[places[-1] - 1] = b"\xa5" * len(lines[places[-1] - 1])
    else:
        del lines[places[-2] - 1 : places[-2] + 1]
    file.write_bytes(b"\n".join(lines))
    lose(world, overwrite_middle)
    (trouble,) = (trouble for trouble in world.app.ledger.key_values.troubles() if trouble.source is Source.LEDGER)
    assert "1 entry of it is missing or cannot be read." in trouble.sentence
    told = in_language(str(trouble.sentence), "ja")  # it was stored as English text
    assert told.startswith("通話の記録が壊れていたため（データベースの内容が壊れています）")
    assert re.findall("[A-Za-z]{4,}", told) == []


def test_a_file_of_marks_that_is_cut_takes_nobody_off_the_block_list(world: World) -> None:
    line = world.app.line_of(STRANGER)
    world.app.ledger.block_list.add(BlockKind.IGNORED_LINE, [line])
    maintain(world)
    file = marks_file(world.where.block_list_key)
    file.write_bytes(file.read_bytes()[:20])
    lose(world, overwrite_middle)
    assert world.app.ledger.block_list.contains(BlockKind.IGNORED_LINE, line)


def test_a_long_journal_has_a_backup_taken_before_a_day_is_over(world: World) -> None:
    maintain(world)
    assert not generations(world.where.ledger)[1].exists()
    journal.append_entries(world.where.ledger, [journal.entry("put", {"note": "x" * 2 * 1024 * 1024})])
    maintain(world)
    assert generations(world.where.ledger)[1].exists()


def test_a_backup_is_taken_once_a_day_for_its_owner_only_and_two_are_kept(world: World) -> None:
    for hours in (0, 1, 25, 50, 75):
        world.later(hours=hours)
        maintain(world)
    files = sorted(path.name for path in world.where.ledger.parent.glob("ledger.db.backup*"))
    assert files == ["ledger.db.backup-1", "ledger.db.backup-2"]
    assert {path.stat().st_mode & 0o777 for path in generations(world.where.ledger)} == {0o600}
    newest, before = (path.stat().st_mtime_ns for path in generations(world.where.ledger))
    maintain(world)
    assert [path.stat().st_mtime_ns for path in generations(world.where.ledger)] == [newest, before]


def test_two_backups_at_the_same_moment_are_both_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a command and by the daemon, which write to the same place first."""
    copy, began = backups._copy, threading.Event()

    def slow_copy(*words: Any) -> None:
        copy(*words)
        began.set()
        time.sleep(0.1)

    def take() -> None:
        with closing(world.open()) as app:
            back_up(app.ledger, app.paths.ledger, world.now)

    monkeypatch.setattr(backups, "_copy", slow_copy)
    with ThreadPoolExecutor(1) as other:
        taken = other.submit(take)
        assert began.wait(5)
        take()
        taken.result()
    assert [find_damage(path, backups.TABLES) for path in generations(world.where.ledger)] == ["", ""]


def test_no_backup_is_taken_before_the_first_look_at_the_phones_log(tmp_path: Path, beginning: Beginning) -> None:
    """Restored from it, the ledger would take every call until then for one from before callerid."""
    with SimulatedPortal(token=beginning.token) as portal:
        world = World(tmp_path, portal, beginning.now)
        maintain(world)
        assert not generations(world.where.ledger)[0].exists()
        world.watch()
        maintain(world)
        assert generations(world.where.ledger)[0].exists()
        world.close()


def test_the_journal_keeps_what_the_older_backup_lacks_and_no_more(world: World) -> None:
    world.later(minutes=1)
    maintain(world)
    answered(world)
    size = journal.size(world.where.ledger)
    assert size
    for _ in range(2):
        world.later(seconds=EVERY.total_seconds() + 60)
        maintain(world)
    assert 0 < journal.size(world.where.ledger) < 300 < size
    assert journal_of(world.where.ledger).stat().st_mode & 0o777 == 0o600


def test_a_phone_without_room_has_one_trouble_and_keeps_the_backup_it_has(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    maintain(world)
    before = generations(world.where.ledger)[0].read_bytes()
    monkeypatch.setattr("callerid.store.ledger.backups._SPARE", 1 << 60)
    world.later(days=2)
    maintain(world)
    maintain(world)
    (trouble,) = (trouble for trouble in world.app.ledger.key_values.troubles() if trouble.source is Source.BACKUP)
    assert "no room for a backup" in trouble.sentence
    assert generations(world.where.ledger)[0].read_bytes() == before


def test_a_ledger_moved_away_by_hand_without_backups_loses_no_mark(world: World) -> None:
    world.app.ledger.block_list.add(BlockKind.FORGOTTEN_LINE, [world.app.line_of(ANA)])
    world.app.close()
    for file in world.where.ledger.parent.glob("ledger.db*"):
        file.unlink()
    world.app = world.open()
    assert world.app.ledger.block_list.contains(BlockKind.FORGOTTEN_LINE, world.app.line_of(ANA))


@pytest.mark.parametrize("damage", [delete, delete_with_journal, cut_to_nothing])
def test_a_ledger_that_goes_while_it_is_being_opened_is_restored_and_not_begun_anew(
    world: World, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None]
) -> None:
    def goes(path: Path) -> bool:
        monkeypatch.undo()
        assert not backups.is_lost(path)
        damage(path)
        return False

    answered(world)
    maintain(world)
    flush(world.where.ledger)
    world.app.close()
    monkeypatch.setattr(backups, "is_lost", goes)
    world.app = world.open()
    assert world.app.ledger.history.count() == 1
    world.called(STRANGER)  # is new, and not from before callerid


def test_a_turn_under_way_cannot_write_into_the_ledger_that_was_put_aside(world: World) -> None:
    maintain(world)
    followup = world.called(kind=CallType.INCOMING)
    old = world.app
    flush(world.where.ledger)
    overwrite_middle(world.where.ledger)
    with closing(open_ledger(world.where.ledger)), pytest.raises(DatabaseDamaged):
        maintain_databases(world.app, world.now)
    repair(world.app, DatabaseDamaged("damaged", path=world.where.ledger), world.now)
    with pytest.raises(DatabaseDamaged, match="replaced"):
        old.ledger.key_values.write("a", "b")
    old.close()
    world.app = world.open()
    world.app.ledger.key_values.write("a", "b")
    world.restart()
    assert world.app.ledger.key_values.read("a") == "b"
    assert followup.call.key in {call.key for call in world.watch(deep=True).new}


def after_kills(what: str, home: Path, folder: Path) -> dict[str, Any]:
    """Return what the next process finds after one that was killed at any step; it must be the same after all of them."""
    words = [sys.executable, "-m", "tests.store.killed_restores", what, str(home), str(folder)]
    findings = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    assert len(findings) == 1, findings
    return dict(json.loads(*findings))


@pytest.mark.parametrize("damage", [cut_to_nothing, overwrite_middle, delete, replace_by_folder])
@pytest.mark.parametrize("has_backup", [True, False])
def test_a_process_that_is_killed_at_any_step_of_a_restoration_costs_nothing(
    world: World, tmp_path: Path, damage: Callable[[Path], None], *, has_backup: bool
) -> None:
    world.app.ledger.block_list.add(BlockKind.IGNORED_LINE, [world.app.line_of(STRANGER)])
    if has_backup:
        maintain(world)
    answered(world)
    installation = world.app.ledger.key_values.installation_id()
    world.app.ledger.block_list.save()
    world.app.close()
    damage(world.where.ledger)
    world.where.mirror.unlink()
    found = after_kills("restore", world.where.ledger.parent, tmp_path / "copies")
    ledger = {"damage": "", "states": {"queued": 1}, "marks": 1, "installation": installation, "told": True}
    assert found == ledger | {"put aside": damage is not delete, "gone": damage is delete}


@pytest.mark.parametrize("damage", [overwrite_middle, delete, replace_by_folder])
def test_a_process_that_is_killed_at_any_step_of_replacing_a_mirror_leaves_one_that_works(
    world: World, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    world.app.close()
    damage(world.where.mirror)
    assert after_kills("replace", world.where.mirror.parent, tmp_path / "copies") == {"damage": "", "contacts": 0}


def test_a_tap_that_is_stored_while_the_ledger_is_restored_is_in_the_restored_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    maintain(world)
    followup = world.called()
    world.attend()

    def tapped_meanwhile(path: Path) -> None:
        world.press(followup, "Connected")
        put_aside(path)

    monkeypatch.setattr(restore_module, "find_damage", lambda path, _: "" if path != world.where.ledger else "a page")
    monkeypatch.setattr(f"{restore_module.__name__}.put_aside", tapped_meanwhile)
    repair(world.app, DatabaseDamaged("damaged", path=world.where.ledger), world.now)
    monkeypatch.undo()
    world.restart()
    assert world.again(followup).state is State.QUEUED
    deliver_until_done(world)
    assert world.calls_in_crm() == 1


def test_a_tap_that_is_committed_into_a_ledger_just_put_aside_is_not_taken_for_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    maintain(world)
    followup = world.called()
    world.attend()

    def restored_meanwhile(path: Path, entries: Sequence[str]) -> None:
        monkeypatch.undo()
        monkeypatch.setattr(restore_module, "find_damage", lambda path, _: "" if path != world.where.ledger else "a page")
        repair(world.app, DatabaseDamaged("damaged", path=world.where.ledger), world.now)
        monkeypatch.undo()
        journal.append_entries(path, entries)

    monkeypatch.setattr("callerid.store.journal.append_entries", restored_meanwhile)
    tap = world.tap_of(followup, "Connected")
    with pytest.raises(DatabaseDamaged):
        receive(world.app, tap, world.now)
    world.restart()
    receive(world.app, tap, world.now)
    assert world.again(followup).state is State.QUEUED
    deliver_until_done(world)
    assert world.calls_in_crm() == 1


@pytest.mark.parametrize(
    "line",
    [
        '["followup", {"call": {"key": null}, "followup": {"call_key": "x"}}]',
        '["followup", {"call": [], "followup": "x"}]',
        '["put", {"call_key": "x", "external_id": "y", "kind": "call", "content": "[]", "at": 1e300}]',
        '["delivery", {"call_key": "KEY", "kind": "call", "columns": {"state": null}, "followup": {}}]',
        '["delivery", {"call_key": "KEY", "kind": "call", "columns": {"attempts": 1e99, "state": 99999999999999999999999}}]',
        '["unknown", {}]',
        '["followup", {"call": {"key"',
        "\\x00\\xff",
    ],
)
def test_a_line_of_the_journal_that_cannot_be_applied_costs_no_other(world: World, line: str) -> None:
    maintain(world)
    first = answered(world)
    with journal_of(world.where.ledger).open("ab") as file:
        file.write(b"\n" + line.replace("KEY", first.call.key).encode())
    second = answered(world)
    lose(world, overwrite_middle)
    assert {world.again(first).state, world.again(second).state} == {State.QUEUED}


def test_a_journal_that_cannot_be_read_does_not_keep_the_ledger_from_being_restored(world: World) -> None:
    maintain(world)
    answered(world)
    journal_of(world.where.ledger).unlink()
    journal_of(world.where.ledger).mkdir()
    lose(world, overwrite_middle)
    (trouble,) = (trouble for trouble in world.app.ledger.key_values.troubles() if trouble.source is Source.LEDGER)
    assert "What was decided between" in trouble.sentence


def test_a_ledger_whose_backup_a_newer_callerid_wrote_is_not_given_up_by_an_older_one(world: World) -> None:
    maintain(world)
    newest, _ = generations(world.where.ledger)
    with closing(sqlite3.connect(newest)) as connection:
        connection.execute("PRAGMA user_version = 99")
    flush(world.where.ledger)
    overwrite_middle(world.where.ledger)
    damaged = world.where.ledger.read_bytes()
    with pytest.raises(StoreFault, match="newer callerid") as raised:
        repair(world.app, DatabaseDamaged("damaged", path=world.where.ledger), world.now)
    assert "Update callerid" in raised.value.remedy
    assert (newest.exists(), world.where.ledger.read_bytes() == damaged) == (True, True)


def test_two_processes_that_meet_the_damage_at_once_restore_it_once(world: World) -> None:
    maintain(world)
    followup = answered(world)
    flush(world.where.ledger)
    overwrite_middle(world.where.ledger)

    def meet() -> str:
        return restore_ledger(world.where.ledger, world.where.block_list_key, world.now)

    with ThreadPoolExecutor(4) as processes:
        sentences = list(processes.map(lambda _: meet(), range(4)))
    assert sum(map(bool, sentences)) == 1
    world.restart()
    assert world.again(followup).state is State.QUEUED
