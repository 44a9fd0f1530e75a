"""Are two numbers one line? A wrong yes shows a false name, so a yes is exact, or by a known rule, or only probable.

libphonenumber's own SHORT_NSN match is no match here: of AOSP's pairs that it joins, half are different lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from callerid.core import number_plans, number_quick, number_text
from callerid.models import Match, NumberMatch

if TYPE_CHECKING:
    from collections.abc import Iterable

dialable = number_text.dialable
is_hidden = number_text.is_hidden

RULES = f"1 {phonenumbers.__version__}"  # by which numbers are read; what was indexed by others is indexed anew
_SUFFIX = 7  # digits; fewer are shared by too many lines
_LETTERS = re.compile("[A-Za-z]")
_FEWEST_LETTERS = 3  # of a vanity number; one stray letter is a typing error
_NORTH_AMERICA = 1
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A number as it was read. `key` is what all certain spellings of the line share."""

    key: str
    digits: str  # as written, without what only divides
    e164: str  # "" for what is no subscriber's number: short and service codes, fragments
    national: str  # today's national number
    country: int
    extension: str
    why: str  # the rule of a numbering plan that was used, or ""
    explicit: bool  # written with a plus
    bare: bool  # digits alone, as networks and diallers give them; a person divides what they write
    local_only: bool  # may be dialled within its area only


def is_region(text: str) -> bool:
    """Given text, is it a region that has a numbering plan?"""
    return text in phonenumbers.SUPPORTED_REGIONS


@lru_cache(maxsize=1024)
def read(raw: str, region: str) -> Line | None:
    """Given a raw number and the region for numbers without a country code ("" if unknown), return it read; None for nobody's."""
    quick = number_quick.international(raw) or number_quick.national(raw, region)
    if quick:
        return _subscriber(*quick, written=raw, digits=number_text.digits_of(raw))
    text = number_text.plain(raw)
    if number_text.is_hidden(text):
        return None
    said = number_text.spoken_to_exchange(text)
    digits = number_text.digits_of(said)
    if number_text.is_service_code(said):
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
        why="",
        explicit=digits.startswith("+"),
        bare=bare,
        local_only=local_only,
    )


def _parsed(said: str, digits: str, region: str) -> tuple[PhoneNumber | None, str]:
    """Given a number's text and digits, return libphonenumber's reading of it, and the rule that helped, or ""."""
    number = _parse(said, region)
    if number is not None and _is_vanity(said):
        return _cut_vanity(number)
    if number is not None and (digits.startswith("+") or phonenumbers.is_possible_number(number)):
        return number, ""
    for spelling, why in _other_spellings(digits, region):
        other = _parse(spelling, "")
        if other is not None and phonenumbers.is_possible_number(other):
            return other, why
    return number, ""


def _parse(text: str, region: str) -> PhoneNumber | None:
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
    home, why = number_plans.home_spelling(region, digits)
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
    national, rule = number_plans.today(country, own)
    return Line(
        key=f"+{country}{national}",
        digits=digits,
        e164=f"+{country}{own}",
        national=national,
        country=country,
        extension=extension,
        why=rule or why,
        explicit=digits.startswith("+"),
        bare=written.lstrip("+").isdigit(),
        local_only=False,
    )


def match(a: str, b: str, region: str) -> NumberMatch:
    """Given two raw numbers and the region for those without a country code, return whether they are one line, and why."""
    one, other = read(a, region), read(b, region)
    if one is None or other is None:
        return _none("a hidden number is nobody's" if is_hidden(a) or is_hidden(b) else "no number")
    if one.key == other.key:
        return _same_key(one, other)
    for short, long in ((one, other), (other, one)):
        why = _probably(short, long, region)
        if why:
            return NumberMatch(match=Match.PROBABLE, why=why)
    return _none("different numbers")


def _same_key(one: Line, other: Line) -> NumberMatch:
    if one.extension and other.extension and one.extension != other.extension:
        return _none("different extensions")
    if one.extension != other.extension:
        return NumberMatch(match=Match.PROBABLE, why="the same switchboard, one with an extension")
    if one.e164 == other.e164 and not (one.why or other.why):
        return NumberMatch(match=Match.EXACT, why="the same number" if one.e164 else "the same digits")
    return NumberMatch(match=Match.SAME_LINE, why=one.why or other.why or "the same line")


def _none(why: str) -> NumberMatch:
    return NumberMatch(match=Match.NONE, why=why)


def _probably(short: Line, long: Line, region: str) -> str:
    """Given two lines that are not the same for certain, return why they probably are, or ""."""
    if short.extension or not long.e164:
        return ""
    if short.e164:
        likely = number_plans.likely_same(long.country, short.national, long.national) if short.country == long.country else ""
        return likely or _read_abroad(short, long)
    if short.local_only and short.bare and short.country == long.country and _ends(long.national, short.digits):
        return f"the last {len(short.digits)} digits, dialled without area code"
    return _read_abroad(short, long) if region else ""


