"""A parsed number: a subscriber's line, or a code that equals only itself."""

from __future__ import annotations

from callerid.core.numbers import country_rules
from callerid.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A parsed number. `key` is the same for all spellings that surely mean this line."""

    key: str
    digits: str  # as written, without separators
    e164: str  # "" if it is not a subscriber's number: short and service codes, fragments
    national: str  # in today's plan
    country: int
    extension: str
    rule: str  # that was needed to read it, in words; or ""
    doubt: str = ""  # why this reading is not proven, or ""
    has_plus: bool  # written with a plus
    digits_only: bool  # written without separators, as networks and dialers give it
    local_only: bool  # may be dialled within its area only
    alternatives: tuple[tuple[str, str], ...] = ()  # keys of other lines that it may be, each with the reason


def subscriber(country: int, own: str, *, written: str, digits: str, extension: str = "", rule: str = "", doubt: str = "") -> Line:
    """Return the line of a country code and a national number, as the plan has it today."""
    e164, has_plus = f"+{country}{own}", digits[:1] == "+"
    is_old = country_rules.is_earlier(country, own)
    today, national, plan_rule = country_rules.current_national(country, own) if is_old else (country, own, "")
    may_be_old = is_old and not (has_plus and len(digits) > len(e164))  # no old one has a trunk prefix there
    return Line(
        key=f"+{today}{national}" if plan_rule else e164,
        digits=digits,
        e164=e164,
        national=national,
        country=today,
        extension=extension,
        rule=plan_rule or rule,
        doubt=doubt,
        has_plus=has_plus,
        digits_only=written.lstrip("+").isdigit(),
        local_only=False,
        alternatives=tuple(country_rules.possible_lines(today, national, digits)) if may_be_old else (),
    )


def code(digits: str, *, extension: str = "", digits_only: bool = True, local_only: bool = False, country: int = 0) -> Line:
    """Return a number that equals only itself: short, of a service, of no plan, or (`local_only`) a part of one."""
    return Line(
        key=f"={digits}",
        digits=digits,
        e164="",
        national=digits,
        country=country,
        extension=extension,
        rule="",
        has_plus=digits.startswith("+"),
        digits_only=digits_only,
        local_only=local_only,
    )
