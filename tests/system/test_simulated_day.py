"""A day that comes with callerid, played by the real daemon as fast as it goes."""

from __future__ import annotations

import contextlib
from pathlib import Path

from callerid.simulator.portal import SimulatedPortal
from callerid.simulator.script.play import Player, read_day
from tests.desks import QuickDesk

_FAST = 100_000.0
_LEFT_OUT = "          missed Ben Bolt · Bolt GmbH\n"  # whose card the next line taps, so that it is surely shown


def test_a_sales_day_goes_as_its_script_says_and_what_the_script_does_not_expect_is_told(tmp_path: Path) -> None:
    text, said = read_day("sales-day"), list[str]()
    assert _LEFT_OUT in text
    with SimulatedPortal() as portal:
        differences = Player(QuickDesk(tmp_path, portal), "day.txt", text.replace(_LEFT_OUT, ""), said.append).play(_FAST)
    (difference,) = differences
    assert difference.startswith("day.txt: was seen, and no line expects it\n    + missed Missed: Ben Bolt · Bolt GmbH")
    assert any("Ana López · Acme Ltd" in line for line in said)
    assert running_in(tmp_path) == []  # not even the dialog that nobody has answered


def running_in(folder: Path) -> list[str]:
    """Return the command lines of the processes that name a folder."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            lines.append(file.read_text(errors="replace"))
    return [line for line in lines if str(folder) in line]
