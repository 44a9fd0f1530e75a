"""What a report's page is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.report.charts import Chart

_SHORT = 12  # rows of a table


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table, whose first column names its rows. `numbers` are the columns of numbers."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the page: what it says in a sentence, a chart, and the table behind it."""

    id: str
    title: str
    summary: str
    chart: Chart | None = None
    table: Table | None = None

    @property
    def is_open(self) -> bool:
        """Return whether the table is shown at once: there is nothing else to see, and not much of it."""
        return self.chart is None and self.table is not None and len(self.table.rows) <= _SHORT


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """A report as a page."""

    language: str
    title: str
    period: str
    made: str
    tiles: tuple[tuple[str, str], ...]  # what, and its value
    legend: tuple[tuple[str, str], ...]  # kinds of calls, and their names
    table_word: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How sync and delivery are."""

    last_sync: datetime | None
    last_poll: datetime | None
    contacts: int
    waiting: int  # deliveries on their way
    withdrawals: int  # what is to be withdrawn
    refused: int
    troubles: tuple[str, ...]  # sentences
