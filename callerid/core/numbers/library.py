"""What callerid uses of libphonenumber: how it parses a text, and how numbers of a plan are written at home."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber

from callerid.records import dataclass

NORTH_AMERICA = 1
# The metadata has more patterns than `re` keeps compiled (512). Numbers of many countries, in whatever order they come, would have
# them compiled again and again: the library then takes six times as long. Kept, they are 1,200 at most.
getattr(phonenumbers, "enable_pattern_cache", lambda: None)()  # since 9.0.43
_COMPLETE = 9  # digits of a national number whose range the metadata may not know yet


def parse_with_library(text: str, region: str) -> PhoneNumber | None:
    """Return what libphonenumber makes of a text as dialled in a region ("" if unknown); None if nothing."""
    try:
        return phonenumbers.parse(text, region or None)
    except NumberParseException:
        return None


def national_number(number: PhoneNumber) -> str:
    """Return the national significant number, with its leading zeros."""
    return phonenumbers.national_significant_number(number)


def is_valid(text: str, region: str) -> bool:
    """Return whether a text is a number of a range that the metadata knows."""
    number = parse_with_library(text, region)
    return number is not None and phonenumbers.is_valid_number(number)


def is_complete(number: PhoneNumber) -> bool:
    """Return whether a number is complete: in a known range, or as long as numbers of its plan are.

    Ranges may be newer than the metadata, such as area code 679 of the United States, in service since 7 November 2025.
    """
    has_length = len(national_number(number)) >= _COMPLETE and phonenumbers.is_possible_number(number)
    return phonenumbers.is_valid_number(number) or has_length


@dataclass(frozen=True, slots=True, kw_only=True)
class _Format:
    """One of a plan's formats: which numbers have it, and whether they always need the trunk prefix."""

    leading: re.Pattern[str] | None
    numbers: re.Pattern[str]
    trunk_is_required: bool

    def fits(self, national: str) -> bool:
        return self.numbers.fullmatch(national) is not None and (self.leading is None or self.leading.match(national) is not None)


def trunk_is_required(country: int, national: str) -> bool:
    """Return whether a national number is dialled without the trunk prefix only within its own area."""
    formats = _formats(country)
    default = any(known.trunk_is_required for known in formats)
    return next((known.trunk_is_required for known in formats if known.fits(national)), default)


@lru_cache(maxsize=256)
def _formats(country: int) -> tuple[_Format, ...]:
    region = phonenumbers.region_code_for_country_code(country)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(country, region)
    return tuple(_format(entry, metadata.national_prefix or "") for entry in metadata.number_format) if metadata else ()


def _format(entry: Any, trunk: str) -> _Format:
    leading = entry.leading_digits_pattern
    before = (entry.national_prefix_formatting_rule or "").partition("\\1")[0]
    return _Format(
        leading=re.compile(leading[-1]) if leading else None,
        numbers=re.compile(entry.pattern),
        trunk_is_required=bool(trunk) and trunk in before and not entry.national_prefix_optional_when_formatting,
    )
