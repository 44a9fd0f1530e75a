"""What a callerid that was killed has left running is ended by the next one, and nothing else."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from callerid.turns.orphans import STARTED_BY, end_orphans, started_by_us

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def hanging(**environment: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "60"], env={"PATH": os.environ["PATH"], **environment}, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_only_what_a_dead_process_of_this_home_has_started_is_ended(tmp_path: Path) -> None:
    home, ours = tmp_path / "daemon.lock", started_by_us(tmp_path / "daemon.lock")
    number, started_at, _ = ours.split(" ", 2)
    dead, reused = f"4194999 {started_at} {home}", f"{number} 1 {home}"  # no process has so high a number
    elsewhere = f"4194999 1 {tmp_path / 'elsewhere' / 'daemon.lock'}"
    with (
        hanging(**{STARTED_BY: dead}) as orphan,
        hanging(**{STARTED_BY: reused}) as of_an_earlier_one,
        hanging(**{STARTED_BY: ours}) as own,
        hanging(**{STARTED_BY: elsewhere}) as of_another_home,
        hanging() as stranger,
    ):
        assert end_orphans(home) == 2
        assert (orphan.wait(5), of_an_earlier_one.wait(5)) == (-9, -9)
        assert [process.poll() for process in (own, of_another_home, stranger)] == [None, None, None]
        assert end_orphans(home) == 0


def test_a_callerid_that_an_ended_one_has_started_does_not_end_itself_or_what_started_it(tmp_path: Path) -> None:
    home = tmp_path / "daemon.lock"
    program = f"import pathlib, callerid.turns.orphans as o; print(o.end_orphans(pathlib.Path({str(home)!r})))"
    starter = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {program!r}]).returncode)"
    mark = {STARTED_BY: f"4194999 1 {home}"}
    done = subprocess.run([sys.executable, "-c", starter], env=os.environ | mark, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "0\n")
