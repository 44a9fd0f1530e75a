"""Reports of a busy month in both languages, with names of strangers that try everything, for a browser to open."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from callerid.catalogue import load
from callerid.config.load import load_config
from callerid.pages.report_html import report_html
from callerid.paths import installation_paths
from callerid.turns.open_context import open_app
from callerid.turns.views.report import report
from tests.report.busy_ledger import fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.turns.context import AppContext
    from tests.desks import QuickDesk

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE calls; --${page.title}",
    '=HYPERLINK("http://example.com")',
    "\x1b[2J\u202eevil",
    "javascript:alert(1)",
    "x" * 300,
    "佐藤" * 80,
    "&lt;b&gt; &amp; ]]> <!-- {{7*7}} <?python x ?>",
)


@contextmanager
def busy_app(desk: QuickDesk, calls: int = 400, days: int = 30, people: int = 30) -> Iterator[AppContext]:
    """Give an application context with a busy ledger."""
    environment = desk.environment()
    paths = installation_paths(environment)
    app = open_app(paths, load_config(paths.config_file), desk.runner(environment), environment)
    try:
        fill(app, NOW, calls, days=days, people=people, names=HOSTILE)
        yield app
    finally:
        app.close()


def html(app: AppContext, language: str = "en", *, days: int = 30, mask: bool = False) -> str:
    """Return the report of so many days in a language."""
    return report_html(report(replace(app, texts=load(language)), NOW - timedelta(days=days), NOW, mask=mask))


def write_pages(app: AppContext, folder: Path) -> list[Path]:
    """Write a report in each language, and return the files."""
    files = [folder / f"report-{language}.html" for language in ("en", "ja")]
    for file, language in zip(files, ("en", "ja"), strict=True):
        file.write_text(html(app, language), encoding="utf-8")
    return files
