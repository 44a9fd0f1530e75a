"""The numbers in a phone field of the CRM: one, several, or one with words around it."""

from __future__ import annotations

import phonenumbers

from callerid.core.numbers import raw_text
from callerid.core.numbers.parse import parse_number, parse_with_library


def find_numbers(text: str, region: str) -> tuple[str, ...]:
    """Return the numbers in a field's text, as written and without repetition; what cannot be dialled is left out."""
    if raw_text.is_single_number(text):
        return (text,) if parse_number(text, region) is not None else ()
    parts = raw_text.split_numbers(text[: raw_text.LONGEST * 4])
    written = (raw for part in parts for raw in ((part,) if _is_one_number(part, region) else _numbers_within(part, region)))
    return tuple(dict.fromkeys(raw for raw in written if parse_number(raw, region) is not None))


def _is_one_number(part: str, region: str) -> bool:
    if any(map(str.isalpha, part)):
        return False
    if sum(map(str.isdigit, part)) <= raw_text.MAX_DIGITS:
        return True
    line = parse_number(part, region)
    number = parse_with_library(line.e164, "") if line and line.e164 else None
    return number is not None and phonenumbers.is_possible_number(number)


def _numbers_within(part: str, region: str) -> tuple[str, ...]:
    """Return the valid numbers in a text with words or too many digits; the text itself if there are none."""
    valid = phonenumbers.PhoneNumberMatcher(part, region or None, leniency=phonenumbers.Leniency.VALID)
    return tuple(number.raw_string for number in valid) or (part,)
