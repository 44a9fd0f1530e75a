"""What `--help` says, in the person's language: paragraphs and options are messages, examples and what is typed are not."""

from __future__ import annotations

import copy
import inspect
import re
import shutil
from typing import TYPE_CHECKING, TypeVar

import click

from callerid.catalogue import load
from callerid.cli.language.output import language, shown
from callerid.cli.language.usage import with_usage_in_language
from callerid.core.wording.table import places, wrapped
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_EXAMPLE = "Example: "
_ON_A_SCREEN = "callerid simulate "
_BELOW = 6  # columns before what an option means, where that is below it
_NARROW = 60  # columns, below which click leaves no room beside an option, and below 50 takes the terminal for wider than it is
_TYPES = {
    "text": message("TEXT"),
    "integer range": message("INTEGER RANGE"),
    "float": message("FLOAT"),
    "float range": message("FLOAT RANGE"),
}
_C = TypeVar("_C", bound=click.Command)


def messages_of_command(command: click.Command) -> Iterator[str]:
    """Return every message in the help of a command and of those below it."""
    yield from (paragraph for paragraph in _paragraphs(command.help or "") if not paragraph.startswith(_EXAMPLE))
    yield from (option.help for option in command.params if isinstance(option, click.Option) and option.help)
    for name, below in command.commands.items() if isinstance(command, click.Group) else ():
        del name
        yield from messages_of_command(below)


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a help text, each in one line."""
    return [" ".join(paragraph.split()) for paragraph in inspect.cleandoc(text).split("\n\n")]


def in_language_of_output(group: click.Group) -> click.Group:
    """Return a group whose help, and that of the commands below it, is in the person's language and fits the terminal; itself where
    that is English on a terminal for which click can write."""
    return group if language() == "en" and _columns() >= _NARROW else _translated(group)


def _columns() -> int:
    return shutil.get_terminal_size().columns


def _translated(command: _C) -> _C:
    other = with_usage_in_language(command)
    other.help = "\n\n".join(map(_shown_paragraph, _paragraphs(command.help or "")))
    other.params = [_translated_option(option) for option in command.params]
    other.context_class = _Context
    other.get_short_help_str = lambda *_: _first_sentence(other.help or "")  # type: ignore[method-assign]
    if isinstance(other, click.Group):
        found = other.get_command
        other.get_command = lambda context, name: _translated(below) if (below := found(context, name)) else None  # type: ignore[method-assign, assignment]
    return other


def _first_sentence(text: str) -> str:
    """Return the first sentence of a help text, whole: click cuts it at spaces, and Japanese has none."""
    paragraph = (_paragraphs(text) or [""])[0]
    return re.split(r"(?<=。)|(?<=\.) ", paragraph, maxsplit=1)[0]


def _shown_paragraph(paragraph: str) -> str:
    if paragraph.startswith(_EXAMPLE):
        return shown(message("Example: {command}", command=_with_labels(paragraph.removeprefix(_EXAMPLE))))
    return shown(message(paragraph))


def _with_labels(example: str) -> str:
    """Return an example in which the label of a button or an outcome is the one that the person's screen has."""
    if not example.startswith(_ON_A_SCREEN):
        return example
    english, spoken = load("en").texts, load(language()).texts
    labels = {english[key]: spoken[key] for key in english if key.startswith(("button.", "outcome."))}
    return " ".join(labels.get(word, word) for word in example.split(" "))


def _translated_option(option: click.Parameter) -> click.Parameter:
    other = copy.copy(option)
    if isinstance(other, click.Option) and other.help:
        other.help = shown(message(other.help))
        other.metavar = other.metavar or (shown(_TYPES[other.type.name]) if _takes_value(other) else None)
    return other


def _takes_value(option: click.Option) -> bool:
    return not (option.is_flag or option.count) and option.type.name in _TYPES


class _Formatter(click.HelpFormatter):
    """Wraps texts that have no spaces, by the places that they take, and those for a narrow terminal."""

    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        columns = _columns()
        super().__init__(indent_increment, width or (columns - 2 if columns < _NARROW else None), max_width)

    def write_text(self, text: str) -> None:
        """Write paragraphs, indented and wrapped."""
        indent = " " * self.current_indent
        paragraphs = [wrapped(paragraph, max(self.width - self.current_indent, 11)) for paragraph in _paragraphs(text)]
        self.write("\n\n".join("\n".join(indent + line for line in lines) for lines in paragraphs) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write terms, each with what it means beside it, or below it where the term is long."""
        rows = list(rows)
        most = col_max if self.width > _NARROW - 2 else _BELOW
        first = min(max((places(term) for term, _ in rows), default=0), most) + col_spacing
        width = max(self.width - first - 2, 10)
        for term, meaning in rows:
            indent = " " * self.current_indent
            begins = f"{indent}{term}" + (" " * (first - places(term)) if places(term) <= first - col_spacing else "\n")
            lines = wrapped(meaning, width) if meaning else []
            rest = f"\n{indent}{' ' * first}"
            at_once = begins if not begins.endswith("\n") else f"{begins}{indent}{' ' * first}"
            self.write((at_once + rest.join(lines)).rstrip() + "\n" if lines else f"{indent}{term}\n")


class _Context(click.Context):
    formatter_class = _Formatter
