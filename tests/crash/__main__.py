"""`make crash`: the process dies at every seam, and a real daemon at random moments. What must hold then is counted; exit status 1 when it does
not."""

from __future__ import annotations

import argparse
import logging
import math
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.simulator.portal import SimulatedPortal
from tests.crash.kills.run import Run, play
from tests.crash.runs import Runs
from tests.crash.scenarios import SCENARIOS

if TYPE_CHECKING:
    from tests.crash.kills.verdict import Line

_MOST_FAULTS = 6  # that one line of the table lists at most


def main() -> int:
    """Print both tables, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    most = int(os.environ.get("CRASHES") or 500)
    parser.add_argument("--kills", type=int, default=most, help="of the daemon in a run (or CRASHES=n); 0 for none")
    rounds = int(os.environ.get("ROUNDS") or 1)
    parser.add_argument("--rounds", type=int, default=rounds, help="how many runs, each with a seed one higher (or ROUNDS=n)")
    parser.add_argument("--minutes", type=float, default=math.inf, help="end a run's kills when so many are over")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--only-kills", action="store_true", help="leave the seams out")
    parser.add_argument(
        "--keep", type=Path, default=Path("failed-crashes"), help="the folder in which runs that went wrong are kept"
    )
    args = parser.parse_args()
    logging.getLogger("callerid").addHandler(logging.NullHandler())
    wrong = 0 if args.only_kills else seams(args.keep)
    for seed in range(args.seed, args.seed + args.rounds if args.kills else args.seed):
        print(f"\nA daemon killed {args.kills} times at random moments (--seed {seed})", flush=True)
        began = time.monotonic()
        run = Run(kills=args.kills, seconds=args.minutes * 60, seed=seed, keep=args.keep)
        wrong += sum(_print(line) for line in play(run))
        print(f"  in {time.monotonic() - began:.0f} s", flush=True)
    print("\nAll of it holds." if not wrong else f"\n{wrong} LINES ARE WRONG.")
    return 1 if wrong else 0


def seams(keep: Path) -> int:
    """Die at each seam of each scenario, print what came of it, and return how many scenarios went wrong. Runs that went wrong are
    kept in a folder."""
    print("An exception in the process at each seam\n  seams  wrong  scenario", flush=True)
    total = bad = 0
    with SimulatedPortal() as portal, tempfile.TemporaryDirectory() as folder:
        runs = Runs(Path(folder), portal, keep)
        for scenario in SCENARIOS:
            passed, faults = runs.play(scenario, None)
            wrong = {"nowhere": faults} if faults else {}
            deaths = {number: runs.play(scenario, number)[1] for number in range(len(passed.passed))}
            wrong |= {f"{number}, {passed.passed[number]}": faults for number, faults in deaths.items() if faults}
            print(f"  {len(deaths):5}  {len(wrong):5}  {scenario.name}", flush=True)
            for place, fault in list(wrong.items())[:_MOST_FAULTS]:
                print(f"                 died at {place}: {'; '.join(fault)[:400]}")
            total, bad = total + len(deaths), bad + bool(wrong)
    print(f"  {total:5}  in all")
    return bad


def _print(line: Line) -> bool:
    """Print a line; say whether it is wrong."""
    if line.wrong is None:
        print(f"  {line.count:5}        {line.what}")
        return False
    print(f"  {line.count:5}  {len(line.wrong):5} {line.what}{'  <- WRONG' if line.wrong else ''}")
    for fault in line.wrong[:_MOST_FAULTS]:
        print(f"                 {fault[:300]}")
    return bool(line.wrong)


if __name__ == "__main__":
    sys.exit(main())
