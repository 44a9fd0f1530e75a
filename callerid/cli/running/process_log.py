"""The log of the process that runs the daemon or its turns: a file of bounded size, and so many lines a minute."""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys
import time
from typing import TYPE_CHECKING

from callerid import files
from callerid.cli.language.output import print_text, shown
from callerid.core.upkeep.log_budget import LogBudget
from callerid.credentials import without_secrets
from callerid.messages import message, os_reason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LOG_BYTES = 500_000
_LONGEST_KIND = 80  # characters


class LimitedLog(logging.Handler):
    """Hands records to other handlers as long as the budget allows, and says on one line how many it left out."""

    def __init__(self, budget: LogBudget, handlers: Sequence[logging.Handler]) -> None:
        super().__init__()
        self._budget, self._handlers = budget, handlers
        self._formatter = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or count it as left out."""
        now = time.monotonic()
        if self._budget.is_over(now):
            self._tell_left_out()
        if self._budget.take(_kind(record), self._formatter.format(record).count("\n") + 1, now):
            self._write(record)

    def close(self) -> None:
        """Say what was left out last, and close the other handlers."""
        self._tell_left_out()
        for handler in self._handlers:
            handler.close()
        super().close()

    def _tell_left_out(self) -> None:
        line = self._budget.tell_left_out()
        if line:
            self._write(logging.LogRecord("callerid", logging.WARNING, "", 0, "%s", (line,), None))

    def _write(self, record: logging.LogRecord) -> None:
        for handler in self._handlers:
            handler.handle(record)


class _Line(logging.Formatter):
    """A record as a line with its time, and without secrets, whatever an error of a library quotes."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the lines of a traceback."""
        return without_secrets(super().format(record))


def _kind(record: logging.LogRecord) -> str:
    """Return what records about the same thing have in common: their text without its values, where it has any."""
    text = str(record.msg)
    return (record.getMessage() if text == "%s" else text)[:_LONGEST_KIND]


def log_to(file: Path, *, verbose: bool) -> None:
    """Write the log of this process into a file of bounded size and to stderr; what cannot be logged stops nothing."""
    os.umask(0o077)  # for every file of this process, also the log file after its rotation
    logging.raiseExceptions = False  # a line that cannot be written is lost, and no traceback for each says so
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    try:
        os.close(files.opened(file, os.O_WRONLY | os.O_CREAT, or_device=True))
        rotating = logging.handlers.RotatingFileHandler(
            file, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", errors="replace"
        )
        handlers.append(rotating)
    except OSError as fault:
        print_text(
            "callerid: "
            + shown(
                message("{file} cannot be written ({reason}), so nothing is logged there.", file=file, reason=os_reason(fault))
            ),
            err=True,
        )
    for handler in handlers:
        handler.setFormatter(_Line("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    logger = logging.getLogger("callerid")
    logger.handlers.clear()
    logger.addHandler(LimitedLog(LogBudget(), handlers))
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
