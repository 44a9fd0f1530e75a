"""Every door of callerid opens from the emptied environments in which Android's apps start it: no PATH but Termux's, no /bin/sh."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from tests.termux.prefix import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.termux.prefix import Termux

TASKER = {
    "callerid-ring": ("callerid-event 1\nring\n+353871234567\n\n", ("+353871234567",)),
    "callerid-ring-stdin": ("callerid-event 1\nring\n+353871234567\n\n", ()),
    "callerid-dial": ("callerid-event 1\ndial\n+353871234567\n\n", ("+353871234567",)),
    "callerid-offhook": ("callerid-event 1\noffhook\n", ()),
    "callerid-idle": ("callerid-event 1\nidle\n", ()),
}

AT_ONCE = (("callerid-event", "tap", "abcdefghijklmnop_-12", "connected"), ("callerid", "run"))


@contextlib.contextmanager
def emptied(termux: Termux) -> Iterator[None]:
    """Take the events away that a test leaves."""
    try:
        yield
    finally:
        for event in (termux.state / "inbox").glob("*.event"):
            event.unlink()


def events(termux: Termux) -> list[str]:
    return [event.read_text() for event in (termux.state / "inbox").glob("*.event")]


@pytest.mark.parametrize("name", TASKER)
def test_a_program_for_tasker_reports_what_the_phone_does(installed: Termux, name: str) -> None:
    text, words = TASKER[name]
    with emptied(installed):
        done = installed.run(str(installed.home / ".termux" / "tasker" / name), *words, stdin="n:+353871234567\n")
        assert (done.returncode, "callerid does not run" in done.stderr) == (0, True)
        assert events(installed) == [text]


def test_a_widget_turns_caller_id_off_and_on(installed: Termux) -> None:
    settings = installed.home / ".config" / "callerid" / "config.toml"
    for word, value in (("off", "false"), ("on", "true")):
        assert installed.run(str(installed.home / ".shortcuts" / "tasks" / f"callerid-{word}")).returncode == 0
        assert f"enabled = {value}" in settings.read_text()


def test_a_widget_shows_the_status(installed: Termux) -> None:
    shown = installed.run(str(installed.home / ".shortcuts" / "callerid-status"), stdin="\n")
    assert "hearing" in shown.stdout


@pytest.mark.parametrize("door", [".shortcuts/tasks/callerid-sync", ".local/share/callerid/job/callerid-sync"])
def test_without_a_daemon_the_widget_and_the_job_start_a_sync_themselves(installed: Termux, door: str) -> None:
    before = installed.commands("termux-contact-list")
    for mirror in (installed.home / ".local" / "share" / "callerid").glob("mirror.db*"):
        mirror.unlink()
    with emptied(installed):
        assert installed.run(str(installed.home / door)).returncode == 0
        wait_for(lambda: installed.commands("termux-contact-list") > before)  # without a token, they are what is synced
        wait_for(lambda: not events(installed) and not installed.daemons())


def test_a_button_of_a_card_without_a_daemon_starts_callerid(installed: Termux) -> None:
    action = f"sh '{installed.root}/.venv/bin/callerid-event' tap abcdefghijklmnop_-12 connected".replace("it's", "it'\\''s")
    with emptied(installed):
        assert installed.run(f"{installed.bin}/sh", "-c", action).returncode == 0
        wait_for(lambda: not events(installed) and not installed.daemons())


def test_boot_starts_the_daemon_which_takes_the_wake_lock_and_whatever_else_starts_at_once_is_no_second_one(
    installed: Termux,
) -> None:
    before = installed.commands("termux-wake-lock")
    boot = installed.start(str(installed.home / ".termux" / "boot" / "callerid"))
    wait_for(installed.daemon)
    doors = (".local/share/callerid/job/callerid-sync", ".shortcuts/tasks/callerid-sync")
    beside = [installed.start(f"{installed.bin}/sh", str(installed.home / door)) for door in doors]
    beside += [installed.start(f"{installed.bin}/sh", f"{installed.bin}/{name}", *words) for name, *words in AT_ONCE]
    assert installed.run(str(installed.home / ".termux" / "boot" / "callerid")).returncode == 40
    assert [process.wait(20) for process in beside] == [0, 0, 0, 40]
    wait_for(lambda: installed.commands("termux-wake-lock") == before + 1)
    wait_for(lambda: not events(installed))
    assert installed.told() == []
    assert len(installed.daemons()) == 1
    assert boot.poll() is None  # a task of Termux's, so that Termux stays
    installed.run("kill", str(installed.daemon()))
    assert boot.wait(10) == 0
    assert installed.commands("termux-wake-unlock") == 1
