"""Answers of commands with --json (docs/json.md), and what is wrong with JSON that was given to a command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callerid.cli.language.output import print_exactly
from callerid.messages import message
from callerid.token_scopes import remedy_of, without_it

if TYPE_CHECKING:
    from callerid.core.sync.by_export import ExportTrouble
    from callerid.models import MissingScope


def missing_scope_json(missing: MissingScope) -> dict[str, object]:
    """Return a scope that the token lacks as `--json` shows it (docs/json.md)."""
    as_of = missing.as_of.isoformat() if missing.as_of else None
    return {"scope": missing.scope, "says": without_it(missing.scope), "as_of": as_of, "remedy": remedy_of(missing.scope)}


def no_export_json(trouble: ExportTrouble | None) -> dict[str, object] | None:
    """Return why a full sync read lists as `--json` shows it (docs/json.md)."""
    return {"says": trouble.why, "at": trouble.at.isoformat(), "remedy": trouble.remedy} if trouble else None


def print_json(value: object) -> None:
    """Print the answer of a command with --json (docs/json.md) on stdout."""
    print_exactly(json_text(value, indent=2))


def json_text(value: object, *, indent: int | None = None) -> str:
    """Return a value as JSON that can be printed. Half a surrogate pair is replaced: JSON can name one, UTF-8 cannot write it."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "replace").decode("utf-8")


_JSON_FAULTS = (
    ("Expecting value", message("a value is missing, or is not JSON")),
    ("Expecting ',' delimiter", message("a comma or a closing bracket is missing")),
    ("Expecting ':' delimiter", message("a colon is missing")),
    ("Expecting property name", message("a name in double quotes is missing")),
    ("Unterminated string", message("a text has no closing quote")),
    ("Invalid control character", message("a text goes over the end of its line, or has another control character")),
    ("Invalid \\", message("a backslash in a text is followed by what it cannot be")),
    ("Extra data", message("something follows its end")),
    ("Illegal trailing comma", message("there is a comma too many")),
)


def json_fault(error: Exception) -> str:
    """Return what is wrong with a text that json.loads did not read, and where."""
    if not isinstance(error, json.JSONDecodeError):
        return message("it is nested too deeply") if isinstance(error, RecursionError) else message("a number in it is too long")
    if not error.doc.strip():
        return message("it is empty")
    what = next((ours for theirs, ours in _JSON_FAULTS if error.msg.startswith(theirs)), message("it is not JSON"))
    if "\n" in error.doc.strip():
        return message("{what} (line {line}, character {place})", what=what, line=error.lineno, place=error.colno)
    return message("{what} (character {place})", what=what, place=error.colno)
