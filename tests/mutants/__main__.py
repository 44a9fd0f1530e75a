"""`make mutants`: break each line that carries a promise, one at a time, and count the mutants that no test notices.

Tools that mutate every line by rule, such as mutmut, make thousands of mutants, many of which break nothing. This list says of each
line which promise it carries, and is small enough that all of them must be caught.
"""

from __future__ import annotations

import argparse
import os
import queue
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutants.copies import Copy, Fate, Trial
from tests.mutants.mutants import ROOT, mutated, read_mutants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.mutants.mutants import Mutant

_ALL_TESTS_WITHIN = 900.0  # seconds
_LONGEST_OUTPUT = 2000


def main() -> int:
    """Print what became of each mutant and what survives, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only mutants of which promise or file contains one of these")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2, help="how many mutants are tried at a time")
    parser.add_argument("--part", type=part_of_list, default=(1, 1), metavar="K/N", help="only the Kth of N parts of the list")
    args = parser.parse_args()
    chosen = part([mutant for mutant in read_mutants() if _is_named(mutant, args.words)], *args.part)
    for mutant in chosen:
        mutated(mutant)  # before anything takes long
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="callerid-mutants-") as folder:
        copies = [Copy(Path(folder, str(number))) for number in range(args.jobs)]
        if not _tests_pass(copies[0], chosen, args.jobs):
            return 1
        trials = [_told(trial) for trial in _trials(copies, chosen)]
    fates = Counter(trial.fate for trial in trials)
    print(
        f"{len(trials)} mutants in {time.monotonic() - began:.0f} s: {', '.join(f'{fates[fate]} {fate.lower()}' for fate in Fate)}"
    )
    return 0 if trials and fates[Fate.CAUGHT] == len(trials) else 1


def _is_named(mutant: Mutant, words: Sequence[str]) -> bool:
    return not words or any(word in mutant.promise or word in mutant.file for word in words)


def part_of_list(text: str) -> tuple[int, int]:
    """Return the numbers of "2/5", of which the first is at least 1 and the second no less. Raise ValueError."""
    which, _, of = text.partition("/")
    if not 1 <= int(which) <= int(of):
        raise ValueError(f"there is no part {text!r}")
    return int(which), int(of)


def part(mutants: Sequence[Mutant], which: int, of: int) -> list[Mutant]:
    """Return one of so many parts of about the same length and, as neighbours are in different parts, of about the same time."""
    return list(mutants[which - 1 :: of])


def _tests_pass(copy: Copy, mutants: Sequence[Mutant], jobs: int) -> bool:
    """Return whether the tests pass as long as nothing is broken: else their failures would prove nothing."""
    tests = sorted({path for mutant in mutants for path in mutant.tests})
    status, output = copy.run(tests, "-n", str(jobs), "--dist", "worksteal", time_limit=_ALL_TESTS_WITHIN)
    if status:
        print(f"The tests fail before anything is broken:\n{output[-_LONGEST_OUTPUT:]}")
    return status == 0


def _trials(copies: Sequence[Copy], mutants: Sequence[Mutant]) -> Iterator[Trial]:
    """Try the mutants, each in a copy that no other uses then."""
    free: queue.SimpleQueue[Copy] = queue.SimpleQueue()
    for copy in copies:
        free.put(copy)

    def attempt(mutant: Mutant) -> Trial:
        copy = free.get()
        try:
            return copy.attempt(mutant)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        trials = [pool.submit(attempt, mutant) for mutant in mutants]
        yield from (trial.result() for trial in as_completed(trials))


def _caught_by(trial: Trial) -> str:
    """Return which test failed, and by which error if that is no assertion: one that only waited in vain is to be seen."""
    error = "" if trial.error in ("", "AssertionError", "assert") else f": {trial.error}"
    return f"  ({trial.test}{error})" if trial.test else ""


def _told(trial: Trial) -> Trial:
    print(f"{trial.fate:8} {trial.seconds:4.0f} s  {trial.mutant.promise}{_caught_by(trial)}", flush=True)
    if trial.fate is not Fate.CAUGHT:
        print(
            f"         {trial.mutant.file}: {trial.mutant.text!r} -> {trial.mutant.broken!r}; tests: {' '.join(trial.mutant.tests)}"
        )
    if trial.fate is Fate.UNTESTED:
        print(trial.output[-_LONGEST_OUTPUT:])
    return trial


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
