"""Contacts that are merged in the CRM: what was logged with either of them is the survivor's after the next sync."""

from __future__ import annotations

import json
import random
import shutil
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.conversation import contacts_in
from callerid.core.sync.plan import SyncKind
from callerid.models import CallType, Contact, Kind, Page
from callerid.store.ledger import rows
from callerid.store.mirror.schema import VERSION
from callerid.turns.followup.conversation import store_draft
from callerid.turns.sync.merges import follow_merges
from callerid.turns.sync.pull import pull
from callerid.turns.upkeep.maintenance import maintain_databases
from callerid.turns.views.missed_callers import missed_callers
from callerid.turns.views.person import person_of_contact
from tests.damages import cut_to_nothing
from tests.turns.delivery.steps import answer_by_command, deliver_all, logged_with_task
from tests.turns.sync.portal_and_world import Editor, PortalAndWorld
from tests.turns.world import ANA

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.core.callers.candidate import Candidate
    from tests.turns.world import World


def named(world: World) -> set[str]:
    """Return the ids of the contacts whom the ledger names anywhere."""
    found = set[str]()
    for row in world.app.ledger.connection.execute("SELECT content, posted, tried FROM outbox WHERE kind <> 'contact'"):
        contents = [json.loads(row["content"]), *([json.loads(row["posted"])] if row["posted"] else []), *json.loads(row["tried"])]
        found.update(content["contact_id"] for content in contents)
    for row in world.app.ledger.connection.execute("SELECT said, draft FROM followups"):
        found.update(contacts_in(rows.answers(row["said"]) + rows.answers(row["draft"])))
    return found


def merge_ana(world: World, *, keeps_id: bool = False) -> Candidate:
    """Merge Ana into a twin, as a colleague does in the CRM; sync, and return whom the mirror has of both then."""
    (ana,) = world.who(ANA)
    twin = world.portal.records.create("contacts", {"firstname": "Ana", "lastname": "Twin"}).id
    world.later(hours=3)
    world.sync()
    world.portal.records.merge_keeps_id = keeps_id
    survivor = world.portal.records.merge("contacts", twin, int(ana.id))
    world.later(minutes=1)
    world.sync()
    found = world.app.mirror.candidate(str(survivor.id))
    assert found
    assert world.app.mirror.candidate(ana.id) is None
    return found


@pytest.mark.parametrize("keeps_id", [False, True])
def test_calls_notes_and_tasks_of_a_merged_contact_are_the_survivors_and_nothing_is_sent_for_it(
    world: World, *, keeps_id: bool
) -> None:
    followup = logged_with_task(world)
    world.portal.requests_seen.clear()
    survivor = merge_ana(world, keeps_id=keeps_id)
    assert named(world) == {survivor.id}
    person = person_of_contact(world.app, survivor, 5, world.now)
    assert ([call.note for call in person.calls], len(person.tasks)) == (["first"], 1)
    _, history = world.app.ledger.turn_starts.contact_start("", survivor.id, world.now)
    assert history.last_note
    assert (history.last_note.text, history.last_call is None) == ("first", False)
    deliver_all(world)
    written = [f"{method} {path}" for method, path, _ in world.portal.requests_seen if "/calls" in path or "/tasks" in path]
    assert [request for request in written if not request.endswith(("/search", "/batch/read"))] == []
    answer_by_command(world, followup, note="corrected")
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert (call.note, len(call.contacts)) == ("corrected", 1)


def test_a_missed_caller_who_was_merged_is_called_by_name_with_the_deals(world: World) -> None:
    answer_by_command(world, world.called(ANA, CallType.MISSED, 0), outcome="no-answer", note="on her voicemail")
    deliver_all(world)
    survivor = merge_ana(world)
    (missed,) = missed_callers(world.app, None, world.now)
    assert (missed.last.contact_id, missed.deals) == (survivor.id, survivor.deals)
    assert survivor.deals


@pytest.mark.parametrize("refusal", [0, 400])
def test_a_call_that_was_answered_before_a_merge_and_delivered_after_it_is_the_survivors(world: World, refusal: int) -> None:
    world.portal.go_offline()
    followup = world.called()
    answer_by_command(world, followup, note="first", follow_up="tomorrow")
    world.deliver()
    (ana,) = world.who(ANA)
    twin = world.portal.records.create("contacts", {"firstname": "Ana", "lastname": "Twin"}).id
    world.portal.go_online()
    world.portal.dead_target = refusal
    survivor = str(world.portal.records.merge("contacts", int(ana.id), twin).id)
    deliver_all(world)
    world.later(hours=1)
    world.sync()
    assert named(world) == {survivor}
    (call,) = world.portal.held_calls()
    assert call.contacts == ("Ana López",)


def test_an_answer_so_far_names_the_survivor(world: World) -> None:
    followup = world.called("")
    (ana,) = world.who(ANA)
    store_draft(world.app.ledger, followup, (("person", ana.id), ("note", ana.id)), world.now)
    survivor = merge_ana(world)
    assert world.again(followup).draft == (("person", survivor.id), ("note", ana.id))


