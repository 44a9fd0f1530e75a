"""Phone numbers: the functions that other folders use. Two numbers are compared in `matching`, one is read in `parse`."""

from callerid.core.numbers.matching import (
    RULES_VERSION,
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

__all__ = [
    "RULES_VERSION",
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
