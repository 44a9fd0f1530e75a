"""Whether two numbers are one line. A wrong match shows a false name, so it is exact, by a known rule, or only probable.

libphonenumber's own SHORT_NSN match does not count: of AOSP's pairs that it joins, half are different lines.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from callerid.core.numbers.doubts import COMPLETED
from callerid.core.numbers.fields import find_numbers
from callerid.core.numbers.library import NORTH_AMERICA, is_valid, parse_with_library
from callerid.core.numbers.parse import parse_number
from callerid.core.numbers.plain import RULES
from callerid.core.numbers.text import unparsed
from callerid.messages import message, template
from callerid.models import SAME_NUMBER, Match, NumberMatch

if TYPE_CHECKING:
    from callerid.core.numbers.line import Line

dialable = unparsed.dialable
is_hidden = unparsed.is_hidden

RULES_VERSION = f"{RULES} {phonenumbers.__version__}"
_SUFFIX = 7  # digits; fewer are shared by too many lines
_LONGEST_SHOWN = 40
_RANKS = tuple(Match)


def is_region(text: str) -> bool:
    """Return whether a text is the ISO code of a region that has a numbering plan."""
    return text in phonenumbers.SUPPORTED_REGIONS


def match(a: str, b: str, region: str) -> NumberMatch:
    """Return whether two raw numbers are one line, and why. `region` is for numbers without a country code.

    Each may be a field as the mirror reads them, with several numbers: the best match counts.
    """
    lines_of_a, lines_of_b = _lines_of(a, region), _lines_of(b, region)
    if not lines_of_a or not lines_of_b:
        return _none(template("a hidden number is nobody's") if is_hidden(a) or is_hidden(b) else template("no number"))
    matches = (_match_lines(first, second, region) for first in lines_of_a for second in lines_of_b)
    return min(matches, key=lambda match: _RANKS.index(match.match))


def _lines_of(raw: str, region: str) -> tuple[Line, ...]:
    """Return the lines of the numbers in a raw text, which nearly always has one; () if hidden or no number."""
    if unparsed.is_single_number(raw):
        line = parse_number(raw, region)
        return () if line is None else (line,)
    return tuple(line for number in find_numbers(raw, region) if (line := parse_number(number, region)) is not None)


def _match_lines(first: Line, second: Line, region: str) -> NumberMatch:
    if first.extension and second.extension and first.extension != second.extension:
        return _none(template("different extensions"))
    if first.key == second.key:
        return _same_key(first, second)
    why = (
        _by_other_reading(first, second)
        or _by_other_reading(second, first)
        or _probably(first, second, region)
        or _probably(second, first, region)
    )
    return NumberMatch(match=Match.PROBABLE, why=why) if why else _none(template("different numbers"))


def _same_key(first: Line, second: Line) -> NumberMatch:
    if first.extension != second.extension:
        return NumberMatch(match=Match.PROBABLE, why=template("the same switchboard, one with an extension"))
    if first.digits != second.digits and (first.doubt or second.doubt):
        return NumberMatch(match=Match.PROBABLE, why=first.doubt or second.doubt)
    if first.e164 == second.e164 and not (first.rule or second.rule):
        return SAME_NUMBER if first.e164 else NumberMatch(match=Match.EXACT, why=template("the same digits"))
    return NumberMatch(match=Match.SAME_LINE, why=first.rule or second.rule or template("the same line"))


def _by_other_reading(line: Line, other: Line) -> str:
    """Return why another reading of one number is the other number; "" if none is."""
    return dict(line.alternatives).get(other.key, "")


def _none(why: str) -> NumberMatch:
    return NumberMatch(match=Match.NONE, why=why)


def _probably(short: Line, long: Line, region: str) -> str:
    """Return why two lines that are not surely the same probably are; "" if they are not."""
    if short.extension or not long.e164:
        return ""
    if short.e164:
        return _same_abroad(short, long)
    if short.local_only and short.digits_only and _ends(long.national, short.digits) and _has_local_form(long, region):
        return message("the last {count} digits, {doubt}", count=len(short.digits), doubt=message(COMPLETED))
    return _same_abroad(short, long) if region else ""


def _has_local_form(line: Line, region: str) -> bool:
    """Return whether a line of a region may be dialled there without area code: it is of that region, not of another one with the
    same country code, and is no mobile, but in North America, where mobiles have area codes."""
    number = parse_with_library(line.e164, "")
    own_region = phonenumbers.region_code_for_number(number) if number else None
    is_of_region = own_region == region or (own_region is None and line.country == phonenumbers.country_code_for_region(region))
    is_mobile = number is not None and phonenumbers.number_type(number) == PhoneNumberType.MOBILE
    return is_of_region and (line.country == NORTH_AMERICA or not is_mobile)


def _ends(national: str, digits: str) -> bool:
    return len(digits) >= _SUFFIX and national.endswith(digits)


def _same_abroad(short: Line, long: Line) -> str:
    """Return why a number that is not valid in the region is the other one, dialled in that one's country; "" if it is not.

    The other must be written with its country code.
    """
    if short.has_plus or not long.has_plus or (short.country == long.country and short.e164):
        return ""
    if (short.e164 and is_valid(short.e164, "")) or len(long.national) < _SUFFIX:
        return ""
    for abroad in phonenumbers.region_codes_for_country_code(long.country):
        trunk = phonenumbers.ndd_prefix_for_region(abroad, True)
        if trunk and f"+{long.country}{short.digits.removeprefix(trunk)}" == long.e164 != f"+{long.country}{short.digits}":
            return template("a national number, read in the other one's country")
    return ""


def index_keys(raw: str, region: str) -> tuple[str, ...]:
    """Return the index keys of a raw number, the line's own first; numbers that match share one. () if hidden or no number."""
    own, others, _ = lookup_keys(raw, region)
    return own + others


