"""What an installation takes on a phone: the files of the program, and of the packages that it needs. What Python compiles of them
comes on top, as far as it is imported."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path
from typing import TYPE_CHECKING

import callerid

if TYPE_CHECKING:
    from collections.abc import Iterator

_MB = 1_000_000


def size() -> None:
    """Print the size of an installation, by package."""
    own = Path(callerid.__file__).parent
    sizes = {"callerid": sum(path.stat().st_size for path in own.rglob("*") if path.is_file() and path.suffix != ".pyc")}
    for name in dict.fromkeys(_needed("callerid")):
        files = importlib.metadata.distribution(name).files or ()
        sizes[name] = sum(file.size or 0 for file in files if file.suffix != ".pyc")
    largest = sorted(sizes, key=lambda name: -sizes[name])
    told = ", ".join(f"{name} {sizes[name] / _MB:.1f}" for name in largest)
    print(f"installed: {sum(sizes.values()) / _MB:.1f} MB: {told}", flush=True)


def _needed(name: str) -> Iterator[str]:
    """Return the packages that a package requires without extras, and what those require. Markers are for other systems."""
    for requirement in importlib.metadata.requires(name) or ():
        needed, _, marker = requirement.partition(";")
        if not marker:
            found = re.match(r"[\w.-]+", needed)
            assert found
            yield found[0]
            yield from _needed(found[0])
