"""What the turns cost that could grow with the years: the same phone and CRM, with few and with many calls in the ledger.

Processor time of this process; the ledgers take turns, round by round, so that all meet the same machine.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import tempfile
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from callerid.cli.quick.status import status_text
from callerid.core.calllog.new_rows import call_key
from callerid.core.sync.plan import SyncKind
from callerid.models import CallType, Contact, ContactPhone, Page
from callerid.simulator.portal import SimulatedPortal
from callerid.store.connection import writing
from callerid.store.mirror.changed_contacts import record_every_contact
from callerid.turns.followup.late_matches import offer_late_matches
from callerid.turns.sync.pull import pull
from callerid.turns.upkeep.reconcile import reconcile
from tests.turns.world import ANA, World, begin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

SIZES = (1_000, 10_000, 100_000)
_ROUNDS = 9
_CALLS_A_DAY = 100
_PEOPLE = 2_000  # in the CRM
_IN_THE_PHONES_LOG = 500  # rows: Android deletes the oldest ones beyond that, for each SIM
_STRANGERS_OF_A_LINE = 3  # calls
_STATES = ("logged",) * 60 + ("dismissed",) * 10 + ("not-in-crm",) * 24 + ("ignored",) * 6
_KEEP_ALL = 'region = "IE"\n[log]\nkeep = ""\n'  # so that the rows are there, and not only their totals


class PastCall(NamedTuple):
    """A call of the history and what became of it."""

    key: str
    start: datetime
    number: str
    state: str


def past_calls(now: datetime, count: int) -> Iterator[PastCall]:
    """Return calls of a busy phone, newest first: people of the CRM who call often, and strangers who call a few times."""
    pause = timedelta(days=1) / _CALLS_A_DAY
    for place in range(count):
        state = _STATES[place * 37 % len(_STATES)]
        number = f"+35386{place // _STRANGERS_OF_A_LINE:07}" if state == "not-in-crm" else f"+35387{7_000_000 + place % 400:07}"
        start = (now - timedelta(hours=1) - place * pause).replace(microsecond=0)
        yield PastCall(call_key(start, number, "1", 0), start, number, state)


def fill(world: World, calls: list[PastCall]) -> None:
    """Put calls into the ledger as they are when all is over, and the newest of them into the phone's log."""
    stamps = [int(call.start.timestamp()) for call in calls]
    with writing(world.app.ledger.connection):
        db = world.app.ledger.connection
        db.executemany(
            "INSERT INTO calls (key, start, number, type, duration, sim, ordinal, name, line, first_seen)"
            " VALUES (?, ?, ?, 'INCOMING', 60, '1', 0, '', ?, ?)",
            [(c.key, at, c.number, world.app.line_of(c.number), at + 61) for c, at in zip(calls, stamps, strict=True)],
        )
        db.executemany(
            "INSERT INTO followups (call_key, state, notification_id, notified_at, settled_at) VALUES (?, ?, ?, ?, ?)",
            [(c.key, c.state, f"callerid-{c.key}", at + 61, at + 300) for c, at in zip(calls, stamps, strict=True)],
        )
        db.executemany(
            "INSERT INTO outbox (call_key, kind, external_id, content, state, attempts, posted_at, remote_id, created_at, settled_at)"
            " VALUES (?, 'call', ?, ?, 'delivered', 1, ?, ?, ?, ?)",
            [
                (c.key, f"bench:{c.key}", _content(c, at), at + 200, str(at), at + 100, at + 300)
                for c, at in zip(calls, stamps, strict=True)
                if c.state == "logged"
            ],
        )
    for call in reversed(calls[:_IN_THE_PHONES_LOG]):
        world.phone.add_call(call.number, CallType.INCOMING, call.start, 60)


def _content(call: PastCall, at: int) -> str:
    fields = {"external_id": f"bench:{call.key}", "start": at, "duration_ms": 60_000, "direction": "INBOUND", "status": "COMPLETED"}
    return json.dumps({"version": 1, "title": "Call with Ana", "note": "Sends the offer", "to_number": call.number} | fields)


def prepare_attend(world: World, _: int) -> Callable[[], object]:
    """A call is over; the cards of earlier ones are on the screen."""
    world.called(ANA)
    return world.attend


def prepare_reconcile(world: World, _: int) -> Callable[[], object]:
    """Ten calls since the last comparison."""
    for _call in range(10):
        world.called(ANA)
        world.attend()
    return lambda: reconcile(world.app, world.now)


def prepare_late(world: World, turn: int) -> Callable[[], object]:
    """A delta sync brought ten contacts; one has the number of a stranger who has called."""
    raw = (strangers(world)[turn], *(f"+35383{10 * turn + place:07}" for place in range(9)))
    contacts = (_contact(900_000 + 10 * turn + place, number) for place, number in enumerate(raw))
    world.app.mirror.update("IE").put(Page(contacts=tuple(contacts)))
    return lambda: offer_late_matches(world.app, world.now)


