"""The numbers in a field of the CRM or of a file: one, several, or one with words, list marks and counts around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import phonenumbers

from callerid.core.numbers.library import is_complete, is_valid, parse_with_library
from callerid.core.numbers.parse import parse_number
from callerid.core.numbers.text import spreadsheets, unparsed
from callerid.core.numbers.text.addresses import split_addresses
from callerid.core.numbers.text.extensions import join_extensions, split_extension
from callerid.core.numbers.text.masks import is_masked

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELD_RULES = "5"  # the version of these rules: a mirror whose fields were read by other ones is read again
_FEWEST_MARKS = 2  # of a list
_LONGEST = unparsed.LONGEST * 4
# "1. … 2. …", "(1) …", "1) …", "[1] …", "#1 …", "1 - …": a mark is a small number before a number.
# "1st: …", "2nd …", "1er : …", "1º …", which is 1o in its usual form
_ORDINAL = re.compile(r"\b([1-9])(?:(?:st|nd|rd|th|er|re|e|ème|o|a)\b|°)\s*[:.)-]?\s*(?=[+(]?\d)", re.IGNORECASE)
_EMPTY_BRACKETS = re.compile(r"[(\[]\s*[)\]]")
_LIST_MARK = re.compile(
    r"(?:^|(?<=[\s;,|]))(?:(?:\(([1-9])\)|\[([1-9])\]|([1-9])[.)]|#([1-9]):?|([1-9])\s*[-–—])\s+|([1-9])\s?[:、．]\s*)(?=[+(]?\d)"
)
# Marks that are believed only where they count up from the beginning and nothing but whole numbers is between them: "1.) … 2.) …",
# "1/ … 2/ …", "(1)- …", "1=…", "1.020 … 2.07…".
_LOOSE_MARK = re.compile(r"(?:^|(?<=[\s;,|]))[(\[#]?([1-9])[.)\]:=/–—-]{1,3}\s*(?=[+(]?\d)")
_MARK_BEHIND = re.compile(r"(?<=\d)\s*[(\[][1-9][)\]](?=\s*(?:[;,|/]|$)|\s+[+(]?\d)")  # "… (1), … (2)"
# "Mobil: 0171 …"; few digits behind a number and a word are its extension ("R: 12").
_LABEL = re.compile(r"(?:^\s*[^\W\d_][^\d+:(]{0,30}:\s*(?=[+(]?\d)|[^\W\d_][^\d+:(]{0,30}:\s*(?=[+(]?\d(?:[ ().\-/]*\d){5}))")
_LAST_DIGITS = re.compile(r"(.*\d{4,})\s*/\s*[-–]?(\d{1,3})", re.DOTALL)  # 030 1234567/68
_COUNTED = re.compile(r"^[1-9]\s+(?=[+0])")  # "Tel 1 030 …"
_OPEN_PLUS = re.compile(r"\+[\d\s().-]*$")
_LETTERS = re.compile(r"[^\W\d_]+")


def find_numbers(text: str, region: str) -> tuple[str, ...]:
    """Return the numbers in a field's text, as written and each once; what cannot be dialled is left out.

    Each is a field with that one number again, so that `match` reads a number of the mirror as the mirror did.
    """
    if unparsed.is_single_number(text):
        return (text,) if parse_number(text, region) is not None else ()
    if spreadsheets.is_destroyed(text.strip()):
        return ()
    whole = unparsed.readable(text[:_LONGEST])
    if is_masked(whole):
        return _beside_a_mask(whole, region)
    whole = join_extensions(whole)
    written = (number for part in _parts(whole, region) for number in ((part,) if part == text else find_numbers(part, region)))
    return tuple(dict.fromkeys(number for number in written if parse_number(number, region) is not None))


def _beside_a_mask(text: str, region: str) -> tuple[str, ...]:
    """Return the numbers of a text's parts that are not masked; fewer digits than proven ones may be the rest of what is hidden."""
    shown = (part for part in unparsed.separated(text) if not is_masked(part))
    return tuple(dict.fromkeys(number for part in shown for number in find_numbers(part, region) if _is_proven(number, region)))


def _parts(text: str, region: str) -> Iterator[str]:
    """Yield the parts of a field's text that may be a number each. Few digits beside an address are its list mark."""
    pieces = split_addresses(text)
    for piece, is_address in pieces:
        if is_address:
            yield piece
        elif len(pieces) == 1 or unparsed.may_be_whole(piece):
            for part in _divided(_without_marks(piece, region), region):
                yield from _numbers_of_part(part, region)


def _divided(text: str, region: str) -> tuple[str, ...]:
    """Return the parts between separators; the text itself where it is a number that has them within ("+244222  123456")."""
    parts = unparsed.split_numbers(text)
    is_within = len(parts) > 1 and not is_number(parts[0], region) and _is_valid(text, region)
    return (text,) if is_within else parts


