"""What of a country's numbering plan reads a number as it is dialled there. It is read from the metadata once, when an index of
numbers is built, and recorded with the index: loading all numbering plans takes longer than all the rest of a look-up."""

from __future__ import annotations

import re

from callerid.records import dataclass

_NATIONAL = re.compile(r"\(?[0-9][0-9 ().\-]{3,30}")
_SEPARATORS = str.maketrans("", "", "+ ().-")
_BETWEEN, _BETWEEN_LENGTHS = "\n", " "
_YES = "yes"
_USUAL = 10  # digits; few national numbers have more
_LAST_GROUP = 6  # characters of an extension and its hyphen


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The parts of a country's numbering plan that read the usual spellings of its numbers."""

    code: str
    lengths: frozenset[int]
    prefix: re.Pattern[str] | None  # what may stand before a national number: trunk and carrier codes
    international_prefix: re.Pattern[str] | None
    numbers: re.Pattern[str] | None
    trunk_required: bool  # some of its numbers are never written without it


def digits_as_dialled(text: str) -> str:
    """Return the digits of a text that has nothing but digits and the usual separators, "" for any other."""
    return text.translate(_SEPARATORS) if _NATIONAL.fullmatch(text) and not may_be_decimal(text) else ""


def may_be_decimal(text: str) -> bool:
    """Return whether a spreadsheet may have made a decimal of a number, "353871234573.0", whose last digit is none of its own."""
    return text[-2:] == ".0" and "." not in text[:-2]


def bare_digits(text: str) -> str:
    """Return a text without the usual separators, and without a plus."""
    return text.translate(_SEPARATORS)


def line_at_home(text: str, plan: Plan) -> str:
    """Return the line of a number as it is dialled in the plan's country, in E.164; "" where only all the plans can tell, as for
    a number of another country."""
    digits = digits_as_dialled(text)
    is_abroad = plan.international_prefix is not None and plan.international_prefix.match(digits)
    own = "" if is_abroad or not digits else national_number(digits, plan)
    return f"+{plan.code}{own}" if own and not may_have_extension(text, own) else ""


def may_have_extension(text: str, own: str) -> bool:
    """Return whether the last group of a text may be an extension, and no part of its national number."""
    return len(own) > _USUAL and "-" in text[-_LAST_GROUP:]


def national_number(digits: str, plan: Plan) -> str:
    """Return the national number of digits without international prefix, dialled in the plan's country; "" where it is not
    certain: they may be of another country, local, or have a prefix."""
    own = "" if digits.startswith(plan.code) else without_trunk_zero(digits, plan)
    if not own or (own == digits and plan.trunk_required) or len(own) not in plan.lengths:
        return ""
    return own if plan.numbers is None or plan.numbers.fullmatch(own) else ""


def without_trunk_zero(digits: str, plan: Plan) -> str:
    """Return the national number of digits that may begin with a trunk zero; "" where it is not certain."""
    prefix = plan.prefix.match(digits) if plan.prefix else None
    if not prefix:
        return "" if digits.startswith("0") else digits
    own = digits[1:]
    certain = prefix[0] == "0" and len(own) in plan.lengths and own[0] != "0"
    return own if certain and not (plan.numbers and plan.numbers.fullmatch(digits)) else ""


def written(plan: Plan) -> str:
    """Return a plan as a text, which `read` reads."""
    patterns = (plan.prefix, plan.international_prefix, plan.numbers)
    return _BETWEEN.join(
        (
            plan.code,
            _BETWEEN_LENGTHS.join(map(str, sorted(plan.lengths))),
            *(pattern.pattern if pattern else "" for pattern in patterns),
            _YES if plan.trunk_required else "",
        )
    )


def read(text: str) -> Plan | None:
    """Return the plan that a text of `written` is; None for "", which is no plan."""
    if not text:
        return None
    code, lengths, prefix, international_prefix, numbers, trunk_required = text.split(_BETWEEN)
    return Plan(
        code=code,
        lengths=frozenset(map(int, lengths.split(_BETWEEN_LENGTHS))),
        prefix=pattern(prefix),
        international_prefix=pattern(international_prefix),
        numbers=pattern(numbers),
        trunk_required=trunk_required == _YES,
    )


def pattern(text: str | None) -> re.Pattern[str] | None:
    """Return a pattern of the metadata, None where it has none."""
    return re.compile(text) if text else None
