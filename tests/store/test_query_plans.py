"""No statement that runs for a ring, a prompt, a tap, a poll, the daily comparison, late matching or `status` reads a table that grows
with the years."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from callerid.cli.quick.status import status_text
from callerid.core.inbox_events import Dialled, Idle, Offhook, Reply, Ring, Tap
from callerid.core.ringing.hearing import Sense
from callerid.models import Call, CallType, SavedNumber
from callerid.simulator.portal import SimulatedPortal
from callerid.store import connection as connection_module
from callerid.store.connection import StoreConnection, StoreCursor
from callerid.store.ledger.block_list import Kind
from callerid.store.mirror.own.phone_contacts import CONTACTS
from callerid.turns.followup.dialogs import AskResult
from callerid.turns.followup.late_matches import offer_late_matches
from callerid.turns.inbox.receive import receive
from callerid.turns.ringing.sense_health import check_senses
from callerid.turns.upkeep.reconcile import reconcile
from tests.turns.world import ANA, World, begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.core.inbox_events import Event

STRANGER = "+49 89 12345678"
UNSAVED = "+49 30 7654321"  # the phone's contacts have no name for it, so companies' ranges are read too
SMALL = {
    "batches": "one row for each batch that is on the screen",
    "facts": "some thirty key values",
    "troubles": "one row for each source that is out of order",
    "account": "one row",
    "owners": "one row for each colleague",
    "changed_contacts": "what one sync brought",
    "merged_contacts": "one row for each contact that was merged away, read once in a sync",
    "tallies": "one row for each state",
    "summaries": "one row for each month and type of call",
    "outcomes": "those of one portal's settings",
    "marks": "only its first row is read: is there any?",
}
ALLOWED = {
    "SELECT count(*) FROM phonebook": "once for a call whose name is new, and at most 50,000 rows",
    "SELECT d.id FROM deals AS d LEFT JOIN stages AS s ON s.pipeline_id = d.pipeline_id AND s.stage_id = d.stage_id"
    " WHERE NOT coalesce(d.is_closed, s.is_closed, 0) ORDER BY d.id": "once in a delta sync, which asks for the links of most of them",
}


class Statements:
    """What was executed, by the path of the database, as it was written: with its parameters, not with their values, by which
    SQLite could choose another index."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str], None] = {}

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Record the statements of each connection that is opened within."""
        seen = self.seen

        class Cursor(StoreCursor):
            def execute(self, sql: str, *values: Any) -> Any:
                seen[_path(self.connection), sql] = None
                return super().execute(sql, *values)

            def executemany(self, sql: str, values: Any) -> Any:
                seen[_path(self.connection), sql] = None
                return super().executemany(sql, values)

        class Connection(StoreConnection):
            def cursor(self, factory: Any = Cursor) -> Any:
                return super().cursor(factory)

        setattr(connection_module, "StoreConnection", Connection)  # noqa: B010 - a type
        try:
            yield
        finally:
            setattr(connection_module, "StoreConnection", StoreConnection)  # noqa: B010

    def that_read_all(self) -> list[str]:
        """Return the statements that read a whole table, each with the step of its plan that does."""
        steps = []
        for path, sql in self.seen:
            if _has_plan(sql) and sql not in ALLOWED:
                with closing(sqlite3.connect(path)) as connection:
                    steps += [f"{step}: {sql}" for step in _reads_all(connection, sql)]
        return steps

    def without_plan(self) -> set[str]:
        """Return the first words of the statements that are not examined."""
        return {sql.split()[0] for _, sql in self.seen if not _has_plan(sql)}

    def tables(self) -> set[str]:
        """Return the tables that were read or written."""
        return {word for _, sql in self.seen for word in re.findall(r"\w+", sql)}


def _has_plan(sql: str) -> bool:
    return sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "INSERT"))  # a text over several lines begins with a line end


def _path(connection: sqlite3.Connection) -> str:
    with closing(sqlite3.Connection.cursor(connection, sqlite3.Cursor)) as cursor:
        cursor.row_factory = None
        path: str = cursor.execute("PRAGMA database_list").fetchone()[2]
        return path


def _reads_all(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Return the steps of a statement's plan that read a whole table which may be large."""
    named = re.findall(r"(?<!\w):(\w+)", sql)
    values = dict.fromkeys(named) if named else (None,) * sql.count("?")
    steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    partial_indexes = {
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'")
    }
    return [step for step in steps if _reads_a_whole_table(step, partial_indexes)]


def _reads_a_whole_table(step: str, partial_indexes: set[str]) -> bool:
    verb, table, *using = step.split()  # a table in brackets is a subquery, whose parts are steps of their own
    if verb not in ("SCAN", "SEARCH") or table in SMALL or table.startswith("(") or "CONSTANT" in step or "VIRTUAL" in step:
        return False
    if table.startswith("(subquery"):
        return False  # what it reads has steps of its own
    if verb == "SEARCH" and "(" in step:
        return False  # by terms of an index; without any it reads from one end until it meets a row that fits
    return not using or using[-1] not in partial_indexes  # such an index has only what is not over


