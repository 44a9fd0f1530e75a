"""The words that a report about a bug may show: those of the program, of Python and of what it stands on. They are nobody's."""

from __future__ import annotations

import ast
import builtins
import errno
import http.client
import keyword
import os
import sys
from functools import cache
from pathlib import Path

import callerid
from callerid.core.upkeep.pseudonyms import words_of
from callerid.dialer_strings import load_dialer_strings

_EXAMPLE = "Ana López"  # whom messages of the program name
_WITH_PEOPLE = "simulator"  # the people of the simulated portal have names
_LIBRARIES = ("click", "requests", "urllib3", "sqlite3", "sqlite_utils", "tomllib", "watchdog")
# What SQLite and Python's tracebacks say (Sources: sqlite3ErrStr in SQLite's main.c; traceback.py).
_SENTENCES = (
    "Traceback (most recent call last): File line in During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception: timed out connect read write timeout",
    "database is locked database disk image is malformed file is not a database unable to open database file disk I/O error",
    "attempt to write a readonly database no such table: no such column: database or disk is full constraint failed UNIQUE",
    "site-packages lib python3 local share state data com termux files usr home bin etc var log sv current storage",
    "Max retries exceeded with url HTTPConnectionPool HTTPSConnectionPool host port Failed to establish a new connection",
    "Connection refused Connection reset by peer Network is unreachable Name or service not known No address associated",
    "hubapi api https http crm objects v3 v4 search batch contacts companies deals calls tasks associations",
)


@cache
def program_words() -> frozenset[str]:
    """Return the words of what the program logs and answers: the texts and names in its source, without its documentation."""
    words: set[str] = set()
    folder = Path(callerid.__file__).parent
    for file in sorted(folder.rglob("*.py")):
        if file.relative_to(folder).parts[0] != _WITH_PEOPLE:
            words |= _words_of_source(file.read_text(encoding="utf-8"))
            words |= words_of(file.stem)
    for text in (*_SENTENCES, *_words_of_python()):
        words |= words_of(text)
    return frozenset(words - words_of(_EXAMPLE))


def dialer_words() -> frozenset[str]:
    """Return the words by which dialers say that a call comes in, in every language that is known."""
    return frozenset(words_of("\n".join(text for _, text in load_dialer_strings())))


def _words_of_source(source: str) -> set[str]:
    """Return the words of the names and texts of a module. Its docstrings and comments have examples, with people in them."""
    texts: list[str] = []
    docstrings: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and id(node) not in docstrings:
                texts.append(node.value)
        elif isinstance(node, ast.Attribute):
            texts.append(node.attr)
        elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            texts.append(getattr(node, "name", ""))
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr):
                docstrings.add(id(first.value))  # before the walk comes to it
        elif isinstance(node, ast.Name | ast.arg):
            texts.append(node.id if isinstance(node, ast.Name) else node.arg)
    return words_of("\n".join(set(texts)))


def _words_of_python() -> list[str]:
    names = [*keyword.kwlist, *dir(builtins), *errno.errorcode.values(), *sys.stdlib_module_names, *_LIBRARIES]
    messages = [*map(os.strerror, errno.errorcode), *http.client.responses.values()]
    return [*names, *messages, *map(os.fspath, _files_of_libraries())]


def _files_of_libraries() -> list[str]:
    """Return the names of the modules of the libraries that are loaded: they stand in tracebacks."""
    loaded = [name for name in sys.modules if name.split(".", 1)[0] in _LIBRARIES]
    return [part for name in loaded for part in name.split(".")]
