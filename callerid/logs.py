"""The logs. `logging` is loaded at the first record: most commands log nothing, and it takes as long to load as their answer."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from logging import Logger

    log: Logger  # what happens
    health: Logger  # when a source or an effect breaks, and when it works again
else:

    class _Log:
        """The logger of a name, which is looked up when it is used."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, method: str) -> Any:
            import logging

            while _at_first_record:
                _at_first_record.pop()()
            return getattr(logging.getLogger(self._name), method)

    log, health = _Log("callerid"), _Log("callerid.health")

_at_first_record: list[Callable[[], object]] = []


@contextmanager
def handled_by(handlers: Callable[[], AbstractContextManager[object]]) -> Iterator[None]:
    """Enter what a function returns before the first record inside is logged, and leave it at the end; neither without a record."""
    with ExitStack() as entered:

        def enter() -> None:
            entered.enter_context(handlers())

        _at_first_record.append(enter)
        try:
            yield
        finally:
            if enter in _at_first_record:
                _at_first_record.remove(enter)
