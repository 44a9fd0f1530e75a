"""A person at a terminal."""

from __future__ import annotations

import os
import pty
import select
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

_PATIENCE = 20.0  # seconds


def typed(command: Callable[[BinaryIO], int], *answers: tuple[str, str]) -> str:
    """Run a command at a terminal, with a person who waits for each prompt and answers it, and return what was on the screen."""
    own, other = pty.openpty()
    person = _Person(own, answers)
    person.start()
    try:
        with open(other, "r+b", buffering=0, closefd=False) as file:
            status = command(file)
    finally:
        os.close(other)
        person.join()
    assert person.waits_for is None, f"no prompt {person.waits_for!r}: {person.screen}"
    assert status == 0, person.screen
    return person.screen


class _Person(threading.Thread):
    """Somebody with limited patience: when it ends, the terminal is closed, which ends the command."""

    def __init__(self, terminal: int, answers: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._terminal, self._answers = terminal, answers
        self.screen = ""
        self.waits_for: str | None = None

    def run(self) -> None:
        try:
            for prompt, answer in self._answers:
                self.waits_for = prompt
                self._read(prompt)
                os.write(self._terminal, f"{answer}\n".encode())
            self.waits_for = None
            self._read(None)
        except TimeoutError:
            return
        finally:
            os.close(self._terminal)

    def _read(self, prompt: str | None) -> None:
        """Read up to a prompt, or to the end."""
        printed = b""
        while prompt is None or not printed.decode("utf-8", "replace").rstrip().endswith(prompt):
            if not select.select([self._terminal], [], [], _PATIENCE)[0]:
                raise TimeoutError
            try:
                chunk = os.read(self._terminal, 4096)
            except OSError:  # the other end is closed: the command has ended
                break
            printed += chunk
        self.screen += printed.decode("utf-8", "replace")
