"""Commands that read a tester's file: pairs of numbers, and a saved list of notifications. A bad line is named, the others go on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from callerid.cli.doctor import doctor
from callerid.cli.lookup import match
from callerid.errors import UsageFault

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def run_match(path: Path, *words: str) -> Result:
    return CliRunner().invoke(match, ["--file", str(path), *words])


def test_each_pair_of_a_file_is_answered_with_its_other_keys(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(
        '{"region": "DE", "a": "0171 1234567", "b": "+491711234567", "note": "ü"}\n\n{"a": "1", "b": "2", "region": "us"}\n',
        "utf-8",
    )
    done = run_match(pairs)
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == {
        "region": "DE",
        "a": "0171 1234567",
        "b": "+491711234567",
        "note": "ü",
        "match": "exact",
        "why": "the same number",
    }
    assert second["match"] == "none"
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nonsense", "line 1: "),
        ("[]", "not a JSON object"),
        ('{"a": 1, "b": "2"}', "have to be texts"),
        ('{"a": "1", "b": "2", "region": "XX"}', "'XX' is not a region"),
    ],
)
def test_a_line_that_is_no_pair_is_named_and_the_others_go_on(tmp_path: Path, line: str, says: str) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(line + '\n{"a": "+3531234567", "b": "+3531234567", "region": "IE"}\n')
    done = run_match(pairs, "--region", "IE")
    assert says in done.stderr
    assert json.loads(done.stdout)["match"] == "exact"
    assert isinstance(done.exception, UsageFault)


def test_a_saved_list_of_notifications_is_read_row_by_row(tmp_path: Path) -> None:
    rows = [
        {"packageName": "com.android.dialer", "key": "1", "title": "Ana López", "content": "Eingehender Anruf"},
        {"packageName": "com.android.dialer", "key": "2", "title": "Ana", "content": "Rufaufbau"},
        {"packageName": "com.android.dialer", "key": "3", "title": "Private number", "content": "Incoming call via 087 123 4567"},
        {"packageName": "com.whatsapp", "key": "4", "title": "Ana", "content": "Incoming call"},
        5,
    ]
    (tmp_path / "list.json").write_text(json.dumps(rows))
    done = CliRunner().invoke(doctor, ["--read", str(tmp_path / "list.json"), "--json"])
    answers = json.loads(done.stdout)
    assert [answer["state"] for answer in answers] == ["ringing", "dialling", "ringing", "none", "none"]
    assert [(answer["name"], answer["number"]) for answer in answers[:3]] == [("Ana López", ""), ("Ana", ""), ("", "")]
    assert answers[0]["rule"] == "the dialer's text 'Eingehender Anruf'"
    shown = CliRunner().invoke(doctor, ["--read", str(tmp_path / "list.json")]).stdout
    assert shown.startswith("ringing    Ana López")


@pytest.mark.parametrize("text", ["", "{}", "nonsense"])
def test_what_is_no_list_is_told_with_the_command_that_makes_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "list.json").write_text(text)
    done = CliRunner().invoke(doctor, ["--read", str(tmp_path / "list.json")])
    assert isinstance(done.exception, UsageFault)
    assert "termux-notification-list" in done.exception.remedy
