"""What fails again and again is tried less and less often, also by a daemon that is started again and again."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from callerid.core.backoff import Backoff, Failures
from callerid.core.inbox_events import LedgerWritten
from callerid.daemon.loop import Loop
from callerid.daemon.phone_access import PhoneAccess, Search
from callerid.daemon.senses import streams
from callerid.daemon.senses.loop import SenseLoop
from callerid.daemon.senses.streams import Streams
from callerid.daemon.shared import SharedState
from callerid.errors import PhoneFault
from callerid.phone import line_stream
from callerid.phone.android import AccessMethod, System
from callerid.simulator.portal import SimulatedPortal
from callerid.turns.inbox.receive import receive
from callerid.turns.upkeep.after_reboot import show_again_if_lost
from tests.turns.doctor.examinations import examined
from tests.turns.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.store.ledger.key_value import KeyValues
    from callerid.turns.context import AppContext

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with SimulatedPortal() as portal:
        made = World(tmp_path, portal, NOW)
        yield made
        made.close()


@pytest.fixture
def app(world: World) -> AppContext:
    return world.app


@pytest.fixture
def key_values(app: AppContext) -> KeyValues:
    return app.ledger.key_values


# ------------------------------------------------------------------------------------------------ access to the phone


def search(key_values: KeyValues, now: datetime, count: int, *, clock_moves: timedelta | None = None) -> list[float]:
    """Search without success, as soon as a search is due, and return the seconds that passed before each further search."""
    begun, ended, pauses = 0, threading.Semaphore(0), []
    searching = Search("search", ended.release)

    def look() -> None:
        nonlocal begun
        begun += 1

    for number in range(count):
        searching.start_if_due(key_values, now, look)
        assert ended.acquire(timeout=5)
        assert begun == number + 1
        searching.start_if_due(key_values, now, look)  # not yet
        now += clock_moves or timedelta(0)
        pauses.append(searching.seconds_until_next(now))
        now += timedelta(seconds=pauses[-1])
    return pauses


def test_access_to_the_phone_is_searched_for_less_and_less_often(key_values: KeyValues) -> None:
    assert search(key_values, NOW, 10) == [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_access_to_the_phone_is_searched_for_at_once_when_the_clock_was_set_back(key_values: KeyValues) -> None:
    assert search(key_values, NOW, 10, clock_moves=-HOUR) == [1] * 10


def searches_in(key_values: KeyValues, starts: int, every: timedelta) -> int:
    """Start so many daemons one after the other, each of which searches without success, and return how many searches there were."""
    begun: list[int] = []
    ended = threading.Semaphore(0)
    for number in range(starts):
        searching = Search("search", ended.release)
        searching.start_if_due(key_values, NOW + number * every, lambda: begun.append(1))
        if searching._task.is_running or searching._task.has_finished_once:
            assert ended.acquire(timeout=5)
        assert searching.has_result
    return len(begun)


def test_a_daemon_that_is_started_every_minute_does_not_search_every_minute(key_values: KeyValues) -> None:
    assert searches_in(key_values, 60, MINUTE) == 8


def test_a_start_of_the_phone_starts_the_pauses_over(world: World) -> None:
    kept = Failures().one_more(Backoff.seconds(3600), NOW)
    for booted, is_forgotten in ((NOW - HOUR, True), (NOW - HOUR, False), (NOW + MINUTE * 9, True)):
        world.app.ledger.key_values.write_failures("search", kept)
        show_again_if_lost(world.app.ledger, booted, ended_cleanly=True)
        assert (world.app.ledger.key_values.read_failures("search") == Failures()) is is_forgotten


def test_access_that_was_found_is_searched_for_at_once_by_the_next_daemon(world: World) -> None:
    key_values, ended = world.app.ledger.key_values, threading.Semaphore(0)
    world.phone.change(dump_granted=True)
    for _ in range(3):
        access = PhoneAccess(System(world.app.termux.runner), ended.release)
        access.search_registry(key_values, NOW)
        assert ended.acquire(timeout=5)
        access.search_registry(key_values, NOW)
        assert access.registry_method is AccessMethod.GRANT
        assert key_values.read_failures("search for the registry") == Failures()
    access.forget_registry(key_values, NOW)
    assert access.seconds_until_search(NOW, registry=True, shell=False) == 10


def test_access_that_is_new_lets_streams_be_tried_at_once(world: World) -> None:
    key_values, ended = world.app.ledger.key_values, threading.Semaphore(0)
    key_values.write_failures(streams._TELECOM, Failures(count=20).one_more(Backoff.seconds(3600), NOW))
    access = PhoneAccess(System(world.app.termux.runner), ended.release)
    access.search_shell(key_values, NOW)
    assert ended.acquire(timeout=5)
    assert access.shell_not_found
    world.phone.start_shizuku()
    access.search_shell(key_values, NOW + MINUTE)
    assert ended.acquire(timeout=5)
    access.search_shell(key_values, NOW + MINUTE)
    assert access.shell is AccessMethod.SHIZUKU
    assert key_values.read_failures(streams._TELECOM) == Failures()


def test_what_failed_before_the_doctor_came_is_tried_again_at_once(world: World) -> None:
    world.app.ledger.key_values.write_failures("search for a shell", Failures(count=20).one_more(Backoff.seconds(3600), NOW))
    assert examined(world)
    assert world.app.ledger.key_values.read_failures("search for a shell") == Failures()


def test_what_a_command_has_written_wakes_the_loop_that_searches(world: World) -> None:
    assert receive(world.app, LedgerWritten(at=NOW), NOW).listen


def test_turning_callerid_on_starts_the_pauses_over(world: World) -> None:
    key_values = world.app.ledger.key_values
    shared = SharedState(world.where, world.config, {}, world.runner())
    shared.loops = {name: cast("Loop", SimpleNamespace(wake=lambda: None)) for name in ("listen", "rings")}
    senses = SenseLoop(shared, lambda: None)
    key_values.write_failures("test", Failures().one_more(Backoff.seconds(3600), NOW))
    senses.listen(world.app)
    assert key_values.read_failures("test").count == 1
    world.settings("enabled = false")
    senses.listen(world.app)
    world.settings("enabled = true")
    senses.listen(world.app)
    senses.stop()
    assert key_values.read_failures("test") == Failures()


# ------------------------------------------------------------------------------------------------ streams


def runs(world: World, command: str) -> int:
    return sum(entry.get("command") == command for entry in world.phone.journal())


def test_a_stream_that_kept_ending_waits_on_after_a_restart(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_stream, "RESTART", Backoff.seconds(0, 3600))
    world.phone.start_shizuku()
    world.phone.fault("logcat", "empty", times=1)
    key_values, changed = world.app.ledger.key_values, threading.Event()
    followed = Streams(System(world.app.termux.runner), changed.set, lambda: None)
    followed.follow(AccessMethod.SHIZUKU, key_values, NOW)
    assert changed.wait(5)
    followed.keep_failures(key_values, NOW)
    followed.stop()
    before = runs(world, "logcat")
    assert before
    kept = key_values.read_failures(streams._TELECOM)
    assert (kept.count, kept.next_try(NOW)) == (1, NOW + HOUR)

    again = Streams(System(world.app.termux.runner), changed.set, lambda: None)
    again.follow(AccessMethod.SHIZUKU, key_values, NOW + MINUTE)
    assert again.fault
    assert again.seconds_until_stable is None
    again.keep_failures(key_values, NOW + MINUTE)
    assert key_values.read_failures(streams._TELECOM) == kept
    again.stop()
    assert runs(world, "logcat") == before

    world.phone.fault("logcat", "slow", seconds=600)
    changed.clear()
    later = Streams(System(world.app.termux.runner), changed.set, lambda: None)
    later.follow(AccessMethod.SHIZUKU, key_values, NOW + HOUR)
    assert changed.wait(5)
    monkeypatch.setattr(line_stream, "_RAN", 0.0)
    later.keep_failures(key_values, NOW + HOUR)
    assert key_values.read_failures(streams._TELECOM) == Failures()
    world.app.termux.runner.stop()
    later.stop()


# ------------------------------------------------------------------------------------------------ loops


def pauses_of(world: World, turns: str, monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """Start a loop whose turns succeed (+) or have an unexpected error (-) or a fault (f), and return the pause after each."""
    stopping, pauses, left = threading.Event(), [], list(turns)

    def turn(_: AppContext) -> float | None:
        now = left.pop(0)
        if now == "-":
            raise KeyError(now)
        if now == "f":
            raise PhoneFault("it has no answer.")
        return 7.0

    def sleep(_: Loop, pause: float | None) -> None:
        pauses.append(pause)
        if not left:
            stopping.set()

    monkeypatch.setattr(Loop, "_sleep", sleep)
    Loop(name="test", open_app=world.open, refresh=lambda app: app, turn=turn, stopping=stopping)._run()
    return pauses


def test_an_unexpected_error_that_repeats_pauses_a_loop_longer_and_longer_also_after_a_restart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pauses_of(world, "---", monkeypatch) == [30, 60, 300]
    assert pauses_of(world, "--+-f-", monkeypatch) == [900, 900, 7, 30, 30, 60]
    assert pauses_of(world, "+-", monkeypatch) == [7, 30]


def test_a_loop_whose_ledger_cannot_be_opened_pauses_longer_and_longer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object, name: str) -> Failures:
        raise KeyError(name)

    monkeypatch.setattr(type(world.app.ledger.key_values), "read_failures", broken)
    stopping, pauses = threading.Event(), []

    def sleep(_: Loop, pause: float | None) -> None:
        pauses.append(pause)
        if len(pauses) == 3:
            stopping.set()

    monkeypatch.setattr(Loop, "_sleep", sleep)
    Loop(name="test", open_app=world.open, refresh=lambda app: app, turn=lambda _: None, stopping=stopping)._run()
    assert pauses == [30, 60, 300]
