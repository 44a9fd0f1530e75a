"""callerid watch: it moves when something happens, fits the terminal, and leaves it as it was."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.cli.live.watch import SettingsFile
from callerid.config.settling import SETTLES_WITHIN
from callerid.models import Call, CallType
from callerid.store.ledger.database import open_ledger
from tests.desks import ANA

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome

COLOUR = "\x1b[1m"


class Viewer(threading.Thread):
    """Somebody who looks at a terminal until each thing is there, and then does something."""

    def __init__(self, *steps: tuple[str, Callable[[int], object]], columns: int = 80) -> None:
        super().__init__()
        self.own, self.other = pty.openpty()
        self.steps, self.seen, self.waits_for, self.is_over = steps, "", "", False
        resize(self.own, columns)

    def run(self) -> None:
        for text, act in self.steps:
            self.waits_for, shown = text, ""
            while self.waits_for not in shown and not self.is_over and select.select([self.own], [], [], 20)[0]:
                shown += os.read(self.own, 65536).decode()
                self.seen += shown
            if self.waits_for not in shown:
                break
            act(self.own)
        else:
            self.waits_for = ""
            return
        if not self.is_over:
            os.kill(os.getpid(), signal.SIGTERM)  # which ends the command too

    def watch(self, desk: QuickDesk) -> str:
        """Return what was shown until `callerid watch` ended well."""
        modes = termios.tcgetattr(self.other)
        self.start()
        with open(self.other, "r+b", buffering=0, closefd=False) as terminal:
            status = desk.start_at(terminal, "watch")
        self.join(1)
        if self.is_alive():  # it waits for what the command did not show before its end
            self.is_over = True
            os.write(self.other, b"\n")
        self.join()
        assert (status, self.waits_for) == (0, ""), self.seen
        assert termios.tcgetattr(self.other) == modes
        while select.select([self.own], [], [], 0)[0]:
            self.seen += os.read(self.own, 65536).decode()
        for end in (self.own, self.other):
            os.close(end)
        assert re.search(r"\x1b\[\?25h\r+\n\x1b\[\?1049l$", self.seen)  # the cursor and the screen of before, below the picture
        return self.seen


def press(keys: str) -> Callable[[int], object]:
    return lambda terminal: os.write(terminal, keys.encode())


def resize(terminal: int, columns: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


def widest(seen: str) -> int:
    """Return how many places the widest line takes. A terminal makes two returns of the one before a line feed."""
    return max(len(line) for line in re.split(r"\r+\n|\r", re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", seen.replace("\x1b[H", "\r"))))


@pytest.fixture
def desk(tmp_path: Path, small_home: SyncedHome) -> QuickDesk:
    with small_home.desk(tmp_path) as made:
        made.phone.add_call(ANA, CallType.MISSED, datetime.now(UTC) - timedelta(minutes=9))
        made.start("run", "--once", "watch", "attend")
        return made


def test_the_picture_moves_when_the_ledger_is_written_and_when_the_terminal_is_resized(desk: QuickDesk) -> None:
    def call_comes(_terminal: int) -> None:
        ledger, start = open_ledger(desk.home / "ledger.db"), datetime.now(UTC)
        call = Call(
            key="0f" * 8, start=start, number="", type=CallType.MISSED, duration=0, sim=None, ordinal=0, name="B\x1b[2Jad\x07"
        )
        ledger.calls.add([call], lambda number: number, start)
        ledger.close()

    def grow_narrow(terminal: int) -> None:
        resize(terminal, 40)
        os.kill(os.getpid(), signal.SIGWINCH)

    seen = Viewer(("Ana López", call_comes), ("0f0f0f", grow_narrow), ("not running\x1b[K", press("xq"))).watch(desk)
    narrow = seen[seen.rindex("\x1b[H") :]
    assert (widest(seen) <= 80, widest(narrow) <= 40, COLOUR in seen) == (True, True, True)
    assert "\x1b[2J" not in seen
    assert "\x07" not in seen


@pytest.mark.parametrize("leave", ["q", "Ctrl-C", "SIGTERM"])
def test_there_are_no_colours_where_none_are_wanted_and_every_way_out_restores_the_terminal(desk: QuickDesk, leave: str) -> None:
    desk.variables["NO_COLOR"] = "1"
    number = {"Ctrl-C": signal.SIGINT, "SIGTERM": signal.SIGTERM}.get(leave)
    act = (lambda _: os.kill(os.getpid(), number)) if number else press("q")
    assert COLOUR not in Viewer(("Ana López", act)).watch(desk)


def test_settings_that_are_broken_for_a_while_are_said_and_the_ones_before_hold_until_they_are_whole(
    desk: QuickDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callerid.cli.live.watch._AT_LEAST", 0.05)
    monkeypatch.setattr("callerid.cli.live.watch.SETTLES_WITHIN", 0.05)
    settings, whole = desk.home / "config.toml", (desk.home / "config.toml").read_text()

    def save_half(_terminal: int) -> None:
        settings.write_text(whole.replace('region = "IE"', 'region = "I'))

    def replace_ledger(_terminal: int) -> None:
        ledger = desk.home / "ledger.db"
        ledger.with_suffix(".new").write_bytes(ledger.read_bytes())
        ledger.with_suffix(".new").replace(ledger)
        settings.write_text("also broken")

    def mend(_terminal: int) -> None:
        settings.write_text(f'language = "ja"\n{whole}')

    seen = Viewer(
        ("Ana López", save_half),
        ("TROUBLE config.toml is not valid TOML", replace_ledger),
        ("Ana López", mend),
        ("検知", press("q")),
        columns=40,
    ).watch(desk)
    assert re.search(r"line\s+\d", seen)
    assert "not valid" not in seen[seen.rindex("\x1b[H") :]


def test_settings_count_when_whoever_writes_them_is_done(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('language = "ja"\n')
    file = SettingsFile(path)
    for second, text in enumerate(("", "lang", 'language = "ja"\nregion = "')):
        path.write_text(text)
        assert not file.has_others(100 + second / 10)
        assert (file.settings.language, file.fault, file.is_settling) == ("ja", None, True)
    assert not file.has_others(200)
    assert (file.settings.language, file.fault is None, file.is_settling) == ("ja", False, False)
    path.write_text("")
    assert not file.has_others(300)
    assert file.has_others(300 + SETTLES_WITHIN)
    assert (file.settings.language, file.fault) == ("auto", None)


def test_ctrl_c_leaves_also_where_it_was_ignored_at_the_start(desk: QuickDesk) -> None:
    """As in what a shell has started in the background, a job of CI for one."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        Viewer(("Ana López", lambda _: os.kill(os.getpid(), signal.SIGINT))).watch(desk)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_where_there_is_no_terminal_one_picture_is_printed(desk: QuickDesk) -> None:
    shown = desk.start("watch")
    assert (shown.returncode, "Ana López · Acme" in shown.stdout, "\x1b" in shown.stdout) == (0, True, False)
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())
