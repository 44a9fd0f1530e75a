"""Parse one raw number: what people write, what networks send, and what the numbering plans have changed."""

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
    """A parsed number. `key` is the same for all spellings that surely mean this line."""

    key: str
    digits: str  # as written, without separators
    e164: str  # "" if it is not a subscriber's number: short and service codes, fragments
    national: str  # in today's plan
    country: int
    extension: str
    rule: str  # that was needed to read it, in words; or ""
    has_plus: bool  # written with a plus
    digits_only: bool  # written without separators, as networks and dialers give it
    local_only: bool  # may be dialled within its area only


@lru_cache(maxsize=1024)
def parse_number(raw: str, region: str) -> Line | None:
    """Return a raw number parsed; None if it is hidden or no number. `region` ("" if unknown) is for one without a country code."""
    fast = parse_fast.international(raw) or parse_fast.national(raw, region)
    if fast:
        return _subscriber(*fast, written=raw, digits=raw_text.digits_of(raw))
    text = raw_text.normalize(raw)
    if raw_text.is_hidden(text):
        return None
    written = raw_text.strip_dialling_codes(text)
    digits = raw_text.digits_of(written)
    if raw_text.is_service_code(written):
        return _code(digits)
    parsed, rule = _parsed(written, digits, region)
    if parsed is None:
        return _code(digits) if any(c.isdigit() for c in digits) else None
    return _line(parsed, rule, written, digits)


def _code(digits: str, *, digits_only: bool = True, local_only: bool = False, country: int = 0) -> Line:
    """Return a number that equals only itself: short, of a service, of no plan, or (`local_only`) a part of one."""
    return Line(
        key=f"={digits}",
        digits=digits,
        e164="",
        national=digits,
        country=country,
        extension="",
        rule="",
        has_plus=digits.startswith("+"),
        digits_only=digits_only,
        local_only=local_only,
    )


def _parsed(written: str, digits: str, region: str) -> tuple[PhoneNumber | None, str]:
    """Return what libphonenumber makes of a number, and the rule that was needed for it, or ""."""
    number = parse_with_library(written, region)
    if number is not None and _is_vanity(written):
        return _cut_vanity(number)
    if number is not None and (digits.startswith("+") or phonenumbers.is_possible_number(number)):
        return number, ""
    for spelling, rule in _other_spellings(digits, region):
        other = parse_with_library(spelling, "")
        if other is not None and phonenumbers.is_possible_number(other):
            return other, rule
    return number, ""


def parse_with_library(text: str, region: str) -> PhoneNumber | None:
    """Return what libphonenumber makes of a text as dialled in a region ("" if unknown); None if nothing."""
    try:
        return phonenumbers.parse(text, region or None)
    except NumberParseException:
        return None


def _is_vanity(written: str) -> bool:
    return len(_LETTERS.findall(written)) >= _FEWEST_LETTERS and "ext" not in written.lower()


def _cut_vanity(number: PhoneNumber) -> tuple[PhoneNumber, str]:
    """Cut what North Americans spell beyond the last digit: the exchange ignores it (Source: libphonenumber FALSEHOODS.md)."""
    too_long = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.TOO_LONG
    if number.country_code == _NORTH_AMERICA and too_long:
        cut = PhoneNumber()
        cut.merge_from(number)
        if phonenumbers.truncate_too_long_number(cut):
            return cut, "the letters beyond the last digit are not dialled"
    return number, ""


def _other_spellings(digits: str, region: str) -> Iterable[tuple[str, str]]:
    """Yield what digits that are not a number of their region may mean, and by which rule."""
    rewritten, rule = country_rules.rewrite_old_prefix(region, digits)
    if rewritten:
        yield rewritten, rule
    if digits.startswith("00"):
        yield f"+{digits[2:]}", "00 written for the plus"


def _line(number: PhoneNumber, rule: str, written: str, digits: str) -> Line:
    has_plus, country = digits.startswith("+"), number.country_code or 0
    reason = phonenumbers.is_possible_number_with_reason(number) if not has_plus else ValidationResult.IS_POSSIBLE
    local_only = reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY
    if not has_plus and not rule and reason not in (ValidationResult.IS_POSSIBLE, ValidationResult.TOO_LONG):
        return _code(digits, digits_only=written.isdigit(), local_only=local_only, country=country)
    own = phonenumbers.national_significant_number(number)
    return _subscriber(country, own, written=written, digits=digits, extension=number.extension or "", rule=rule)


def _subscriber(country: int, own: str, *, written: str, digits: str, extension: str = "", rule: str = "") -> Line:
    national, plan_rule = country_rules.current_national(country, own)
    return Line(
        key=f"+{country}{national}",
        digits=digits,
        e164=f"+{country}{own}",
        national=national,
        country=country,
        extension=extension,
        rule=plan_rule or rule,
        has_plus=digits.startswith("+"),
        digits_only=written.lstrip("+").isdigit(),
        local_only=False,
    )
