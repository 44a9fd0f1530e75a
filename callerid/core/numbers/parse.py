"""A raw number, read as its numbering plan has it: what people write, what networks send, and what each country has changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, ValidationResult

from callerid.core.numbers import country_rules, parse_fast, raw_text

if TYPE_CHECKING:
    from collections.abc import Iterable

_LETTERS = re.compile("[A-Za-z]")
_FEWEST_LETTERS = 3  # of a vanity number; one stray letter is a typing error
_NORTH_AMERICA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A number as it was read. `key` is what all certain spellings of the line share."""

    key: str
    digits: str  # as written, without what only divides
    e164: str  # "" for what is no subscriber's number: short and service codes, fragments
    national: str  # today's national number
    country: int
    extension: str
    rule: str  # the rule of a numbering plan that was used, or ""
    has_plus: bool  # written with a plus
    digits_only: bool  # digits alone, as networks and diallers give them; a person divides what they write
    local_only: bool  # may be dialled within its area only


@lru_cache(maxsize=1024)
def parse_number(raw: str, region: str) -> Line | None:
    """Given a raw number and the region for numbers without a country code ("" if unknown), return it read; None for nobody's."""
    quick = parse_fast.international(raw) or parse_fast.national(raw, region)
    if quick:
        return _subscriber(*quick, written=raw, digits=raw_text.digits_of(raw))
    text = raw_text.normalize(raw)
    if raw_text.is_hidden(text):
        return None
    said = raw_text.strip_dialling_codes(text)
    digits = raw_text.digits_of(said)
    if raw_text.is_service_code(said):
        return _code(digits)
    parsed, why = _parsed(said, digits, region)
    if parsed is None:
        return _code(digits) if any(c.isdigit() for c in digits) else None
    return _line(parsed, why, said, digits)


def _code(digits: str, *, bare: bool = True, local_only: bool = False, country: int = 0) -> Line:
    """A number that only equals itself: short, of a service, of no plan, or (`local_only`) a part of one."""
    return Line(
        key=f"={digits}",
        digits=digits,
        e164="",
        national=digits,
        country=country,
        extension="",
        rule="",
        has_plus=digits.startswith("+"),
        digits_only=bare,
        local_only=local_only,
    )


def _parsed(said: str, digits: str, region: str) -> tuple[PhoneNumber | None, str]:
    """Given a number's text and digits, return libphonenumber's reading of it, and the rule that helped, or ""."""
    number = parse_with_library(said, region)
    if number is not None and _is_vanity(said):
        return _cut_vanity(number)
    if number is not None and (digits.startswith("+") or phonenumbers.is_possible_number(number)):
        return number, ""
    for spelling, why in _other_spellings(digits, region):
        other = parse_with_library(spelling, "")
        if other is not None and phonenumbers.is_possible_number(other):
            return other, why
    return number, ""


def parse_with_library(text: str, region: str) -> PhoneNumber | None:
    """Given a number's text and its region, return libphonenumber's reading of it, or None."""
    try:
        return phonenumbers.parse(text, region or None)
    except NumberParseException:
        return None


def _is_vanity(said: str) -> bool:
    return len(_LETTERS.findall(said)) >= _FEWEST_LETTERS and "ext" not in said.lower()


def _cut_vanity(number: PhoneNumber) -> tuple[PhoneNumber, str]:
    """North Americans spell words beyond the last digit; the exchange ignores the rest (libphonenumber FALSEHOODS.md)."""
    too_long = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.TOO_LONG
    if number.country_code == _NORTH_AMERICA and too_long:
        cut = PhoneNumber()
        cut.merge_from(number)
        if phonenumbers.truncate_too_long_number(cut):
            return cut, "the letters beyond the last digit are not dialled"
    return number, ""


def _other_spellings(digits: str, region: str) -> Iterable[tuple[str, str]]:
    """What digits that are no number of their region may be instead."""
    home, why = country_rules.rewrite_old_prefix(region, digits)
    if home:
        yield home, why
    if digits.startswith("00"):
        yield f"+{digits[2:]}", "00 written for the plus"


def _line(number: PhoneNumber, why: str, said: str, digits: str) -> Line:
    explicit, country = digits.startswith("+"), number.country_code or 0
    reason = phonenumbers.is_possible_number_with_reason(number) if not explicit else ValidationResult.IS_POSSIBLE
    local_only = reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY
    if not explicit and not why and reason not in (ValidationResult.IS_POSSIBLE, ValidationResult.TOO_LONG):
        return _code(digits, bare=said.isdigit(), local_only=local_only, country=country)
    own = phonenumbers.national_significant_number(number)
    return _subscriber(country, own, written=said, digits=digits, extension=number.extension or "", why=why)


def _subscriber(country: int, own: str, *, written: str, digits: str, extension: str = "", why: str = "") -> Line:
    national, rule = country_rules.current_national(country, own)
    return Line(
        key=f"+{country}{national}",
        digits=digits,
        e164=f"+{country}{own}",
        national=national,
        country=country,
        extension=extension,
        rule=rule or why,
        has_plus=digits.startswith("+"),
        digits_only=written.lstrip("+").isdigit(),
        local_only=False,
    )
