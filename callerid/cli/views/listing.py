"""What commands that print a list share: the width of a table, and CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import click

from callerid.cli.language.output import terminal_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NOT_A_TERMINAL = 200  # places: nothing is cut where a program reads


def width() -> int:
    """Return how many places a line has: the terminal's, and many where the answer goes elsewhere."""
    return terminal_columns() or _NOT_A_TERMINAL


def print_csv(rows: Iterable[Sequence[str]]) -> None:
    """Print rows as CSV on stdout. Half a surrogate pair, which UTF-8 cannot write, is replaced."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    click.echo(text.getvalue().encode("utf-8", "replace"), nl=False)
