"""Two spellings of one line are one line; two lines never are. A wrong name is the worst fault there is."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from callerid.core import numbers
from callerid.core.numbers import parse_fast
from callerid.core.numbers.field_numbers import find_numbers
from callerid.models import Match

_DATA = Path(__file__).parents[2] / "data" / "number-pairs.jsonl"
PAIRS: list[dict[str, Any]] = [json.loads(line) for line in _DATA.read_text().splitlines()]
SURE = (Match.EXACT, Match.SAME_LINE)
SPELLINGS = (
    PhoneNumberFormat.E164,
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.RFC3966,
)


def examples() -> list[tuple[str, PhoneNumber]]:
    kinds = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE)
    found = [(r, phonenumbers.example_number_for_type(r, kind)) for r in sorted(phonenumbers.SUPPORTED_REGIONS) for kind in kinds]
    return [(region, number) for region, number in found if number is not None]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: f"{p['a']}~{p['b']}")
def test_every_known_pair_is_told_right(pair: dict[str, Any]) -> None:
    found = numbers.match(pair["a"], pair["b"], pair["region"])
    assert (found.match is not Match.NONE) == pair["same_line"], found.why
    assert numbers.match(pair["b"], pair["a"], pair["region"]) == found


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
    for one, other in pairwise(plain):
        assert numbers.match(one, other, "US").match not in SURE


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
def test_spellings_and_traps(a: str, b: str, region: str, match: Match) -> None:
    found = numbers.match(a, b, region)
    assert found.match is match, found.why
    assert numbers.match(b, a, region) == found


def test_it_says_why() -> None:
    assert numbers.match("044 55 1234 5678", "+525512345678", "MX").why == "Mexican number with an old prefix"
    assert numbers.match("5554141", "+17005554141", "US").why == "the last 7 digits, dialled without area code"
    assert numbers.match("", "1", "US").why == "a hidden number is nobody's"
    assert numbers.match("none at all", "1", "US").why == "no number"


REGIONS = st.sampled_from(["US", "DE", "MX", "BR", "AR", "IT", "CI", "RU", ""])
PHONEISH = st.text(alphabet="0123456789+ ()-./*#xpw,;٣４a", max_size=25) | st.text(max_size=40)


@given(PHONEISH, PHONEISH, REGIONS)
def test_any_two_texts_are_told_the_same_both_ways_and_a_match_shares_a_key(a: str, b: str, region: str) -> None:
    found = numbers.match(a, b, region)
    assert numbers.match(b, a, region).match is found.match
    if found.match is not Match.NONE:
        assert set(numbers.index_keys(a, region)) & set(numbers.index_keys(b, region))


@given(PHONEISH, REGIONS)
def test_any_number_is_itself(text: str, region: str) -> None:
    if numbers.index_keys(text, region):
        assert numbers.match(text, text, region).match in SURE


@given(
    st.sampled_from(examples()),
    st.text(alphabet=" .-/", max_size=12),
    st.sampled_from(["", "*31#", "#31#", "tel:"]),
    st.data(),
)
def test_dividers_anywhere_change_nothing(
    example: tuple[str, PhoneNumber], dividers: str, before: str, data: st.DataObject
) -> None:
    region, number = example
    plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    written = plain
    for divider in dividers:
        place = data.draw(st.integers(2, len(written)))
        written = written[:place] + divider + written[place:]
    assert numbers.match(plain, before + written, region).match is Match.EXACT


@given(st.sampled_from(examples()))
def test_digits_of_any_script_are_digits(example: tuple[str, PhoneNumber]) -> None:
    plain = phonenumbers.format_number(example[1], PhoneNumberFormat.E164)
    arabic = plain.translate({ord(str(d)): chr(0x0660 + d) for d in range(10)})
    wide = plain.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)}).replace("+", "＋")
    assert numbers.match(plain, arabic, "").match is Match.EXACT
    assert numbers.match(plain, wide, "").match is Match.EXACT


def test_a_text_without_end_is_read_in_no_time() -> None:
    assert numbers.index_keys("1" * 1_000_000, "US") == numbers.index_keys("1" * 250, "US")
    assert find_numbers("1" * 1_000_000, "US")


def test_one_field_may_hold_several_numbers() -> None:
    assert find_numbers("089 1234567 / 0171 4567890", "DE") == ("089 1234567", "0171 4567890")
    assert find_numbers("+1 650 253 0000; +1 650 253 0001\n6502530002", "US") == (
        "+1 650 253 0000",
        "+1 650 253 0001",
        "6502530002",
    )
    assert find_numbers("030 123456 oder 030 123457", "DE") == ("030 123456", "030 123457")


@pytest.mark.parametrize(
    ("region", "text", "found"),
    [
        ("IE", "087 1234567 (work)", ["+353871234567"]),
        ("IE", "+353 87 1234567 mobile", ["+353871234567"]),
        ("IE", "Mob: 087 1234567 *private*", ["+353871234567"]),
        ("DE", "0171 1234567 (privat)", ["+491711234567"]),
        ("DE", "089 1234567 App. 12", ["+49891234567"]),
        ("JP", "090-1234-5678（携帯）", ["+819012345678"]),
        ("IE", "087 1234567/086 7654321", ["+353871234567", "+353867654321"]),
        ("IE", "+353871234567 +353867654321", ["+353871234567", "+353867654321"]),
        ("IE", "087 1234567\t086 7654321", ["+353871234567", "+353867654321"]),
        ("IE", "087 1234567  086 7654321", ["+353871234567", "+353867654321"]),
        ("IE", "087 1234567 (work) 086 7654321 (home)", ["+353871234567", "+353867654321"]),
        ("IE", "087 1234567; n/a", ["+353871234567"]),
        ("US", "212-555-1234 or 1-800-FLOWERS", ["+12125551234", "+18003569377"]),
        ("JP", "０９０－１２３４－５６７８；０３－１２３４－５６７８", ["+819012345678", "+81312345678"]),
        ("JP", "090-1234-5678・03-1234-5678", ["+819012345678", "+81312345678"]),
        ("EG", "٠١٠٠١٢٣٤٥٦٧، ٠١٠٠١٢٣٤٥٦٨", ["+201001234567", "+201001234568"]),
        ("US", "call 1-800-FLOWERS", ["+18003569377"]),
        ("IE", "Tel: 01 555 0101 Fax: 01 555 0102", ["+35315550101", "+35315550102"]),
        ("FR", "01 23 45 67 89 - 06 12 34 56 78", ["+33123456789", "+33612345678"]),
    ],
)
def test_words_and_dividers_of_any_script_hide_no_number(region: str, text: str, found: list[str]) -> None:
    assert [numbers.e164(one, region) for one in find_numbers(text, region)] == found


@pytest.mark.parametrize("whole", ["030/123456", "+1 650 253 0000 ext. 9", "1-800-FLOWERS", "+1 650 253 0000,12", "(089) 12 / 34"])
def test_one_number_stays_whole(whole: str) -> None:
    assert find_numbers(whole, "US") == (whole,)


@pytest.mark.parametrize("nothing", ["", "  ", "n/a", "anonymous", "call me"])
def test_a_field_without_a_number_holds_none(nothing: str) -> None:
    assert find_numbers(nothing, "US") == ()


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


def test_how_a_number_is_shown() -> None:
    assert numbers.display("0871234567", "IE") == "+353 87 123 4567"
    assert numbers.display("+1 650 253 0000 x9", "US") == "+1 650-253-0000 x9"
    assert numbers.display("*100#", "IE") == "*100#"
    assert numbers.e164("087 123 4567", "IE") == "+353871234567"
    assert numbers.e164("112", "IE") is None
    assert numbers.e164("", "IE") is None
    assert numbers.is_region("IE")
    assert not numbers.is_region("ie")


def test_a_key_that_is_marked_as_proof_says_what_comparing_would_say() -> None:
    written = ("087 123 4567", "+353 87 123 4567", "00353871234567", "+353871234567 x12", "+52 1 55 1234 5678", "+52 55 1234 5678")
    for a in written:
        keys, proven = numbers.lookup_keys(a, "IE")
        for b in written:
            proofs = [key for key, proof in numbers.index_entries(b, "IE") if proof and proven and key == keys[0]]
            if proofs:
                assert proven == numbers.match(a, b, "IE")
    assert numbers.index_entries("private", "IE") == ()
    assert numbers.lookup_keys("private", "IE") == ((), None)


DIVIDED = st.text(" ().-", max_size=3)


@st.composite
def international_text(draw: st.DrawFn) -> str:
    """A number of any country, or nearly one, as somebody might write it."""
    country = draw(st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)))
    region = phonenumbers.region_code_for_country_code(country)
    example = phonenumbers.example_number_for_type(region, draw(st.sampled_from((0, 1, 3, 4)))) if region != "001" else None
    own = phonenumbers.national_significant_number(example) if example else ""
    own = draw(st.sampled_from((own, "0" + own, "1" + own, own[:-1], own + "5"))) if own else ""
    own = own or draw(st.text("0123456789", max_size=17))
    return "+" + "".join(sign + draw(DIVIDED) if draw(st.booleans()) else sign for sign in f"{country}{own}")


@given(international_text())
def test_the_quick_way_reads_a_number_as_libphonenumber_does(text: str) -> None:
    quick = parse_fast.international(text)
    if quick:
        parsed = phonenumbers.parse(text, None)
        assert quick == (parsed.country_code, phonenumbers.national_significant_number(parsed))


@st.composite
def dialled_at_home(draw: st.DrawFn) -> tuple[str, str]:
    """A number as somebody of its region might dial it, or nearly, and the region."""
    region = draw(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
    example = phonenumbers.example_number_for_type(region, draw(st.sampled_from((0, 1, 3, 4))))
    own = phonenumbers.national_significant_number(example) if example else ""
    country = str(phonenumbers.country_code_for_region(region))
    prefix = draw(st.sampled_from(("", "0", "00", "1", "8", "9", country, f"00{country}", f"011{country}", f"00{country}0")))
    own = prefix + draw(st.sampled_from((own, own[:-1], own + "5", own[1:])))
    own = own if draw(st.booleans()) else draw(st.text("0123456789", min_size=1, max_size=17))
    return "".join(sign + draw(DIVIDED) if draw(st.booleans()) else sign for sign in own), region


@given(dialled_at_home())
def test_the_quick_way_reads_a_number_of_its_region_as_libphonenumber_does(case: tuple[str, str]) -> None:
    text, region = case
    quick = parse_fast.national(text, region)
    if quick:
        parsed = phonenumbers.parse(text, region)
        assert quick == (parsed.country_code, phonenumbers.national_significant_number(parsed))
        assert phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE


@pytest.mark.parametrize(
    ("text", "region"), [("087 123 4567", "IE"), ("(212) 555-1234", "US"), ("06 12 34 56 78", "FR"), ("0049 171 1234567", "IE")]
)
def test_the_usual_spelling_at_home_is_read_the_quick_way(text: str, region: str) -> None:
    assert parse_fast.national(text, region)
    assert parse_fast.national(text, "") is None


@pytest.mark.parametrize(
    "text", ["+353 87 123 4567", "+1 (212) 555-1234", "+44 20 7946 0958", "+81 90-1234-5678", "+33612345678", "+49 (0)171 1234567"]
)
def test_the_usual_spelling_is_read_the_quick_way(text: str) -> None:
    assert parse_fast.international(text)


@pytest.mark.parametrize("text", ["+39 06 1234567", "087 123 4567", "+1 800 FLOWERS", "+0 123 456 789", "+", "+353 87 1234567 x2"])
def test_what_is_not_certain_is_left_to_libphonenumber(text: str) -> None:
    assert parse_fast.international(text) is None
