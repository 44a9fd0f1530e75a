"""The scripts of docs/hooks.md do what it says, whatever the name of a caller is."""

from __future__ import annotations

import io
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TEXT = (Path(__file__).parents[3] / "docs/hooks.md").read_text(encoding="utf-8")
FILE, NTFY, HOME_ASSISTANT, SMS = re.findall(r"^```\w+\n(#!.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
EVENT: dict[str, object] = {
    "event": "missed",
    "number": "087 123 4567",
    "who": "Ana '$(touch x)' \"L\"",
    "e164": "+353871234567",
    "line_type": "mobile",
    "contact_id": "501",
    "answer": "Back at 2",
    "call": {"key": "0123456789ab"},
}


class Bench:
    """A folder with the commands that scripts use, each of which notes its words and its stdin."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("curl", "termux-notification", "termux-sms-send"):
            self.command(name, f'{{ printf "%s\\n" "$@"; }} > "{folder}/{name}.words"; cat > "{folder}/{name}.stdin"')
        (folder / "settings.json").write_text(json.dumps({"hooks.answer": json.dumps("Back at 2 * \\n")}))
        self.command("callerid", f'cat "{folder}/settings.json"')

    def command(self, name: str, script: str) -> None:
        """Make a command of the phone."""
        (self.folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.folder / name).chmod(0o700)

    def run(self, script: str, event: Mapping[str, object], *words: str) -> None:
        interpreter = sys.executable if "python" in script.partition("\n")[0] else shutil.which("sh")
        hook = self.folder / "hook"
        hook.write_text(re.sub(r"^#!.*", f"#!{interpreter}", script, count=1))
        hook.chmod(0o700)
        environment = {"PATH": f"{self.folder}:{os.environ['PATH']}", "HOME": str(self.folder)}
        subprocess.run([str(hook), *words], input=f"{json.dumps(event)}\n", text=True, env=environment, cwd=self.folder, check=True)

    def words(self, command: str) -> list[str]:
        return (self.folder / f"{command}.words").read_text().splitlines()

    def text(self, command: str) -> str:
        return (self.folder / f"{command}.stdin").read_text()

    def stdin(self, command: str) -> dict[str, object]:
        told: dict[str, object] = json.loads(self.text(command))
        return told


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    yield Bench(tmp_path)
    assert not (tmp_path / "x").exists()


def test_a_file_gets_a_line_for_each_event(bench: Bench) -> None:
    bench.run(FILE, EVENT)
    bench.run(FILE, EVENT)
    assert [json.loads(line) for line in (bench.folder / "calls.jsonl").read_text().splitlines()] == [EVENT, EVENT]


@pytest.mark.skipif(not shutil.which("jq"), reason="the script of the document needs jq")
def test_ntfy_gets_who_it_was(bench: Bench) -> None:
    bench.run(NTFY, EVENT)
    assert bench.stdin("curl") == {"topic": "calls-4b1d7c", "title": f"missed: {EVENT['who']}", "message": "+353871234567"}


def test_home_assistant_gets_the_object_as_it_is(bench: Bench) -> None:
    bench.run(HOME_ASSISTANT, EVENT)
    assert bench.stdin("curl") == EVENT


def test_an_answer_by_sms_is_offered_and_sent_by_the_button(bench: Bench) -> None:
    bench.run(SMS, EVENT)
    shown = bench.words("termux-notification")
    assert shown[shown.index("--title") + 1] == f"Answer {EVENT['who']} by SMS?"
    action = shown[shown.index("--button1-action") + 1]
    assert re.fullmatch(rf"'{re.escape(str(bench.folder))}/hook' send \+353871234567 0123456789ab", action)
    bench.run(SMS, {}, *action.split()[1:])
    assert (bench.words("termux-sms-send"), bench.text("termux-sms-send")) == (["-n", "+353871234567"], "Back at 2 * \\n")
    assert said(bench) == ("SMS handed over for +353871234567", False)


def test_an_answer_by_sms_is_sent_once_however_often_the_button_is_tapped(bench: Bench) -> None:
    bench.run(SMS, {}, "send", "+353871234567", "0123456789ab")
    (bench.folder / "termux-sms-send.words").unlink()
    bench.run(SMS, {}, "send", "+353871234567", "0123456789ab")
    assert not (bench.folder / "termux-sms-send.words").exists()


def test_a_tap_after_the_phone_went_off_while_an_sms_was_sent_says_that_it_is_not_certain(bench: Bench) -> None:
    bench.command("termux-sms-send", "kill -9 $(cut -d ' ' -f 4 /proc/$PPID/stat)")
    with pytest.raises(subprocess.CalledProcessError):
        bench.run(SMS, {}, "send", "+353871234567", "0123456789ab")
    bench.command("termux-sms-send", f'touch "{bench.folder}/sent"')
    bench.run(SMS, {}, "send", "+353871234567", "0123456789ab")
    assert said(bench) == ("It is not certain that the SMS was sent", False)
    assert not (bench.folder / "sent").exists()


@pytest.mark.parametrize(
    ("ends", "title", "is_sent_again"),
    [
        ("""echo '{"error": "Please grant the permission"}'""", "The SMS was not sent", True),
        ("exit 124", "It is not certain that the SMS was sent", False),
    ],
    ids=["denied", "hung"],
)
def test_what_became_of_the_sms_is_said_and_only_one_that_surely_was_not_sent_can_be_sent_again(
    bench: Bench, ends: str, title: str, is_sent_again: bool
) -> None:
    bench.command("termux-sms-send", ends)
    bench.run(SMS, {}, "send", "+353871234567", "0123456789ab")
    assert said(bench) == (title, is_sent_again)
    bench.command("termux-sms-send", f'touch "{bench.folder}/sent"')
    bench.run(SMS, {}, "send", "+353871234567", "0123456789ab")
    assert (bench.folder / "sent").exists() is is_sent_again


def said(bench: Bench) -> tuple[str, bool]:
    """Return the title of what the script has shown last, and whether it has a button."""
    shown = bench.words("termux-notification")
    return shown[shown.index("--title") + 1], "--button1" in shown


@pytest.mark.parametrize("less", [{"answer": ""}, {"contact_id": None}, {"line_type": "fixed"}, {"e164": None}, {"e164": "+1;id"}])
def test_no_sms_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, less: dict[str, object]) -> None:
    script = tmp_path / "hook"
    script.write_text(SMS)
    monkeypatch.setattr(sys, "argv", [str(script)])
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(EVENT | less)))
    monkeypatch.setattr(subprocess, "run", lambda *words, **_: pytest.fail(f"{words} was run"))
    runpy.run_path(str(script))
