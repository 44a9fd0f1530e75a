"""Files of people as programs export them, with who must be found by which number."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.numbers.fields import find_numbers
from callerid.crm.file.source import file_source
from callerid.models import Match, SyncRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.models import Contact

FOLDER = Path(__file__).parents[1] / "data" / "contact-files"
_NOW = datetime(2026, 11, 28, tzinfo=UTC)


def contacts_of(path: Path) -> list[Contact]:
    """Return the contacts that callerid reads from a file."""
    source = file_source(path, (), clock=lambda: _NOW, report_fault=lambda _: None)
    return [contact for page in source.all_records(SyncRequest()) for contact in page.contacts]


def names_with_number(contacts: list[Contact], number: str, region: str) -> str:
    """Return the names of whoever has a number, as the mirror would find them."""
    have = [
        f"{contact.first_name} {contact.last_name}".strip() or contact.company_text
        for contact in contacts
        for phone in contact.phones
        for raw in find_numbers(phone.raw, region)
        if numbers.match(number, raw, region).match is not Match.NONE
    ]
    return " / ".join(dict.fromkeys(have))


def is_right(name: str, expected: str) -> bool:
    """Tell whether a name is who is expected. "-not X: …" is anybody but X, "nobody" is nobody, "X?" is X or nobody; "?" within a name
    stands for a letter that was lost."""
    if expected == "nobody":
        return not name
    if expected.startswith("-not "):
        return expected.removeprefix("-not ").partition(":")[0] not in name
    wanted = expected.partition("(")[0]
    if wanted.endswith("?"):
        return not name or wanted[:-1] in name
    before, _, after = wanted.partition("?")
    return before in name and after in name


def tally() -> tuple[Counter[tuple[str, bool]], list[str]]:
    """Return how many look-ups of each file are right and wrong, and the wrong ones in words."""
    counts: Counter[tuple[str, bool]] = Counter()
    wrong = []
    for name, number, expected, region in lookups():
        people = names_with_number(contacts_of(FOLDER / name), number, region)
        counts[name, is_right(people, expected)] += 1
        if not is_right(people, expected):
            wrong.append(f"{name}: {number} is {people or 'nobody'}, expected {expected}")
    return counts, wrong


def lookups() -> Iterator[tuple[str, str, str, str]]:
    """Yield each look-up: file, number, who is expected, region."""
    for name, file in json.loads((FOLDER / "expected.json").read_text(encoding="utf-8")).items():
        for number, expected in file["lookups"]:
            yield name, number, expected, file["region"]
