"""A report as one HTML file, which asks for nothing from elsewhere. Chameleon escapes whatever is put into the template."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chameleon import PageTemplateFile

if TYPE_CHECKING:
    from callerid.core.report.layout import ReportPage


@cache
def _template() -> PageTemplateFile:
    return PageTemplateFile(str(Path(__file__).with_name("report.pt")))


def report_html(page: ReportPage) -> str:
    """Return the page as HTML."""
    return str(_template()(page=page))
