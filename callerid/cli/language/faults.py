"""How a command ends that cannot go on: its fault and the remedy on stderr, and its exit code."""

from __future__ import annotations

import errno
import shlex

from callerid.cli.language.output import echo, print_fitted, shown
from callerid.errors import CalleridError, DiskFull, StoreFault
from callerid.messages import message, os_reason


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
