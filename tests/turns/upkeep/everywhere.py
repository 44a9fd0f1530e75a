"""One person in every place where callerid stores anything about anybody, and where bytes of them are."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from callerid.core.inbox_events import Ring
from callerid.core.sync.plan import SyncKind
from callerid.errors import CalleridError
from callerid.models import CallType, Kind
from callerid.paths import journal_of
from callerid.simulator.phone.runner import SimulatedRunner
from callerid.store import journal
from callerid.store.ledger.backups import generations
from callerid.turns.followup.batches import create_batch
from callerid.turns.followup.conversation import store_draft
from callerid.turns.ringing.phone_contacts import read_phone_contacts
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.sync.pull import pull
from callerid.turns.upkeep.maintenance import maintain_databases
from tests.damages import flush
from tests.turns.delivery.steps import answer_by_command

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World

ZOE = "+353 87 765 4321"
HER_OTHER_NUMBER = "+49 89 765 4321 0"
SWITCHBOARD = "+353 1 555 0123"
HER_EXTENSION = f"{SWITCHBOARD} ext. 45"
NAMES = (b"zoraida", b"quixote", b"3fo3.com")
_DIGITS = re.compile(rb"7\D{0,3}6\D{0,3}5\D{0,3}4\D{0,3}3\D{0,3}2\D{0,3}1")
_OWN_NUMBERS = "+353861110001", "+353861110002"


def traces_in(content: bytes, contact_id: str) -> list[str]:
    """Return what of the person is in some bytes: names, the digits of the numbers however divided, and the contact's id as text
    and as SQLite stores it in a row and as a rowid."""
    number = int(contact_id)
    ids = {contact_id.encode(), number.to_bytes(6), _varint(number)}
    lower = content.lower()
    found = [name.decode() for name in NAMES if name in lower] + [f"id {each!r}" for each in ids if each in content]
    return found + [f"number {match[0]!r}" for match in _DIGITS.finditer(content)][:3]


def _varint(number: int) -> bytes:
    """Return a number as SQLite writes a rowid: seven bits a byte (Source: section 1.6 of sqlite.org/fileformat2.html)."""
    low, digits = number & 0x7F, []
    while number := number >> 7:
        digits.append(0x80 | number & 0x7F)
    return bytes([*reversed(digits), low])


def traces(world: World, contact_id: str) -> dict[str, list[str]]:
    """Return what of the person is in which file: of the home, and of the logs of the service."""
    files = [path for path in world.folder.rglob("*") if path.is_file() and "phone" not in path.relative_to(world.folder).parts[:1]]
    found = {path.name: traces_in(path.name.encode() + path.read_bytes(), contact_id) for path in files}
    return {name: each for name, each in found.items() if each}


def tables(path: Path, contact_id: str) -> tuple[set[str], set[str]]:
    """Return the tables of a database, and those of them that have the person."""
    with closing(sqlite3.connect(path)) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        texts = {name: repr(connection.execute(f"SELECT * FROM {name}").fetchall()).encode() for name in names}  # noqa: S608
    return names, {name for name, text in texts.items() if traces_in(text, contact_id)}


def on_screen(world: World) -> list[str]:
    """Return the cards that name the person, or show the number."""
    texts = [f"{shown.title} {shown.content} {shown.buttons}" for shown in world.phone.notifications()]
    return [text for text in texts if traces_in(text.encode(), "999999999999")]


def put_everywhere(world: World) -> str:
    """Put the person into every place, and return the id of the contact."""
    properties = {"firstname": "Zoraida", "lastname": "Quixote", "email": "a@3fo3.com", "phone": f"{ZOE}; {HER_EXTENSION}"} | {
        "mobilephone": HER_OTHER_NUMBER,
        "hs_merged_object_ids": "17",
    }
    company = next(iter(world.portal.records.by_kind["companies"]))
    contact = world.portal.records.create("contacts", properties, [("companies", company, 1)])
    deal = {"dealname": "A boat for Quixote", "dealstage": "contractsent", "pipeline": "default"}
    world.portal.records.create("deals", deal, [("contacts", contact.id, 3)])
    task = {"hs_task_subject": "Call Zoraida Quixote", "hs_timestamp": "2026-11-24T09:30:00Z", "hs_task_status": "NOT_STARTED"}
    world.portal.records.create("tasks", task, [("contacts", contact.id, 204)])
    world.settings('region = "IE"\n[card]\nlines = ["name", "deal", "last-call", "note", "tasks", "facts"]\n')
    world.phone.change(contacts=[{"name": "Zoraida Quixote", "number": ZOE}])
    _rung_and_pruned(world)
    _mirrored(world)
    _called(world, str(contact.id))
    _backed_up(world)
    _mirrored_in_part(world, contact.id)
    _in_files(world)
    for path in (world.where.ledger, world.where.mirror):
        flush(path)
    return str(contact.id)


def _rung_and_pruned(world: World) -> None:
    """A ring of long ago was deleted, with no thought of its bytes."""
    shown = show_ring(world.app, Ring(at=world.now, number=ZOE, name="Zoraida Quixote"), world.now)
    assert shown
    world.app.remove_card(shown.notification.id, world.now)
    world.app.ledger.connection.execute("PRAGMA secure_delete = OFF")
    world.app.ledger.connection.execute("DELETE FROM rings")


def _mirrored(world: World) -> None:
    world.later(hours=3)
    world.sync()
    read_phone_contacts(world.app, world.now)
    lookups = world.app.mirror.live_lookups
    for line in (world.app.line_of(HER_OTHER_NUMBER), "0877654321"):
        lookups.record_lookup(line, world.now, world.now, has_matched=True)
        lookups.record_location(line, "en", "Munich")


def _called(world: World, contact_id: str) -> None:
    """Calls of hers in every state, and calls of others that have to do with her."""
    world.portal.limits.searches = 1000
    evening = [world.called(ZOE), world.called("+353871234567")]
    world.attend()
    for followup in evening:
        world.tap(followup, "later")
        world.tap(followup, "evening")
    world.now = world.now.replace(hour=18, minute=0)
    world.attend()
    delivered, refused = world.called(ZOE), world.called(ZOE)
    answer_by_command(world, delivered, note="Zoraida wants a boat", follow_up="tomorrow")
    world.deliver()
    world.portal.fault("status", "POST /crm/objects/2026-09/calls$", times=1, status=400)
    answer_by_command(world, refused, note="Zoraida is angry")
    world.deliver()
    for followup in (world.called(HER_OTHER_NUMBER), world.called("")):
        store_draft(world.app.ledger, followup, (("person", contact_id), ("note", "Quixote again")), world.now)
    answer_by_command(world, world.called(_OWN_NUMBERS[0]), person="Zoraida Quixote", note="on her mother's phone")
    world.called(SWITCHBOARD)
    world.called(ZOE, CallType.MISSED, 0)
    world.attend()
    for ring in (Ring(at=world.now, number=ZOE), Ring(at=world.now, number="", name="Quixote Zoraida", slot=1)):
        show_ring(world.app, ring, world.now)
    create_batch(world.app.ledger, f"late:{world.app.line_of(ZOE)}")
    ledger = world.app.ledger.connection
    ledger.execute("UPDATE batches SET token = 'tokenoflate00001', shown = 1 WHERE name LIKE 'late:%'")
    ledger.execute("INSERT INTO troubles VALUES ('delivery', 0, 'HubSpot refused 0877654321.', '')")
    ledger.execute("INSERT INTO facts VALUES ('a fault', 'the CRM quoted Zoraida Quixote')")


def _backed_up(world: World) -> None:
    for _ in range(2):
        maintain_databases(world.app, world.now)
        world.later(days=2)
    answer_by_command(world, world.called(ZOE), note="since the backup")


def _mirrored_in_part(world: World, contact_id: int) -> None:
    """A full sync, a sweep and a delta sync were interrupted, at her."""
    connection = world.app.mirror._db
    connection.execute("PRAGMA secure_delete = OFF")
    world.portal.fault("status", "GET /crm/objects/2026-09/deals", times=999, status=500)
    kinds = {"contacts", "companies"}
    while kinds:  # kinds are read side by side, so that the one that fails may end a sync before the others are stored
        with pytest.raises(CalleridError):
            pull(world.app, world.hub, world.clock, requested=SyncKind.FULL)
        kinds = {kind for kind in kinds if not connection.execute(f"SELECT 1 FROM new_{kind} LIMIT 1").fetchone()}  # noqa: S608
    world.portal.clear_faults()
    assert world.app.mirror.facts().unfinished
    connection.execute("INSERT OR REPLACE INTO walks VALUES ('sweep', 0, '')")
    connection.execute("INSERT OR REPLACE INTO stretches VALUES ('sweep', 'contacts', 0, ?, NULL, 0)", (contact_id,))
    connection.execute("INSERT OR REPLACE INTO stretches VALUES ('full', 'deals', 0, ?, NULL, 0)", (contact_id,))
    connection.execute("INSERT OR REPLACE INTO seen VALUES ('contacts', ?, 1)", (contact_id,))
    values = contact_id, str(contact_id), Kind.CONTACTS
    connection.execute("UPDATE cursors SET began = 1, after = ?, archived_after = ? WHERE kind = ?", values)


def _in_files(world: World) -> None:
    """Events that wait, some of them half-written; logs; copies that somebody left half-made or put aside."""
    home, inbox = world.where.ledger.parent, world.where.inbox
    for number in range(600):
        (inbox / f"ring-1-{number}.event").write_text(f"callerid-event 1\nring\n{ZOE}\n\n")
    (inbox / "dial-1-0.event").write_text("callerid-event 1\ndial\nZoraida Quixote\n\n")
    (inbox.parent / ".ring-999999999-0.new").write_text(f"callerid-event 1\nring\n{ZOE}\n\n")
    token = answerable(world).token
    for event in (inbox / "reply-1-0.event", inbox.parent / ".reply-999999999-1.new"):
        event.write_text(f"callerid-event 1\nreply\n{token}\nQuixote wants a yacht\n")
    (inbox / "tap-1-0.event").write_text(f"callerid-event 1\ntap\n{token}\nconnected\n")
    service = world.folder / "prefix" / "var" / "log" / "sv" / "callerid" / "current"
    service.parent.mkdir(parents=True)
    assert isinstance(world.app.termux.runner, SimulatedRunner)
    world.app.termux.runner.environment["PREFIX"] = str(world.folder / "prefix")
    (contact,) = world.who(ZOE)
    for file in (world.where.log_file, world.where.log_file.with_name("callerid.log.1"), service):
        file.write_text(
            f"ring from {ZOE}: known\nZoraida Quixote rang\nGET /contacts/{contact.id}: 200\nring from …21\nsomething else\n"
        )
    answers = journal_of(world.where.ledger)
    left = ("ledger.db.version-8", "ledger.db.backup-new", "ledger.db.backup-new-journal", "ledger.db.restored", answers.name)
    put_aside = (f"{name}.damaged{suffix}" for name in ("ledger.db", "mirror.db") for suffix in ("", "-wal", "-shm"))
    for name in (
        *left,
        "ledger.db.restored-wal",
        f"{answers.name}.new",
        journal.journal_put_aside(world.where.ledger).name,
        *put_aside,
    ):
        with (home / name).open("ab") as copy:
            copy.write(b"\nZoraida Quixote, " + ZOE.encode())
    assert all(path.exists() for path in generations(world.where.ledger))


def answerable(world: World) -> FollowUp:
    """Return a follow-up of hers whose card is on the screen and can be answered."""
    return next(followup for followup in world.app.ledger.calls.active() if followup.call.number == ZOE and followup.token)
