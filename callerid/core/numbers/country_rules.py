"""Changes of numbering plans that libphonenumber's metadata does not know: from an earlier spelling to today's.

The rules of `current_national` (`earlier_plans`) are one to one, and so are certain; those of `possible_lines`
(`doubtful_plans`) are not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import phonenumbers

from callerid.core.numbers.doubtful_plans import CHOICES
from callerid.core.numbers.earlier_plans import CHANGES
from callerid.messages import template

if TYPE_CHECKING:
    from collections.abc import Iterator

# Ukraine, 14 October 2009: 0 for the trunk prefix 8, which stood before the 0 of area codes (Ministry of Transport and
# Communications, order 1200 of 29 September 2008).
_UKRAINE_HOME = re.compile(r"80(\d{9})")
_MEXICO_HOME = re.compile(r"(?:01|04[45])(\d{10})")
# Where libphonenumber leaves the trunk prefix 0 before an old number, which is too short for it.
_OLD_TRUNK_ZERO = {
    "BO": 591,
    "CH": 41,
    "CY": 357,
    "GE": 995,
    "GH": 233,
    "GR": 30,
    "MA": 212,
    "PT": 351,
    "RO": 40,
    "SA": 966,
    "TN": 216,
    "ZM": 260,
}
# Where a trunk prefix 0 was given up: Estonia, 1 February 2004 (EMT, in Cellular News), Poland, 30 September 2009 to 15 May
# 2010 (regulation of the Minister of Infrastructure of 28 February 2008), Czechia, 22 September 2002 (Czech Telecommunication
# Office, numbering plan of 25 September 2000; town hall of Prague 2): the numbers of Prague, mobiles and freephone; other area
# codes changed.
_TRUNK_ZERO_GIVEN_UP = {
    "CZ": re.compile(r"0(2[1-9]\d{7}|60[1-8]\d{6}|7\d{8}|800\d{6})"),
    "EE": re.compile(r"0(\d{7,8})"),
    "PL": re.compile(r"0(\d{9})"),
}
_GIVEN_UP = template("written with a trunk prefix 0 that was given up")
# Where the trunk prefix was 8 (ITU, dialling procedures, position of 1 July 2000; for Tajikistan the World Telephone Numbering
# Guide, secondary): 0 is today's, or none.
_TRUNK_EIGHT = {"AM": 374, "AZ": 994, "GE": 995, "TJ": 992, "UZ": 998}
TRUNK_EIGHT_GIVEN_UP = template("written with the trunk prefix 8, which was given up")


def is_earlier(country: int, national: str) -> bool:
    """Return whether a national number may be one of an earlier plan: one look for all rules, as nearly no number is."""
    old = _earlier_numbers(country)
    return old is not None and old.fullmatch(national) is not None


@lru_cache(maxsize=256)
def _earlier_numbers(country: int) -> re.Pattern[str] | None:
    """Return a pattern of all national numbers to which a rule of the country code applies; None if it has no rule."""
    rules = (*CHANGES.get(country, ()), *CHOICES.get(country, ()))
    return re.compile("|".join(f"(?:{pattern})" for pattern, *_ in rules)) if rules else None


@lru_cache(maxsize=256)
def _changes(country: int) -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """Return the certain rules of a country code. Those of all countries take longer to compile than a ring may wait."""
    return tuple((re.compile(pattern), current, why) for pattern, current, why in CHANGES.get(country, ()))


@lru_cache(maxsize=256)
def _choices(country: int) -> tuple[tuple[re.Pattern[str], tuple[str, ...], str], ...]:
    return tuple((re.compile(pattern), templates, why) for pattern, templates, why in CHOICES.get(country, ()))


def current_national(country: int, national: str) -> tuple[int, str, str]:
    """Return the country code and national number that a number has today, and why they changed ("" if they did not)."""
    for pattern, current, why in _changes(country):
        old = pattern.fullmatch(national)
        if old:
            code, _, number = old.expand(current).partition(":")
            return int(code), number, why
    return country, national, ""


def was_possible(country: int, national: str) -> bool:
    """Return whether a national number is one of an earlier plan that today's metadata may call impossible."""
    return bool(current_national(country, national)[2]) or any(possible_lines(country, national))


def rewrite_old_prefix(region: str, digits: str) -> tuple[str, str]:
    """Return the international number of digits that a region dialled by its earlier plan, and why; else ("", "")."""
    old = _MEXICO_HOME.fullmatch(digits) if region == "MX" else None
    if old:
        return f"+52{old[1]}", template("Mexican number with an old prefix")
    old = _UKRAINE_HOME.fullmatch(digits) if region == "UA" else None
    if old:
        return f"+380{old[1]}", template("Ukrainian number with the old prefix 8")
    old = _TRUNK_ZERO_GIVEN_UP[region].fullmatch(digits) if region in _TRUNK_ZERO_GIVEN_UP else None
    if old and not old[1].startswith("0"):
        return f"+{phonenumbers.country_code_for_region(region)}{old[1]}", _GIVEN_UP
    country = _OLD_TRUNK_ZERO.get(region, 0) if digits.startswith("0") else 0
    why = current_national(country, digits[1:])[2] if country else ""
    return (f"+{country}{digits[1:]}", why) if why else ("", "")


def without_trunk_eight(region: str, digits: str) -> str:
    """Return the country code and number of digits that a region dialled with its earlier trunk prefix 8; else ""."""
    country = _TRUNK_EIGHT.get(region, 0)
    return f"{country}{digits[1:]}" if country and digits.startswith("8") and not digits.startswith("80") else ""


# Country codes that are area codes too: 0590 with its 0 doubled looks like 00 and the country code.
_ALSO_AREA_CODES = (262, 269, 590, 594, 596)


def possible_lines(country: int, national: str, digits: str = "") -> Iterator[tuple[str, str]]:
    """Yield the keys of other lines that a number may be, by a change of its plan that is not one to one, with the reason.

    `digits` are those that were written.
    """
    if digits.startswith("00") and country in _ALSO_AREA_CODES:
        return
    for pattern, templates, why in _choices(country):
        old = pattern.fullmatch(national)
        if old:
            for current in templates:
                code, _, number = old.expand(current).partition(":")
                yield f"+{code}{number}", why
