"""The mirror and `match` use one rule: a look-up says of each contact what `match` says of the two numbers."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.core import numbers
from callerid.core.numbers import matching
from callerid.core.numbers.fields import find_numbers
from callerid.core.numbers.text import unparsed
from callerid.models import Match, NumberMatch, Page
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


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each text be read once in a test: tens of thousands of pairs are made of a few thousand texts, and reading takes longest."""
    monkeypatch.setattr(matching, "_lines_of", cache(matching._lines_of))


# how a field may hold a number: alone, with a list mark, in a list, behind a label, with a second one
FIELDS = ("{}", "1. {}", "(1) {}; (2) +47 21 23 45 68", "1) +47 21 23 45 68\n2) {}", "Tel: {}", "+47 21 23 45 68 / {}")


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize(("field", "step"), [("{}", 2), ("1) +47 21 23 45 68\n2) {}", 8)])
def test_a_look_up_says_of_each_contact_what_match_says(mirror: Mirror, field: str, step: int) -> None:
    checked = 0
    for region, unmarked in pairs_by_region().items():
        pairs = [(called, field.format(stored)) for called, stored in sorted(unmarked)[::step]]
        raws = sorted({stored for _, stored in pairs})
        build(mirror, Page(contacts=tuple(person(1 + place, raw) for place, raw in enumerate(raws))), region=region, force=True)
        for called, stored in pairs:
            matches = {candidate.phone.raw: candidate.match for candidate in mirror.candidates(called, region) if candidate.phone}
            assert matches == {raw: numbers.match(called, raw, region) for raw in matches}, (region, called)
            at_home = mirror.line_at_home(called, region)
            assert not at_home or mirror.candidates(at_home, region) == mirror.candidates(called, region), (region, called)
            match, stored_numbers = numbers.match(called, stored, region).match, find_numbers(stored, region)
            if match in SURE:
                assert matches.keys() & set(stored_numbers), (region, called, stored)
            if match is not Match.NONE:
                keys = {key for number in stored_numbers for key, _ in numbers.index_entries(number, region)}
                assert keys & set(numbers.index_keys(called, region)), (region, called, stored)
            checked += 1
    assert checked > 10_000 / step


@pytest.mark.usefixtures("read_once")
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


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize("field", FIELDS[1:])
def test_a_number_in_a_field_matches_as_it_does_alone(field: str) -> None:
    """But for what begins with a sign or word of its own, and for fragments, which are no number of a list."""
    checked = 0
    for region, pairs in pairs_by_region().items():
        for called, stored in sorted(pairs)[FIELDS.index(field) :: 8]:  # other pairs in each field
            alone = numbers.match(called, stored, region).match
            if unparsed.is_single_number(stored) and unparsed.may_be_whole(stored):
                assert numbers.match(called, field.format(stored), region).match is alone, (region, called, stored)
                assert numbers.match(field.format(stored), called, region).match is alone, (region, called, stored)
                checked += 1
    assert checked > 7_000 / 8


def test_a_caller_given_as_a_list_is_looked_up_as_match_reads_it(mirror: Mirror) -> None:
    build(mirror, Page(contacts=(person(1, "020 7946 0021"), person(2, "020 7946 0022"))), region="GB")
    for called in ("1. 020 7946 0020; 2. 020 7946 0021", "1. 020 7946 0021; 2. 020 7946 0020"):
        (candidate,) = mirror.candidates(called, "GB")
        assert (
            candidate.match == numbers.match(called, "020 7946 0021", "GB") == NumberMatch(match=Match.EXACT, why="the same number")
        )


@given(
    st.text(alphabet="0123456789+ ()-./*#xpw,;:٣４aTel@<>\n1.|", max_size=40) | st.text(max_size=60),
    st.sampled_from(["US", "DE", "IE", ""]),
)
def test_each_number_of_a_field_is_read_again_as_the_same_one(text: str, region: str) -> None:
    for number in find_numbers(text, region):
        assert find_numbers(number, region) == (number,)


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


def test_a_number_dialled_at_home_has_its_line_only_while_the_index_is_of_that_region(mirror: Mirror) -> None:
    build(mirror, Page(contacts=(person(1, "+353 87 123 4567"),)), region="IE", force=True)
    assert mirror.line_at_home("087 123 4567", "IE") == "+353871234567"
    assert mirror.line_at_home("087 123 4568", "IE") == ""
    assert mirror.line_at_home("087 123 4567", "GB") == mirror.line_at_home("087 123 4567", "") == ""
    mirror.reindex_if_needed("GB")
    assert mirror.line_at_home("087 123 4567", "GB") == mirror.line_at_home("087 123 4567", "IE") == ""
    mirror.reindex_if_needed("IE")
    assert mirror.line_at_home("087 123 4567", "IE") == "+353871234567"


def test_a_number_dialled_at_home_that_two_people_have_is_left_to_the_whole_look_up(mirror: Mirror) -> None:
    build(mirror, Page(contacts=(person(1, "+353 87 123 4567"), person(2, "087 123 4567"))), region="IE", force=True)
    assert mirror.line_at_home("0871234567", "IE") == ""
    assert len(mirror.candidates("0871234567", "IE")) == 2
