"""Warnings of the log, which a command shows on stderr."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING

from callerid.cli.language.output import fitted_to_terminal, shown
from callerid.core.wording.safe_text import clean
from callerid.errors import CalleridError

if TYPE_CHECKING:
    from collections.abc import Iterator


class WarningFormatter(logging.Formatter):
    """Words a record in the person's language, while the log keeps it in English."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as a line: the message that is its only argument, or else its text."""
        args = record.args
        said = args[0] if record.msg == "%s" and isinstance(args, tuple) and args else record.getMessage()
        told = said.told if isinstance(said, CalleridError) else said if isinstance(said, str) else str(said)
        return fitted_to_terminal(clean(f"callerid: {shown(told)}", keep="\n"), err=True)


@contextlib.contextmanager
def warnings_on_stderr() -> Iterator[None]:
    """Show warnings, except those about health: a command that fails prints the same fault at its end. What a command logs to ends
    with it."""
    logger = logging.getLogger("callerid")
    handlers, level = list(logger.handlers), logger.level
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.addFilter(lambda record: record.name != "callerid.health")
    handler.setFormatter(WarningFormatter())
    logger.addHandler(handler)
    try:
        yield
    finally:
        for ended in [ended for ended in logger.handlers if ended not in handlers]:
            logger.removeHandler(ended)
            with contextlib.suppress(OSError):  # what it still holds finds no room; the fault that is under way matters more
                ended.close()
        logger.setLevel(level)
