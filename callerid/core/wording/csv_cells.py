"""Cells of a CSV file that people open in a spreadsheet."""

from __future__ import annotations

import re

# A spreadsheet computes what begins like a formula, one in Japanese also with the wide signs. A number with a plus is none, and an
# import must read it as it is.
_FORMULA = re.compile(r"[=@\t\r\n\-＝＠－]|[+＋](?![\d\s().-]*$)")


def safe_cell(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula: with an apostrophe before it where it looks like one."""
    return f"'{text}" if _FORMULA.match(text) else text
