"""The list of mutants: lines that carry a promise of the product, each with a way to break it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("list.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One line of the product as it is and as it would break a promise, and where the tests are that must notice."""

    promise: str
    file: str  # from the root of the repository, as are `tests`
    text: str  # occurs once in the file
    broken: str
    tests: tuple[str, ...]


def read_mutants(path: Path = LIST) -> tuple[Mutant, ...]:
    """Return the mutants of the list, in its order."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
    return tuple(Mutant(**{**entry, "tests": tuple(entry["tests"])}) for entry in entries)


def mutated(mutant: Mutant, root: Path = ROOT) -> str:
    """Return the content of a mutant's file with the promise broken. Raise ValueError if the list is not up to date with it."""
    content = (root / mutant.file).read_text(encoding="utf-8")
    if content.count(mutant.text) != 1:
        raise ValueError(f"{mutant.file} has {content.count(mutant.text)} times, not once: {mutant.text!r}")
    result = content.replace(mutant.text, mutant.broken)
    if result == content:
        raise ValueError(f"{mutant.file}: nothing is broken in {mutant.text!r}")
    if mutant.file.endswith(".py"):
        _check_syntax(result, mutant)
    return result


def _check_syntax(source: str, mutant: Mutant) -> None:
    try:
        compile(source, mutant.file, "exec")
    except SyntaxError as fault:
        raise ValueError(f"{mutant.file} is no Python any more with {mutant.broken!r}") from fault
