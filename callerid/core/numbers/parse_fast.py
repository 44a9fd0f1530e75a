"""A fast parser for the usual spellings: with plus and country code, or as dialled in the region.

It answers only where libphonenumber's own parser gives the same: a possible length, no words, no prefix but a plain trunk zero. A
sync reads a million numbers, and a phone is slow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import phonenumbers

_INTERNATIONAL = re.compile(r"\+[1-9][0-9 ().\-]{3,30}")
_NATIONAL = re.compile(r"\(?[0-9][0-9 ().\-]{3,30}")
_SEPARATORS = str.maketrans("", "", "+ ().-")
_FEWEST, _MOST = 4, 15  # digits of a national number that is read here
_LONGEST_CODE = 3
_USUAL = 10  # digits; few national numbers have more
_LAST_GROUP = 6  # characters of an extension and its hyphen


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """The parts of a country's numbering plan that the fast parser uses."""

    code: str
    lengths: frozenset[int]
    prefix: re.Pattern[str] | None  # what may stand before a national number: trunk and carrier codes
    international_prefix: re.Pattern[str] | None
    numbers: re.Pattern[str] | None
    trunk_zero: bool  # the only prefix is a zero
    trunk_required: bool  # some of its numbers are never written without it


def international(text: str) -> tuple[int, str, str] | None:
    """Return country code, national number and the digits as written, with the plus, of a text with a plus; None where only
    libphonenumber can tell."""
    if not _INTERNATIONAL.fullmatch(text):
        return None
    digits = text.translate(_SEPARATORS)
    parsed = _with_code(digits)
    if parsed and len(parsed[1]) > _USUAL and "-" in text[-_LAST_GROUP:]:
        return None  # its last group may be an extension
    return (*parsed, f"+{digits}") if parsed else None


def national(text: str, region: str) -> tuple[int, str, str] | None:
    """Return country code, national number and the digits as written of a text as dialled in a region; None where only
    libphonenumber can tell."""
    plan = _plan_of(region) if _NATIONAL.fullmatch(text) else None
    if plan is None:
        return None
    digits = text.translate(_SEPARATORS)
    prefix = plan.international_prefix.match(digits) if plan.international_prefix else None
    if prefix:
        if digits.startswith("00") and prefix[0] != "00":
            return None  # its zeros may be written for the plus
        parsed = _with_code(digits[prefix.end() :])
        return (*parsed, digits) if parsed and len(parsed[1]) in _plan_of_code(parsed[0]).lengths else None
    if digits.startswith(plan.code):
        return None
    own = _without_trunk_zero(digits, plan)
    if own == digits and plan.trunk_required:
        return None  # it may be local
    is_of_plan = bool(own) and len(own) in plan.lengths and (plan.numbers is None or plan.numbers.fullmatch(own))
    return (int(plan.code), own, digits) if is_of_plan else None  # else it may be of another country, or have a prefix


def international_prefix(digits: str, region: str) -> str:
    """Return the region's international prefix with which digits begin, or ""."""
    plan = _plan_of(region)
    prefix = plan.international_prefix.match(digits) if plan and plan.international_prefix else None
    return prefix[0] if prefix else ""


def _with_code(digits: str) -> tuple[int, str] | None:
    if digits[:1] == "0":
        return None
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    for length in range(1, min(_LONGEST_CODE, len(digits) - 1) + 1):
        country = int(digits[:length])
        if country in codes:
            own = _without_trunk_zero(digits[length:], _plan_of_code(country))
            return (country, own) if own and _FEWEST <= len(own) <= _MOST else None
    return None


def _without_trunk_zero(digits: str, plan: _Plan) -> str:
    """Return the national number; "" where it is not certain."""
    if not plan.prefix or not plan.prefix.match(digits):
        return "" if digits.startswith("0") else digits
    own = digits[1:]
    certain = plan.trunk_zero and len(own) in plan.lengths and own[0] != "0"
    return own if certain and not (plan.numbers and plan.numbers.fullmatch(digits)) else ""


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
        code=str(country),
        lengths=frozenset(numbers.possible_length),
        prefix=_pattern(prefix),
        international_prefix=_pattern(metadata.international_prefix),
        numbers=_pattern(numbers.national_number_pattern),
        trunk_zero=prefix == "0" and not metadata.national_prefix_transform_rule,
        trunk_required=any(
            known.national_prefix_formatting_rule and not known.national_prefix_optional_when_formatting
            for known in metadata.number_format or _main_formats(country)
        ),
    )


def _main_formats(country: int) -> Any:
    """Return the formats of a country code's main region, which are those of its others too: Finland's are Åland's."""
    main = phonenumbers.PhoneMetadata.metadata_for_region(phonenumbers.region_code_for_country_code(country))
    return main.number_format if main else ()


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return re.compile(text) if text else None
