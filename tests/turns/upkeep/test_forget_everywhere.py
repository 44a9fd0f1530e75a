"""callerid forget: a person is put into every place there is, and then no byte of them is left in any file, nor on the screen."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.inbox_events import Reply, Ring, Tap
from callerid.models import CallType, Notification
from callerid.phone.termux import Termux
from callerid.simulator.phone.runner import SimulatedRunner
from callerid.store import erase
from callerid.turns.calllog import read_new_calls
from callerid.turns.inbox.receive import receive
from callerid.turns.note_cards import note_card_id
from callerid.turns.ringing import caller_location
from callerid.turns.ringing.caller_location import learn_location
from callerid.turns.ringing.phone_contacts import learn_names
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.upkeep.forget import find, forget
from tests.damages import flush
from tests.turns.upkeep.everywhere import SWITCHBOARD, ZOE, answerable, on_screen, put_everywhere, tables, traces, traces_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.turns.world import World

# The tables that can have something of a person; each of them has, before the person is forgotten.
OF_PEOPLE = {
    "ledger.db": {"batches", "calls", "facts", "followups", "outbox", "rings", "troubles"},
    "mirror.db": {"asked", "changed_contacts", "company_people", "contact_keys", "contacts", "cursors", "deal_links", "deals"}
    | {"facts", "linked_deals", "merged_contacts", "phonebook", "seen", "stretches", "whereabouts"}
    | {"shown_activities"}
    | {"new_company_people", "new_contact_keys", "new_contacts"},
}
# Those that cannot, and why.
OF_NOBODY = {
    "ledger.db": {
        "_sqlite_migrations": "names of migrations",
        "hook_events": "keys of calls, whose rows are deleted with theirs",
        "marks": "keyed hashes",
        "sqlite_sequence": "counters",
        "summaries": "totals by month",
        "tallies": "counts by state",
    },
    "mirror.db": {
        "_sqlite_migrations": "names of migrations",
        "account": "the portal",
        "activities": "empty: of the version before",
        "contact_activities": "empty: of the version before",
        "read_activities": "ids and times: what they say is in the rows of their contacts",
        "activity_reads": "how far activities were read, and the portal's words",
        "companies": "companies, not people: their numbers of hers are taken away",
        "company_keys": "numbers of companies: hers are taken away",
        "outcomes": "the portal's words",
        "owners": "the portal's users",
        "sqlite_sequence": "counters",
        "stages": "the portal's words",
        "walks": "which syncs are unfinished",
    },
}


@pytest.fixture
def contact_id(world: World) -> str:
    return put_everywhere(world)


def test_the_person_is_in_every_table_that_can_have_somebody(world: World, contact_id: str) -> None:
    for name, of_people in OF_PEOPLE.items():
        every, with_her = tables(world.where.ledger.with_name(name), contact_id)
        every = {table for table in every if not (table.startswith("new_") and table not in of_people)}
        assert with_her == of_people
        assert every == of_people | OF_NOBODY[name].keys()


@pytest.mark.parametrize("number_or_name", [ZOE, "Zoraida Quixote"])
def test_no_byte_of_a_forgotten_person_is_left_in_any_file_and_nothing_on_the_screen(
    world: World, contact_id: str, number_or_name: str
) -> None:
    before = traces(world, contact_id)
    assert {"ledger.db", "mirror.db", "ledger.db.backup-1", "ledger.db.backup-2", "callerid.log.1", "current"} <= set(before)
    assert len(on_screen(world)) >= 5
    tokens = [row[0] for row in world.app.ledger.connection.execute("SELECT token FROM followups WHERE token <> ''")]
    forget(world.app, find(world.app, number_or_name), world.now)
    assert traces(world, contact_id) == {}
    assert on_screen(world) == [], world.titles()
    for token in (*tokens, "tokenoflate00001"):
        receive(world.app, Tap(at=world.now, token=token, word="later"), world.now)
    assert (traces(world, contact_id), on_screen(world)) == ({}, [])
    with closing(sqlite3.connect(world.where.ledger)) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_cards_that_are_about_others_too_are_shown_again_without_the_person(world: World, contact_id: str) -> None:
    assert contact_id
    assert {"2 calls not logged", "Was it Zoraida Quixote? Log the call?"} <= set(world.titles())
    forget(world.app, find(world.app, ZOE), world.now)
    (card,) = world.phone.notifications()
    assert (card.title, "Ana López" in card.content) == ("1 call not logged", True)


def test_the_evenings_card_is_shown_again_without_somebody_who_only_may_have_called(world: World) -> None:
    world.portal.records.create("contacts", {"firstname": "Zoraida", "lastname": "Quixote", "phone": f"{SWITCHBOARD} ext. 45"})
    world.later(hours=1)
    world.sync()
    followups = [world.called(SWITCHBOARD), world.called()]
    world.attend()
    for followup in followups:
        world.tap(followup, "later")
        world.tap(followup, "evening")
    world.now = world.now.replace(hour=18, minute=0)
    world.attend()
    assert on_screen(world) != []
    forget(world.app, find(world.app, "Zoraida Quixote"), world.now)
    (card,) = world.phone.notifications()
    assert "Ana López" in card.content
    assert on_screen(world) == []


def test_a_note_that_arrives_after_its_caller_was_forgotten_is_not_shown_again(world: World, contact_id: str) -> None:
    token = answerable(world).token
    forget(world.app, find(world.app, ZOE), world.now)
    before = world.titles()
    for known in (token, "tokenofnobody0001"):
        receive(world.app, Reply(at=world.now, token=known, text="Zoraida Quixote wants a yacht"), world.now)
        assert (len(world.titles()) - len(before), bool(on_screen(world))) == (known != token, known != token)
    assert traces(world, contact_id) == {}


def test_a_note_that_could_not_be_stored_goes_from_the_screen_with_its_caller(world: World, contact_id: str) -> None:
    assert contact_id
    hers, his = answerable(world).call.key, world.called().call.key
    for key in (hers, his):
        card = note_card_id(world.app.ledger, key, "dialog")
        world.app.show_card(Notification(id=card, title="Not stored", body="wants a yacht"), world.now)
    forget(world.app, find(world.app, ZOE), world.now)
    assert world.titles().count("Not stored") == 1
    assert world.app.ledger.key_values.read("notes_on_screen") == f"callerid-note-{his[-8:]}-dialog"


# ------------------------------------------------------------------------------------------------ while a turn is under way


def forgetting(world: World, work: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does the same, once with the person forgotten before it begins, by another process."""
    over: list[bool] = []

    def do(*words: Any, **more: Any) -> Any:
        if not over:
            over.append(True)
            with closing(world.open()) as other:
                assert isinstance(other.termux.runner, SimulatedRunner)
                other.termux.runner.environment["PREFIX"] = str(world.folder / "prefix")
                forget(other, find(other, ZOE), world.now)
        return work(*words, **more)

    return do


