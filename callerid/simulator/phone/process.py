"""A simulated command as a process: started by small wrappers as `python -I -S process.py NAME FOLDER ARGUMENTS`.

Only what is needed is imported: the genuine commands take half a second, but tests and a desk should not.
"""

from __future__ import annotations

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))))

from callerid.simulator.phone.commands import perform
from callerid.simulator.phone.invocation import BY_SHELL, Invocation
from callerid.simulator.phone.state import FileState

TYPE_CHECKING = False  # see state.py
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn, TypeVar

    Result = TypeVar("Result")

_NEVER = 10**9


class ProcessInvocation(Invocation):
    """The process that this is."""

    def __init__(self, name: str, folder: str, arguments: list[str]) -> None:
        super().__init__(FileState(folder), name, arguments, os.environ, os.getpid())
        self._folder = folder

    def stdin(self, seconds: float | None = None) -> str:
        """Return the input up to its end."""
        if seconds is not None:
            import select

            ready, _, _ = select.select([sys.stdin], [], [], seconds)
            if not ready:
                return ""
        return sys.stdin.buffer.read().decode("utf-8", "surrogateescape")

    def write(self, *lines: str) -> None:
        """Print lines at once."""
        for line in lines:
            sys.stdout.buffer.write(line.encode("utf-8", "surrogateescape"))
        sys.stdout.buffer.flush()

    def wait(self, look: Callable[[], Result | None]) -> Result:
        """Wait until `look` returns something true."""
        return self.state.wait(look)

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)

    def hang(self, *, stubborn: bool = False, grandchild: bool = False) -> NoReturn:
        """Never return."""
        import signal

        if stubborn:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if grandchild and os.fork() == 0:
            os.setsid()  # out of the group: it keeps the pipes open even when the group is killed
            time.sleep(30)
            os._exit(0)
        while True:
            time.sleep(_NEVER)

    def run_line(self, line: str, shell: str) -> tuple[str, int]:
        """Become a real shell, with the simulated system before the real one."""
        system, data = os.path.join(self._folder, "system"), os.path.join(self._folder, "data")
        line = line.replace("/system/bin/", f"{system}/bin/").replace("/data/", f"{data}/")
        environment = {**os.environ, BY_SHELL: shell, "PATH": f"{system}/bin:/usr/bin:/bin"}
        sys.stdout.flush()
        os.execve("/bin/sh", ["sh", "-c", line], environment)  # noqa: S606


def main() -> None:
    """Run the command that the first argument names."""
    name, folder, *arguments = sys.argv[1:]
    out, err, code = perform(ProcessInvocation(name, folder, arguments))
    sys.stdout.buffer.write(out.encode("utf-8", "surrogateescape"))
    sys.stdout.flush()
    sys.stderr.buffer.write(err.encode("utf-8", "surrogateescape"))
    sys.exit(code)


if __name__ == "__main__":
    main()
