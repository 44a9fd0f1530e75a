"""Many events that the ledger cannot take: no thread for any of them, few lines in the log, and each is handled once there is room."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from callerid.cli.running.process_log import LimitedLog
from callerid.config.settling import SettlingFile
from callerid.core.backoff import Backoff
from callerid.core.inbox_events import Idle, Ring
from callerid.core.upkeep.log_budget import LogBudget
from callerid.daemon import event_turns
from callerid.daemon.event_turns import EventTurns
from callerid.daemon.shared import SharedState
from callerid.errors import PhoneFault, StoreFault
from callerid.models import Notification
from callerid.phone.screen import Screen
from callerid.simulator.portal import SimulatedPortal
from callerid.store import connection
from callerid.turns.facts import turn_facts
from callerid.turns.wake import Wake
from tests.desks import ANA, daemon_log, ready
from tests.turns.world import BEGINNING, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.core.inbox_events import Event
    from callerid.daemon.loop import Loop
    from callerid.turns.context import AppContext
    from tests.desks import QuickDesk

FILES = 20
SEARCHES = {"search for the registry", "search for a shell", "reading notifications"}  # in threads that end by themselves
LOOPS = (
    "hooks",
    "rings",
    "taps",
    "listen",
    "watch",
    "attend",
    "ask",
    "contacts",
    "speak",
    "deliver",
    "pull",
    "inquire",
    "disk",
    "upkeep",
    "awake",
    "addressbook",
)


# ------------------------------------------------------------------------------------------------ the real daemon


@contextlib.contextmanager
def locked(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let nobody else write a ledger, and nobody wait long for it. The daemon starts with the usual patience: its loops write the
    same ledger."""
    execute = connection.StoreConnection.execute

    def hardly_wait(own: connection.StoreConnection, sql: str, parameters: object = (), /) -> sqlite3.Cursor:
        if sql == "BEGIN IMMEDIATE":
            execute(own, "PRAGMA busy_timeout = 10")
        return execute(own, sql, parameters)

    with contextlib.closing(sqlite3.connect(ledger, isolation_level=None)) as other, monkeypatch.context() as patched:
        other.execute("BEGIN IMMEDIATE")
        patched.setattr(connection.StoreConnection, "execute", hardly_wait)
        yield
        other.execute("ROLLBACK")


def arrive(inbox: Path, name: str, *lines: str) -> None:
    fresh = inbox.parent / f".{name}.new"
    fresh.write_text("\n".join(("callerid-event 1", *lines, "")))
    fresh.rename(inbox / f"{name}.event")


def daemons_threads(before: set[threading.Thread]) -> Counter[str]:
    """Count the threads of this moment by name, without those before, of the simulated phone, and of the portal's connections. Those that watch share a name."""
    names = (thread.name for thread in set(threading.enumerate()) - before)
    own = (name for name in names if not name.startswith(("termux-", "portal", "daemon")) and "process_request" not in name)
    return Counter("watching" if name.startswith("Thread-") else name for name in own)


