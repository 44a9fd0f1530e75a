"""What is said of a command that was typed wrongly: how it is used, and what is wrong, in the person's language."""

from __future__ import annotations

import copy
import re
from typing import TypeVar

import click

from callerid.cli.language.output import language, shown
from callerid.messages import joined, message

_WORDS = re.compile(r"'[-\w.|{}\[\]]+'(?:(?:, | / )'[-\w.|{}\[\]]+')*(\.(?=\s|$))?", re.ASCII)
_C = TypeVar("_C", bound=click.Command)


def with_usage_in_language(command: _C) -> _C:
    """Return a command whose usage says in the person's language that options, and a command below it, may follow."""
    other = copy.copy(command)
    other.options_metavar = shown(message("[OPTIONS]"))
    if isinstance(other, click.Group):
        other.subcommand_metavar = shown(message("COMMAND [ARGS]..."))
    return other


def print_fault_of_click(fault: click.ClickException) -> int:
    """Print what click says of what was typed, with how the command is used, and return the exit code. Of a group that was typed
    alone it says the help, which is no fault."""
    if isinstance(fault, click.exceptions.NoArgsIsHelpError):
        fault.show()
        return fault.exit_code
    language()
    fault.message = shown(fault.message)  # type: ignore[misc]  # it was worded when nobody knew the language yet
    said = fault.format_message()
    context: click.Context | None = getattr(fault, "ctx", None)
    if language() != "en":
        said = _as_written(said)
        if context:
            context.command = with_usage_in_language(context.command)
    click.UsageError(said, context).show()
    return fault.exit_code


def _as_written(said: str) -> str:
    """Return what click put together of translated parts, with the quotation marks, commas, spaces and full stops of the person's
    language: click has those of English in its code."""
    return re.sub(r"(?<=[。」）]) (?=\S)", "", _WORDS.sub(_quoted, said))


def _quoted(found: re.Match[str]) -> str:
    words = joined(", ", [message("'{word}'", word=word) for word in re.findall(r"'([^']+)'", found[0])])
    return shown(message("{says}.", says=words) if found[1] else words)
