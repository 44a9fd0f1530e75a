"""Numbers that a file divides between columns: a country code, an area code, and the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COUNTRY_CODE = re.compile(r"'?(?:\+|00)?\s*(\d{1,3})(?:[.,]0)?")
_AREA_CODE = re.compile(r"'?\(?(\d{1,6})\)?(?:[.,]0)?")
_INTERNATIONAL = re.compile(r"\s*'?[(=\"]*(?:\+|00)")
_LONGEST_LOCAL = 8  # digits of a number that lacks its area code


def whole_numbers(roles: Sequence[str], cells: Sequence[str]) -> list[str]:
    """Return the cells of a row with each number made whole: an area code belongs to the next number, a country code to each.

    A number that is whole already, and one beside a code that is not written in digits ("DE"), is left as it is written.
    """
    country = _digits(_COUNTRY_CODE, next(_of_role("country_code", roles, cells), ""))
    area, made = "", []
    for role, cell in zip(roles, cells, strict=False):
        if role == "area_code":
            area = _digits(_AREA_CODE, cell)
        if role == "phone":
            made.append(_whole(country, area, cell))
            area = ""
        else:
            made.append(cell)
    return made


def _of_role(role: str, roles: Sequence[str], cells: Sequence[str]) -> Iterator[str]:
    return (cell for known, cell in zip(roles, cells, strict=False) if known == role)


def _digits(code: re.Pattern[str], cell: str) -> str:
    match = code.fullmatch(cell.strip())
    return match[1] if match else ""


def _whole(country: str, area: str, number: str) -> str:
    if not number.strip() or _INTERNATIONAL.match(number):
        return number
    local = f"{area} {number.strip()}" if area and sum(map(str.isdigit, number)) <= _LONGEST_LOCAL else number
    return _with_country(country, local) if country else local


def _with_country(country: str, national: str) -> str:
    """Return a number behind its country code, unless it is a whole number only with the country code that it begins with."""
    from callerid.core.numbers.library import is_valid

    whole, as_written = f"+{country} {national.strip()}", f"+{national.strip()}"
    repeats = national.strip().startswith(country) and not is_valid(whole, "") and is_valid(as_written, "")
    return as_written if repeats else whole
