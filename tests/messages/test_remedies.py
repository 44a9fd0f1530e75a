"""Each fault with which a command ends names what to do."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import callerid.cli
from callerid import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(callerid.cli.__file__).parent
FAULTS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.CalleridError)}


def made_without_a_remedy() -> Iterator[str]:
    """Return where a fault is made without a remedy."""
    for file in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FAULTS):
                continue
            if not any(word.arg == "remedy" for word in node.keywords):
                yield f"{file.relative_to(FOLDER)}:{node.lineno}"


def test_each_fault_of_a_command_has_a_remedy() -> None:
    assert len(FAULTS) > 20
    assert list(made_without_a_remedy()) == []
