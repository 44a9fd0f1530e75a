"""By which rules numbers are read: our own, and those of the installed phonenumbers."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from callerid.core.numbers.plain import RULES

_LINE = "__version__ = "


@cache
def rules_version() -> str:
    """Return what `numbers.RULES_VERSION` is. The version of phonenumbers is read in its file, because loading it takes longer than
    looking up a number."""
    return f"{RULES} {_version_in_file() or _version()}"


def _version_in_file() -> str:
    """Return the version that the source of phonenumbers states, "" where there is no such line, or no source."""
    spec = find_spec("phonenumbers")
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        return ""
    with open(spec.origin, encoding="utf-8") as source:  # noqa: PTH123 - a path of Python's own
        line = next((line for line in source if line.startswith(_LINE)), "")
    return line.removeprefix(_LINE).strip().strip("\"'")


def _version() -> str:
    import phonenumbers

    return phonenumbers.__version__