def _without_marks(text: str, region: str) -> str:
    """Return a field's text with a separator in place of each list mark, label and count.

    A single mark may be an area code: in Chile, "(2) 2123 4567" is a number.
    """
    timeless = _EMPTY_BRACKETS.sub(" ", unparsed.ROUND_THE_CLOCK.sub(" ", text))
    marked = _LABEL.sub("\n", _ORDINAL.sub(r" (\1) ", timeless)).strip(" ")
    loosely = _divided_loosely(marked, region)
    if loosely:
        return loosely
    marks = _list_marks(marked)
    if not marks:
        return marked
    if len(marks) == 1 and (marks[0].start() or _may_be_area_code(marked, marks[0], region)):
        return marked
    for mark in reversed(marks):
        marked = f"{marked[: mark.start()]}\n{marked[mark.end() :]}"
    return marked


def _divided_loosely(text: str, region: str) -> str:
    """Return a text with a separator in place of each loose list mark, or mark behind a number; "" if that is not proven."""
    if text[-1:] in ")]" and _MARK_BEHIND.search(text):
        parts = [part.strip(" ;,|/") for part in _MARK_BEHIND.split(text)]
    else:
        marks = list(_LOOSE_MARK.finditer(text))
        if len(marks) < _FEWEST_MARKS or marks[0].start() or [int(mark[1]) for mark in marks] != list(range(1, len(marks) + 1)):
            return ""
        ends = [*(mark.start() for mark in marks[1:]), len(text)]
        parts = [text[mark.end() : end].strip(" ;,|") for mark, end in zip(marks, ends, strict=True)]
    parts = [part for part in parts if part]
    return "\n".join(parts) if parts and all(is_number(part, region) for part in parts) else ""


def _may_be_area_code(text: str, mark: re.Match[str], region: str) -> bool:
    """Return whether a mark is the beginning of a number: together they are one, and what is behind it is not surely one.

    In Chile, "(3) 2123 4567" is no number, but for "2123 4567" alone the area code has to be supposed.
    """
    if mark[0].strip()[-1] not in ")]":
        return False
    behind = parse_number(text[mark.end() :], region)
    is_supposed = behind is not None and bool(behind.rule) and not behind.has_plus
    return is_supposed or (_is_valid(text, region) and not _is_proven(text[mark.end() :], region))


def _list_marks(text: str) -> list[re.Match[str]]:
    """Return the marks of a text's list, which count up."""
    marks: list[re.Match[str]] = []
    for mark in _LIST_MARK.finditer(text):
        place = int(mark[mark.lastindex or 0])
        if not _is_in_brackets(text, mark) and (not marks or place == int(marks[-1][marks[-1].lastindex or 0]) + 1):
            marks.append(mark)
    return marks


def _is_in_brackets(text: str, mark: re.Match[str]) -> bool:
    """Return whether a list mark is the end of what stands in brackets: "(06 1) 234 4596"."""
    return text.rfind("(", 0, mark.start()) > text.rfind(")", 0, mark.start())


def _numbers_of_part(part: str, region: str) -> tuple[str, ...]:
    """Return the numbers of a part: the part itself if it is one, else those that libphonenumber finds in it."""
    several = _LAST_DIGITS.fullmatch(part)
    if several and is_number(several[1], region) and (_is_valid(several[1], region) or not _is_valid(part, region)):
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


def _is_valid(text: str, region: str) -> bool:
    line = parse_number(text, region)
    return line is not None and bool(line.e164) and (is_valid(line.e164, "") or is_valid(line.key, ""))


def _is_proven(text: str, region: str) -> bool:
    line = parse_number(text, region)
    return line is not None and not line.doubt and _is_valid(text, region)


def _has_too_many_digits(part: str) -> bool:
    return sum(map(str.isdigit, part)) > unparsed.MAX_DIGITS


def _numbers_within(part: str, region: str) -> tuple[str, ...]:
    """Return the numbers inside a part with words, or with more digits than a number has; the part itself if there are none."""
    plain = _LETTERS.sub("\n", part)
    pieces = (_COUNTED.sub("", piece) for line in plain.splitlines() for piece in unparsed.split_numbers(line))
    numbers = tuple(piece for piece in pieces if is_number(piece, region))
    if numbers:
        return numbers
    return tuple(_matched(part, region)) or (part,)


def _matched(part: str, region: str) -> Iterator[str]:
    """Yield the numbers that libphonenumber finds in a part, but none that is the rest of a longer one with a plus.

    Yield none where there are no words and digits are left over.
    """
    valid = tuple(phonenumbers.PhoneNumberMatcher(part, region or None, leniency=phonenumbers.Leniency.VALID))
    digits = sum(sum(map(str.isdigit, number.raw_string)) for number in valid)
    if not _LETTERS.search(part) and digits < sum(map(str.isdigit, part)):
        return
    for number in valid:
        if number.raw_string.startswith("+") or not _OPEN_PLUS.search(part, 0, number.start):
            yield number.raw_string
