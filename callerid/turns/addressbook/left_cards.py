"""The file that notes how an address book's cards were left: it saves reading them again, and nothing is lost without it."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from callerid.core.addressbook.book_plan import KnownCard

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def left_cards(file: Path, url: str) -> dict[str, KnownCard]:
    """Return how the cards of the book at an address were left, by their names; none if that is not noted, or cannot be read."""
    with suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
        noted = json.loads(file.read_text(encoding="utf-8"))
        if noted["url"] == url:
            return {str(name): KnownCard(str(etag), str(mark)) for name, (etag, mark) in noted["cards"].items()}
    return {}


def note_left_cards(file: Path, url: str, cards: Mapping[str, KnownCard]) -> None:
    """Note it, for the owner's eyes only and as a whole. Raise OSError."""
    text = json.dumps({"url": url, "cards": {name: [card.etag, card.fingerprint] for name, card in cards.items()}})
    _, new = files_of_left_cards(file)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    new.replace(file)


def files_of_left_cards(file: Path) -> tuple[Path, Path]:
    """Return where the note may be, which has the ids of contacts: its file, and a new one that is not whole yet."""
    return file, file.with_name(f"{file.name}.new")
