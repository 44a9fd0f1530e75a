"""A number as the index of numbers writes it, which is told without the numbering plans."""

from __future__ import annotations

RULES = 9  # the version of our rules by which numbers are read: an index that was built by other ones is rebuilt
_FEWEST, _MOST = 7, 15  # digits
_MOST_IN_GROUPS = 13  # two numbers have more


def is_plain(raw: str) -> bool:
    """Return whether a raw number is a plus and 7 to 15 digits and nothing else, as the key of nearly every line is.

    It need not be the key of its own line: a trunk prefix may be in it, or an area code that has changed.
    """
    digits = raw[1:]
    return raw[:1] == "+" and digits.isascii() and digits.isdecimal() and digits[:1] != "0" and _FEWEST <= len(digits) <= _MOST


def plain(raw: str) -> str:
    """Return a raw number without the single spaces between its groups, if `is_plain` is true of it then; "" for any other.

    Such spaces mean nothing: the number has the key that it has without them.
    """
    written = raw.replace(" ", "")
    if not is_plain(written):
        return ""
    is_in_groups = len(written) <= 1 + _MOST_IN_GROUPS and "  " not in raw and raw[1] != " " and raw[0] == "+" and raw[-1] != " "
    return written if written == raw or is_in_groups else ""
