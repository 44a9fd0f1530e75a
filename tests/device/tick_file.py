"""The lines of docs/not-proven.md, and the file in which `make device` ticks them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "not-proven.md"
_ROW = re.compile(r"\| `([a-z0-9-]+)` \| (.+?) \| ([^|]*(?:\\\|[^|]*)*) \|")
_TICK = re.compile(r"- \[([x!? ])\] ([a-z0-9-]+): (.*)")
_MARKS = {True: "x", False: "!", None: "?"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something that only a phone or a portal can show."""

    check: str
    what: str
    command: str  # that would show it


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came out of a check: it is so, it is not, or that is not known yet."""

    is_so: bool | None
    says: str = ""


def lines_of(document: str) -> tuple[Line, ...]:
    """Return the lines of the document that have a check, in their order."""
    return tuple(Line(check=check, what=what, command=command.strip()) for check, what, command in _ROW.findall(document))


def read_ticks(text: str) -> dict[str, tuple[str, str]]:
    """Return what an earlier file says: by check, its mark and the rest of its line."""
    return {check: (mark, rest) for mark, check, rest in _TICK.findall(text)}


def ticked(verdict: Verdict, where: str, day: str) -> tuple[str, str]:
    """Return the mark of a verdict and the rest of its line: when, on what, and what was seen."""
    return _MARKS[verdict.is_so], " · ".join(filter(None, (day, where, verdict.says)))


def file_of(lines: tuple[Line, ...], ticks: dict[str, tuple[str, str]]) -> str:
    """Return the file's text: [x] it is so, [!] it is not, [?] tried and not known, [ ] not tried."""
    rows = [f"- [{mark}] {line.check}: {rest}" for line in lines for mark, rest in [ticks.get(line.check, (" ", line.what))]]
    count = sum(ticks.get(line.check, (" ",))[0] == "x" for line in lines)
    head = f"# What of callerid a real phone and portal have shown\n\n{count} of {len(lines)} lines of docs/not-proven.md are ticked.\n"
    return f"{head}[x] it is so, [!] it is not, [?] tried and not known, [ ] not tried yet.\n\n" + "\n".join(rows) + "\n"
