"""What dialers say in their notifications, from the files in callerid/locale/dialers: one a dialer, each with its source."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def load_dialer_strings() -> tuple[tuple[str, str], ...]:
    """Return every text of every dialer with what it means: (meaning, text), the text with %1$s for what the dialer puts in."""
    folder = resources.files("callerid").joinpath("locale", "dialers")
    lines = (
        line
        for file in sorted(folder.iterdir(), key=lambda path: path.name)
        for line in file.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
    return tuple((meaning, text) for meaning, text, _ in (line.split("\t") for line in lines))
