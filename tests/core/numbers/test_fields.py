"""Every number in a phone field of the CRM is found, and nothing else."""

from __future__ import annotations

import pytest

from callerid.core import numbers
from callerid.core.numbers.fields import find_numbers


def test_one_field_may_hold_several_numbers() -> None:
    assert find_numbers("089 1234567 / 0171 4567890", "DE") == ("089 1234567", "0171 4567890")
    assert find_numbers("+1 650 253 0000; +1 650 253 0001\n6502530002", "US") == (
        "+1 650 253 0000",
        "+1 650 253 0001",
        "6502530002",
    )
    assert find_numbers("030 123456 oder 030 123457", "DE") == ("030 123456", "030 123457")


@pytest.mark.parametrize(
    ("region", "text", "expected"),
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
        ("DE", "sip:+49301234567@x.example;user=phone, sip:+49301234568@x.example", ["+49301234567", "+49301234568"]),
        ("DE", "1. tel:1234567;phone-context=+4930 2. 0171 1234567", ["+49301234567", "+491711234567"]),
        ("DE", "Ana <sip:+49301234567@x.example>, 0171 1234567", ["+49301234567", "+491711234567"]),
        ("DE", "+49301234567;npdi;rn=+49171123456", ["+49301234567"]),
        ("DE", "sip:bob2262262@example.org", [None]),
        ("AO", "+244222  123456", ["+244222123456"]),
        ("GB", "+44 121 23456/78", ["+441212345678"]),
        ("HU", "1) (06 1) 234 4596 2) (06 1) 234 4597", ["+3612344596", "+3612344597"]),
        ("CL", "(2) 2123 4567", ["+56221234567"]),
        ("AU", "(2) 9374 4000", ["+61293744000"]),
        ("BZ", "+551 0-800-1234-123", ["+55108001234123"]),
        ("BZ", "Bob +551 0-800-1234-123", ["+55108001234123"]),
        ("NP", "9747 16600101234", ["+977974716600101234"]),
        ("GB", "1. 020 7946 0020", ["+442079460020"]),
        ("FR", "01 23 45 67 89 - 06 12 34 56 78", ["+33123456789", "+33612345678"]),
    ],
)
def test_words_and_separators_of_any_script_hide_no_number(region: str, text: str, expected: list[str | None]) -> None:
    assert [numbers.e164(raw, region) for raw in find_numbers(text, region)] == expected


@pytest.mark.parametrize("whole", ["030/123456", "+1 650 253 0000 ext. 9", "1-800-FLOWERS", "+1 650 253 0000,12", "(089) 12 / 34"])
def test_one_number_stays_whole(whole: str) -> None:
    assert find_numbers(whole, "US") == (whole,)


@pytest.mark.parametrize("text", ["", "  ", "n/a", "anonymous", "call me"])
def test_a_field_without_a_number_holds_none(text: str) -> None:
    assert find_numbers(text, "US") == ()


def test_a_very_long_field_is_read_up_to_its_limit() -> None:
    assert find_numbers("1" * 1_000_000, "US")
