"""The threat model names, for each thing that somebody cannot do, tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
SOMEBODY = (
    *("A stranger who chooses number and name", "A colleague who writes CRM fields", "Another app on the phone"),
    *("A thief", "A hostile network", "A hostile portal", "A hostile address book's server"),
)


def section(title: str) -> str:
    assert f"\n## {title}\n" in DOCUMENT
    return DOCUMENT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows_after(heading: str, text: str) -> list[str]:
    """Return the rows of the table whose first line begins so."""
    lines = text.partition(heading)[2].splitlines()[2:]
    return [line for line in lines[: next((n for n, line in enumerate(lines) if not line), len(lines))] if line.startswith("|")]


@pytest.mark.parametrize("title", SOMEBODY)
def test_what_each_can_do_is_said_and_what_they_cannot_is_shown_by_a_test(title: str) -> None:
    assert rows_after("| they can |", section(title))
    cannot = rows_after("| they cannot |", section(title))
    assert len(cannot) >= 3
    assert [row for row in cannot if not NAMED.search(row)] == []


def test_every_test_that_is_named_exists() -> None:
    named = set(NAMED.findall(DOCUMENT))
    assert len(named) > 30
    assert [f"{path}::{name}" for path, name in sorted(named) if name not in names_in(ROOT / path)] == []


def names_in(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)}
