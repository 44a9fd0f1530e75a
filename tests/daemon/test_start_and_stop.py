"""One daemon for each installation, which stops when it is asked to, at whatever moment the request comes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from callerid.daemon.single_instance import is_running, only_instance
from callerid.errors import AlreadyRunning
from callerid.paths import installation_paths, make_folders

if TYPE_CHECKING:
    from pathlib import Path


def test_a_second_daemon_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    paths = installation_paths({"CALLERID_HOME": str(tmp_path)})
    make_folders(paths)
    with only_instance(paths):
        with pytest.raises(AlreadyRunning), only_instance(paths):
            pass
        assert is_running(paths)
        assert paths.pid_file.exists()
    assert not is_running(paths)
    with only_instance(paths) as ended_cleanly:
        assert ended_cleanly


_WAITS = """
import signal, sys
from callerid.daemon.stop_request import StopRequest

steps, at = 0, int(sys.argv[1])

def trace(frame, event, argument):
    global steps
    steps += 1
    if steps == at:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)  # impatience, while the first is handled
    return trace

request = StopRequest()
request.make_on_signals({signal.SIGTERM: request.make})
if not at:
    signal.raise_signal(signal.SIGTERM)
sys.settrace(trace)
request.wait()
sys.settrace(None)
print(steps)
"""


def _steps_until_it_stops(signal_at: int) -> int:
    """Return how many steps the wait took, with the signal sent before it (0) or at one of its steps."""
    ended = subprocess.run([sys.executable, "-c", _WAITS, str(signal_at)], capture_output=True, text=True, timeout=20, check=True)
    return int(ended.stdout)


def test_a_signal_at_any_step_of_the_wait_ends_it() -> None:
    steps = _steps_until_it_stops(0)
    assert steps >= 2
    for step in range(1, 3):  # the call, and the line that sleeps
        assert _steps_until_it_stops(step) >= step


def test_a_signal_itself_wakes_the_sleeper_before_python_runs_its_handler() -> None:
    wakes = (
        "import signal\nfrom callerid.daemon.stop_request import StopRequest\n"
        "request = StopRequest()\nrequest.make_on_signals({signal.SIGTERM: lambda: None})\n"
        "signal.raise_signal(signal.SIGTERM)\nrequest.wait()\n"
    )
    subprocess.run([sys.executable, "-c", wakes], timeout=20, check=True)


def test_a_flood_of_signals_neither_blocks_nor_fails() -> None:
    flood = (
        "import signal\nfrom callerid.daemon.stop_request import StopRequest\n"
        "request = StopRequest()\nrequest.make_on_signals({signal.SIGUSR1: request.make})\n"
        "for _ in range(70_000): signal.raise_signal(signal.SIGUSR1)\n"  # more than a pipe holds
        "request.wait()\n"
    )
    ended = subprocess.run([sys.executable, "-W", "error", "-c", flood], capture_output=True, text=True, timeout=20, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
