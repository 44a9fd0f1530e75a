"""Cells of a CSV file that people open in a spreadsheet."""

from __future__ import annotations

import re

from callerid.core.wording import safe_text

# A spreadsheet computes what begins like a formula, one in Japanese also with the wide signs. A number with a plus is none, and an
# import must read it as it is.
_FORMULA = re.compile(r"[=@\t\r\n\-＝＠－]|[+＋](?![\d\s().-]*$)")


def safe_cell(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula: with an apostrophe before it where it looks like one. It has
    no control characters but line breaks, because the file may be printed on a terminal."""
    shown = safe_text.clean(text, keep="\n")
    return f"'{shown}" if _FORMULA.match(text) or _FORMULA.match(shown) else shown
