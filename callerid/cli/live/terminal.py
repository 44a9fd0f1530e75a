"""A terminal that shows a picture in place of another one, and waits for keys, signals and whoever wakes it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import termios
import time
import tty
from typing import TYPE_CHECKING

from callerid.core.live.picture import LineStyle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

    from callerid.core.live.picture import ScreenLine

# Another screen, without a cursor; and back. A terminal that has no other screen, as GNU screen by default, leaves the picture
# there, and what comes next begins below it.
_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\r\n\x1b[?1049l"
_HOME, _END_OF_LINE, _REST = "\x1b[H", "\x1b[K", "\x1b[J"
_COLOURS = {LineStyle.TITLE: "\x1b[1m", LineStyle.TROUBLE: "\x1b[31m", LineStyle.DIM: "\x1b[2m"}
_PLAIN = "\x1b[0m"
# Ctrl-C too: whoever started this in the background had it ignored, and Python leaves that so
_LEAVING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_CHUNK = 4096


class LiveTerminal:
    """The terminal of this process: see `live_terminal`."""

    def __init__(self, *, has_colours: bool) -> None:
        self._keys, self._screen = sys.stdin.fileno(), sys.stdout.fileno()
        self._has_colours = has_colours
        self._woken, self._wakes = os.pipe()
        for end in (self._woken, self._wakes):
            os.set_blocking(end, False)
        self._modes = termios.tcgetattr(self._keys)
        self.is_to_leave = False

    @property
    def size(self) -> tuple[int, int]:
        """The columns and rows that it has now."""
        columns, rows = os.get_terminal_size(self._screen)
        return columns or 80, rows or 24  # a terminal that does not know says 0

    def wake(self) -> None:
        """End `wait` now, or at its beginning; from any thread."""
        with contextlib.suppress(BlockingIOError):  # it is full, so the wait ends anyway
            os.write(self._wakes, b"\0")

    def wait(self, seconds: float, *, for_keys_only: bool = False) -> str:
        """Wait at most so many seconds for a key, a signal or `wake`, and return the keys that were pressed."""
        sources = [self._keys] if for_keys_only else [self._keys, self._woken]
        ready = select.select(sources, [], [], max(seconds, 0.0))[0]
        if self._woken in ready:
            with contextlib.suppress(BlockingIOError):
                while os.read(self._woken, _CHUNK):
                    pass
        if self._keys not in ready:
            return ""
        keys = b""
        with contextlib.suppress(OSError):
            keys = os.read(self._keys, _CHUNK)
        self.is_to_leave = self.is_to_leave or not keys  # the terminal is gone
        return keys.decode("utf-8", "replace")

    def draw(self, lines: Iterable[ScreenLine]) -> None:
        """Show lines in place of what is there."""
        shown = f"{_END_OF_LINE}\r\n".join(map(self._styled, lines))
        try:
            self._write(f"{_HOME}{shown}{_END_OF_LINE}{_REST}")
        except OSError:  # the terminal is gone
            self.is_to_leave = True

    def _styled(self, line: ScreenLine) -> str:
        colour = _COLOURS.get(line.style) if self._has_colours else None
        return f"{colour}{line.text}{_PLAIN}" if colour else line.text

    def enter(self) -> None:
        """Take another screen, and read keys one by one."""
        tty.setcbreak(self._keys)
        self._write(_ENTER)

    def leave(self) -> None:
        """Give the terminal back as it was."""
        with contextlib.suppress(OSError, termios.error):  # it may be gone
            self._write(_LEAVE)
            termios.tcsetattr(self._keys, termios.TCSADRAIN, self._modes)

    def _write(self, text: str) -> None:
        rest = memoryview(text.encode("utf-8", "replace"))
        while rest:
            rest = rest[os.write(self._screen, rest) :]

    def suspend(self, *_: object) -> None:
        """Stop as every program does on Ctrl-Z, with the terminal as it was."""
        self.leave()
        os.kill(os.getpid(), signal.SIGSTOP)
        self.enter()
        self.wake()

    def ask_to_leave(self, _number: int, _frame: FrameType | None) -> None:
        """Have `is_to_leave` say so."""
        self.is_to_leave = True

    def close(self) -> None:
        """Close what wakes it."""
        for end in (self._woken, self._wakes):
            os.close(end)


@contextlib.contextmanager
def live_terminal(*, has_colours: bool) -> Iterator[LiveTerminal]:
    """Give the terminal of this process, with another screen until the end. A change of its size wakes it, and so does a signal
    that would end the process: `is_to_leave` says so then."""
    terminal = LiveTerminal(has_colours=has_colours)
    handlers: dict[int, Callable[..., object]] = dict.fromkeys(_LEAVING, terminal.ask_to_leave)
    handlers |= {signal.SIGWINCH: lambda *_: None, signal.SIGTSTP: terminal.suspend}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    descriptor = signal.set_wakeup_fd(terminal._wakes, warn_on_full_buffer=False)  # noqa: SLF001 - of this module
    try:
        terminal.enter()
        yield terminal
    finally:
        terminal.leave()
        signal.set_wakeup_fd(descriptor)
        for number, handler in before.items():
            signal.signal(number, handler)
        terminal.close()


def seconds_to_next_minute() -> float:
    """Return how long a clock of hours and minutes stays right."""
    return 60.0 - time.time() % 60.0