def prepare_late_after_full_sync(world: World, turn: int) -> Callable[[], object]:
    """A full sync has read every contact of the CRM again, and a new one that has the number of a stranger who has called."""
    world.portal.records.create("contacts", {"firstname": "Late", "phone": strangers(world)[-1 - turn]})
    world.later(minutes=1)  # HubSpot's limits are for ten seconds
    pull(world.app, world.hub, world.clock, requested=SyncKind.FULL)
    return lambda: offer_late_matches(world.app, world.now)


def prepare_late_by_other_rules(world: World, _: int) -> Callable[[], object]:
    """The numbers were read for another region, or there was no mirror before, so that any contact may be new."""
    with closing(sqlite3.connect(world.where.mirror)) as mirror, mirror:
        record_every_contact(mirror)
    return lambda: offer_late_matches(world.app, world.now)


def strangers(world: World) -> list[str]:
    """Return the numbers of strangers who have called lately, in every one of the ledgers."""
    return sorted({call.number for call in past_calls(world.now, SIZES[0]) if call.state == "not-in-crm"})


def prepare_status(world: World, _: int) -> Callable[[], object]:
    """Nothing: it only reads."""
    return lambda: status_text(world.app, running=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What is measured: what is done before it, untimed, and how many times as long it may take with a hundred times the calls."""

    name: str
    prepare: Callable[[World, int], Callable[[], object]]
    limit: float | None  # None: it may grow, until it has compared every contact of the mirror


TURNS = (
    Turn(name="attend", prepare=prepare_attend, limit=1.2),
    Turn(name="reconcile", prepare=prepare_reconcile, limit=2.0),
    Turn(name="late matching", prepare=prepare_late, limit=2.0),
    Turn(name="late matching after a full sync", prepare=prepare_late_after_full_sync, limit=2.0),
    Turn(name="late matching by other rules", prepare=prepare_late_by_other_rules, limit=None),
    Turn(name="status", prepare=prepare_status, limit=2.0),
)


def _contact(contact_id: int, number: str) -> Contact:
    return Contact(id=str(contact_id), first_name="Late", phones=(ContactPhone(property="phone", raw=number),))


@contextmanager
def _aged(count: int) -> Iterator[World]:
    """A world with so many past calls, and one turn of everything behind it."""
    with tempfile.TemporaryDirectory() as folder, SimulatedPortal() as portal:
        world = begin(Path(folder), portal)
        portal.populate(people=_PEOPLE, companies=0, deals=0, seed=2)
        pull(world.app, world.hub, world.clock, requested=SyncKind.FULL)
        world.settings(_KEEP_ALL)
        fill(world, list(past_calls(world.now, count)))
        try:
            reconcile(world.app, world.now)
            offer_late_matches(world.app, world.now)
            world.attend()
            yield world
        finally:
            world.close()


def measure(turn: Turn, worlds: list[World], rounds: int = _ROUNDS) -> list[float]:
    """Return the median of the milliseconds of processor that a turn takes, for each world."""
    taken: list[list[float]] = [[] for _ in worlds]
    for place in range(rounds):
        for world, times in zip(worlds, taken, strict=True):
            do = turn.prepare(world, place)
            began = time.process_time_ns()
            do()
            times.append((time.process_time_ns() - began) / 1e6)
    return [statistics.median(times) for times in taken]


def growth(sizes: tuple[int, ...] = SIZES) -> None:
    """Print what each turn costs by the calls in the ledger, and how many times as much with the most as with the fewest."""
    with ExitStack() as stack:
        worlds = [stack.enter_context(_aged(size)) for size in sizes]
        print(
            f"processor time by the calls in the ledger: {', '.join(f'{size:,}' for size in sizes)}; medians of {_ROUNDS}",
            flush=True,
        )
        for turn in TURNS:
            took = measure(turn, worlds)
            ratio = took[-1] / took[0]
            times = " / ".join(f"{milliseconds:.1f}" for milliseconds in took)
            print(f"  {turn.name:<33} {times} ms: {ratio:.2f} x{_verdict(ratio, turn.limit)}", flush=True)
        _print_summary(worlds[-1])


def _print_summary(world: World) -> None:
    """Print what is left of the ledger by the default of log.keep, and what removing the rest takes, once."""
    rows = "SELECT count(*) FROM calls"
    db, before = world.app.ledger.connection, world.app.ledger.history.count()
    had = db.execute(rows).fetchone()[0]
    world.settings('region = "IE"\n')
    began = time.process_time()
    reconcile(world.app, world.now)
    took, left = time.process_time() - began, db.execute(rows).fetchone()[0]
    assert world.app.ledger.history.count() == before
    print(
        f"  with log.keep as by default: {left:,} of {had:,} rows of calls left, and all counted; removed once, in {took:.1f} s",
        flush=True,
    )


def _verdict(ratio: float, limit: float | None) -> str:
    if limit is None:
        return f" (bounded by the {_PEOPLE:,} contacts)"
    return f", {'within' if ratio <= limit else 'NOT within'} {limit} x"
