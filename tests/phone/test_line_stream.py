"""Long-lived commands, and cards that nobody waits for."""

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
from callerid.phone.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def runner() -> ProcessRunner:
    return ProcessRunner(environment={"PATH": "/usr/bin:/bin"})


def wait_for(condition: Callable[[], object]) -> None:
    """Look until something holds; what is waited for happens in another process."""
    pause, deadline = threading.Event(), time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        pause.wait(0.01)


def test_each_line_is_heard_as_it_comes_and_the_whole_group_ends(runner: ProcessRunner) -> None:
    heard: list[str] = []
    following = runner.follow(["sh", "-c", "echo one; echo two; sleep 60 & echo $!; exec sleep 60"])
    thread = threading.Thread(target=following.lines, args=(heard.append,))
    thread.start()
    wait_for(lambda: len(heard) == 3)
    following.stop()
    thread.join(5)
    assert heard[:2] == ["one\n", "two\n"]
    wait_for(lambda: not _lives(int(heard[2])))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_line_without_end_is_heard_in_pieces(runner: ProcessRunner) -> None:
    heard: list[str] = []
    runner.follow(["sh", "-c", "head -c 20000 /dev/zero | tr '\\0' x"]).lines(heard.append)
    assert "".join(heard) == "x" * 20_000
    assert len(heard) == 3


def test_a_stream_that_ends_at_once_is_restarted_ever_more_rarely() -> None:
    pauses = [line_stream._RESTART.pause(ends).total_seconds() for ends in range(1, 31)]
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 3600


def test_a_stream_that_ends_is_started_again_and_one_that_stops_is_not(
    runner: ProcessRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_stream, "_RESTART", Backoff.seconds(0))
    monkeypatch.setattr(line_stream, "_STABLE", 0.05)
    log, changes = tmp_path / "starts", threading.Semaphore(0)
    script = f'echo x >> "{log}"; [ "$(wc -l < "{log}")" -lt 3 ] || exec sleep 60'
    stream = LineStream(lambda: runner.follow(["sh", "-c", script]), lambda _: None, changes.release)
    wait_for(lambda: stream.is_alive and len(log.read_text().split()) == 3)
    wait_for(lambda: stream.fault is None)
    stream.stop()
    wait_for(lambda: not stream.is_alive)
    assert len(log.read_text().split()) == 3


def test_a_stream_that_cannot_be_started_says_why_and_ends_with_us(runner: ProcessRunner) -> None:
    changed = threading.Event()
    stream = LineStream(lambda: runner.follow(["there-is-no-such-command"]), lambda _: None, changed.set)
    assert changed.wait(5)
    assert isinstance(stream.fault, CommandMissing)
    assert not stream.is_alive
    stream.stop()
    runner.stop()
    with pytest.raises(Stopped):
        runner.follow(["true"])


def test_a_listener_that_fails_leaves_no_stream_that_seems_to_live(runner: ProcessRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_stream, "_RESTART", Backoff.seconds(0))
    monkeypatch.setattr(line_stream, "_STABLE", 0.0)
    heard: list[str] = []

    def fails_once(line: str) -> None:
        heard.append(line)
        if len(heard) == 1:
            assert stream.is_alive
            raise ValueError(line)

    changed = threading.Semaphore(0)
    stream = LineStream(lambda: runner.follow(["sh", "-c", "sleep 0.2; echo x; exec sleep 60"]), fails_once, changed.release)
    wait_for(lambda: len(heard) == 2)  # it was started again
    assert stream.is_alive
    stream.stop()


# ------------------------------------------------------------------------------------------------ cards


class Told:
    """Hears how each card ended."""

    def __init__(self) -> None:
        self.ends: list[CalleridError | None] = []

    def __call__(self, fault: CalleridError | None) -> None:
        self.ends.append(fault)


def test_a_card_is_started_at_once_and_nobody_waits_for_it(runner: ProcessRunner, tmp_path: Path) -> None:
    told = Told()
    screen = Screen(runner, told)
    for name in ("a", "b"):
        screen.show(name, ["sh", "-c", f"touch {tmp_path}/{name}; while [ ! -e {tmp_path}/go ]; do sleep 0.01; done"])
    wait_for(lambda: (tmp_path / "a").exists() and (tmp_path / "b").exists())
    assert told.ends == []
    (tmp_path / "go").touch()
    wait_for(lambda: told.ends == [None, None])


def test_of_one_card_the_newest_content_is_shown_last_and_what_came_between_is_left_out(
    runner: ProcessRunner, tmp_path: Path
) -> None:
    told, log = Told(), tmp_path / "log"
    screen = Screen(runner, told)
    screen.show("a", ["sh", "-c", f"while [ ! -e {tmp_path}/go ]; do sleep 0.01; done; echo first >> {log}"])
    screen.show("a", ["sh", "-c", f"echo second >> {log}"])
    screen.show("a", ["sh", "-c", f"echo third >> {log}"])
    (tmp_path / "go").touch()
    wait_for(lambda: told.ends == [None, None])
    assert log.read_text().split() == ["first", "third"]


def test_what_follows_a_card_waits_for_it_and_what_waited_to_be_shown_is_left_out(runner: ProcessRunner, tmp_path: Path) -> None:
    told, log = Told(), tmp_path / "log"
    screen = Screen(runner, told)
    screen.show("a", ["sh", "-c", f"sleep 0.2; echo first >> {log}"])
    screen.show("a", ["sh", "-c", f"echo second >> {log}"])
    screen.drain("a")
    assert log.read_text().split() == ["first"]
    screen.drain("a")
    screen.drain("never shown")
    assert told.ends == [None]


def test_a_card_that_hangs_or_cannot_be_started_is_told(runner: ProcessRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "_TIMEOUT", 0.1)
    told = Told()
    screen = Screen(runner, told)
    screen.show("a", ["sleep", "60"])
    screen.show("a", ["there-is-no-such-command"])
    wait_for(lambda: len(told.ends) == 2)
    assert isinstance(told.ends[0], CommandHung)
    assert isinstance(told.ends[1], CommandMissing)
    with pytest.raises(PhoneFault):
        screen.show("a", ["there-is-no-such-command"])
    screen.show("a", ["true"])
    wait_for(lambda: told.ends[2:] == [None])


def test_a_card_on_its_way_ends_with_us(runner: ProcessRunner) -> None:
    told = Told()
    screen = Screen(runner, told)
    screen.show("a", ["sleep", "60"])
    runner.stop()
    with pytest.raises(Stopped):
        screen.show("b", ["true"])
    assert told.ends == []
