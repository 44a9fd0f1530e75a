"""Times, durations and amounts in a person's words: the one place that words local time."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from callerid.catalogue import Catalogue

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_NO_CENTS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())  # ISO 4217, table A.1
_THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "BRL": "R$", "CNY": "CN¥"}


def duration(seconds: int, texts: Catalogue) -> str:
    """Return "3 min 12 s" for a number of seconds."""
    if seconds < _MINUTE:
        return texts.say("time.seconds", s=seconds)
    if seconds < _HOUR:
        return texts.say("time.minutes", m=seconds // _MINUTE, s=seconds % _MINUTE)
    return texts.say("time.hours", h=seconds // _HOUR, m=seconds % _HOUR // _MINUTE)


def ago(then: datetime, now: datetime, texts: Catalogue) -> str:
    """Return how long before `now` an aware time was, in days as a calendar in `now`'s zone counts them: "4 h ago", "yesterday"."""
    seconds = _elapsed(then, now)
    days = (now.date() - then.astimezone(now.tzinfo).date()).days
    if seconds < _MINUTE:
        return texts.say("time.now")
    if seconds < _HOUR:
        return texts.say("time.minutes_ago", n=seconds // _MINUTE)
    if days <= 0 or seconds < _HOUR * 6:
        return texts.say("time.hours_ago", n=seconds // _HOUR)
    return texts.say("time.yesterday") if days == 1 else texts.say("time.days_ago", n=days)


def age(then: datetime, now: datetime, texts: Catalogue) -> str:
    """Return the time between two aware times as "2 h"."""
    seconds = _elapsed(then, now)
    if seconds < _HOUR:
        return texts.say("time.age_minutes", n=seconds // _MINUTE)
    if seconds < 2 * _DAY:
        return texts.say("time.age_hours", n=seconds // _HOUR)
    return texts.say("time.age_days", n=seconds // _DAY)


def _elapsed(then: datetime, now: datetime) -> int:
    """Return the seconds that have passed. Python subtracts two times of one zone by their clocks, which are set back in autumn."""
    return max(0, int((now - then.astimezone(UTC)).total_seconds()))


def day(value: date, today: date, texts: Catalogue) -> str:
    """Return "30 Nov", with the year when it is not this one."""
    month = texts.say("time.months").split()[value.month - 1]
    name = "time.date" if value.year == today.year else "time.date_year"
    return texts.say(name, day=value.day, month=month, year=value.year)


def amount(value: Decimal, currency: str) -> str:
    """Return "€12,000" for an amount and its ISO 4217 currency, with its cents only where there are some."""
    decimals = 0 if currency in _NO_CENTS else 3 if currency in _THREE_DECIMALS else 2
    number = f"{value:,.{decimals}f}".removesuffix(f".{'0' * decimals}")
    number = "0" if number == "-0" else number  # the format "z" would load a second decimal, from Python 3.12 on, while it rings
    if currency in _SIGNS:
        return f"-{_SIGNS[currency]}{number[1:]}" if number.startswith("-") else f"{_SIGNS[currency]}{number}"
    return f"{currency} {number}".strip()


def moment(then: datetime, now: datetime, texts: Catalogue) -> str:
    """Return when an aware time was or will be, in `now`'s zone: "at 18:00", or "on 24 Nov at 18:00" on another day."""
    local = then.astimezone(now.tzinfo)
    if local.date() == now.date():
        return texts.say("time.at", time=clock_time(local))
    return texts.say("time.on", day=day(local.date(), now.date(), texts), time=clock_time(local))


def clock_time(local: datetime) -> str:
    """Return "18:00" for a local time."""
    return f"{local:%H:%M}"
