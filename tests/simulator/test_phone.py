"""The simulated phone in a person's hand. What its commands print is in tests/phone/test_command_contract.py."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from callerid.simulator.phone import screen
from callerid.simulator.phone.dialog import split_values
from callerid.simulator.phone.handset import ShownDialog, ShownNotification, SimulatedPhone
from callerid.simulator.phone.runner import SimulatedRunner
from callerid.simulator.phone.state import MemoryState

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def phone(tmp_path: Path) -> SimulatedPhone:
    return SimulatedPhone(tmp_path / "phone")


def test_only_root_and_the_shell_user_may_run_cmd_and_no_app_changes_settings(tmp_path: Path) -> None:
    phone = SimulatedPhone(tmp_path / "phone", MemoryState())
    runner = SimulatedRunner(phone)
    mode = f"{phone.system}/cmd"
    assert "Failed transaction" in runner.run([mode, "appops", "get", "com.termux.api", "X"], timeout=5).stdout
    phone.root()
    by_root = runner.run(["su", "-c", "/system/bin/cmd appops get com.termux.api X"], timeout=5)
    assert by_root.stdout.startswith("X: allow")
    assert runner.run(["su", "-c", "/system/bin/cmd no such"], timeout=5).code == 255
    assert "SecurityException" in runner.run(["settings", "put", "global", "x", "1"], timeout=5).stderr
    assert runner.run(["am", "start", "-a", "no.such.ACTION"], timeout=5).code == 1
    assert runner.run(["pm", "path", "com.termux"], timeout=5).stdout == ""


def test_actions_run_without_our_environment(phone: SimulatedPhone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLERID_HOME", "/secret")
    words = ["-t", "T", "-c", "c", "--id", "a", "--button1", "Go", "--button2", "dead"]
    action = ["--button1-action", 'echo "[$CALLERID_HOME]" > out']
    subprocess.run([phone.bin / "termux-notification", *words, *action], env=phone.environment(), check=True, timeout=15)
    (shown,) = phone.notifications()
    assert shown.buttons == ("Go",)
    phone.tap("a", "Go")
    assert (phone.folder / "home" / "out").read_text() == "[]\n"
    assert phone.notifications()
    phone.tap("a", "body")
    assert phone.notifications() == ()


def test_values_are_split_as_java_splits_them() -> None:
    assert split_values("Al\\, pha,Beta") == ["Al, pha", "Beta"]
    assert split_values("a\\,b,,") == ["a,b"]
    assert split_values(" a ,b\\") == ["a", "b\\"]


@pytest.mark.parametrize(("columns", "width"), [(40, 40), (66, 66), (200, 66), (0, 66)])
def test_pictures_have_even_edges_and_fit_the_terminal_whatever_is_in_them(
    monkeypatch: pytest.MonkeyPatch, columns: int, width: int
) -> None:
    monkeypatch.setattr("os.get_terminal_size", lambda: os.terminal_size((columns, 24)))
    shown = ShownNotification(
        id="a",
        title="田中さん 😀\u202e\n" * 9,
        content="x" * 900,
        buttons=("Go", "Say"),
        replies=("Say",),
        priority="high",
        group="",
    )
    asked = [ShownDialog(id=1, widget=widget, title="Note", labels=(), hint="") for widget in ("text", "speech", "date")]
    for picture in (screen.card(shown), *map(screen.box, asked)):
        assert {screen.width_of(line) for line in picture.splitlines()} == {width}


def test_a_picture_breaks_japanese_text_and_loses_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.get_terminal_size", lambda: os.terminal_size((40, 24)))
    content = "前回の通話（たった今）: 着信、3分12秒。見積もりを金曜日までに送ると約束した。 Renewal 2027 · 更新"
    shown = ShownNotification(id="a", title="田中", content=content, buttons=(), priority="high", group="")
    _, _, *lines, _ = screen.card(shown, "ja").splitlines()
    inside = [line.strip("│ ") for line in lines]
    assert "".join(inside).replace(" ", "") == content.replace(" ", "")
    assert not any(line.startswith(("、", "。")) for line in inside)
    assert {screen.width_of(line) for line in lines} == {40}


def test_waiting_for_what_never_happens_ends(phone: SimulatedPhone) -> None:
    with pytest.raises(TimeoutError):
        phone.wait(lambda: False, 0.05)


def test_a_fault_or_setting_that_no_phone_has_is_refused(phone: SimulatedPhone) -> None:
    with pytest.raises(ValueError, match="no fault"):
        phone.fault("termux-call-log", "explodes")
    with pytest.raises(KeyError, match="colour"):
        phone.change(colour="red")
    with pytest.raises(KeyError, match="no dialog"):
        phone.answer_dialog()


def test_a_dialog_on_a_phone_that_is_thrown_away_ends(tmp_path: Path) -> None:
    phone = SimulatedPhone(tmp_path / "phone")
    command = [str(phone.bin / "termux-dialog"), "text", "-t", "Note?"]
    with subprocess.Popen(command, env=phone.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as dialog:
        phone.wait(phone.open_dialog)
        shutil.rmtree(tmp_path / "phone")
        assert dialog.wait(10) != 0
