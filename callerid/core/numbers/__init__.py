"""Phone numbers: the names that other folders use. Matching is in `matching`, reading one raw number in `parse`."""

from callerid.core.numbers.matching import (
    RULES,
    asked,
    dialable,
    display,
    e164,
    entries,
    is_hidden,
    is_region,
    keys,
    line_type,
    match,
    national,
)

__all__ = [
    "RULES",
    "asked",
    "dialable",
    "display",
    "e164",
    "entries",
    "is_hidden",
    "is_region",
    "keys",
    "line_type",
    "match",
    "national",
]
