"""Phone numbers: the functions that other folders use. Two numbers are compared in `matching`, one is read in `parse`.

These are loaded when one of them is first used: with the numbering plans, they take longer to load than all the rest of a command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from callerid.core.numbers.matching import (
        RULES_VERSION,
        as_it_rings,
        dialable,
        display,
        e164,
        index_entries,
        index_keys,
        is_hidden,
        is_region,
        line_type,
        lookup_keys,
        match,
        national,
    )
else:

    def __getattr__(name: str) -> Any:
        """Return a function of `matching`."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from callerid.core.numbers import matching

        globals()[name] = found = getattr(matching, name)
        return found


__all__ = [
    "RULES_VERSION",
    "as_it_rings",
    "dialable",
    "display",
    "e164",
    "index_entries",
    "index_keys",
    "is_hidden",
    "is_region",
    "line_type",
    "lookup_keys",
    "match",
    "national",
]
