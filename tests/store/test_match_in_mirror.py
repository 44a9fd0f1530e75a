"""The mirror and `match` use one rule: a look-up says of each contact what `match` says of the two numbers."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import phonenumbers
import pytest

from callerid.core import numbers
from callerid.core.numbers.fields import find_numbers
from callerid.models import Match, Page
from tests.store.test_mirror import build, mirror, person

if TYPE_CHECKING:
    from callerid.store.mirror.database import Mirror

__all__ = ["mirror"]
DATA = Path(__file__).parents[1] / "data"
SURE = (Match.EXACT, Match.SAME_LINE)


def pairs_by_region() -> dict[str, set[tuple[str, str]]]:
    pairs: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
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
            matches = {candidate.phone.raw: candidate.match for candidate in mirror.candidates(called, region) if candidate.phone}
            assert matches == {raw: numbers.match(called, raw, region) for raw in matches}, (region, called)
            if numbers.match(called, stored, region).match in SURE:
                assert matches.keys() & {stored, *find_numbers(stored, region)}, (region, called, stored)
            checked += 1
    assert checked > 10_000


@pytest.mark.parametrize("region", ["US", "ES", "IT", "JP", "BR", "IE", "RU", "SM"])
def test_a_look_up_of_a_number_from_abroad_without_its_plus_says_what_match_says(mirror: Mirror, region: str) -> None:
    mobiles = {f"+{number.country_code}{phonenumbers.national_significant_number(number)}" for number in example_mobiles()}
    stored = sorted(mobiles)
    build(mirror, Page(contacts=tuple(person(1 + place, raw) for place, raw in enumerate(stored))), region=region)
    matched = 0
    for number in stored:
        for called in (number[1:], f"00{number[1:]}", f"011{number[1:]}", f"0{number[1:]}"):
            matches = {candidate.phone.raw: candidate.match for candidate in mirror.candidates(called, region) if candidate.phone}
            assert matches == {raw: numbers.match(called, raw, region) for raw in matches}, called
            matched += bool(matches)
    assert matched > 200


def example_mobiles() -> list[phonenumbers.PhoneNumber]:
    examples = (phonenumbers.example_number_for_type(region, 1) for region in sorted(phonenumbers.SUPPORTED_REGIONS))
    return [example for example in examples if example]


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
    (candidate,) = mirror.candidates(called, region)
    assert candidate.match == numbers.match(called, stored, region)
    assert candidate.match.match is Match.PROBABLE
