"""A time that an option of a command names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.messages import message

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.context import AppContext


def moment(app: AppContext, text: str, now: datetime) -> datetime | None:
    """Return the moment that an option names, None for "". Raise UsageFault when it names none, or one before any phone's calls."""
    from callerid.core.time_words import FIRST_PHONES, is_before_phones, read_moment
    from callerid.errors import UsageFault

    named = read_moment(text, app.local_time(now)) if text else None
    if text and named is None:
        raise UsageFault(
            message("{text!r} is not a time.", text=text),
            remedy=message("Write 12h, 30d, 2w, today, yesterday, 2026-11-01 or '2026-11-01 14:00'"),
        )
    if named and is_before_phones(named):
        raise UsageFault(
            message("{text!r} is before {year}, and no Android phone is that old.", text=text, year=FIRST_PHONES),
            remedy=message("Write the year with its four digits, or a later one: 2026-11-01"),
        )
    return named
