"""Raw number text, before it is parsed: digits of any script, separators, codes, and what means that the number is hidden."""

from __future__ import annotations

import re
import unicodedata

from callerid.core.numbers.text import spreadsheets
from callerid.core.numbers.text.addresses import PARAMETERS, unwrap
from callerid.core.numbers.text.hidden_words import means_hidden
from callerid.core.numbers.text.masks import with_dots

_NOT_DIALLED = re.compile(r"[^0-9*#]")
LONGEST = 250  # characters that are read; libphonenumber refuses longer text too
# What call logs store for a hidden number (Source: CallerInfo.java, UNKNOWN_NUMBER, PRIVATE_NUMBER, PAYPHONE_NUMBER), and what
# North American networks send for a private number and one out of area (Bellcore GR-31-CORE, reason for absence: P, O).
_HIDDEN_CODES = frozenset(("0", "-1", "-2", "-3", "-4", "P", "O"))
_IMS_HIDDEN = ".invalid"  # IMS sends anonymous@anonymous.invalid for a hidden number (RFC 3261, 3GPP TS 23.003)
_FIELD_SEPARATORS = re.compile(
    rf"[\n\t|,&、・،؛]|\s{{2,}}|(?<=\d)\s*\+\s*(?=0[1-9])|;(?!\s*(?:ext=|phone-context=|(?:{PARAMETERS})\b\s*[;=]))|\s[/~]\s|\s(?:or|oder|ou|o|und|and|y|et|または)\s",
    re.IGNORECASE,
)
_SINGLE_NUMBER = re.compile(r"(?!\(?[1-9](?:[.)]| -) )[(]?[0-9][0-9 ().\-]{2,30}[0-9]")
_SEPARATORS = str.maketrans("", "", "+ ().-")
_SEPARATORS_BEHIND_PLUS = str.maketrans("", "", " ().-")
_SHORTEST = 4  # digits of a number with a plus
MAX_DIGITS = 13  # two numbers have more
_ENOUGH_DIGITS, _ENOUGH_SIGNS = 6, 7
# How long somebody is there, in the languages of those who write it: "24/7", "24 hrs", "24h/24", "7j/7", "24 Std."
ROUND_THE_CLOCK = re.compile(
    r"(?<![\d+/])(?:7\s*/\s*24(?![\d/])|\bh\s*24\b|24\s*(?:/\s*7(?![\d/])|h(?:(?:ou)?rs?)?\b(?:\s*/\s*24\b)?|Std\b\.?|Stunden\b|heures\b|horas\b|uur\b)"
    r"|7\s*(?:j|jours|days|d)?\s*/\s*7(?![\d/]))\s*:?",
    re.IGNORECASE,
)
_ENCLOSED = re.compile(r"(?:CIRCLED|PARENTHESIZED) DIGIT|DIGIT \w+ FULL STOP")
# A footnote's mark, "030 1234567¹", of which NFKC would make a digit.
_FOOTNOTE = re.compile("(?<=[0-9)])[\u00b9\u00b2\u00b3\u2070\u2074-\u2079\u2080-\u2089]{1,2}(?=\\s|[,;|/)]|$)")
_DIALABLE = re.compile(r"\+?[\d ()./\-]{3,40}")
_FEWEST, _MOST = 3, 20


def normalize(raw: str) -> str:
    """Return a raw text with ASCII digits, single-width characters and no invisible ones, cut to 250 characters."""
    text = raw[:LONGEST]
    if text.isascii() and text.isprintable():  # nearly every number is, and a sync reads a million of them
        return text.strip()
    text = unicodedata.normalize("NFKC", _FOOTNOTE.sub("", with_dots(text)))
    return "".join(_plain_character(c) for c in text).strip()


def _plain_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category in ("Cf", "Cs", "Co", "Cn"):
        return ""
    return " " if category in ("Cc", "Zs", "Zl", "Zp") else character


