"""`python -m callerid`, where the launcher in bin/ enters, and the command `callerid`."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from callerid import __version__

if TYPE_CHECKING:
    from types import TracebackType


def main() -> None:
    """Run the command `callerid`. Its version, and what `callerid.cli.quick` answers, are told without what a command needs."""
    _open_closed_streams()
    sys.excepthook = _print_crash
    if sys.argv[1:] == ["--version"]:
        _print_version()
        return
    gc.disable()  # a process that ends at once has nothing to collect, and would look through all that is loaded
    import callerid.records  # noqa: F401 - before anything else imports dataclasses
    from callerid.cli.quick.door import exit_code_of

    code = exit_code_of(sys.argv[1:])
    if code is not None:
        gc.freeze()  # nor has its end
        sys.exit(code)
    gc.enable()
    from callerid.cli.main import main as run

    run()


def _print_version() -> None:
    from callerid.cli.language.output import echo, output_of
    from callerid.messages import message

    with output_of(os.environ):
        echo(message("callerid, version {version}", version=__version__))


def _print_crash(kind: type[BaseException], crash: BaseException, trace: TracebackType | None) -> None:
    """Print an error that nobody foresaw as Python does, but for secrets that its words may quote."""
    import traceback

    from callerid.credentials import without_secrets

    sys.stderr.write(without_secrets("".join(traceback.format_exception(kind, crash, trace))))


def _open_closed_streams() -> None:
    """Have a command that was started without a standard stream, as `callerid status >&-` is, write to nowhere and read nothing:
    Python has None in place of such a stream, and the next file that is opened would take its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


if __name__ == "__main__":
    main()