def _ends(national: str, digits: str) -> bool:
    return len(digits) >= _SUFFIX and national.endswith(digits)


def _read_abroad(short: Line, long: Line) -> str:
    """A number with a trunk prefix that no line at home can have may be meant in the other's country, if that is written out."""
    if short.explicit or not long.explicit or (short.country == long.country and short.e164):
        return ""
    if short.e164 and phonenumbers.is_valid_number(phonenumbers.parse(short.e164)):
        return ""
    for abroad in phonenumbers.region_codes_for_country_code(long.country):
        trunk = phonenumbers.ndd_prefix_for_region(abroad, True)
        if trunk and short.digits.startswith(trunk) and len(long.national) >= _SUFFIX:
            there = _parse(short.digits, abroad)
            if there and f"+{there.country_code}{phonenumbers.national_significant_number(there)}" == long.e164:
                return "a national number, read in the other one's country"
    return ""


def keys(raw: str, region: str) -> tuple[str, ...]:
    """Given a raw number, return its index keys, the line's own first: numbers that match share one. () for nobody's."""
    line = read(raw, region)
    return _keys(line) if line is not None else ()


def _keys(line: Line) -> tuple[str, ...]:
    tail = line.national or line.digits
    tail = tail if tail.isdigit() else "".join(c for c in tail if c.isdigit())
    return (line.key, f"~{tail[-_SUFFIX:]}") if len(tail) >= _SUFFIX else (line.key,)


def entries(raw: str, region: str) -> tuple[tuple[str, bool], ...]:
    """Given a raw number, return its index keys, each with whether that key alone proves an exact match of two such entries."""
    line = read(raw, region)
    if line is None:
        return ()
    first, *others = _keys(line)
    return ((first, _is_plain(line)), *((key, False) for key in others))


@lru_cache(maxsize=1024)
def asked(raw: str, region: str) -> tuple[tuple[str, ...], NumberMatch | None]:
    """Given a raw number, return its index keys, and its match with every entry of the first one that is marked as proof (None if
    it proves nothing). It is what `match` would say, without reading the other number: reading is what a look-up costs.
    """
    line = read(raw, region)
    if line is None:
        return (), None
    return _keys(line), NumberMatch(match=Match.EXACT, why="the same number") if _is_plain(line) else None


def _is_plain(line: Line) -> bool:
    return line.e164 == line.key and not line.extension and not line.why


def e164(raw: str, region: str) -> str | None:
    """Given a raw number, return it in E.164 as it was written, or None for what is no subscriber's number."""
    line = read(raw, region)
    return (line.e164 or None) if line else None


def national(raw: str, region: str) -> str:
    """Given a raw number, return its national number as digits, without country code and trunk prefix; "" for nobody's."""
    line = read(raw, region)
    return "".join(c for c in line.national if c.isdigit()) if line else ""


_KINDS = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.PAGER: "pager",
}


def line_type(raw: str, region: str) -> str:
    """Given a raw number, return what kind of line its numbering plan says it is ("mobile", "fixed", …); "" when it does not."""
    written = e164(raw, region)
    return _KINDS.get(phonenumbers.number_type(phonenumbers.parse(written)), "") if written else ""


def display(raw: str, region: str) -> str:
    """Given a raw number, return it as a person reads it: in international spelling where it has one."""
    line = read(raw, region)
    number = _parse(line.e164, "") if line and line.e164 else None
    if line is None or number is None:
        return number_text.plain(raw)[:_LONGEST_SHOWN]
    shown = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return f"{shown} x{line.extension}" if line.extension else str(shown)


def find_numbers(text: str, region: str) -> tuple[str, ...]:
    """Given a field's text, return the numbers that it holds, as written; those that nobody could dial are left out."""
    if number_text.is_one_plain(text):
        return (text,) if read(text, region) is not None else ()
    parts = number_text.pieces(text[: number_text.LONGEST * 4])
    found = (one for part in parts for one in ((part,) if _is_one(part, region) else _within(part, region)))
    return tuple(dict.fromkeys(one for one in found if read(one, region) is not None))


def _is_one(part: str, region: str) -> bool:
    """Is a part of a field, as far as its signs tell, one number and nothing else?"""
    if any(map(str.isalpha, part)):
        return False
    if sum(map(str.isdigit, part)) <= number_text.FEW_DIGITS:
        return True
    line = read(part, region)
    number = _parse(line.e164, "") if line and line.e164 else None
    return number is not None and phonenumbers.is_possible_number(number)


def _within(part: str, region: str) -> tuple[str, ...]:
    """Given a part with words, or with more digits than a number has, return the valid numbers in it; itself if there are none."""
    valid = phonenumbers.PhoneNumberMatcher(part, region or None, leniency=phonenumbers.Leniency.VALID)
    return tuple(number.raw_string for number in valid) or (part,)
