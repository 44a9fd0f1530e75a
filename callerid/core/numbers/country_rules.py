"""Rules of single countries by which two spellings are one line, and which libphonenumber does not know, or no longer knows.

The rules of `current_national` and `rewrite_old_prefix` map an old spelling to the line's number in today's plan, one to one;
those of `why_probably_same` are only likely.
"""

from __future__ import annotations

import re

# Mexico until 2019: 1 before a mobile from abroad; 044, 045 and 01 before it at home (IFT, numbering plan of 3 August 2019).
_MEXICO_ABROAD = re.compile(r"1(\d{10})")
_MEXICO_HOME = re.compile(r"(?:01|04[45])(\d{10})")
# Brazil until 2016: mobiles had eight digits; a 9 was put before those that began with 6 to 9 (Anatel, Resolução 553/2010).
_BRAZIL_OLD = re.compile(r"([1-9]\d)([6-9]\d{7})")
# Colombia until 2022: a one-digit area code; 60 was put before it (CRC, Resolución 5826 of 2019).
_COLOMBIA_OLD = re.compile(r"([124-8])(\d{7})")

_TODAY = {
    52: (_MEXICO_ABROAD, r"\1", "Mexican mobile written with the old 1"),
    55: (_BRAZIL_OLD, r"\g<1>9\2", "Brazilian mobile written without the ninth digit"),
    57: (_COLOMBIA_OLD, r"60\1\2", "Colombian number written with the old area code"),
}


def current_national(country: int, national: str) -> tuple[str, str]:
    """Return the number of today's plan for a national number, and why it differs ("" if it is the same)."""
    rule = _TODAY.get(country)
    if rule:
        pattern, template, why = rule
        old = pattern.fullmatch(national)
        if old:
            return old.expand(template), why
    return national, ""


def rewrite_old_prefix(region: str, digits: str) -> tuple[str, str]:
    """Return the international number for digits that begin with a prefix no longer dialled in a region, and why; else ("", "")."""
    old = _MEXICO_HOME.fullmatch(digits) if region == "MX" else None
    return (f"+52{old[1]}", "Mexican number with an old prefix") if old else ("", "")


def why_probably_same(country: int, one: str, other: str) -> str:
    """Return why two national numbers of a country are probably one line, or ""."""
    short, long = sorted((one, other), key=len)
    if country == 54 and long == f"9{short}":  # noqa: PLR2004
        return "Argentine number with and without the 9 of mobiles"
    if country == 225 and len(short) == 8 and len(long) == 10 and long.endswith(short):  # noqa: PLR2004
        return "Ivorian number before and after the ten digits of 2021"
    return ""
