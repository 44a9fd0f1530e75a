"""The numbers that a field of the CRM holds: one, several, or one with words around it."""

from __future__ import annotations

import phonenumbers

from callerid.core.numbers import raw_text
from callerid.core.numbers.parse import parse_number, parse_with_library


def find_numbers(text: str, region: str) -> tuple[str, ...]:
    """Given a field's text, return the numbers that it holds, as written; those that nobody could dial are left out."""
    if raw_text.is_single_number(text):
        return (text,) if parse_number(text, region) is not None else ()
    parts = raw_text.split_numbers(text[: raw_text.LONGEST * 4])
    found = (one for part in parts for one in ((part,) if _is_one(part, region) else _within(part, region)))
    return tuple(dict.fromkeys(one for one in found if parse_number(one, region) is not None))


def _is_one(part: str, region: str) -> bool:
    """Is a part of a field, as far as its signs tell, one number and nothing else?"""
    if any(map(str.isalpha, part)):
        return False
    if sum(map(str.isdigit, part)) <= raw_text.FEW_DIGITS:
        return True
    line = parse_number(part, region)
    number = parse_with_library(line.e164, "") if line and line.e164 else None
    return number is not None and phonenumbers.is_possible_number(number)


def _within(part: str, region: str) -> tuple[str, ...]:
    """Given a part with words, or with more digits than a number has, return the valid numbers in it; itself if there are none."""
    valid = phonenumbers.PhoneNumberMatcher(part, region or None, leniency=phonenumbers.Leniency.VALID)
    return tuple(number.raw_string for number in valid) or (part,)
