"""What commands that print a list share: the time since which, the width of a table, and CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import click

from callerid.cli.language.output import terminal_columns
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from callerid.turns.context import AppContext

_NOT_A_TERMINAL = 200  # places: nothing is cut where a program reads


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


def width() -> int:
    """Return how many places a line has: the terminal's, and many where the answer goes elsewhere."""
    return terminal_columns() or _NOT_A_TERMINAL


def print_csv(rows: Iterable[Sequence[str]]) -> None:
    """Print rows as CSV on stdout. Half a surrogate pair, which UTF-8 cannot write, is replaced."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    click.echo(text.getvalue().encode("utf-8", "replace"), nl=False)
