"""The mirror and `match` use one rule: a look-up says of each contact what `match` says of the two numbers."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.core import numbers
from callerid.core.numbers.field_numbers import find_numbers
from callerid.models import Match, Page
from tests.store.test_mirror import build, mirror, person

if TYPE_CHECKING:
    from callerid.store.mirror.database import Mirror

__all__ = ["mirror"]
DATA = Path(__file__).parents[1] / "data"
SURE = (Match.EXACT, Match.SAME_LINE)


def pairs_by_region() -> dict[str, set[tuple[str, str]]]:
    pairs = defaultdict(set)
    for name in ("number-pairs.jsonl", "number-pairs-by-rule.jsonl"):
        for line in (DATA / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            pairs[row["region"]] |= {(row["a"], row["b"]), (row["b"], row["a"])}
    return pairs


def test_a_look_up_says_of_each_contact_what_match_says(mirror: Mirror) -> None:
    checked = 0
    for region, pairs in pairs_by_region().items():
        raws = sorted({stored for _, stored in pairs})
        build(mirror, Page(contacts=tuple(person(1 + place, raw) for place, raw in enumerate(raws))), region=region, force=True)
        for called, stored in pairs:
            found = {candidate.phone.raw: candidate.match for candidate in mirror.candidates(called, region) if candidate.phone}
            assert found == {raw: numbers.match(called, raw, region) for raw in found}, (region, called)
            if numbers.match(called, stored, region).match in SURE:
                assert found.keys() & {stored, *find_numbers(stored, region)}, (region, called, stored)
            checked += 1
    assert checked > 10_000


@pytest.mark.parametrize(
    ("called", "stored", "region"),
    [
        ("491711000002", "+49 (0)171 1000002", "US"),
        ("447911123456", "+44 7911 123456", "US"),
        ("004915112345678", "+49 1511 2345678", "US"),
        ("447911123456", "+44 7911 123456", "ES"),
        ("4915112345678", "+49 1511 2345678", "IT"),
    ],
)
def test_a_number_found_by_what_else_it_may_be_is_only_probable(mirror: Mirror, called: str, stored: str, region: str) -> None:
    build(mirror, Page(contacts=(person(1, stored),)), region=region)
    (found,) = mirror.candidates(called, region)
    assert found.match == numbers.match(called, stored, region)
    assert found.match.match is Match.PROBABLE
