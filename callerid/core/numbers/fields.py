"""The numbers in a field of the CRM or of a file: one, several, or one with words, list marks and counts around it."""

from __future__ import annotations

import re

import phonenumbers

from callerid.core.numbers.library import is_complete, parse_with_library
from callerid.core.numbers.parse import parse_number
from callerid.core.numbers.text import spreadsheets, unparsed
from callerid.core.numbers.text.extensions import split_extension

FIELD_RULES = "2"  # the version of these rules: a mirror whose fields were read by other ones is read again
_LONGEST = unparsed.LONGEST * 4
# "1. … 2. …", "(1) … (2) …", "1) …": a mark is a small number before a number.
_LIST_MARK = re.compile(r"(?:^|(?<=[\s;,|]))(?:\([1-9]\)|[1-9][.)])\s+(?=[+(]?\d)")
_COUNT = re.compile(r"(?<![\d+/])24\s*/\s*7(?![\d/])|(?<![\d+/])24\s*[hH]\b")
_LABEL = re.compile(r"[^\W\d_][^\d+:(]{0,30}:\s*(?=[+(]?\d)")  # "Mobil: 0171 …"
_LAST_DIGITS = re.compile(r"(.*\d{4,})\s*/\s*(\d{1,3})", re.DOTALL)  # 030 1234567/68
_COUNTED = re.compile(r"^[1-9]\s+(?=[+0])")  # "Tel 1 030 …"
_LETTERS = re.compile(r"[^\W\d_]+")


def find_numbers(text: str, region: str) -> tuple[str, ...]:
    """Return the numbers in a field's text, as written and each once; what cannot be dialled is left out."""
    if unparsed.is_single_number(text):
        return (text,) if parse_number(text, region) is not None else ()
    if spreadsheets.is_destroyed(text.strip()):
        return ()
    listed = _without_marks(unparsed.readable(text[:_LONGEST]))
    written = (number for part in unparsed.split_numbers(listed) for number in _numbers_of_part(part, region))
    return tuple(dict.fromkeys(number for number in written if parse_number(number, region) is not None))


def _without_marks(text: str) -> str:
    """Return a field's text with a separator in place of each list mark, label and count."""
    marked = _LABEL.sub("\n", _COUNT.sub(" ", text))
    return _LIST_MARK.sub("\n", marked) if len(_LIST_MARK.findall(marked)) > 1 or _LIST_MARK.match(marked) else marked


def _numbers_of_part(part: str, region: str) -> tuple[str, ...]:
    """Return the numbers of a part: the part itself if it is one, else those that libphonenumber finds in it."""
    several = _LAST_DIGITS.fullmatch(part)
    if several and is_number(several[1], region):
        first, last = several[1], several[2]
        return (first, first[: -len(last)] + last) if first[-len(last) :].isdigit() and last > first[-len(last) :] else (first,)
    if is_number(part, region) or not (_LETTERS.search(part) or _has_too_many_digits(part)):
        return (part,)
    bare, extension = split_extension(part)
    return (part,) if extension and is_number(bare, region) else _numbers_within(part, region)


def is_number(part: str, region: str) -> bool:
    """Return whether a text is one number of a numbering plan, possibly with words around it."""
    line = parse_number(part, region)
    number = parse_with_library(line.e164, "") if line and line.e164 else None
    return number is not None and is_complete(number)


def _has_too_many_digits(part: str) -> bool:
    return sum(map(str.isdigit, part)) > unparsed.MAX_DIGITS


def _numbers_within(part: str, region: str) -> tuple[str, ...]:
    """Return the numbers inside a part with words, or with more digits than a number has; the part itself if there are none."""
    plain = _LETTERS.sub("\n", part)
    pieces = (_COUNTED.sub("", piece) for line in plain.splitlines() for piece in unparsed.split_numbers(line))
    numbers = tuple(piece for piece in pieces if is_number(piece, region))
    if numbers:
        return numbers
    valid = phonenumbers.PhoneNumberMatcher(part, region or None, leniency=phonenumbers.Leniency.VALID)
    return tuple(number.raw_string for number in valid) or (part,)
