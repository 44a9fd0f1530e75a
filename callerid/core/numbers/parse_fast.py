"""A fast parser for the usual spellings: with plus and country code, or as dialled in the region.

It answers only where libphonenumber's own parser gives the same: a possible length, no words, no prefix but a plain trunk zero. A
sync reads a million numbers, and a phone is slow.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import phonenumbers

from callerid.core.numbers.home_plan import (
    Plan,
    bare_digits,
    digits_as_dialled,
    may_be_decimal,
    may_have_extension,
    national_number,
    pattern,
    without_trunk_zero,
)

_INTERNATIONAL = re.compile(r"\+[1-9][0-9 ().\-]{3,30}")
_FEWEST, _MOST = 4, 15  # digits of a national number that is read here
_LONGEST_CODE = 3


def international(text: str) -> tuple[int, str, str] | None:
    """Return country code, national number and the digits as written, with the plus, of a text with a plus; None where only
    libphonenumber can tell."""
    if not _INTERNATIONAL.fullmatch(text) or may_be_decimal(text):
        return None
    digits = bare_digits(text)
    parsed = _with_code(digits)
    return (*parsed, f"+{digits}") if parsed and not may_have_extension(text, parsed[1]) else None


def national(text: str, region: str) -> tuple[int, str, str] | None:
    """Return country code, national number and the digits as written of a text as dialled in a region; None where only
    libphonenumber can tell."""
    written = digits_as_dialled(text)
    plan = plan_of(region) if written else None
    if plan is None:
        return None
    prefix = plan.international_prefix.match(written) if plan.international_prefix else None
    if prefix:
        if written.startswith("00") and prefix[0] != "00":
            return None  # its zeros may be written for the plus
        parsed = _with_code(written[prefix.end() :])
        return (*parsed, written) if parsed and len(parsed[1]) in _plan_of_code(parsed[0]).lengths else None
    own = national_number(written, plan)
    return (int(plan.code), own, written) if own and not may_have_extension(text, own) else None


def international_prefix(digits: str, region: str) -> str:
    """Return the region's international prefix with which digits begin, or ""."""
    plan = plan_of(region)
    prefix = plan.international_prefix.match(digits) if plan and plan.international_prefix else None
    return prefix[0] if prefix else ""


def _with_code(digits: str) -> tuple[int, str] | None:
    if digits[:1] == "0":
        return None
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    for length in range(1, min(_LONGEST_CODE, len(digits) - 1) + 1):
        country = int(digits[:length])
        if country in codes:
            own = without_trunk_zero(digits[length:], _plan_of_code(country))
            return (country, own) if own and _FEWEST <= len(own) <= _MOST else None
    return None


@lru_cache(maxsize=256)
def _plan_of_code(country: int) -> Plan:
    region = phonenumbers.region_code_for_country_code(country)
    return _read(phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(country, region), country)


@lru_cache(maxsize=256)
def plan_of(region: str) -> Plan | None:
    """Return the parts of a region's plan that the fast parser uses; None for a region without a plan."""
    country = phonenumbers.country_code_for_region(region) if region in phonenumbers.SUPPORTED_REGIONS else 0
    return _read(phonenumbers.PhoneMetadata.metadata_for_region(region), country) if country else None


def _read(metadata: Any, country: int) -> Plan:
    numbers = metadata.general_desc
    return Plan(
        code=str(country),
        lengths=frozenset(numbers.possible_length),
        prefix=pattern(metadata.national_prefix_for_parsing),
        international_prefix=pattern(metadata.international_prefix),
        numbers=pattern(numbers.national_number_pattern),
        trunk_required=any(
            known.national_prefix_formatting_rule and not known.national_prefix_optional_when_formatting
            for known in metadata.number_format or _main_formats(country)
        ),
    )


def _main_formats(country: int) -> Any:
    """Return the formats of a country code's main region, which are those of its others too: Finland's are Åland's."""
    main = phonenumbers.PhoneMetadata.metadata_for_region(phonenumbers.region_code_for_country_code(country))
    return main.number_format if main else ()
