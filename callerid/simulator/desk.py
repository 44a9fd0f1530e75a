"""A desk to try callerid on: a simulated phone and portal, a home for callerid, and callerid itself as its users start it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid.simulator.phone.handset import SimulatedPhone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.simulator.portal import SimulatedPortal

_COMMAND_TIMEOUT = 60.0
_LOCALES = {"ja": "ja_JP.UTF-8"}
_SETTINGS = """\
region = "IE"

[crm]
url = "{url}"

[log]
own_number = "+353 1 555 0100"
poll = "1s"
poll_slowest = "5s"
"""


class Desk:
    """A folder with a phone, a portal and a home in it."""

    def __init__(self, folder: Path, portal: SimulatedPortal, language: str = "en") -> None:
        self.folder, self.portal, self.token = folder, portal, portal.token
        self.home = folder / "callerid"
        self.phone = SimulatedPhone(folder / "phone")
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (self.home / "config.toml").exists():
            self.settings()
        if language in _LOCALES:
            self.phone.change(locale=_LOCALES[language])
        self.phone.on_event(["/bin/sh", str(event_program())], {"CALLERID_HOME": str(self.home)})

    def settings(self, more: str = "") -> None:
        """Write the settings file, with more lines at its end."""
        (self.home / "config.toml").write_text(_SETTINGS.format(url=self.portal.url) + more, encoding="utf-8")

    def environment(self) -> dict[str, str]:
        """Return the environment in which callerid runs here."""
        own = {
            "CALLERID_HOME": str(self.home),
            "CALLERID_TOKEN": self.token,
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        return self.phone.environment() | own

    def start(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a callerid command to its end."""
        command = [sys.executable, "-m", "callerid", *words]
        return subprocess.run(
            command,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=_COMMAND_TIMEOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def json(self, *words: str) -> Any:
        """Run a callerid command with --json and return what it answered. Raise ValueError when it answered nothing of the kind."""
        return json.loads(self.start(*words, "--json").stdout)

    @contextlib.contextmanager
    def daemon(self) -> Iterator[subprocess.Popen[str]]:
        """Run the daemon, and end it as a service manager would; its output is in the phone's folder."""
        with (self.folder / "daemon.out").open("a", encoding="utf-8") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "callerid", "run"],
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                text=True,
                start_new_session=True,
            )
            try:
                with _ended_with_this_process(process):
                    self.phone.wait(lambda: (self.home / "daemon.pid").exists() or process.poll() is not None, 20)
                    yield process
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
                    try:
                        process.wait(10)
                    except subprocess.TimeoutExpired:
                        process.kill()
                        process.wait()


@contextlib.contextmanager
def _ended_with_this_process(daemon: subprocess.Popen[str]) -> Iterator[None]:
    """Have a daemon end when this process is killed in a way that it cannot notice: a shell waits at the other end of a pipe."""
    command = ["/bin/sh", "-c", 'read -r _; kill "$1"', "sh", str(daemon.pid)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as watcher:
        try:
            yield
        finally:
            watcher.kill()


def event_program() -> Path:
    """Return where callerid-event is: beside this Python, or in bin/ of a checkout."""
    beside = Path(sys.executable).parent / "callerid-event"
    return beside if beside.exists() else Path(__file__).resolve().parents[2] / "bin" / "callerid-event"


def default_folder() -> Path:
    """Return where `callerid simulate` keeps its desk, so that a second terminal finds it."""
    state = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / "callerid-simulator"
