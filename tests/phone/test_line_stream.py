"""Commands that are followed line by line, and cards that are shown in the background."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.core.backoff import Backoff
from callerid.errors import CalleridError, CommandHung, CommandMissing, PhoneFault, Stopped
from callerid.phone import line_stream
from callerid.phone import screen as showing
from callerid.phone.line_stream import LineStream
from callerid.phone.process import ProcessRunner
from callerid.phone.screen import CardResult, Screen

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def runner() -> ProcessRunner:
    return ProcessRunner(environment={"PATH": "/usr/bin:/bin"})


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until a condition holds that another process or thread brings about."""
    pause, deadline = threading.Event(), time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        pause.wait(0.01)


def test_each_line_is_received_as_it_comes_and_stopping_kills_the_whole_group(runner: ProcessRunner) -> None:
    lines: list[str] = []
    command = runner.follow(["sh", "-c", "echo one; echo two; sleep 60 & echo $!; exec sleep 60"])
    thread = threading.Thread(target=command.lines, args=(lines.append,))
    thread.start()
    wait_for(lambda: len(lines) == 3)
    command.stop()
    thread.join(5)
    assert lines[:2] == ["one\n", "two\n"]
    wait_for(lambda: not _is_running(int(lines[2])))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_very_long_line_is_received_in_pieces(runner: ProcessRunner) -> None:
    lines: list[str] = []
    runner.follow(["sh", "-c", "head -c 20000 /dev/zero | tr '\\0' x"]).lines(lines.append)
    assert "".join(lines) == "x" * 20_000
    assert len(lines) == 3


def test_a_stream_that_ends_at_once_is_restarted_less_and_less_often() -> None:
    pauses = [line_stream.RESTART.pause(ends).total_seconds() for ends in range(1, 31)]
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 3600


def test_a_stream_that_ends_is_started_again_and_a_stopped_one_is_not(
    runner: ProcessRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_stream, "RESTART", Backoff.seconds(0))
    monkeypatch.setattr(line_stream, "_STABLE", 0.05)
    log, changes = tmp_path / "starts", threading.Semaphore(0)
    script = f'echo x >> "{log}"; [ "$(wc -l < "{log}")" -lt 3 ] || exec sleep 60'
    stream = LineStream(lambda: runner.follow(["sh", "-c", script]), lambda _: None, changes.release)
    wait_for(lambda: stream.is_alive and len(log.read_text().split()) == 3)
    wait_for(lambda: stream.fault is None)
    stream.stop()
    wait_for(lambda: not stream.is_alive)
    assert len(log.read_text().split()) == 3


def test_a_stream_that_cannot_be_started_has_a_fault_and_ends_with_the_daemon(runner: ProcessRunner) -> None:
    changed = threading.Event()
    stream = LineStream(lambda: runner.follow(["there-is-no-such-command"]), lambda _: None, changed.set)
    assert changed.wait(5)
    assert isinstance(stream.fault, CommandMissing)
    assert not stream.is_alive
    stream.stop()
    runner.stop()
    with pytest.raises(Stopped):
        runner.follow(["true"])


def test_a_stream_whose_receiver_fails_is_started_again(runner: ProcessRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_stream, "RESTART", Backoff.seconds(0))
    monkeypatch.setattr(line_stream, "_STABLE", 0.0)
    lines: list[str] = []

    def fails_once(line: str) -> None:
        lines.append(line)
        if len(lines) == 1:
            assert stream.is_alive
            raise ValueError(line)

    changed = threading.Semaphore(0)
    stream = LineStream(lambda: runner.follow(["sh", "-c", "sleep 0.2; echo x; exec sleep 60"]), fails_once, changed.release)
    wait_for(lambda: len(lines) == 2)  # it was started again
    assert stream.is_alive
    stream.stop()


# ------------------------------------------------------------------------------------------------ cards


class Results:
    """Collects the result of showing each card."""

    def __init__(self) -> None:
        self.faults: list[CalleridError | None] = []

    def __call__(self, result: CardResult) -> None:
        self.faults.append(result.fault)


def test_a_card_is_started_at_once_and_its_caller_does_not_wait(runner: ProcessRunner, tmp_path: Path) -> None:
    results = Results()
    screen = Screen(runner, results)
    for name in ("a", "b"):
        screen.show(name, ["sh", "-c", f"touch {tmp_path}/{name}; while [ ! -e {tmp_path}/go ]; do sleep 0.01; done"])
    wait_for(lambda: (tmp_path / "a").exists() and (tmp_path / "b").exists())
    assert results.faults == []
    (tmp_path / "go").touch()
    wait_for(lambda: results.faults == [None, None])


def test_an_error_that_the_command_of_a_card_prints_is_its_fault(runner: ProcessRunner) -> None:
    results = Results()
    Screen(runner, results).show("a", ["sh", "-c", "echo 'no connection'"])
    wait_for(lambda: len(results.faults) == 1)
    assert "printed an error: no connection" in str(results.faults[0])


def test_the_newest_content_of_a_card_is_shown_last_and_content_in_between_is_skipped(
    runner: ProcessRunner, tmp_path: Path
) -> None:
    results, log = Results(), tmp_path / "log"
    screen = Screen(runner, results)
    screen.show("a", ["sh", "-c", f"while [ ! -e {tmp_path}/go ]; do sleep 0.01; done; echo first >> {log}"])
    screen.show("a", ["sh", "-c", f"echo second >> {log}"])
    screen.show("a", ["sh", "-c", f"echo third >> {log}"])
    (tmp_path / "go").touch()
    wait_for(lambda: results.faults == [None, None])
    assert log.read_text().split() == ["first", "third"]


def test_a_command_after_a_card_waits_for_it_and_drops_what_was_waiting(runner: ProcessRunner, tmp_path: Path) -> None:
    results, log = Results(), tmp_path / "log"
    screen = Screen(runner, results)
    screen.show("a", ["sh", "-c", f"sleep 0.2; echo first >> {log}"])
    screen.show("a", ["sh", "-c", f"echo second >> {log}"])
    screen.drain("a")
    assert log.read_text().split() == ["first"]
    screen.drain("a")
    screen.drain("never shown")
    assert results.faults == [None]


def test_a_card_that_hangs_or_cannot_be_started_is_reported(runner: ProcessRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "_TIMEOUT", 0.1)
    results = Results()
    screen = Screen(runner, results)
    screen.show("a", ["sleep", "60"])
    screen.show("a", ["there-is-no-such-command"])
    wait_for(lambda: len(results.faults) == 2)
    assert isinstance(results.faults[0], CommandHung)
    assert isinstance(results.faults[1], CommandMissing)
    with pytest.raises(PhoneFault):
        screen.show("a", ["there-is-no-such-command"])
    screen.show("a", ["true"])
    wait_for(lambda: results.faults[2:] == [None])


def test_a_card_that_is_being_shown_ends_with_the_daemon(runner: ProcessRunner) -> None:
    results = Results()
    screen = Screen(runner, results)
    screen.show("a", ["sleep", "60"])
    runner.stop()
    with pytest.raises(Stopped):
        screen.show("b", ["true"])
    assert results.faults == []