def test_what_was_under_way_during_a_merge_and_stores_the_old_id_again_follows_later(world: World) -> None:
    logged_with_task(world)
    before = list(world.app.ledger.outbox.all(settled=True))
    survivor = merge_ana(world)
    for row in before:  # as a round of delivery does that has read it before
        assert world.app.ledger.outbox.change(row, row, world.now)
    assert named(world) > {survivor.id}
    assert follow_merges(world.app) == 2
    assert named(world) == {survivor.id}
    written = world.app.ledger.connection.total_changes
    assert follow_merges(world.app) == 0
    assert world.app.ledger.connection.total_changes == written


def test_a_full_sync_and_a_lost_mirror_know_of_earlier_merges(world: World) -> None:
    logged_with_task(world)
    (ana,) = world.who(ANA)
    maintain_databases(world.app, world.now)
    survivor = merge_ana(world)
    world.app.mirror.close()
    world.where.mirror.unlink()
    world.where.ledger.with_name("ledger.db-wal").unlink(missing_ok=True)
    cut_to_nothing(world.where.ledger)
    world.restart()
    assert named(world) == {ana.id}
    world.later(minutes=1)
    world.sync()
    assert named(world) == {survivor.id}


def test_what_was_merged_into_one_that_is_merged_again_is_the_last_ones_and_goes_with_it(world: World) -> None:
    """Also if the CRM names only the last merge with it."""
    update, merged = world.app.mirror.update("IE"), world.app.mirror.merged_contacts

    def put(contact: str, *merged_ids: str) -> None:
        update.put(Page(contacts=(Contact(id=contact, first_name="Ana", last_name="", merged_ids=merged_ids),)))

    put("3", "1", "2", "3")
    assert merged.survivors() == {"1": "3", "2": "3"}
    put("5", "3", "4")
    assert merged.survivors() == dict.fromkeys("1234", "5")
    assert merged.old_ids(["5"]) == set("1234")
    put("4")
    assert merged.survivors() == dict.fromkeys("123", "5")  # the CRM has it still, or again
    update.remove(Kind.CONTACTS, [5])
    assert (merged.survivors(), merged.old_ids(["5"])) == ({}, frozenset())


@pytest.mark.parametrize("keeps_id", [False, True])
def test_whatever_is_merged_and_restored_the_ledger_names_nobody_by_an_id_that_was_merged_away(
    tmp_path: Path, *, keeps_id: bool
) -> None:
    pair = PortalAndWorld(tmp_path, people=14)
    world, records, chance = pair.world, pair.portal.records, random.Random(20)
    records.merge_keeps_id = keeps_id
    pair.sync()
    world.watch()
    editor, wanted, copy = Editor(pair), dict[str, int](), tmp_path / "copy.db"
    for _ in range(40):
        world.later(minutes=30)
        match chance.choice(["merge", "merge", "log", "sync", "sync", "copy", "restore"]):
            case "merge" if len(editor.alive("contacts")) > 3:
                editor.do("merge", chance.randrange(10**6))
            case "log":
                contact = chance.choice([contact.id for contact in world.app.mirror.all_contacts()])
                followup = world.called("")
                answer_by_command(world, followup, person=contact, note="n")
                wanted[followup.call.key] = int(contact)
                world.deliver()
            case "sync":
                pair.sync(chance.choice([SyncKind.DELTA, SyncKind.SWEEP, SyncKind.FULL]), force=True)
                assert named(world).isdisjoint(world.app.mirror.merged_contacts.survivors())
            case "copy":
                copy.unlink(missing_ok=True)
                world.app.ledger.connection.execute("VACUUM INTO ?", (str(copy),))
            case "restore" if copy.exists():
                world.app.close()
                shutil.copy(copy, world.where.ledger)
                world.where.ledger.with_name("ledger.db-wal").unlink(missing_ok=True)
                world.app = world.open()
    pair.sync(force=True)
    assert named(world).isdisjoint(world.app.mirror.merged_contacts.survivors())
    assert wanted
    for key, person in wanted.items():
        row = world.app.ledger.outbox.of_call(key)
        survivor = records.find("contacts", person)
        assert row
        assert survivor
        assert getattr(row.content, "contact_id", None) == str(survivor.id)
    pair.close()


def test_a_mirror_of_a_version_that_kept_no_merges_reads_everything_once_and_names_callers_meanwhile(world: World) -> None:
    logged_with_task(world)
    survivor = merge_ana(world)
    db = world.app.mirror._db
    db.execute("DROP TABLE merged_contacts")
    db.execute("DELETE FROM _sqlite_migrations WHERE name = 'merged_contacts'")
    db.execute(f"PRAGMA user_version = {VERSION - 1}")
    world.restart()
    assert [found.id for found in world.who(ANA)] == [survivor.id]
    kinds = [pull(world.app, world.hub, world.clock).kind for _ in range(2)]
    assert kinds == [SyncKind.FULL, SyncKind.DELTA]
    assert len(world.app.mirror.merged_contacts.survivors()) == 2
