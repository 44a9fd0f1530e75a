"""What the log may show of numbers and of texts that may quote them."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\+?\d[\d ()./-]{5,}\d")
_LONGEST_FULLY_MASKED = 6  # of a number so short, two digits would be half of it


def masked_number(number: str) -> str:
    """Return the last two digits of a raw number, `…67`; none of a short one."""
    return f"…{number[-2:]}" if len(number) > _LONGEST_FULLY_MASKED else "…"


def masked_text(text: str) -> str:
    """Return a text with every number in it replaced by `…`."""
    return _NUMBER.sub("…", text)