def test_twenty_events_that_the_ledger_refuses_start_no_thread_and_fill_no_log(
    desk: QuickDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = threading.Semaphore(0)
    pause = Backoff.pause

    def counted_pause(backoff: Backoff, failures: int) -> object:
        if backoff is event_turns._RETRY_STORE:
            rounds.release()
        return pause(backoff, failures)

    monkeypatch.setattr(event_turns, "_RETRY_STORE", Backoff.seconds(0.05))
    monkeypatch.setattr(Backoff, "pause", counted_pause)
    inbox = desk.home / "inbox"
    with desk.daemon_here():
        ready(desk)
        before = set(threading.enumerate())
        with locked(desk.home / "ledger.db", monkeypatch):
            for number in range(FILES):
                arrive(inbox, f"idle-{number}", "idle")
            for _ in range(FILES + 30):  # each once, and thirty rounds
                assert rounds.acquire(timeout=60)
            assert daemons_threads(before).keys() - SEARCHES - set(LOOPS) == set()  # loops may start late on a busy machine
            assert len(list(inbox.glob("*.event"))) == FILES
        desk.phone.wait(lambda: not list(inbox.glob("*.event")), 60)
    lines = [line for line in daemon_log(desk).splitlines() if "Handled again in" in line]
    assert lines
    assert f"{FILES} events." in lines[-1]
    assert len(lines) < FILES + 30 + 20


def test_the_daemon_has_no_more_threads_than_its_loops_and_edges_need(desk: QuickDesk) -> None:
    """One for each loop, six that watch folders and files, one for each of three searches, and one for each card that is being
    shown, at most twelve; the simulated phone and portal have their own."""
    desk.phone.fault("termux-notification", "slow", seconds=1, times=40)
    inbox, most, before = desk.home / "inbox", Counter[str](), set(threading.enumerate())
    with desk.daemon_here():
        ready(desk)
        for number in range(40):
            arrive(inbox, f"ring-{number}", "ring", f"+3538712345{number:02}")
            most |= daemons_threads(before)
        desk.phone.wait(lambda: not list(inbox.glob("*.event")), 60)
        most |= daemons_threads(before)
    assert 1 < most.pop("showing") <= 12
    assert 1 < most.pop("watching") <= 6
    assert most.keys() - SEARCHES == set(LOOPS)
    assert set(most.values()) == {1}


# ------------------------------------------------------------------------------------------------ its turns


class Store:
    """What handles events in place of the ledger: some fail, all are counted."""

    def __init__(self) -> None:
        self.failing: set[str] = set()
        self.is_locked = False
        self.handled: list[tuple[str, bool]] = []
        self.tries = 0

    def receive(self, _: AppContext, event: Event, __: object, *, over: bool = False) -> Wake:
        name = getattr(event, "number", "") or getattr(event, "token", "") or type(event).__name__
        self.tries += 1
        if self.is_locked or name in self.failing:
            raise StoreFault("The database cannot be written: it is locked.")
        self.handled.append((name, over))
        return Wake()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with SimulatedPortal() as portal:
        made = World(tmp_path, portal, BEGINNING)
        yield made
        made.close()


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    made = Store()
    monkeypatch.setattr(event_turns, "receive", made.receive)
    return made


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock: the sum of the list."""
    passed = [1000.0]
    monkeypatch.setattr(event_turns, "time", SimpleNamespace(monotonic=lambda: sum(passed)))
    return passed


@pytest.fixture
def turns(world: World) -> EventTurns:
    shared = SharedState(world.where, world.config, {}, world.runner())
    shared.loops = {name: cast("Loop", SimpleNamespace(wake=lambda: None)) for name in ("rings", "taps", "disk")}
    return EventTurns(shared)


def put(world: World, verb: str, *lines: str) -> None:
    arrive(world.where.inbox, f"{verb}-{len(list(world.where.inbox.iterdir()))}", verb, *lines)


def pauses(turns: EventTurns, world: World, seconds: list[float], rounds: int) -> list[float | None]:
    given = []
    for _ in range(rounds):
        given.append(turns.rings(world.app))
        seconds.append(given[-1] or 0.0)
    return given


def test_an_event_that_the_store_cannot_take_is_handled_again_less_and_less_often(
    world: World, turns: EventTurns, store: Store, seconds: list[float]
) -> None:
    store.is_locked = True
    put(world, "idle")
    assert pauses(turns, world, seconds, 6) == [3, 3, 3, 10, 30, 60]
    assert pauses(turns, world, seconds, 10) == [60] * 10  # the inbox is read once a minute, and the event tried every five
    assert store.tries == 6 + 2
    assert list(world.where.inbox.iterdir())
    store.is_locked = False
    pauses(turns, world, seconds, 5)
    assert store.handled == [("Idle", False)]
    assert not list(world.where.inbox.iterdir())


def test_many_events_that_fail_are_one_line_of_the_log_and_one_try_a_round(
    world: World, turns: EventTurns, store: Store, seconds: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    store.is_locked = True
    for number in range(FILES):
        put(world, "ring", f"+35387123450{number}")
    for number in range(FILES):
        put(world, "tap", f"{number:024}", "connected")
    turns.rings(world.app)
    assert turns.taps(world.app) == 3
    assert store.tries == 2 * FILES
    for _ in range(3):
        seconds.append(3.0)
        turns.rings(world.app)
        turns.taps(world.app)
    assert store.tries == 2 * FILES + 2 * 3
    lines = [record.getMessage() for record in caplog.records]
    assert lines[0] == "The database cannot be written: it is locked. Handled again in 3 s: 20 events."
    assert len(lines) == 2 * 4
    store.is_locked = False
    seconds.append(60.0)
    turns.rings(world.app)
    turns.taps(world.app)
    assert len(store.handled) == 2 * FILES
    assert not list(world.where.inbox.iterdir())
    assert turns.taps(world.app) is None


def test_a_new_tap_that_the_store_takes_lets_the_others_be_handled_at_once(
    world: World, turns: EventTurns, store: Store, seconds: list[float]
) -> None:
    store.is_locked = True
    put(world, "tap", "a" * 24, "connected")
    turns.rings(world.app)
    for pause in (3, 3, 3, 10, 30, 60):
        assert turns.taps(world.app) == pause
        seconds.append(pause)
    assert turns.taps(world.app) == 300
    store.is_locked = False
    put(world, "tap", "b" * 24, "connected")
    turns.rings(world.app)
    assert turns.taps(world.app) is None
    assert store.handled == [("b" * 24, False), ("a" * 24, False)]


def test_a_ring_that_is_handled_again_once_the_phone_is_idle_is_over(
    world: World, turns: EventTurns, store: Store, seconds: list[float]
) -> None:
    store.failing = {ANA, "+353879999999"}
    put(world, "ring", ANA)
    turns._shared.sense_events.put(Ring(at=BEGINNING, number="+353879999999"))
    turns.rings(world.app)
    put(world, "idle")
    turns.rings(world.app)
    store.failing.clear()
    seconds.append(3.0)
    turns.rings(world.app)
    assert sorted(store.handled) == sorted([("+353879999999", True), (ANA, True), (Idle.__name__, False)])


def test_events_that_were_handled_are_not_remembered(world: World, turns: EventTurns, store: Store) -> None:
    for number in range(FILES):
        put(world, "ring", f"+35387123450{number}")
        put(world, "tap", f"{number:024}", "connected")
    turns.rings(world.app)
    turns.taps(world.app)
    assert len(store.handled) == 2 * FILES
    turns.rings(world.app)
    assert turns._handed_over == {}


def test_events_for_which_there_was_no_room_are_read_again_when_the_others_are_done(
    world: World, turns: EventTurns, store: Store, seconds: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_turns._Handling.__init__, "__defaults__", (5,))
    small = EventTurns(turns._shared)
    store.is_locked = True
    for number in range(FILES):
        put(world, "ring", f"+35387123450{number}")
    small.rings(world.app)
    assert len(small._hint_handling._waiting) == 5
    store.is_locked = False
    seconds.append(3.0)
    assert small.rings(world.app) == 0
    small.rings(world.app)
    assert len({name for name, _ in store.handled}) == len(store.handled) == FILES
    assert not list(world.where.inbox.iterdir())


def test_a_card_that_was_shown_ends_no_trouble_of_a_newer_one(world: World, turns: EventTurns) -> None:
    screen = Screen(world.runner(), turns.record_card_result)
    app = replace(world.app, screen=screen)
    facts, card = turn_facts(app, world.now), Notification(id="callerid-a", title="Ana", body="")
    world.phone.fault("termux-notification", "slow", seconds=0.2)
    app.show_ring_card(card, facts.now, had_failed=facts.notifications_fail)
    world.phone.clear_faults()
    world.phone.uninstall("termux-notification")
    with pytest.raises(PhoneFault):
        app.show_ring_card(replace(card, id="callerid-b"), facts.now, had_failed=facts.notifications_fail)
    world.phone.wait(lambda: not turns._card_results.empty())
    turns.rings(app)
    assert [trouble.source for trouble in app.ledger.key_values.troubles()] == ["notifications"]


# ------------------------------------------------------------------------------------------------ the log


class Lines(logging.Handler):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def test_a_storm_in_the_log_is_cut_short_and_counted_and_other_lines_are_written() -> None:
    kept, logger = Lines(), logging.getLogger("callerid")
    limited = LimitedLog(LogBudget(), (kept,))
    logger.addHandler(limited)
    for number in range(5000):
        logger.warning("event %d failed", number)
        if number % 500 == 0:
            logger.warning("%s", f"call {number} was logged")
    logger.removeHandler(limited)
    limited.close()
    assert [line for line in kept.lines if "was logged" in line] == [f"call {number} was logged" for number in range(0, 5000, 500)]
    assert kept.lines[-1] == (
        "left out, because there were too many in a minute: 4940 lines of the log, 4940 of them as: event %d failed"
    )
    assert len(kept.lines) == 60 + 10 + 1


def test_settings_edited_while_the_ledger_refuses_everything_hold_at_once(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk.daemon_here():
        ready(desk)
        with locked(desk.home / "ledger.db", monkeypatch):
            changed = desk.start("config", "set", "privacy.lock_screen", "initials")
            assert changed.returncode == 0, changed.stderr
            desk.phone.wait(lambda: "new settings applied" in daemon_log(desk))
            desk.phone.wait(lambda: "the new settings: " in daemon_log(desk))
    assert "Traceback" not in daemon_log(desk)


def test_a_file_of_settings_that_is_empty_while_it_is_written_changes_nothing(
    desk: QuickDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, written = threading.Semaphore(0), SettlingFile.written

    def look(*of: Any) -> None:
        written(*of)
        looked.release()

    monkeypatch.setattr(SettlingFile, "written", look)
    file = desk.home / "config.toml"
    whole = file.read_text()
    with desk.daemon_here():
        ready(desk)
        file.write_text("")
        assert looked.acquire(timeout=10)
        file.write_text(f"{whole}\n[privacy]\nlock_screen = 'initials'\n")
        desk.phone.wait(lambda: "new settings applied" in daemon_log(desk))
    assert daemon_log(desk).count("new settings applied") == 1


def test_settings_that_were_mended_while_no_daemon_ran_are_no_trouble_any_more(desk: QuickDesk) -> None:
    file = desk.home / "config.toml"
    good = file.read_text()
    with desk.daemon_here():
        ready(desk)
        file.write_text("region = = 3\n")
        desk.phone.wait(lambda: "not valid TOML" in daemon_log(desk))
    file.write_text(good)
    with desk.daemon_here():
        desk.phone.wait(lambda: "settings: works again" in daemon_log(desk))
