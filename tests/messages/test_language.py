"""What commands say is in the person's language, whatever kind of fault it is and however narrow the terminal."""

from __future__ import annotations

import inspect
import logging
import os
import re
import sys
from gettext import gettext
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from callerid import __version__, errors
from callerid.cli.doctor import _print
from callerid.cli.language.output import language, output_of
from callerid.cli.language.warnings import WarningFormatter
from callerid.cli.main import _SHOW_THEIR_HELP, callerid
from callerid.core.doctor.finding import NAMES, Finding
from callerid.core.wording.table import places, wrapped
from callerid.errors import CalleridError
from callerid.messages import message

if TYPE_CHECKING:
    from pathlib import Path

_FAULTS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, CalleridError)]
_WITH = {"RateLimited": {"retry_after": 1.0}, "RequiredPropertiesMissing": {"missing": ()}, "AlreadyExists": {"remote_id": "1"}}
_WITH |= {"DatabaseDamaged": {"path": None}, "MigrationInProgress": {"retry_after": 1.0}}


@pytest.fixture
def japanese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a person who reads Japanese, and has no settings."""
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    monkeypatch.setenv("CALLERID_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.parametrize("kind", _FAULTS)
def test_each_fault_is_said_in_japanese_and_logged_in_english(
    kind: type[CalleridError], japanese: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = kind(message("{path} is empty.", path="a.csv"), remedy=message("Type: callerid sync"), **_WITH.get(kind.__name__, {}))  # type: ignore[arg-type]

    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr("callerid.cli.config.settings", fail)
    said = CliRunner().invoke(callerid, ["config", "show"])
    assert (said.exit_code, said.stderr) == (kind.exit_code, "callerid: a.csv は空です。\n次を実行してください: callerid sync\n")
    assert str(fault) == "a.csv is empty. Type: callerid sync"


def test_each_fault_of_the_settings_is_said_in_japanese(japanese: Path) -> None:
    japanese.mkdir()
    (japanese / "config.toml").write_text('foo = 1\n[log]\nmin_duration = "x"\n', encoding="utf-8")
    told = CliRunner().invoke(callerid, ["config", "check"]).stderr.splitlines()
    assert told[0].endswith("config.toml に誤りが2件あります:")
    assert told[1] == "  1行目: foo: この設定はありません。すべて見るには: callerid config sample"
    assert told[2].startswith("  3行目: log.min_duration: 「x」は時間の長さではありません。")


def test_what_click_says_is_japanese_and_the_environment_stays(japanese: Path) -> None:
    before = dict(os.environ)
    refused = CliRunner().invoke(callerid, ["sync", "--never"])
    assert refused.exit_code == 2
    assert "「--never」というオプションはありません。" in refused.output
    assert "integer" not in CliRunner().invoke(callerid, ["calls", "-n", "x"]).output
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["lookup"], "次の引数が必要です: 「NUMBER|NAME」。"),
        (["log-screen"], "次の引数が必要です: 「{on|off}」。次から選んでください:"),
        (["calls", "-n", "x"], "「-n」、「--limit」の値が正しくありません: 「x」は"),
        (["calls", "--limt", "3"], "「--limt」というオプションはありません。（候補: 「--limit」、「--sim」）"),
        (["config", "set", "language", "fr"], "「fr」は次のどれでもありません: 「auto」、「en」、「ja」。"),
    ],
)
def test_what_is_wrong_with_what_was_typed_has_the_punctuation_of_japanese(typed: list[str], said: str, japanese: Path) -> None:
    told = CliRunner().invoke(callerid, typed).stderr
    assert said in told
    assert "OPTIONS" not in told


def test_help_in_japanese_names_what_an_option_takes_in_japanese(japanese: Path) -> None:
    told = CliRunner().invoke(callerid, ["calls", "--help"]).output
    assert "calls [オプション] [WHO]" in told
    assert re.findall("TEXT|INTEGER|OPTIONS", told) == []


@pytest.mark.parametrize("command", ["calls", "sync", "setup", "doctor"])
def test_help_in_japanese_fits_a_narrow_terminal(command: str, japanese: Path) -> None:
    told = CliRunner().invoke(callerid, [command, "--help"], env={"COLUMNS": "60"}, terminal_width=60).output
    assert "使い方: " in told
    assert "例: callerid " in " ".join(told.split()) or "例: termux" in " ".join(told.split())
    assert [line for line in told.splitlines() if places(line) > 60 and not line.strip().startswith(("-", "callerid "))] == []


@pytest.mark.parametrize("words", ["", "config ", "outbox ", "simulate "])
def test_what_a_shell_completes_is_described_in_whole_japanese_sentences(
    words: str, japanese: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["callerid"])
    typed = f"callerid {words}"
    asked = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" ")), "_CALLERID_COMPLETE": "zsh_complete"}
    lines = CliRunner().invoke(callerid, [], env=asked, prog_name="callerid").stdout.splitlines()
    described = lines[2::3]
    assert described
    assert [text for text in described if not text.endswith("。") or text.isascii()] == []


def test_the_version_is_told_in_the_language(japanese: Path) -> None:
    assert CliRunner().invoke(callerid, ["--version"]).stdout == f"calleridのバージョン: {__version__}\n"


@pytest.mark.parametrize("language", ["en_US.UTF-8", "ja_JP.UTF-8"])
def test_help_fits_a_terminal_of_forty_columns_but_for_what_is_typed(language: str) -> None:
    for command in ("calls", "setup"):
        told = CliRunner().invoke(callerid, [command, "--help"], env={"COLUMNS": "40", "LANG": language}).output
        long = [line.strip() for line in told.splitlines() if places(line) > 40]
        assert len(told.splitlines()) > 20
        assert all(line.startswith((f"callerid {command}", "--")) for line in long)


def test_a_group_that_is_typed_alone_shows_its_help_in_the_language_too(japanese: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = click.Context(callerid)
    commands = {name: callerid.get_command(context, name) for name in callerid.list_commands(context)}
    showing = [name for name, command in commands.items() if isinstance(command, click.Group) and command.no_args_is_help]
    assert [*_SHOW_THEIR_HELP] == [[], *([name] for name in showing)]
    monkeypatch.setattr(sys, "argv", ["callerid"])
    for words in _SHOW_THEIR_HELP:
        told = CliRunner().invoke(callerid, words)
        assert told.output.startswith("使い方: callerid")
        assert "Error" not in told.output
        assert "エラー" not in told.output


def test_a_japanese_line_is_broken_where_one_may_be(japanese: Path) -> None:
    lines = wrapped("保存できません。「端末」を再起動してください: callerid config set region DE", 20)
    assert all(places(line) <= 20 for line in lines[:-1])
    assert lines[-1] == "callerid config set region DE"  # what is typed is one line, so that it can be copied
    assert not any(line.startswith(("。", "」", "、")) or line.endswith("「") for line in lines)


def test_a_warning_is_said_in_japanese(japanese: Path) -> None:
    warned = logging.LogRecord("callerid", logging.WARNING, "", 0, "%s", (message("There is no token for HubSpot."),), None)
    with output_of(os.environ):
        assert WarningFormatter().format(warned) == "callerid: HubSpotのトークンがありません。"
    with output_of({"CALLERID_HOME": str(japanese)}):
        assert WarningFormatter().format(warned) == "callerid: There is no token for HubSpot."


def test_when_a_japanese_answer_has_been_given_click_says_its_texts_as_before(japanese: Path) -> None:
    with output_of(os.environ):
        assert language() == "ja"
        assert gettext("Options") == "オプション"
    assert gettext("Options") == "Options"


def test_the_names_of_all_checks_leave_what_they_found_in_one_column(japanese: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with output_of(os.environ):
        for name in NAMES:
            _print(Finding(name=name, works=True, says="!"))
    assert len({places(line.partition("!")[0]) for line in capsys.readouterr().out.splitlines()}) == 1
