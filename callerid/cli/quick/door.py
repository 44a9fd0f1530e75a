"""The usual ways to type `status` and `lookup`, answered without click, which would take as long to load as the answer.

Everything else that can be typed is click's: options, help, completion, wrong words. It is chosen before anything is read or
written. The answers are those of the commands themselves; only what reads the words is another.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from callerid.cli.language.output import output_of
from callerid.cli.session import Edges, with_edges
from callerid.errors import CalleridError
from callerid.logs import handled_by

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

COMPLETION = "_CALLERID_COMPLETE"  # the variable by which a shell asks click for completions
_JSON = "--json"


def exit_code_of(words: Sequence[str], edges: Edges | None = None) -> int | None:
    """Answer a command, and return its exit code; None, and nothing is done, for one that click is to read. `edges` are those of
    the process where none are given."""
    answer = _answer(words)
    environ = edges.environment if edges else os.environ
    if answer is None or COMPLETION in environ:
        return None
    with output_of(environ), with_edges(edges), handled_by(_warnings_on_stderr):
        try:
            answer()
        except KeyboardInterrupt:
            sys.stderr.write("\n")
            return 130
        except BrokenPipeError:
            return _without_reader()
        except (CalleridError, OSError) as fault:
            from callerid.cli.language.faults import print_fault

            return print_fault(fault)
    return 0


def _answer(words: Sequence[str]) -> Callable[[], None] | None:
    """Return what answers the words of a command; None where click is to read them."""
    as_json = _JSON in words[1:]
    match [words[0], *(word for word in words[1:] if word != _JSON)] if words else []:
        case ["status"]:
            return lambda: _status(as_json=as_json)
        case ["lookup", who] if who and not who.startswith("-"):
            return lambda: _lookup(who, as_json=as_json)
    return None


def _status(*, as_json: bool) -> None:
    from callerid.cli.quick.status import answer

    answer(as_json=as_json)


def _lookup(who: str, *, as_json: bool) -> None:
    from callerid.cli.quick.lookup import answer

    answer(who, as_json=as_json)


def _warnings_on_stderr() -> AbstractContextManager[None]:
    from callerid.cli.language.warnings import warnings_on_stderr

    return warnings_on_stderr()


def _without_reader() -> int:
    """Return the exit code of a command whose reader has gone, and have Python's end not stumble over it, as click does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
