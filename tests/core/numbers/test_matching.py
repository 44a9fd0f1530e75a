"""Two spellings of one line match; two lines never do. A wrong name is the worst fault there is."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from callerid.core import numbers
from callerid.models import Match

_DATA = Path(__file__).parents[2] / "data" / "number-pairs.jsonl"
PAIRS: list[dict[str, Any]] = [json.loads(line) for line in _DATA.read_text().splitlines()]
SURE = (Match.EXACT, Match.SAME_LINE)
LAST_DIGITS = re.compile(r"/\D*\d{1,3}\D*$")  # "030 1234567/68" are two numbers
DECIMAL = re.compile(r"\+\d{7,15}\.0")  # as a spreadsheet writes a number: the zero is none of its digits
LIST_MARKS = re.compile(r"(?<!\d)\d{1,2}(\.| ?-) ")  # "1. … 2. …" is a list
SPELLINGS = (
    PhoneNumberFormat.E164,
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.RFC3966,
)


def examples() -> list[tuple[str, PhoneNumber]]:
    types = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE)
    numbers = [(r, phonenumbers.example_number_for_type(r, kind)) for r in sorted(phonenumbers.SUPPORTED_REGIONS) for kind in types]
    return [(region, number) for region, number in numbers if number is not None]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: f"{p['a']}~{p['b']}")
def test_every_known_pair_is_matched_correctly(pair: dict[str, Any]) -> None:
    result = numbers.match(pair["a"], pair["b"], pair["region"])
    assert (result.match is not Match.NONE) == pair["same_line"], result.why
    assert numbers.match(pair["b"], pair["a"], pair["region"]) == result


def test_every_example_number_in_every_spelling_is_one_line() -> None:
    assert len(examples()) > 450
    for region, number in examples():
        plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        for spelling in SPELLINGS:
            written = phonenumbers.format_number(number, spelling)
            assert numbers.match(plain, written, region).match is Match.EXACT, (region, plain, written)
            if spelling != PhoneNumberFormat.NATIONAL:
                assert numbers.match(plain, written, "FJ").match is Match.EXACT, (region, plain, written)


def test_no_two_example_numbers_of_different_lines_are_one_line() -> None:
    plain = sorted({phonenumbers.format_number(number, PhoneNumberFormat.E164) for _, number in examples()})
    keys = [numbers.index_keys(number, "")[0] for number in plain]
    assert len(set(keys)) == len(plain)
    for first, second in pairwise(plain):
        assert numbers.match(first, second, "US").match not in SURE


def test_a_number_with_one_more_one_less_or_another_digit_is_another_line() -> None:
    for region, number in examples():
        plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        for wrong in (plain + "1", plain[:-1], plain[:-1] + str((int(plain[-1]) + 1) % 10)):
            assert numbers.match(wrong, national, region).match not in SURE, (region, wrong, national)


@pytest.mark.parametrize(
    ("a", "b", "region", "match"),
    [
        ("tel:+49-30-123456", "030 123456", "DE", Match.EXACT),
        ("+49\u00a030\u00a0123456", "\u200e030 123456\u200f", "DE", Match.EXACT),
        ("#31#030123456", "030 123456", "DE", Match.EXACT),
        ("+1 650 253 0000 ext. 9", "tel:+1-650-253-0000;ext=9", "US", Match.EXACT),
        ("+1 650 253 0000", "+1 650 253 0000 x9", "US", Match.PROBABLE),
        ("+1 000-FLOWERSFORYOU", "+1 000 356 9377", "US", Match.NONE),
        ("+54 2982 123456", "+54 9 2982 123456", "AR", Match.PROBABLE),
        ("+225 07 08 09 10", "+225 01 07 08 09 10", "CI", Match.PROBABLE),
        ("+57 1 2345678", "(601) 234 5678", "CO", Match.SAME_LINE),
        ("+55 11 3888-8888", "+55 11 93888-8888", "BR", Match.NONE),
        ("+39 12345", "012345", "IT", Match.NONE),
        ("650 253 0000", "+44 20 7946 0958", "US", Match.NONE),
        ("0012", "0012", "US", Match.EXACT),
        ("112", "112", "DE", Match.EXACT),
        ("112", "+49112", "DE", Match.NONE),
        ("*100#", "*100#", "DE", Match.EXACT),
        ("*100#", "100", "DE", Match.NONE),
        ("089 123456", "089123456", "", Match.EXACT),
        ("089 123456", "+49 89 123456", "", Match.NONE),
        ("1234567", "+49 89 1234567", "DE", Match.NONE),
        ("123456", "+49 89 123456", "DE", Match.NONE),
        ("04 1234 5678", "0061 4 1234 5678", "DE", Match.NONE),
        ("anonymous", "anonymous", "DE", Match.NONE),
        ("-1", "-1", "DE", Match.NONE),
    ],
)
def test_pairs_that_are_easily_mistaken(a: str, b: str, region: str, match: Match) -> None:
    result = numbers.match(a, b, region)
    assert result.match is match, result.why
    assert numbers.match(b, a, region) == result


@pytest.mark.parametrize(
    ("a", "b", "match"),
    [
        ("1. 020 7946 0020; 2. 020 7946 0021", "020 7946 0021", Match.EXACT),
        ("1. 020 7946 0020; 2. 020 7946 0021", "+44 20 7946 0022", Match.NONE),
        ("020 7946 0020 / 020 7946 0021", "(1) 020 7946 0022 (2) 020 7946 0021", Match.EXACT),
        ("sip:bob2262262@example.org", "2262262", Match.NONE),
        ("tel:7946 0020;phone-context=+4420", "+44 20 7946 0021", Match.NONE),
    ],
)
def test_a_field_with_several_numbers_matches_by_its_best(a: str, b: str, match: Match) -> None:
    assert numbers.match(a, b, "GB").match is match
    assert numbers.match(b, a, "GB").match is match
    assert numbers.e164("020 7946 0020 / 020 7946 0021", "GB") is None
    assert numbers.e164("1. 020 7946 0020", "GB") == "+442079460020"


def test_a_match_says_why() -> None:
    assert numbers.match("044 55 1234 5678", "+525512345678", "MX").why == "Mexican number with an old prefix"
    assert numbers.match("5554141", "+17005554141", "US").why == "the last 7 digits, dialled without area code"
    assert numbers.match("", "1", "US").why == "a hidden number is nobody's"
    assert numbers.match("none at all", "1", "US").why == "no number"


REGIONS = st.sampled_from(["US", "DE", "MX", "BR", "AR", "IT", "CI", "RU", ""])
PHONEISH = st.text(alphabet="0123456789+ ()-./*#xpw,;٣４a", max_size=25) | st.text(max_size=40)


@given(PHONEISH, PHONEISH, REGIONS)
def test_any_two_texts_match_the_same_both_ways_and_a_match_shares_a_key(a: str, b: str, region: str) -> None:
    result = numbers.match(a, b, region)
    assert numbers.match(b, a, region).match is result.match
    if result.match is not Match.NONE:
        assert set(numbers.index_keys(a, region)) & set(numbers.index_keys(b, region))


@given(PHONEISH, REGIONS)
def test_any_number_matches_itself(text: str, region: str) -> None:
    if numbers.index_keys(text, region):
        assert numbers.match(text, text, region).match in SURE


@given(
    st.sampled_from(examples()),
    st.text(alphabet=" .-/", max_size=12),
    st.sampled_from(["", "*31#", "#31#", "tel:"]),
    st.data(),
)
def test_separators_anywhere_change_nothing(
    example: tuple[str, PhoneNumber], separators: str, before: str, data: st.DataObject
) -> None:
    region, number = example
    plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    written = plain
    for separator in separators:
        place = data.draw(st.integers(2, len(written)))
        written = written[:place] + separator + written[place:]
    assume(separators.count("/") <= 1 and not LAST_DIGITS.search(written) and not LIST_MARKS.search(written))
    assume(not DECIMAL.fullmatch(written))
    assert numbers.match(plain, before + written, region).match is Match.EXACT


@pytest.mark.parametrize(
    ("plain", "written"),
    [("+4989123456", "+49/89/123456"), ("+77710009998", "+7/771/000/9998"), ("+493012345678", "+49/30/1234/5678")],
)
def test_slashes_between_the_parts_of_a_number_change_nothing(plain: str, written: str) -> None:
    assert numbers.match(plain, written, "").match is Match.EXACT


@given(st.sampled_from(examples()))
def test_digits_of_any_script_are_digits(example: tuple[str, PhoneNumber]) -> None:
    plain = phonenumbers.format_number(example[1], PhoneNumberFormat.E164)
    arabic = plain.translate({ord(str(d)): chr(0x0660 + d) for d in range(10)})
    wide = plain.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)}).replace("+", "＋")
    assert numbers.match(plain, arabic, "").match is Match.EXACT
    assert numbers.match(plain, wide, "").match is Match.EXACT


def test_a_very_long_text_is_cut() -> None:
    assert numbers.index_keys("1" * 1_000_000, "US") == numbers.index_keys("1" * 250, "US")


@pytest.mark.parametrize(
    ("raw", "dialled"),
    [
        ("+353 87 123 4567", "+353871234567"),
        ("(089) 123-456", "089123456"),
        ("*100#", None),
        ("##4636##", None),
        ("12", None),
        ("-x", None),
        ("+49 89 1;2", None),
        ("", None),
        ("1+2+3", None),
        ("4" * 30, None),
        ("$(reboot)", None),
    ],
)
def test_only_plain_numbers_are_dialled(raw: str, dialled: str | None) -> None:
    assert numbers.dialable(raw) == dialled


def test_a_number_is_shown_in_international_format() -> None:
    assert numbers.display("0871234567", "IE") == "+353 87 123 4567"
    assert numbers.display("+1 650 253 0000 x9", "US") == "+1 650-253-0000 x9"
    assert numbers.display("*100#", "IE") == "*100#"


@pytest.mark.parametrize(
    ("raw", "rings"),
    [
        ("+44 20 7946 0100 ext 12", "+442079460100"),
        ("020 7946 0100 x12", "+442079460100"),
        ("+44 20 7946 0100", "+44 20 7946 0100"),
        ("020 7946 0100 / 020 7946 0200 x1", "020 7946 0100 / 020 7946 0200 x1"),
        ("", ""),
    ],
)
def test_a_ring_comes_without_the_extension(raw: str, rings: str) -> None:
    assert numbers.as_it_rings(raw, "GB") == rings
    assert numbers.e164("087 123 4567", "IE") == "+353871234567"
    assert numbers.e164("112", "IE") is None
    assert numbers.e164("", "IE") is None
    assert numbers.is_region("IE")
    assert not numbers.is_region("ie")


MISREAD = [
    ("0037061234218", "BR"),
    ("00491714445557", "US"),
    ("0049 171 4445557", "JP"),
    ("060612344596", "HU"),
    ("112471510", "MH"),
]


@pytest.mark.parametrize(("raw", "region"), MISREAD)
def test_what_is_no_number_of_the_region_has_no_e164(raw: str, region: str) -> None:
    assert numbers.e164(raw, region) is None


def test_zeros_for_the_plus_are_still_who_calls() -> None:
    for region in ("BR", "US", "JP", "KR", "CO"):
        assert numbers.match("00491714445557", "+491714445557", region).match is Match.PROBABLE
        assert numbers.match("00491714445557", "0049 171 4445557", region).match is Match.EXACT


def test_each_number_in_e164_is_read_back_as_the_same_line() -> None:
    texts = {(text, region) for pair in PAIRS for text in (pair["a"], pair["b"]) for region in (pair["region"], "BR")}
    for raw, region in texts:
        written = numbers.e164(raw, region)
        assert written is None or numbers.match(raw, written, region).match is not Match.NONE, (raw, region, written)


# spellings of a few lines, among them some whose reading is in doubt: without the plus, as letters, without the area code
SPELLED = {
    "IE": ("087 123 4567", "+353 87 123 4567", "00353871234567", "+353871234567 x12", "+52 1 55 1234 5678", "+52 55 1234 5678"),
    "DE": ("49 30 1234567", "030 1234567", "+49 30 1234567", "30 1234567", "1234567"),
    "US": ("1-800-flowers", "1-800-356-9377", "+1 800 356 9377", "800-FLOWERS", "356-9377"),
}


@pytest.mark.parametrize("region", SPELLED)
def test_a_key_that_proves_a_match_gives_what_comparing_gives(region: str) -> None:
    proven = [proves_as_comparing_does(a, b, region) for a in SPELLED[region] for b in SPELLED[region]]
    assert any(proven)
    assert not all(proven)


def test_a_key_that_proves_a_match_of_a_known_pair_gives_what_comparing_gives() -> None:
    proven = [proves_as_comparing_does(*order, pair["region"]) for pair in PAIRS for order in orders(pair)]
    assert any(proven)


def orders(pair: dict[str, Any]) -> tuple[tuple[str, str], tuple[str, str]]:
    return (pair["a"], pair["b"]), (pair["b"], pair["a"])


def proves_as_comparing_does(a: str, b: str, region: str) -> bool:
    """Return whether a key proves a match of the number that rings and a stored one; fail unless comparing gives that match too."""
    own, _, match_of_proof = numbers.lookup_keys(a, region)
    proven = any(proof and match_of_proof and key in own for key, proof in numbers.index_entries(b, region))
    if proven:
        assert match_of_proof == numbers.match(a, b, region), (a, b, region)
    return proven


def test_a_number_whose_reading_is_in_doubt_proves_no_match() -> None:
    for doubtful, other, region in (("49 30 1234567", "030 1234567", "DE"), ("89123456", "+4989123456", "DE")):
        assert numbers.match(doubtful, other, region).match is Match.PROBABLE
        assert numbers.lookup_keys(doubtful, region)[2] is None
        assert not any(proof for _, proof in numbers.index_entries(doubtful, region))


def test_a_hidden_number_has_no_keys() -> None:
    assert numbers.index_entries("private", "IE") == ()
    assert numbers.lookup_keys("private", "IE") == ((), (), None)