def number_text(raw: str) -> str:
    """Return the text of the number in a raw number, which may be an address or reshaped by a spreadsheet.

    Return "" for the address of a hidden caller and for a number that a spreadsheet destroyed.
    """
    text = unwrap(normalize(raw))
    return spreadsheets.restored(text) if spreadsheets.may_be(text) else text


def is_hidden(raw: str) -> bool:
    """Return whether a raw number, as the phone reports it, means that the caller's number is withheld or unknown."""
    if raw[:1] == "+" and is_single_number(raw):  # nearly every one, and a ring waits for this
        return False
    text = unwrap(normalize(raw))
    return not text or text in _HIDDEN_CODES or text.casefold().endswith(_IMS_HIDDEN) or means_hidden(text)


def digits_of(text: str) -> str:
    """Return the digits, stars and hashes of a normalized text, with a leading plus if it has one."""
    kept = _NOT_DIALLED.sub("", text)
    return f"+{kept}" if text.lstrip("( ").startswith("+") else kept


def is_service_code(text: str) -> bool:
    """Return whether a normalized text is a code for the network (*100#), not a line's number."""
    return "*" in text or "#" in text


def is_single_number(text: str) -> bool:
    """Return whether a field's text is only one number's digits and separators, as nearly every one is."""
    if text[:1] == "+":  # without a regular expression: a ring waits for this
        digits = text[1:].translate(_SEPARATORS_BEHIND_PLUS)
        return digits.isdecimal() and digits.isascii() and _SHORTEST <= len(digits) <= MAX_DIGITS and "  " not in text
    return _SINGLE_NUMBER.fullmatch(text) is not None and "  " not in text and len(text.translate(_SEPARATORS)) <= MAX_DIGITS


def readable(text: str) -> str:
    """Return a field's text with each character in its usual form (NFKC), and ① as (1)."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", "".join(map(_list_mark, _FOOTNOTE.sub("", with_dots(text))))).strip()


def _list_mark(character: str) -> str:
    """Return an enclosed digit, which marks a place in a list, as in "(1) "; another character unchanged."""
    is_number = unicodedata.category(character) == "No"
    is_mark = is_number and _ENCLOSED.search(unicodedata.name(character, ""))
    return f" ({unicodedata.digit(character)}) " if is_mark else character


def separated(text: str) -> tuple[str, ...]:
    """Return what stands between the separators of a field's text, whether it may be a number or not."""
    return tuple(part.strip() for part in _FIELD_SEPARATORS.split(text))


def split_numbers(text: str) -> tuple[str, ...]:
    """Return the parts of a field's text that may be numbers, as written; the whole text if it does not divide into whole numbers.

    A part with few digits belongs to the one before it (an extension, tones after a pause), so then nothing is divided.
    """
    text = readable(text)
    parts = separated(text) if _FIELD_SEPARATORS.search(text) else ()
    numbers = tuple(part for part in parts if may_be_whole(part))
    if numbers and all(part in numbers or not any(c.isdigit() for c in part) for part in parts):
        return numbers
    return (text,) if text else ()


def may_be_whole(part: str) -> bool:
    """Return whether a part of a field's text has as many digits, or digits and letters, as a whole number."""
    digits, letters = sum(map(str.isdigit, part)), sum(c.isascii() and c.isalpha() for c in part)
    return digits >= _ENOUGH_DIGITS or (digits > 0 and letters >= _FEWEST and digits + letters >= _ENOUGH_SIGNS)


def dialable(raw: str) -> str | None:
    """Return plus and digits of a raw number, to be dialled; None for codes and anything else that is not surely a number.

    termux-telephony-call dials at once, and codes with star or hash change settings of the phone.
    """
    text = normalize(raw)
    if len(raw) > LONGEST or not _DIALABLE.fullmatch(text) or "+" in text[1:]:
        return None
    number = digits_of(spreadsheets.restored(text) if spreadsheets.may_be(text) else text)
    return number if _FEWEST <= len(number.lstrip("+")) <= _MOST else None
