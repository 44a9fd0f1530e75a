"""The usual spellings of a number read without libphonenumber's long way: with plus and country code, or as dialled at home.

It answers only where the long way can do nothing else: of a possible length, no words, and no prefix but a plain trunk zero. A sync
reads a million numbers, and a phone is slow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import phonenumbers

_ABROAD = re.compile(r"\+[1-9][0-9 ().\-]{3,30}")
_AT_HOME = re.compile(r"\(?[0-9][0-9 ().\-]{3,30}")
_DIVIDING = str.maketrans("", "", "+ ().-")
_FEWEST, _MOST = 4, 15  # digits of a national number that is read here
_LONGEST_CODE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What matters of a country's numbering plan."""

    country: str  # its code
    lengths: frozenset[int]
    strips: re.Pattern[str] | None  # what a number may begin with that is not part of it
    abroad: re.Pattern[str] | None  # what a number abroad begins with
    numbers: re.Pattern[str] | None
    trunk_zero: bool  # the one thing that is ever stripped is a zero


def is_plain(text: str) -> bool:
    """Given text, is it a plus, digits and what divides them?"""
    return _ABROAD.fullmatch(text) is not None


def international(text: str) -> tuple[int, str] | None:
    """Given text, return country code and national number where both are certain; None where libphonenumber has to say."""
    if not is_plain(text):
        return None
    digits = text.translate(_DIVIDING)
    for length in range(1, _LONGEST_CODE + 1):
        country = int(digits[:length])
        if country in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            own = digits[length:]
            plan = _plan_of_code(country)
            certain = _FEWEST <= len(own) <= _MOST and own[0] != "0" and not (plan.strips and plan.strips.match(own))
            return (country, own) if certain else None
    return None


def national(text: str, region: str) -> tuple[int, str] | None:
    """Given text without a country code and its region, return country code and national number where both are certain."""
    if not _AT_HOME.fullmatch(text):
        return None
    plan = _plan_of(region)
    if plan is None:
        return None
    digits = text.translate(_DIVIDING)
    if digits.startswith(plan.country) or (plan.abroad and plan.abroad.match(digits)):
        return None
    own = digits
    if plan.strips and plan.strips.match(digits):
        if not plan.trunk_zero or (plan.numbers and plan.numbers.fullmatch(digits)):
            return None
        own = digits[1:]
    return (int(plan.country), own) if len(own) in plan.lengths and own[0] != "0" else None


@lru_cache(maxsize=256)
def _plan_of_code(country: int) -> _Plan:
    region = phonenumbers.region_code_for_country_code(country)
    return _read(phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(country, region), country)


@lru_cache(maxsize=256)
def _plan_of(region: str) -> _Plan | None:
    country = phonenumbers.country_code_for_region(region) if region in phonenumbers.SUPPORTED_REGIONS else 0
    return _read(phonenumbers.PhoneMetadata.metadata_for_region(region), country) if country else None


def _read(metadata: Any, country: int) -> _Plan:
    prefix, numbers = metadata.national_prefix_for_parsing, metadata.general_desc
    return _Plan(
        country=str(country),
        lengths=frozenset(numbers.possible_length),
        strips=_pattern(prefix),
        abroad=_pattern(metadata.international_prefix),
        numbers=_pattern(numbers.national_number_pattern),
        trunk_zero=prefix == "0" and not metadata.national_prefix_transform_rule,
    )


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return re.compile(text) if text else None
