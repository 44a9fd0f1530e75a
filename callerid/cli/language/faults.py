"""How a command ends that cannot go on: its fault and the remedy on stderr, and its exit code."""

from __future__ import annotations

import errno
import re
import shlex

import click

from callerid.cli.language.output import echo, language, print_fitted, shown
from callerid.errors import CalleridError, DiskFull, StoreFault
from callerid.messages import joined, message, os_reason

_WORDS = re.compile(r"'[-\w.|{}\[\]]+'(?:(?:, | / )'[-\w.|{}\[\]]+')*(\.(?=\s|$))?", re.ASCII)


def print_fault(fault: CalleridError | OSError) -> int:
    """Print a fault as its sentence and its remedy, and return the exit code."""
    if isinstance(fault, OSError):
        return _print_file_fault(fault)
    _print_sentence(fault.sentence)
    if fault.remedy:
        echo(fault.remedy, err=True)
    return fault.exit_code


def _print_sentence(sentence: str) -> None:
    print_fitted(f"callerid: {shown(sentence)}", err=True)


def _print_file_fault(fault: OSError) -> int:
    """Print that a file cannot be used, with a remedy, and return the exit code. Most are said better where they are met."""
    is_full = fault.errno in (errno.ENOSPC, errno.EDQUOT)
    name = str(fault.filename or "")
    _print_sentence(message("{name} cannot be used: {reason}.", name=name or message("A file"), reason=os_reason(fault)))
    if is_full:
        echo(message("Free some space on the phone; see how much there is: df -h"), err=True)
    else:
        echo(
            message("See what it is, and who may use it: ls -ld {quote}", quote=shlex.quote(name))
            if name
            else message("See: callerid doctor"),
            err=True,
        )
    return DiskFull.exit_code if is_full else StoreFault.exit_code


def print_fault_of_click(fault: click.ClickException) -> int:
    """Print what click says of what was typed, with how the command is used, and return the exit code."""
    language()
    fault.message = shown(fault.message)  # type: ignore[misc]  # it was worded when nobody knew the language yet
    said = fault.format_message()
    context: click.Context | None = getattr(fault, "ctx", None)
    if language() != "en":
        from callerid.cli.language.command_help import with_usage_in_language

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
