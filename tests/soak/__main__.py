"""`make soak`: thirty days of a hundred calls, with everything going wrong now and then. What was lost or doubled is counted for each
kind of fault, and what the process holds after each day; exit status 1 when anything is not as it must be."""

from __future__ import annotations

import argparse
import logging
import os
import random
import sys
import time
from typing import TYPE_CHECKING

from tests.soak.days import Soaked, soak
from tests.soak.footprint import use_one_arena
from tests.soak.hostile import ALL_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.soak.footprint import Footprint

_SETTLED = 5  # days, after which nothing but the ledger may grow
_LAST = 3  # days: what leaks is there on each of them, a connection that happens to be open is not
_TOLERANCE = 0.05
_FLAT = ("files", "descriptors", "threads", "objects", "allocated")
_LARGEST_ANSWERS = 24 * 1024 * 1024  # bytes: what is read of the CRM's answers at a time


def main() -> int:
    """Print the tables, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--days", type=int, default=int(os.environ.get("SOAK_DAYS") or 30))
    parser.add_argument("--calls", type=int, default=100, help="a day")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    args = parser.parse_args()
    logger = logging.getLogger("callerid")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    use_one_arena()
    began = time.monotonic()
    print(
        f"{args.days} days of {args.calls} calls (--seed {args.seed})\n\n  day  "
        + "  ".join(f"{n:>11}" for n in _FIGURES)
        + "   lost  doubled  wrong",
        flush=True,
    )
    soaked = soak(args.days, args.calls, args.seed, each_day=_print_day)
    wrong = [*_table(soaked), *_growth(soaked.footprints)]
    print(f"\n{_summary(soaked)}\n  in {time.monotonic() - began:.0f} s")
    for line in wrong:
        print(f"  WRONG: {line}")
    print("\nAll of it holds." if not wrong and soaked.tally.holds else "\nNOT ALL OF IT HOLDS.")
    return 1 if wrong or not soaked.tally.holds else 0


_FIGURES = ("files", "descriptors", "threads", "memory", "objects", "allocated", "folder")


def _print_day(day: int, soaked: Soaked) -> None:
    tally = soaked.tally
    for line in soaked.new_faults():
        print(f"  WRONG: {line}")
    figures = "  ".join(f"{soaked.footprints[-1].shown[name]:>11}" for name in _FIGURES)
    print(f"  {day:3}  {figures}  {tally.lost['']:>5}  {tally.doubled['']:>7}  {len(tally.wrong):>5}", flush=True)


def _table(soaked: Soaked) -> list[str]:
    """Print how often each kind was applied, and what was lost and doubled of the calls that met it. Return what is wrong."""
    print("\n  applied    lost  doubled  kind")
    for kind in ALL_KINDS:
        print(f"  {soaked.applied[kind]:7}  {soaked.tally.lost[kind]:6}  {soaked.tally.doubled[kind]:7}  {kind}")
    return [f"{kind} never happened" for kind in ALL_KINDS if not soaked.applied[kind]]


def _summary(soaked: Soaked) -> str:
    tally = soaked.tally
    lines = (
        f"{tally.calls} calls, each in the ledger once: {'yes' if not any('ledger' in line for line in tally.wrong) else 'NO'}",
        f"{tally.answers} answered, lost {tally.lost['']}, doubled {tally.doubled['']}; {tally.unasked} were never asked about",
        f"{bytes_per_call(soaked):.0f} bytes for each call, of ledger, backups, journal and mirror",
    )
    return "\n".join(f"  {line}" for line in lines)


def bytes_per_call(soaked: Soaked) -> float:
    """Return by how much callerid's folder grew for each call, from the end of the first day on."""
    first, last = soaked.footprints[0], soaked.footprints[-1]
    days = max(1, len(soaked.footprints) - 1)
    return (last.folder - first.folder) / (soaked.tally.calls / len(soaked.footprints) * days)


def _growth(footprints: Sequence[Footprint]) -> list[str]:
    """Return what grew that must not. What is in use has to be flat. What is resident is that and whatever room the largest answer so
    far has left: Python gives an arena (1 MiB) back only when nothing of it is in use, so it may grow by as much as such an answer."""
    before, later = footprints[:_SETTLED][-1], footprints[_SETTLED:][-_LAST:]
    if not later:
        return []
    most = {name: getattr(before, name) * (1 + _TOLERANCE) for name in _FLAT} | {"memory": before.memory + _LARGEST_ANSWERS}
    return [
        f"{name} grew from {getattr(before, name)} to {now}"
        for name, limit in most.items()
        if (now := min(getattr(footprint, name) for footprint in later)) > limit
    ]


if __name__ == "__main__":
    sys.exit(main())
