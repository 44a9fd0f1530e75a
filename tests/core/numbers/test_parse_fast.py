"""The fast parser never contradicts libphonenumber."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.core.numbers import parse_fast
from callerid.core.numbers.text.unparsed import digits_of

SEPARATORS = st.text(" ().-", max_size=3)


@st.composite
def international_text(draw: st.DrawFn) -> str:
    """Draw a number of any country, or nearly one, as a person might write it."""
    country = draw(st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)))
    region = phonenumbers.region_code_for_country_code(country)
    example = phonenumbers.example_number_for_type(region, draw(st.sampled_from((0, 1, 3, 4)))) if region != "001" else None
    own = phonenumbers.national_significant_number(example) if example else ""
    own = draw(st.sampled_from((own, "0" + own, "1" + own, own[:-1], own + "5"))) if own else ""
    own = own or draw(st.text("0123456789", max_size=17))
    return "+" + "".join(sign + draw(SEPARATORS) if draw(st.booleans()) else sign for sign in f"{country}{own}")


@given(international_text())
def test_a_number_with_country_code_is_parsed_as_libphonenumber_does(text: str) -> None:
    parsed_fast = parse_fast.international(text)
    if parsed_fast:
        parsed = phonenumbers.parse(text, None)
        assert parsed_fast == (parsed.country_code, phonenumbers.national_significant_number(parsed), digits_of(text))


@st.composite
def national_text(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a number as it might be dialled in its region, or nearly, and the region."""
    region = draw(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
    example = phonenumbers.example_number_for_type(region, draw(st.sampled_from((0, 1, 3, 4))))
    own = phonenumbers.national_significant_number(example) if example else ""
    country = str(phonenumbers.country_code_for_region(region))
    prefix = draw(st.sampled_from(("", "0", "00", "1", "8", "9", country, f"00{country}", f"011{country}", f"00{country}0")))
    own = prefix + draw(st.sampled_from((own, own[:-1], own + "5", own[1:])))
    own = own if draw(st.booleans()) else draw(st.text("0123456789", min_size=1, max_size=17))
    return "".join(sign + draw(SEPARATORS) if draw(st.booleans()) else sign for sign in own), region


@given(national_text())
def test_a_number_of_its_region_is_parsed_as_libphonenumber_does(case: tuple[str, str]) -> None:
    text, region = case
    parsed_fast = parse_fast.national(text, region)
    if parsed_fast:
        parsed = phonenumbers.parse(text, region)
        assert parsed_fast == (parsed.country_code, phonenumbers.national_significant_number(parsed), digits_of(text))
        is_possible = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
        assert is_possible or phonenumbers.is_valid_number(parsed)  # Canada's 310 numbers have no area code


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("087 123 4567", "IE"),
        ("(212) 555-1234", "US"),
        ("06 12 34 56 78", "FR"),
        ("090-1234-5678", "JP"),
        ("07400 123456", "GB"),
        ("0049 171 1234567", "IE"),
    ],
)
def test_the_usual_national_spelling_is_parsed_fast(text: str, region: str) -> None:
    assert parse_fast.national(text, region)
    assert parse_fast.national(text, "") is None


@pytest.mark.parametrize(
    "text", ["+353 87 123 4567", "+1 (212) 555-1234", "+44 20 7946 0958", "+81 90-1234-5678", "+33612345678", "+49 (0)171 1234567"]
)
def test_the_usual_international_spelling_is_parsed_fast(text: str) -> None:
    assert parse_fast.international(text)


@pytest.mark.parametrize("text", ["+39 06 1234567", "087 123 4567", "+1 800 FLOWERS", "+0 123 456 789", "+", "+353 87 1234567 x2"])
def test_what_is_not_certain_is_left_to_libphonenumber(text: str) -> None:
    assert parse_fast.international(text) is None
