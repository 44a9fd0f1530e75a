"""What people type and networks send, made readable: digits of any script, signs that only divide, words that mean nobody."""

from __future__ import annotations

import re
import unicodedata

from callerid.core.numbers.hidden_words import means_hidden

LONGEST = 250  # characters looked at; libphonenumber refuses longer text too
_HIDDEN_CODES = frozenset(
    ("0", "-1", "-2", "-3", "-4")
)  # as call logs wrote them (CallerInfo.java: UNKNOWN_NUMBER, PRIVATE_NUMBER, PAYPHONE_NUMBER)
_NOWHERE = ".invalid"  # anonymous@anonymous.invalid, as IMS has it for a caller who hides (RFC 3261, 3GPP TS 23.003)
# Caller-ID control of GSM (3GPP TS 22.030): *31# shows, #31# hides the own number; written before the number it says nothing of it.
_CALLER_ID_CONTROL = re.compile(r"^(?:\*{1,2}|#)31#\s*")
_PAUSE = re.compile(r"(?<=\d)\s*(?:,|;(?!ext=|phone-context=|isub=))\s*[\d*#,;\s]*$", re.IGNORECASE)
_DIVIDERS = re.compile(
    r"[\n\t|,&、・،؛]|\s{2,}|;(?!ext=|phone-context=|isub=)|\s/\s|\s(?:or|oder|ou|o|und|and|y|et|または)\s", re.IGNORECASE
)
_ONE_PLAIN = re.compile(r"[+(]?[0-9][0-9 ().\-]{2,30}[0-9]")
_DIVIDING = str.maketrans("", "", "+ ().-")
FEW_DIGITS = 13  # two numbers have more
_ENOUGH_DIGITS, _ENOUGH_SIGNS = 6, 7
_DIALABLE = re.compile(r"\+?[\d ()./\-]{3,40}")
_FEWEST, _MOST = 3, 20


def normalize(raw: str) -> str:
    """Given raw text, return at most 250 characters of it with ASCII digits and without invisible characters."""
    text = raw[:LONGEST]
    if text.isascii() and text.isprintable():  # nearly all are, and a sync reads a million of them
        return text.strip()
    text = unicodedata.normalize("NFKC", text)
    return "".join(_plain_character(c) for c in text).strip()


def _plain_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category in ("Cf", "Cs", "Co", "Cn"):
        return ""
    return " " if category in ("Cc", "Zs", "Zl", "Zp") else character


def is_hidden(raw: str) -> bool:
    """Given what the phone says of a caller, is the number withheld or unknown?"""
    text = normalize(raw)
    return not text or text in _HIDDEN_CODES or text.casefold().endswith(_NOWHERE) or means_hidden(text)


def strip_dialling_codes(text: str) -> str:
    """Given plain text, return it without what is not the number: caller-ID control before it, pauses and tones after it."""
    return _PAUSE.sub("", _CALLER_ID_CONTROL.sub("", text))


def digits_of(text: str) -> str:
    """Given plain text, return its digits, star and hash, with a leading plus if it has one."""
    kept = re.sub(r"[^0-9*#]", "", text)
    return f"+{kept}" if text.lstrip("( ").startswith("+") else kept


def is_service_code(text: str) -> bool:
    """Given plain text, is it for the exchange and not for a line (*100#)?"""
    return "*" in text or "#" in text


def is_single_number(text: str) -> bool:
    """Given a field's text, is it nothing but one number's digits and what divides them? Nearly all are."""
    return _ONE_PLAIN.fullmatch(text) is not None and "  " not in text and len(text.translate(_DIVIDING)) <= FEW_DIGITS


def split_numbers(text: str) -> tuple[str, ...]:
    """Given a field's text, return the parts that may be numbers, as written: one where it cannot be divided into whole ones.

    A part with a few digits belongs to what stands before it (an extension, tones after a pause), so then nothing is divided.
    """
    text = (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()
    parts = tuple(part.strip() for part in _DIVIDERS.split(text)) if _DIVIDERS.search(text) else ()
    numbers = tuple(part for part in parts if _may_be_whole(part))
    if numbers and all(part in numbers or not any(c.isdigit() for c in part) for part in parts):
        return numbers
    return (text,) if text else ()


def _may_be_whole(part: str) -> bool:
    digits, letters = sum(map(str.isdigit, part)), sum(c.isascii() and c.isalpha() for c in part)
    return digits >= _ENOUGH_DIGITS or (digits > 0 and letters >= _FEWEST and digits + letters >= _ENOUGH_SIGNS)


def dialable(raw: str) -> str | None:
    """Given a raw number, return what may be handed to the dialler: plus and digits; None for codes and for anything odd.

    termux-telephony-call dials at once, and codes with star or hash do things to the phone.
    """
    text = normalize(raw)
    if len(raw) > LONGEST or not _DIALABLE.fullmatch(text) or "+" in text[1:]:
        return None
    number = digits_of(text)
    return number if _FEWEST <= len(number.lstrip("+")) <= _MOST else None
