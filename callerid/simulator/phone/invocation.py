"""One run of a simulated command: what it may use of the process that it is, or would be."""

from __future__ import annotations

import abc
import json

TYPE_CHECKING = False  # see state.py
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, NoReturn, TypeVar

    from callerid.simulator.phone.state import State

    Found = TypeVar("Found")

BY_SHELL = "CALLERID_SIMULATED_SHELL"  # set in the environment of what runs as another user: "su" or "rish"


class Failure(Exception):
    """The command ends now, with this output and status."""

    def __init__(self, out: str = "", err: str = "", code: int = 1) -> None:
        super().__init__(out, err, code)
        self.out, self.err, self.code = out, err, code


class Invocation(abc.ABC):
    """A command's name and words, and its process: real (`process.py`) or played in the process of a test (`runner.py`)."""

    def __init__(self, state: State, name: str, arguments: list[str], environment: Mapping[str, str], pid: int) -> None:
        self.state, self.name, self.arguments, self.environment, self.pid = state, name, arguments, environment, pid

    @abc.abstractmethod
    def stdin(self, seconds: float | None = None) -> str:
        """Return the input up to its end; "" when none begins within `seconds`."""

    @abc.abstractmethod
    def write(self, *lines: str) -> None:
        """Print lines at once, not at the end."""

    @abc.abstractmethod
    def wait(self, look: Callable[[], Found | None]) -> Found:
        """Wait until `look` returns something true, and return that."""

    @abc.abstractmethod
    def sleep(self, seconds: float) -> None:
        """Let time pass."""

    @abc.abstractmethod
    def hang(self, *, stubborn: bool = False, grandchild: bool = False) -> NoReturn:
        """Never return, as the client does when the app does not answer: it blocks in accept() and its parent waits."""

    @abc.abstractmethod
    def run_line(self, line: str, shell: str) -> tuple[str, int]:
        """Run a shell's line as the user of `shell`, "su" or "rish", and return what it prints and its status."""


def pretty(value: Any) -> str:
    """Return JSON as android.util.JsonWriter prints it with an indent of two: an empty list is []."""
    return json.dumps(value, ensure_ascii=False, indent=2).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def getopts(command: str, flags: str, arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """Read short options as bash's getopts does. Raise Failure for an unknown one."""
    options: dict[str, str] = {}
    rest = list(arguments)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word == "--":
            break
        for place, letter in enumerate(word[1:], start=1):
            at = flags.find(letter)
            if at < 0 or letter == ":":
                raise Failure(out=f"{command}: illegal option -{letter}\n")
            if flags[at + 1 : at + 2] == ":":
                value = word[place + 1 :] or (rest.pop(0) if rest else None)
                if value is None:
                    raise Failure(out=f"{command}: option requires an argument -- {letter}\n")
                options[letter] = value
                break
            options[letter] = ""
    return options, rest
