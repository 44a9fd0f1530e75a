"""A number as it was read: a subscriber's line, or digits that only equal themselves."""

from __future__ import annotations

from dataclasses import dataclass

from callerid.core.numbers import country_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A number as it was read. `key` is what all certain spellings of the line share."""

    key: str
    digits: str  # as written, without what only divides
    e164: str  # "" for what is no subscriber's number: short and service codes, fragments
    national: str  # today's national number
    country: int
    extension: str
    rule: str  # the rule of a numbering plan that was used, or ""
    doubt: str = ""  # why this reading is not proven, or ""
    has_plus: bool  # written with a plus
    digits_only: bool  # digits alone, as networks and diallers give them; a person divides what they write
    local_only: bool  # may be dialled within its area only
    alternatives: tuple[tuple[str, str], ...] = ()  # keys of other lines that it may be, each with the reason


def subscriber(country: int, own: str, *, written: str, digits: str, extension: str = "", why: str = "", doubt: str = "") -> Line:
    """Return the line of a country code and a national number, as the plan has it today."""
    today, national, rule = country_rules.current_national(country, own)
    has_trunk_after_plus = digits.startswith("+") and len(digits) > len(f"+{country}{own}")
    return Line(
        key=f"+{today}{national}",
        digits=digits,
        e164=f"+{country}{own}",
        national=national,
        country=today,
        extension=extension,
        rule=rule or why,
        doubt=doubt,
        has_plus=digits.startswith("+"),
        digits_only=written.lstrip("+").isdigit(),
        local_only=False,
        alternatives=() if has_trunk_after_plus else tuple(country_rules.likely(today, national)),
    )


def code(digits: str, *, extension: str = "", bare: bool = True, local_only: bool = False, country: int = 0) -> Line:
    """Return a number that only equals itself: short, of a service, of no plan, or (`local_only`) a part of one."""
    return Line(
        key=f"={digits}",
        digits=digits,
        e164="",
        national=digits,
        country=country,
        extension=extension,
        rule="",
        has_plus=digits.startswith("+"),
        digits_only=bare,
        local_only=local_only,
    )
