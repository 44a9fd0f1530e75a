"""Reads the messages out of the code and the commands, and keeps a catalogue for each language: NAME.po, which translators edit, and
NAME.mo, which is made of it and which the product reads."""

from __future__ import annotations

import ast
import io
import re
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from callerid import __version__
from callerid.catalogue import LANGUAGES
from callerid.cli.language.command_help import messages_of_command
from callerid.cli.main import _COMMANDS, callerid
from callerid.translation import DOMAIN, LOCALES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRANSLATED = tuple(language for language in LANGUAGES if language != "en")
CODE = LOCALES.parent
KEYWORDS = {"message": (1,), "template": (1,), "counted": (2, 3), "joined": (1,), "_setting": (3,)}
_MADE = datetime(2026, 11, 29, tzinfo=UTC)  # a file that did not change stays the same


def messages() -> Catalog:
    """Return the template of a catalogue: every message of the code and of the commands, in order."""
    found = Catalog(domain=DOMAIN, project=DOMAIN, version=__version__, creation_date=_MADE, revision_date=_MADE, charset="utf-8")
    for file in sorted(CODE.rglob("*.py")):
        for text in filter(_says_something, _texts_of_code(file)):
            found.add(text, locations=[(str(file.relative_to(CODE.parent)), 0)])
    for text in _texts_of_commands():
        found.add(text, locations=[("callerid/cli", 0)])
    return found


@cache
def code_of(file: Path) -> ast.Module:
    """Return the code of a file."""
    return ast.parse(file.read_text(encoding="utf-8"))


def _texts_of_code(file: Path) -> Iterator[str | tuple[str, ...]]:
    """Return the texts that code marks as messages. (Babel's own reader passes over a call within the brackets of another one.)"""
    for node in ast.walk(code_of(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            given = [node.args[place - 1] for place in KEYWORDS[node.func.id] if len(node.args) >= place]
            texts = tuple(str(each.value) for each in given if isinstance(each, ast.Constant))
            if texts:
                yield texts if len(texts) > 1 else texts[0]


def _says_something(text: str | tuple[str, ...]) -> bool:
    """Return whether there is something to translate in a template: words, the end of a sentence, or what stands in a list."""
    first = text if isinstance(text, str) else text[0]
    without_places = re.sub(r"\{[^}]*\}", "", first)
    return bool(re.search(r"[A-Za-z.(']", without_places)) or (bool(first.strip()) and first == without_places)


def _texts_of_commands() -> Iterator[str]:
    context = click.Context(callerid)
    yield from (summary for _, summary in _COMMANDS.values())
    yield from messages_of_command(callerid)
    for name in callerid.list_commands(context):
        command = callerid.get_command(context, name)
        assert command is not None
        yield from messages_of_command(command)


def po_file(language: str) -> Path:
    """Return the file that translators edit."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def catalogue(language: str) -> Catalog:
    """Return the catalogue of a language as it is."""
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN, abort_invalid=True)


def updated(language: str, template: Catalog) -> Catalog:
    """Return the catalogue of a language with exactly the messages of the template; new ones have no translation."""
    made = Catalog(
        locale=language,
        domain=DOMAIN,
        project=DOMAIN,
        version=__version__,
        creation_date=_MADE,
        revision_date=_MADE,
        charset="utf-8",
    )
    known = catalogue(language) if po_file(language).exists() else made
    for entry in template:
        if entry.id:
            before = known.get(entry.id)
            made.add(entry.id, before.string if before else "", locations=sorted(set(entry.locations)))
    return made


def is_translated(entry: Message) -> bool:
    """Return whether an entry has its translation, in every plural form."""
    return bool(entry.string) and all(entry.string or ())


def po_bytes(made: Catalog) -> bytes:
    """Return a catalogue as translators edit it."""
    text = io.BytesIO()
    write_po(text, made, width=130, sort_output=True, include_lineno=False)
    return text.getvalue()


def mo_bytes(made: Catalog) -> bytes:
    """Return a catalogue as the product reads it: what counts several things has an entry of its own as well, because a stored text is
    recognised by what it was made of, and gettext keeps only the text for one thing."""
    compiled = io.BytesIO()
    complete = deepcopy(made)
    for entry in made:
        if entry.pluralizable and entry.id[1] not in made:
            complete.add(entry.id[1], entry.string[-1] if entry.string else "")
    write_mo(compiled, complete)
    return compiled.getvalue()