def hear(world: World, *events: Event) -> None:
    for event in events:
        receive(world.app, event, world.now)


def history(world: World) -> None:
    """Add calls of earlier weeks."""
    starts = (world.now - timedelta(hours=hours) for hours in range(2, 1002))
    calls = [
        Call(key=f"old {at:%y%m%d%H}", start=at, number=ANA, type=CallType.INCOMING, duration=60, sim=None, ordinal=0, name="")
        for at in starts
    ]
    world.app.ledger.calls.add(calls, world.app.line_of, world.now, baseline=True)


def rings(world: World) -> None:
    hear(world, Ring(at=world.now, number="", name="Plumber"), Ring(at=world.now, number="", name="Ana López"))
    hear(world, Offhook(at=world.now), Idle(at=world.now))
    for kind, number, name in (
        (Ring, ANA, ""),
        (Ring, STRANGER, "Plumber"),
        (Ring, UNSAVED, ""),
        (Ring, "", ""),
        (Dialled, UNSAVED, ""),
    ):
        shown = len(world.titles())
        hear(world, kind(at=world.now, number=number, name=name))
        assert len(world.titles()) == shown + 1, (kind, number)
        hear(world, Offhook(at=world.now), Idle(at=world.now))
        world.attend()
        world.later(minutes=10)


def polls(world: World) -> None:
    known = {Sense.STREAM: world.now - timedelta(days=3)}
    for number, kind in ((ANA, CallType.MISSED), (ANA, CallType.MISSED), (STRANGER, CallType.INCOMING), ("", CallType.MISSED)):
        followup = world.called(
            number, kind, talked=0 if kind is CallType.MISSED else 60, name="Joe Plumber" if number == STRANGER else ""
        )
        check_senses(world.app, [followup.call], known, world.now - timedelta(days=3), world.now)
        world.attend()
    world.watch()


def prompts_and_taps(world: World) -> None:
    for word in ("log", "later", "evening", "dismiss", "swiped", "connected", "guess"):
        followup = world.called()
        world.attend()
        world.tap(followup, word)
        if word == "log":
            assert world.ask("Connected", "Sends the offer", "Tomorrow") is AskResult.ANSWERED
        world.attend()
    followup = world.called()
    world.attend()
    hear(world, Reply(at=world.now, token=world.again(followup).token, text="Sends the offer"))
    world.deliver()
    world.attend()
    world.tap(followup, "undo")
    world.attend()


def the_evening(world: World) -> None:
    world.now = world.now.replace(hour=18, minute=0)
    world.attend()
    for word in ("each", "swiped"):
        (batch,) = world.app.ledger.batches.all()
        hear(world, Tap(at=world.now, token=batch.token, word=word))
        if word == "each":
            world.ask(None)
        world.attend()


def refusals(world: World) -> None:
    followup = world.called()
    world.attend()
    world.portal.required["calls"] = ("hs_never_there",)
    world.tap(followup, "guess")
    world.deliver()
    world.attend()
    world.tap(followup, "retry")
    world.attend()


def upkeep(world: World) -> None:
    for _ in range(2):
        reconcile(world.app, world.now)
        assert "in the log" in status_text(world.app, running=False)
        world.portal.records.create("contacts", {"firstname": "Late", "phone": STRANGER})
        world.later(days=1)
        world.sync()
        offer_late_matches(world.app, world.now)
        world.attend()


def test_no_statement_of_a_ring_a_poll_a_prompt_a_tap_or_the_daily_comparison_reads_a_whole_table(tmp_path: Path) -> None:
    statements = Statements()
    with statements.recorded(), SimulatedPortal() as portal:
        world = begin(tmp_path, portal)
        world.app.mirror.phone_contacts.add(SavedNumber(name="Plumber", number=STRANGER), "IE", CONTACTS)
        world.settings('region = "IE"\n[ring]\nphone_contacts = "first"\noutgoing = true\n[log]\nignore = ["+4930123456"]\n')
        world.app.ledger.block_list.add(Kind.FORGOTTEN_NAME, ["Somebody"])
        history(world)
        offer_late_matches(world.app, world.now)
        statements.seen.clear()
        for part in (rings, polls, prompts_and_taps, the_evening, refusals, upkeep):
            part(world)
        world.close()
    whole_reads = statements.that_read_all()
    assert statements.without_plan() <= {"BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"}
    assert {"calls", "followups", "outbox", "rings", "contacts", "contact_keys", "company_keys", "phonebook"} <= statements.tables()
    assert any(sql.count("company_keys") > 1 for _, sql in statements.seen), "no range of a company was read"
    assert not whole_reads, "\n".join(whole_reads)
