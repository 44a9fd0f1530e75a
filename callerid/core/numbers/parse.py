"""Parse one raw number: what people write, what networks send, and what the numbering plans have changed.

A number may have several readings. The first gives the line's key; it is proven only if nothing had to be assumed: the number has a
plus, the region's international prefix, or its trunk prefix where that is obligatory. `doubts` has the other readings.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, ValidationResult

from callerid.core.numbers import country_rules, parse_fast
from callerid.core.numbers.doubts import alternatives, doubt
from callerid.core.numbers.library import NORTH_AMERICA, is_complete, is_valid, national_number, parse_with_library
from callerid.core.numbers.line import Line, code, subscriber
from callerid.core.numbers.text import unparsed
from callerid.core.numbers.text.addresses import is_address
from callerid.core.numbers.text.dialled_prefixes import without_dialled_prefix
from callerid.core.numbers.text.extensions import split_extension
from callerid.core.numbers.text.masks import is_masked
from callerid.messages import template

_LETTERS = re.compile("[A-Za-z]")
_ANY_LETTERS = re.compile(r"[^\W\d_]+")
_IN_BRACKETS = re.compile(r"[(\[{（][^()\[\]{}（）\d+]*[)\]}）]")
# What may stand behind a complete number and has digits of its own.
_REMARK_IN_BRACKETS = re.compile(
    r"(.*?\d)\s*[(\[{（]((?=[^)\]}）]*(?:[^\W\d_]{2}|\d:\d\d))(?=[^)\]}）]*\d)[^()\[\]{}（）]*)[)\]}）]\s*"
)
# When somebody is there, which is no desk: "ab 18 Uhr", "after 6pm", "9:00-17:00".
_TIME_OF_DAY = re.compile(
    r"\d\s*(?:Uhr|h|hrs?|hours|[ap]\.?m\.?|heures|horas|ore|час\w*|godz\.?|時|点|시)(?!\w)|\d[:.h]\d{2}\b|\bс\s*\d{1,2}\s*до\s*\d",
    re.IGNORECASE,
)
_WORD_AND_DIGITS = re.compile(r"(.*?\d)[\s,;:/(.–—-]+(?:[^\W\d_]{2,}|с\b)((?:\D*\d){1,6}\D*)", re.IGNORECASE)
# Digits of a remark, which stand close to its words: "2x", "2ème étage", "1. Stock", "9 bis 17", "8-16 Uhr", "5%", "D-10115".
_CLOCK = r"\d{1,2}(?:[:.]\d\d)?"
_COUNT_BEHIND = re.compile(
    r"(.*?\d)[\s,;:(/–—-]+((?!(?:\D*\d){8})"  # eight digits may be another number
    r"(?:\d{1,2}\.\s+[^\W\d_]{2}[^+]*|\d{1,3}(?:[^\W\d_]{1,4}\b|\s*[%€])[^+]*|[A-Z]{1,2}-\d{4,5}\b[^+\d]*"
    rf"|{_CLOCK}\s*(?:(?:bis|to|till|until|до|tot|às|à|a)\s*{_CLOCK}\b|[-–]\s*{_CLOCK}\s*(?:Uhr|uur|h|[ap]m)\b)[^+\d]*))",
    re.IGNORECASE,
)
_LAST_GROUP = re.compile(r"(.*\d)\s*[-/–]\s*-?(\d{1,5})\s*")
_BEFORE_DIGITS = re.compile(r"^[^\d+]+")
_BRACKETED_ZERO = "(0)"
_FEWEST_LETTERS = 3  # of a vanity number; one stray letter is a typing error


@lru_cache(maxsize=1024)
def parse_number(raw: str, region: str) -> Line | None:
    """Return the line of a raw number as dialled in a region ("" if unknown); None if it is hidden or masked, or has no number."""
    fast = parse_fast.international(raw) or parse_fast.national(raw, region)
    if fast:
        country, own, digits = fast
        return subscriber(country, own, written=raw, digits=digits)
    text = unparsed.number_text(raw)
    if not text or unparsed.is_hidden(text) or is_masked(text):
        return None
    if is_address(text):  # without a number
        return code(text.casefold())
    number, extension = split_extension(text)
    if not extension and "phone-context" not in number:
        number, extension = _split_remark(_without_dialled_prefix(number, region), region)
    dialled = _without_dialled_prefix(number, region)
    if unparsed.is_service_code(dialled):
        return code(unparsed.digits_of(text))
    line = _line_of(_without_bracketed_zero(_without_words(dialled, region), region), region)
    if not any(map(str.isdigit, line.digits)):
        return None
    return replace(line, extension=extension) if extension else line


def _split_remark(text: str, region: str) -> tuple[str, str]:
    """Return a number's text without a remark behind the complete number, and the digits of the remark, which may be those of a
    desk ("option 2", "room 12"), but not if it is in brackets ("(Mo-Fr 8-16 Uhr)")."""
    for pattern in (_REMARK_IN_BRACKETS, _COUNT_BEHIND, _WORD_AND_DIGITS):
        parts = pattern.fullmatch(text)
        number = parse_with_library(_ANY_LETTERS.sub(" ", parts[1]), region) if parts else None
        if parts and number is not None and is_complete(number):
            is_desk = pattern is _WORD_AND_DIGITS and not _TIME_OF_DAY.search(text, parts.end(1))
            return parts[1], "".join(filter(str.isdigit, parts[2])) if is_desk else ""
    return _split_last_group(text, region)


def _split_last_group(text: str, region: str) -> tuple[str, str]:
    """Return a number's text without a last group of digits that is too much ("010-1234-5678-12", "/ 12"), and that group: an
    extension, where the numbers of the plan have a length that proves it."""
    parts = _LAST_GROUP.fullmatch(text)
    return (parts[1], parts[2]) if parts and is_valid(parts[1], region) and not is_valid(text, region) else (text, "")


def _without_dialled_prefix(number: str, region: str) -> str:
    """Return a number without what a caller dials before it. Digits are only removed if a number of the plan remains."""
    north_american = phonenumbers.country_code_for_region(region) == NORTH_AMERICA
    dialled = without_dialled_prefix(number, region, north_american=north_american)
    prefix = number[: len(number) - len(dialled)]
    return dialled if not prefix or "#" in prefix or is_valid(dialled, region) else number


def _without_words(text: str, region: str) -> str:
    """Return a number's text without words, remarks in brackets and counts; letters that are part of it stay (1-800-FLOWERS)."""
    text = unparsed.ROUND_THE_CLOCK.sub(" ", text) if "24" in text or "/" in text else text
    if not _ANY_LETTERS.search(text) or "phone-context" in text:
        return text.strip()
    without_remarks = _IN_BRACKETS.sub(" ", text)
    without_words = _ANY_LETTERS.sub(" ", without_remarks)
    number = parse_with_library(without_words, region)
    return without_words.strip(" .:;,-–—/*") if number is not None and is_complete(number) else without_remarks.strip()


