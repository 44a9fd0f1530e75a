"""Why the reading of a number without a plus is not proven, and which other lines it may be: never more than probable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import phonenumbers

from callerid.core.numbers import country_rules, parse_fast
from callerid.core.numbers.library import (
    NORTH_AMERICA,
    is_complete,
    is_valid,
    national_number,
    parse_with_library,
    trunk_is_required,
)
from callerid.messages import template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.core.numbers.line import Line

_LOCAL = 7  # digits of a North American number without area code
NO_PLUS = template("written with a country code and without its plus")
ZEROS_FOR_PLUS = template("00 written for the plus")
NO_TRUNK_PREFIX = template("written without the trunk prefix: it may be local, or have lost a zero")
COMPLETED = template("dialled without area code")


def doubt(digits: str, country: int, own: str, region: str) -> str | None:
    """Return why it is not proven that digits without a plus are the number that libphonenumber parsed; "" if it is proven.

    Return None if they are not that number.
    """
    if not digits.endswith(own):
        if country == NORTH_AMERICA and digits.startswith("1") and len(digits) > _LOCAL:
            return None  # a trunk prefix 1 is not dialled before a local number
        return COMPLETED if len(own) > len(digits) else ""  # by a rule of the region's plan
    if parse_fast.international_prefix(digits, region):
        return ""
    before = digits[: len(digits) - len(own)]
    if country == NORTH_AMERICA and before not in ("", "1"):
        return None  # a second trunk prefix 1 is not dialled
    if before.startswith(str(country)) and before != phonenumbers.ndd_prefix_for_region(region, True):
        return NO_PLUS
    return NO_TRUNK_PREFIX if not before and trunk_is_required(country, own) else ""


def alternatives(line: Line, digits: str, region: str) -> Iterator[tuple[str, str]]:
    """Yield the keys of the other lines that digits may be, each with the reason.

    They may have a country code without its plus, 00 for the plus where that is not the international prefix, or be of a plan that
    has changed.
    """
    if digits.startswith("00"):
        yield from _with_country_code(digits[2:], ZEROS_FOR_PLUS, line.key)
    elif digits.isdigit() and not (line.e164 and not line.doubt and is_valid(line.e164, "")):
        yield from _with_country_code(digits, NO_PLUS, line.key)
        yield from _with_country_code(
            country_rules.without_trunk_eight(region, digits), country_rules.TRUNK_EIGHT_GIVEN_UP, line.key
        )
    yield from line.alternatives


def _with_country_code(digits: str, why: str, known_key: str) -> Iterator[tuple[str, str]]:
    number = parse_with_library(f"+{digits}", "")
    if number is None:
        return
    own, country = national_number(number), number.country_code or 0
    if country == NORTH_AMERICA and digits != f"{country}{own}":
        return  # a second trunk prefix 1 is not dialled
    today, national, rule = country_rules.current_national(country, own)
    is_of_plan = phonenumbers.is_valid_number(number) or (bool(rule) and is_valid(f"+{today}{national}", ""))
    if not is_of_plan and not (why is ZEROS_FOR_PLUS and is_complete(number)):
        return
    if f"+{today}{national}" != known_key:
        yield f"+{today}{national}", why
