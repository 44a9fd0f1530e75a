"""What the simulated commands have in common: options as bash reads them, JSON as Android prints it, and never returning."""

from __future__ import annotations

import json
import os
import time
from typing import Any, NoReturn

_NEVER = 10**9


class Usage(Exception):
    """A command's words are off."""

    def __init__(self, out: str = "", err: str = "", code: int = 1) -> None:
        super().__init__(out, err)
        self.out, self.err, self.code = out, err, code


def pretty(value: Any) -> str:
    """Return JSON as android.util.JsonWriter prints it with an indent of two: an empty list is []."""
    return json.dumps(value, ensure_ascii=False, indent=2).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def getopts(command: str, flags: str, arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """Read short options as bash's getopts does. Raise Usage for an unknown one."""
    found: dict[str, str] = {}
    rest = list(arguments)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word == "--":
            break
        for place, letter in enumerate(word[1:], start=1):
            at = flags.find(letter)
            if at < 0 or letter == ":":
                raise Usage(out=f"{command}: illegal option -{letter}\n")
            if flags[at + 1 : at + 2] == ":":
                value = word[place + 1 :] or (rest.pop(0) if rest else None)
                if value is None:
                    raise Usage(out=f"{command}: option requires an argument -- {letter}\n")
                found[letter] = value
                break
            found[letter] = ""
    return found, rest


def hang(*, stubborn: bool = False, grandchild: bool = False) -> NoReturn:
    """Never return, as the client does when the app does not answer: it blocks in accept() and its parent waits."""
    import signal

    if stubborn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if grandchild and os.fork() == 0:
        os.setsid()  # out of the group: it keeps the pipes open even when the group is killed
        time.sleep(30)
        os._exit(0)
    while True:
        time.sleep(_NEVER)