def _without_bracketed_zero(text: str, region: str) -> str:
    """Return a number's text without a "(0)" behind its country code, also where the plan has no trunk prefix 0 (+57 (0) 300 …)."""
    without = text.replace(_BRACKETED_ZERO, " ", 1) if _BRACKETED_ZERO in text[1:] else text
    return without if without != text and not is_valid(text, region) and is_valid(without, region) else text


def _line_of(text: str, region: str) -> Line:
    """Return the line of a number's text, with every other line that it may be."""
    digits = unparsed.digits_of(text)
    number = parse_with_library(text, region)
    if number is not None and _is_vanity(text):
        digits = unparsed.digits_of(phonenumbers.convert_alpha_characters_in_number(_BEFORE_DIGITS.sub("", text)))
        return _from_parsed(*_cut_vanity(number), text, digits, region)
    line = _with_old_prefix(digits, text, region)
    if line is None:
        line = _from_parsed(number, "", text, digits, region) if number else code(digits, digits_only=text.isdigit())
    return replace(line, alternatives=tuple(alternatives(line, digits, region)))


def _with_old_prefix(digits: str, text: str, region: str) -> Line | None:
    rewritten, rule = country_rules.rewrite_old_prefix(region, digits)
    number = parse_with_library(rewritten, "") if rewritten else None
    if number is None:
        return None
    return subscriber(number.country_code or 0, national_number(number), written=text, digits=digits, rule=rule)


def _is_vanity(text: str) -> bool:
    return len(_LETTERS.findall(text)) >= _FEWEST_LETTERS and "phone-context" not in text


def _cut_vanity(number: PhoneNumber) -> tuple[PhoneNumber, str]:
    """Cut the letters beyond the last digit, which North American exchanges ignore (Source: libphonenumber FALSEHOODS.md)."""
    too_long = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.TOO_LONG
    if number.country_code == NORTH_AMERICA and too_long:
        cut = PhoneNumber()
        cut.merge_from(number)
        if phonenumbers.truncate_too_long_number(cut):
            return cut, template("the letters beyond the last digit are not dialled")
    return number, ""


def _has_second_trunk_prefix(digits: str, own: str, region: str) -> bool:
    """Return whether a North American number has a trunk prefix 1 behind its country code, which nobody dials: "+1 1 212 …"."""
    before = "+" if digits.startswith("+") else parse_fast.international_prefix(digits, region)
    return bool(before) and digits.removeprefix(before) == f"{NORTH_AMERICA}1{own}"


def _is_misread(number: PhoneNumber, digits: str, region: str) -> bool:
    """Return whether the library made a number of digits that are none of the region's plan: they begin with the 00 that other
    countries dial for the plus (0049 171 … in Brazil), or the number has a trunk prefix left, which is cut when it has a plus."""
    if phonenumbers.is_valid_number(number):
        return False
    if digits.startswith("00") and not parse_fast.international_prefix(digits, region):
        return True
    own = national_number(number)
    again = parse_with_library(f"+{number.country_code}{own}", "")
    return again is None or national_number(again) != own


def _from_parsed(number: PhoneNumber, rule: str, text: str, digits: str, region: str) -> Line:
    """Return the line of a parsed number: a subscriber's, or a code if the digits are not a number of the region's plan."""
    country, own = number.country_code or 0, national_number(number)
    if country == NORTH_AMERICA and _has_second_trunk_prefix(digits, own, region) and "(1)" not in text:
        return code(digits)
    if digits.startswith("+") or "phone-context" in text or rule:
        return subscriber(country, own, written=text, digits=digits, extension=number.extension or "", rule=rule)
    reason = phonenumbers.is_possible_number_with_reason(number)
    reason_for_doubt = doubt(digits, country, own, region)
    possible = reason in (ValidationResult.IS_POSSIBLE, ValidationResult.TOO_LONG) or country_rules.was_possible(country, own)
    if reason_for_doubt is None or not possible or _is_misread(number, digits, region):
        local_only = reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY
        return code(digits, digits_only=text.isdigit(), local_only=local_only, country=country)
    return subscriber(country, own, written=text, digits=digits, extension=number.extension or "", doubt=reason_for_doubt)
