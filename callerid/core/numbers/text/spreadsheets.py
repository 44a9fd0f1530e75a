"""Numbers that a spreadsheet has reshaped or destroyed."""

from __future__ import annotations

import re

_FORMULA = re.compile(r'="?\s*"?([^"]*)"?')
_DECIMAL = re.compile(r"\+?\d{7,15}[.,]0")
_SCIENTIFIC = re.compile(r"[+-]?(\d)(?:[.,](\d{1,15}))?[eE]\+?(\d{1,2})")
_FRACTION = re.compile(r"[+-]?\d(?:[.,]\d{1,15})?[eE]-\d{1,2}")
# What a formula gives that failed, in the languages of Excel and LibreOffice: #NAME?, #WERT!, #¡REF!, #DIV/0!, #N/A, #NV.
_ERROR = re.compile(r"#[¡¿]?[^\W\d_][\w /]*[!?]|#[^\W\d_]/[^\W\d_]|#(?:NV|NB|BRAK|YOK|GETTING_DATA)|Err:\d{3}")
_NARROW = re.compile(r"#{3,}")  # shown if a column is too narrow
_SEVERAL = re.compile(r"\s*(?:[;|\n]|:::)\s*")  # between the numbers of one field
_PRECISE = 8  # digits; a spreadsheet that rounds shows fewer
_LAST = frozenset("0123456789\"'#")


def may_be(text: str) -> bool:
    """Return whether a text may be a number that a spreadsheet reshaped; hardly any is."""
    return ("." in text or "," in text or text[:1] in ("=", "'", "#")) and text[-1:] in _LAST


def restored(text: str) -> str:
    """Return the digits of a number that a spreadsheet reshaped: 491714445563.0, +491714445563.0, 3.108207120E9, ="+49…", '+49….

    Return "" if digits are lost (4.91512E+12, ########), and any other text unchanged.
    """
    formula = _FORMULA.fullmatch(text)
    text = formula[1] if formula else text.removeprefix("'")
    if _DECIMAL.fullmatch(text):
        return re.split("[.,]", text)[0]
    if _NARROW.fullmatch(text) or _FRACTION.fullmatch(text):
        return ""
    scientific = _SCIENTIFIC.fullmatch(text)
    if not scientific:
        return text
    digits, exponent = f"{scientific[1]}{scientific[2] or ''}", int(scientific[3])
    if digits[exponent + 1 :].strip("0"):
        return ""  # it has a fraction
    is_precise = len(digits) > exponent or len(digits) >= _PRECISE
    return digits[: exponent + 1].ljust(exponent + 1, "0") if is_precise else ""


def parts(text: str) -> list[str]:
    """Return what stands in a field, one number after the other as a spreadsheet may have them."""
    return [part for part in _SEVERAL.split(text.strip()) if part]


def is_destroyed(text: str) -> bool:
    """Return whether a spreadsheet has rounded a number, so that digits are lost, or shown it as ####, or a formula failed."""
    return _ERROR.fullmatch(text) is not None or (may_be(text) and not restored(text))


def was_reshaped(text: str) -> bool:
    """Return whether a spreadsheet has reshaped a number without losing digits."""
    return may_be(text) and restored(text) not in ("", text)
