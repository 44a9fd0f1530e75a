"""Are two numbers one line? A wrong yes shows a false name, so a yes is exact, or by a known rule, or only probable.

libphonenumber's own SHORT_NSN match is no match here: of AOSP's pairs that it joins, half are different lines.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from callerid.core.numbers import country_rules, raw_text
from callerid.core.numbers.parse import parse_number, parse_with_library
from callerid.models import Match, NumberMatch

if TYPE_CHECKING:
    from callerid.core.numbers.parse import Line

dialable = raw_text.dialable
is_hidden = raw_text.is_hidden

RULES_VERSION = f"1 {phonenumbers.__version__}"  # by which numbers are read; what was indexed by others is indexed anew
_SUFFIX = 7  # digits; fewer are shared by too many lines
_LONGEST_SHOWN = 40


def is_region(text: str) -> bool:
    """Given text, is it a region that has a numbering plan?"""
    return text in phonenumbers.SUPPORTED_REGIONS


def match(a: str, b: str, region: str) -> NumberMatch:
    """Given two raw numbers and the region for those without a country code, return whether they are one line, and why."""
    one, other = parse_number(a, region), parse_number(b, region)
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
    if one.e164 == other.e164 and not (one.rule or other.rule):
        return NumberMatch(match=Match.EXACT, why="the same number" if one.e164 else "the same digits")
    return NumberMatch(match=Match.SAME_LINE, why=one.rule or other.rule or "the same line")


def _none(why: str) -> NumberMatch:
    return NumberMatch(match=Match.NONE, why=why)


def _probably(short: Line, long: Line, region: str) -> str:
    """Given two lines that are not the same for certain, return why they probably are, or ""."""
    if short.extension or not long.e164:
        return ""
    if short.e164:
        likely = (
            country_rules.why_probably_same(long.country, short.national, long.national) if short.country == long.country else ""
        )
        return likely or _read_abroad(short, long)
    if short.local_only and short.digits_only and short.country == long.country and _ends(long.national, short.digits):
        return f"the last {len(short.digits)} digits, dialled without area code"
    return _read_abroad(short, long) if region else ""


def _ends(national: str, digits: str) -> bool:
    return len(digits) >= _SUFFIX and national.endswith(digits)


def _read_abroad(short: Line, long: Line) -> str:
    """A number with a trunk prefix that no line at home can have may be meant in the other's country, if that is written out."""
    if short.has_plus or not long.has_plus or (short.country == long.country and short.e164):
        return ""
    if short.e164 and phonenumbers.is_valid_number(phonenumbers.parse(short.e164)):
        return ""
    for abroad in phonenumbers.region_codes_for_country_code(long.country):
        trunk = phonenumbers.ndd_prefix_for_region(abroad, True)
        if trunk and short.digits.startswith(trunk) and len(long.national) >= _SUFFIX:
            there = parse_with_library(short.digits, abroad)
            if there and f"+{there.country_code}{phonenumbers.national_significant_number(there)}" == long.e164:
                return "a national number, read in the other one's country"
    return ""


def index_keys(raw: str, region: str) -> tuple[str, ...]:
    """Given a raw number, return its index keys, the line's own first: numbers that match share one. () for nobody's."""
    line = parse_number(raw, region)
    return _keys(line) if line is not None else ()


def _keys(line: Line) -> tuple[str, ...]:
    tail = line.national or line.digits
    tail = tail if tail.isdigit() else "".join(c for c in tail if c.isdigit())
    return (line.key, f"~{tail[-_SUFFIX:]}") if len(tail) >= _SUFFIX else (line.key,)


def index_entries(raw: str, region: str) -> tuple[tuple[str, bool], ...]:
    """Given a raw number, return its index keys, each with whether that key alone proves an exact match of two such entries."""
    line = parse_number(raw, region)
    if line is None:
        return ()
    first, *others = _keys(line)
    return ((first, _is_plain(line)), *((key, False) for key in others))


@lru_cache(maxsize=1024)
def lookup_keys(raw: str, region: str) -> tuple[tuple[str, ...], NumberMatch | None]:
    """Given a raw number, return its index keys, and its match with every entry of the first one that is marked as proof (None if
    it proves nothing). It is what `match` would say, without reading the other number: reading is what a look-up costs.
    """
    line = parse_number(raw, region)
    if line is None:
        return (), None
    return _keys(line), NumberMatch(match=Match.EXACT, why="the same number") if _is_plain(line) else None


def _is_plain(line: Line) -> bool:
    return line.e164 == line.key and not line.extension and not line.rule


def e164(raw: str, region: str) -> str | None:
    """Given a raw number, return it in E.164 as it was written, or None for what is no subscriber's number."""
    line = parse_number(raw, region)
    return (line.e164 or None) if line else None


def national(raw: str, region: str) -> str:
    """Given a raw number, return its national number as digits, without country code and trunk prefix; "" for nobody's."""
    line = parse_number(raw, region)
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
    line = parse_number(raw, region)
    number = parse_with_library(line.e164, "") if line and line.e164 else None
    if line is None or number is None:
        return raw_text.normalize(raw)[:_LONGEST_SHOWN]
    shown = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return f"{shown} x{line.extension}" if line.extension else str(shown)