def test_a_ring_whose_caller_is_forgotten_while_its_card_is_shown_leaves_nothing(
    world: World, contact_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.later(minutes=5)
    monkeypatch.setattr(Termux, "notify", forgetting(world, Termux.notify))
    assert show_ring(world.app, Ring(at=world.now, number=ZOE), world.now) is None
    assert (traces(world, contact_id), on_screen(world)) == ({}, [])


def test_a_call_whose_caller_is_forgotten_while_the_log_is_read_leaves_nothing(
    world: World, contact_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.phone.add_call(ZOE, CallType.MISSED, world.now, 0, name="Zoraida Quixote")
    world.later(minutes=1)
    monkeypatch.setattr(f"{read_new_calls.__name__}.learn_names", forgetting(world, learn_names))
    assert world.watch().new == ()
    assert traces(world, contact_id) == {}


@pytest.mark.parametrize("number", [ZOE, SWITCHBOARD])
def test_a_card_that_is_shown_while_its_caller_is_forgotten_goes(
    world: World, contact_id: str, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in world.where.inbox.parent.rglob("*reply-*"):
        file.unlink()  # of cards that are gone when there is another call
    world.called(number)
    monkeypatch.setattr(Termux, "notify", forgetting(world, Termux.notify))
    world.attend()
    assert (traces(world, contact_id), on_screen(world)) == ({}, [])


def test_a_place_that_is_looked_up_while_its_caller_is_forgotten_is_not_recorded(
    world: World, contact_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = "+33 1 45 67 89 00"
    show_ring(world.app, Ring(at=world.now, number=stranger), world.now)

    def geocode(*_: object) -> str:
        forget(world.app, find(world.app, stranger), world.now)
        return "Paris"

    monkeypatch.setattr(caller_location, "geocode", geocode)
    learn_location(world.app, stranger, world.now)
    assert contact_id
    assert world.app.mirror.live_lookups.location(world.app.line_of(stranger), "en") is None


def test_without_room_to_write_a_database_anew_the_person_is_told_so_and_the_second_time_finds_them_by_name(
    world: World, contact_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erase, "_SPARE", 1 << 60)
    faults = forget(world.app, find(world.app, "Zoraida Quixote"), world.now).faults
    assert [
        f"no room to write {name} anew" in fault.sentence for fault, name in zip(faults, ("ledger.db", "mirror.db"), strict=True)
    ]
    for path in (world.where.ledger, world.where.mirror):
        assert tables(path, contact_id)[1] == set()
    monkeypatch.undo()
    forget(world.app, find(world.app, "Zoraida Quixote"), world.now)
    assert traces(world, contact_id) == {}


def test_without_room_to_write_a_database_anew_what_was_deleted_now_is_overwritten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = world.portal.records.create("contacts", {"firstname": "Zoraida", "lastname": "Quixote", "phone": ZOE})
    world.later(hours=3)
    world.sync()
    world.called(ZOE)
    for path, connection in ((world.where.ledger, world.app.ledger.connection), (world.where.mirror, world.app.mirror._db)):
        flush(path)
        connection.execute("PRAGMA secure_delete = OFF")  # some systems have it on
    monkeypatch.setattr(erase, "_SPARE", 1 << 60)
    assert len(forget(world.app, find(world.app, ZOE), world.now).faults) == 2
    for path in (world.where.ledger, world.where.mirror):
        flush(path)
        assert traces_in(path.read_bytes(), str(contact.id)) == []
