"""Copies of the repository in a temporary folder, in which mutants are tried: the repository itself is never changed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tests.mutants.mutants import ROOT, mutated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.mutants.mutants import Mutant

_TIME_LIMIT = 180.0  # seconds; the slowest tests of the list take a tenth of it
_NOT_COPIED = (".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info", "build", "dist")
_PYTEST = ("-q", "-x", "--tb=no", "-rfE", "-p", "no:cacheprovider", "--hypothesis-seed=0")
_PASSED, _FAILED = 0, 1  # exit statuses of pytest; any other says that it could not run the tests
_FAILURE = re.compile(r"^(?:FAILED|ERROR) (?:\S*/)?(\S+)(?:.*? - ([\w.]+))?", re.MULTILINE)
_WHOLE_LINES = "500"  # columns; pytest cuts the lines of its summary to those of the terminal


class Fate(StrEnum):
    """What became of a mutant."""

    CAUGHT = "caught"
    SURVIVED = "SURVIVED"
    HUNG = "HUNG"  # no proof: a slow machine would look the same
    UNTESTED = "NO TEST RAN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A mutant's trial: its fate, the test that caught it, by which error ("" if there is none), and how many seconds that took."""

    mutant: Mutant
    fate: Fate
    test: str
    error: str
    seconds: float
    output: str


class Copy:
    """A copy of the repository. What Python has compiled in it is valid by content: two versions of a file can be of one second."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "callerid"
        shutil.copytree(ROOT, self._folder, ignore=shutil.ignore_patterns(*_NOT_COPIED), symlinks=True)
        (self._folder / ".venv").symlink_to(sys.prefix)
        compiled = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "callerid", "tests"]
        subprocess.run(compiled, cwd=self._folder, check=True)

    def attempt(self, mutant: Mutant) -> Trial:
        """Break a promise, run the tests that must notice, and mend it."""
        file = self._folder / mutant.file
        intact = file.read_text(encoding="utf-8")
        file.write_text(mutated(mutant, self._folder), encoding="utf-8")
        began = time.monotonic()
        try:
            status, output = self.run(mutant.tests)
        finally:
            file.write_text(intact, encoding="utf-8")
        test, error = failure_in(output)
        return Trial(
            mutant=mutant,
            fate=_fate(status),
            test=test,
            error=error,
            seconds=time.monotonic() - began,
            output=output,
        )

    def run(self, tests: Sequence[str], *more: str, time_limit: float = _TIME_LIMIT) -> tuple[int | None, str]:
        """Run tests of the copy, and return pytest's exit status (None: it did not end in time) and output."""
        environment = dict(os.environ) | {"PYTHONPATH": str(self._folder), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": _WHOLE_LINES}
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *_PYTEST, *more, *tests],
            cwd=self._folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            return _status_and_output(process, time_limit)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def failure_in(output: str) -> tuple[str, str]:
    """Return the first test that failed in an output of pytest, and the class of its error; "" for what is not in it."""
    failure = _FAILURE.search(output)
    return (failure[1], failure[2] or "") if failure else ("", "")


def _status_and_output(process: subprocess.Popen[str], time_limit: float) -> tuple[int | None, str]:
    try:
        output, _ = process.communicate(timeout=time_limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return None, process.communicate()[0]
    return process.returncode, output


def _fate(status: int | None) -> Fate:
    match status:
        case None:
            return Fate.HUNG
        case _ if status == _PASSED:
            return Fate.SURVIVED
        case _ if status == _FAILED:
            return Fate.CAUGHT
    return Fate.UNTESTED