def _keys(line: Line) -> tuple[str, ...]:
    tail = line.national or line.digits
    tail = tail if tail.isdigit() else "".join(c for c in tail if c.isdigit())
    suffix = (f"~{tail[-_SUFFIX:]}",) if len(tail) >= _SUFFIX else ()
    return (line.key, *(key for key, _ in line.alternatives), *suffix) if line.alternatives else (line.key, *suffix)


def index_entries(number: str, region: str) -> tuple[tuple[str, bool], ...]:
    """Return the index keys of one number that `find_numbers` found, each with whether two entries that both have it are surely an
    exact match."""
    line = parse_number(number, region)
    if line is None:
        return ()
    first, *others = _keys(line)
    return ((first, _is_plain(line)), *((key, False) for key in others))


@lru_cache(maxsize=1024)
def lookup_keys(raw: str, region: str) -> tuple[tuple[str, ...], tuple[str, ...], NumberMatch | None]:
    """Return the keys of a raw number's own line, those of what else it may be, and its match with every entry of its own key that
    proves one (None: no entry does). A raw text with several numbers has a key for each, and proves none.

    It is what `match` returns, without parsing the other number, which is what a look-up costs.
    """
    lines = _lines_of(raw, region)
    if len(lines) == 1:
        keys = _keys(lines[0])
        return keys[:1], keys[1:], SAME_NUMBER if _is_plain(lines[0]) else None
    several = [_keys(line) for line in lines]
    return tuple(own for own, *_ in several), tuple(key for _, *others in several for key in others), None


def _is_plain(line: Line) -> bool:
    """Return whether a key alone proves a match. One whose national number begins with zeros may be another number when it is read
    again: of zeros that are no number of the plan, each reading takes one for the trunk prefix."""
    is_certain = line.e164 == line.key and not line.extension and not line.rule and not line.doubt
    again = parse_number(line.key, "") if is_certain and line.national.startswith("0") else line
    return is_certain and again is not None and again.key == line.key


def _only_line(raw: str, region: str) -> Line | None:
    lines = _lines_of(raw, region)
    return lines[0] if len(lines) == 1 else None


def e164(raw: str, region: str) -> str | None:
    """Return a raw number in E.164, or None if it is not a subscriber's number, or several."""
    line = _only_line(raw, region)
    return (line.e164 or None) if line else None


def as_it_rings(raw: str, region: str) -> str:
    """Return a raw number without its extension, which no ring tells; as it is where it has none, or is several."""
    line = _only_line(raw, region)
    return (line.e164 or line.digits) if line and line.extension else raw


def national(raw: str, region: str) -> str:
    """Return the national number of a raw number: digits without country code and trunk prefix; "" if it is hidden, none or
    several."""
    line = _only_line(raw, region)
    return "".join(c for c in line.national if c.isdigit()) if line else ""


_LINE_TYPES = {
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
    """Return the type of a raw number's line by its numbering plan ("mobile", "fixed", …); "" if that is not known."""
    written = e164(raw, region)
    return _LINE_TYPES.get(phonenumbers.number_type(phonenumbers.parse(written)), "") if written else ""


def display(raw: str, region: str) -> str:
    """Return a raw number for people to read: in international format if it has one, else as written."""
    line = _only_line(raw, region)
    number = parse_with_library(line.e164, "") if line and line.e164 else None
    if line is None or number is None:
        return unparsed.normalize(raw)[:_LONGEST_SHOWN]
    shown = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return f"{shown} x{line.extension}" if line.extension else str(shown)
