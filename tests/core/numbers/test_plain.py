"""A number as the index writes it is looked up without the numbering plans: it must be its own key."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callerid.core import numbers
from callerid.core.numbers.plain import is_plain, plain
from tests.core.numbers.test_matching import MISREAD, PAIRS
from tests.core.numbers.test_parse_fast import international_text, national_text

REGIONS = ("", "US", "IE", "AR", "IT")


def assert_own_key(raw: str, region: str) -> None:
    own, _, proven = numbers.lookup_keys(raw, region)
    if proven and is_plain(own[0]):
        assert not numbers.is_hidden(own[0])
        assert numbers.e164(raw, region) == own[0]
        for elsewhere in REGIONS:
            assert numbers.lookup_keys(own[0], elsewhere)[0] == own
            assert numbers.lookup_keys(own[0], elsewhere)[2] == proven
            assert numbers.e164(own[0], elsewhere) == own[0]
        for spaced in (f"{own[0][:3]} {own[0][3:]}", " ".join(own[0][n : n + 2] for n in range(0, len(own[0]), 2))):
            if plain(spaced):
                assert plain(spaced) == own[0]
                assert not numbers.is_hidden(spaced)
                assert numbers.lookup_keys(spaced, region) == numbers.lookup_keys(own[0], region)


@given(international_text(), st.sampled_from(REGIONS))
@example("+98000000", "")  # zeros: each reading takes one away
def test_a_key_that_proves_a_match_is_its_own_key(text: str, region: str) -> None:
    assert_own_key(text, region)


@given(national_text())
def test_a_key_of_a_national_number_that_proves_a_match_is_its_own_key(case: tuple[str, str]) -> None:
    assert_own_key(*case)


def test_the_keys_of_all_known_pairs_are_their_own() -> None:
    for pair in PAIRS:
        assert_own_key(pair["a"], pair["region"])
        assert_own_key(pair["b"], pair["region"])


@pytest.mark.parametrize(("raw", "region"), MISREAD)
def test_digits_that_are_no_number_of_the_region_have_no_plain_key(raw: str, region: str) -> None:
    assert not any(map(is_plain, numbers.lookup_keys(raw, region)[0]))


@given(national_text())
def test_a_number_that_has_no_e164_has_no_plain_key_of_its_own(case: tuple[str, str]) -> None:
    own = numbers.lookup_keys(*case)[0]
    if len(own) == 1 and numbers.e164(*case) is None:  # a text with several numbers has a key for each
        assert not is_plain(own[0])


@pytest.mark.parametrize("raw", ["+353871234567", "+12125551234", "+8613912345678"])
def test_a_usual_number_is_plain(raw: str) -> None:
    assert is_plain(raw)
    assert phonenumbers.is_valid_number(phonenumbers.parse(raw))


@pytest.mark.parametrize(
    "raw", ["", "+", "087 123 4567", "+353 87 1234567", "+٣٥٣٨٧١٢٣٤٥٦٧", "+0353871234567", "+123456", f"+{'1' * 16}", "=112"]
)
def test_anything_else_is_not(raw: str) -> None:
    assert not is_plain(raw)


@pytest.mark.parametrize("raw", ["+353 87 1234567", "+3 5387 12 345 67", "+353871234567"])
def test_single_spaces_between_the_groups_of_a_number_mean_nothing(raw: str) -> None:
    assert plain(raw) == "+353871234567"


@pytest.mark.parametrize(
    "raw",
    [
        *("", "+", " ", "087 123 4567", " +353871234567", "+353871234567 ", "+ 353 87 1234567", "+353  87 1234567"),
        *("+353-87-1234567", "+353\u00a0871234567", "+353 87 1234567 12345", "+0 353 87 1234567"),
    ],
)
def test_other_spaces_may_mean_something(raw: str) -> None:
    assert plain(raw) == ""
