"""A simulator that is killed: nothing of it may stay."""

from __future__ import annotations

import subprocess
import sys

_SIMULATOR = """
import subprocess, time
from callerid.simulator import desk

daemon = subprocess.Popen(["/bin/sleep", "600"], stdout=subprocess.DEVNULL)
with desk._ended_with_this_process(daemon):
    print(daemon.pid, flush=True)
    time.sleep(600)
"""


def test_the_daemon_of_a_simulator_that_is_killed_ends_with_it() -> None:
    with subprocess.Popen([sys.executable, "-c", _SIMULATOR], stdout=subprocess.PIPE, text=True) as simulator:
        assert simulator.stdout
        pid = simulator.stdout.readline().strip()
        watch = subprocess.Popen(["/usr/bin/tail", "--pid", pid, "-s", "0.02", "-f", "/dev/null"])
        simulator.kill()
    try:
        assert watch.wait(20) == 0
    finally:
        watch.kill()
