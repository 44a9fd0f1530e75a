"""Every command has help, an example that works as it is typed, a man page and completion; docs/settings.md has every setting."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING

import click
import pytest
from click.shell_completion import BashComplete, ShellComplete

from callerid.catalogue import LANGUAGES, load
from callerid.cli.language.command_help import in_language_of_output
from callerid.cli.language.output import output_of
from callerid.cli.main import _COMMANDS, callerid, main
from callerid.config.settings import SETTINGS
from callerid.simulator.portal.schema import PROPERTIES
from tests.cli.test_processes import CASES
from tests.pages.made import MAN, commands, made_files
from tests.pages.made import SETTINGS as SETTINGS_PAGE

if TYPE_CHECKING:
    from pathlib import Path

PLAYED_BY_OTHER_TESTS = ("demo", "simulate")  # tests/simulator
EXAMPLES = re.compile(r"^ *(?:Example[^:\n]*|[^:\n]*例): ((?:callerid|termux).*?)(?:\n\n|\Z)", re.DOTALL | re.MULTILINE)
MACROS = re.compile(r"\.(TH|SH|SS|PP|TP|B|I|BR|BI|RI)\b")


def completions(line: str) -> list[str]:
    """Return what is offered for the last word of a line."""
    *words, incomplete = line.split(" ")[1:]
    shell: ShellComplete = BashComplete(callerid, {}, "callerid", "_CALLERID_COMPLETE")
    return [item.value for item in shell.get_completions(words, incomplete)]


def test_each_page_is_what_the_commands_and_settings_make_of_it() -> None:
    stale = [path.name for path, text in made_files().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    assert stale == [], "run: make pages"


def test_there_is_no_page_of_a_command_that_is_gone() -> None:
    assert set(MAN.glob("*")) == made_files().keys() - {SETTINGS_PAGE}


def test_each_command_has_a_page_and_stands_in_that_of_callerid() -> None:
    page = (MAN / "callerid.1").read_text(encoding="utf-8").replace("\\-", "-")
    for name in _COMMANDS:
        assert f"\n.B {name}" in page
        assert (MAN / f"callerid-{name}.1").exists()


@pytest.mark.parametrize("name", _COMMANDS)
def test_each_command_has_help_an_example_a_test_a_line_in_the_docs_and_completion(name: str) -> None:
    command = callerid.get_command(click.Context(callerid), name)
    assert command is not None
    group = command.commands.values() if isinstance(command, click.Group) else ()
    assert all(re.search(r"Example[^:]*: .*callerid ", each.help or "") for each in group or (command,))
    assert name in CASES or name in PLAYED_BY_OTHER_TESTS
    assert f"`callerid {name}" in (SETTINGS_PAGE.parents[1] / "README.md").read_text(encoding="utf-8")
    assert name in completions(f"callerid {name[:-1]}")


ONLY_IN_ENGLISH = {"troubleshooting.md", '.venv/bin/callerid simulate crm-task "Send the offer"'}  # each has one of its own


def test_each_command_and_setting_of_the_japanese_readme_exists_and_it_has_each_command() -> None:
    page = (SETTINGS_PAGE.parent / "README.ja.md").read_text(encoding="utf-8")
    assert [name for name in _COMMANDS if f"`callerid {name}" not in page] == []
    named = re.findall(r"callerid config set ([a-z][\w.]+)", page) + re.findall(r"`([a-z]+\.[a-z_]+)[` ]", page)
    assert [key for key in named if key not in SETTINGS and not key.startswith("crm.objects") and not key.endswith(".db")] == []


def test_the_japanese_readme_is_in_step_with_the_english_one() -> None:
    """Each has the same chapters, in the same order, and speaks of the same settings, pages, scopes, exit codes and typed lines."""
    english, japanese = (
        (SETTINGS_PAGE.parents[1] / name).read_text(encoding="utf-8") for name in ("README.md", "docs/README.ja.md")
    )
    assert len(re.findall("^## ", english, re.MULTILINE)) == len(re.findall("^## ", japanese, re.MULTILINE))
    for said in (
        r"`((?:[a-z]+\.)+[a-z_]+)\b",
        r"\]\((?:docs/)?([\w-]+\.md)\)",
        r"^\| ([0-9]+)(?:[–〜、,].*)? \|",
        r"^((?:make|sh|callerid(?:-event)? (?:setup|run|config|ring)|\.venv)[^#\n]*?) *(?:#.*)?$",
    ):
        here, there = (set(re.findall(said, page, re.MULTILINE)) for page in (english, japanese))
        assert here
        assert here - there - ONLY_IN_ENGLISH == set()


def test_a_file_is_called_the_same_in_each_language_whenever_its_command_was_loaded() -> None:
    # A click.Path takes its name in the language of the moment in which it is made.
    paths = [each for context in commands() for each in context.command.params if isinstance(each.type, click.Path)]
    assert len(paths) > 5
    assert [each.name for each in paths if not each.metavar] == []


def test_no_line_of_a_man_page_is_taken_for_a_command_of_the_typesetter() -> None:
    lines = [line for path in MAN.glob("*.1") for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line for line in lines if line.startswith((".", "'")) and not MACROS.match(line)] == []
    assert [line for line in lines if re.search(r"\\(?![-efc(])", line)] == []


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_the_man_pages_are_set_without_a_warning() -> None:
    pages = sorted(map(str, MAN.glob("*.1")))
    done = subprocess.run(["groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-z", *pages], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_each_setting_stands_in_the_page_of_settings() -> None:
    page = SETTINGS_PAGE.read_text(encoding="utf-8")
    assert [key for key in SETTINGS if f"| `{key}` |" not in page] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_of_each_command_has_an_example_that_works_as_it_is_typed(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read by the command, without a fault, and is one of this command or a command of it. What it taps is on the screen in
    this language, and a property that it takes is one that the portal of the demonstration has as a text."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.json").write_text("[]")
    labels = {text for key, text in load(language).texts.items() if key.startswith(("button.", "outcome."))}
    texts = {each["name"] for each in PROPERTIES["contacts"] if each["fieldType"] == "text" and not each["hubspotDefined"]}
    with output_of({"LANG": language}):
        for context in commands(click.Context(in_language_of_output(callerid), info_name="callerid")):
            examples = EXAMPLES.findall(context.command.help or "")
            assert examples, context.command_path
            for example in examples:
                assert f"{command_of(example)} ".startswith(f"{context.command_path} ")
                assert set(re.findall(r"simulate (?:tap|choose) (\S+)", example)) <= labels
                assert set(re.findall(r"config phones --take (\S+)", example)) <= texts


def command_of(example: str) -> str:
    """Return the words of the command that an example gives; it raises what the command does when it is wrong."""
    typed = re.search(r"callerid [^|;>]*", example)
    assert typed
    words = shlex.split(typed[0])[1:]
    command: click.Command = callerid
    context = click.Context(callerid, info_name="callerid")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, found, words = command.resolve_command(context, words)
        assert found
        context, command = click.Context(found, info_name=name, parent=context), found
    command.make_context(context.info_name, list(words), parent=context.parent)
    return context.command_path


def test_completion_of_a_command_imports_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise AssertionError(name)

    monkeypatch.setattr("callerid.cli.main.importlib.import_module", fail)
    assert completions("callerid l") == ["log", "log-screen", "lookup"]


def test_fish_shows_what_is_offered_with_all_that_is_said_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tried in fish 3.6: click's own script shows "Log a call" for "Log a call, correct it, or withdraw it"."""
    monkeypatch.setenv("_CALLERID_COMPLETE", "fish_source")
    with pytest.raises(SystemExit):
        main()
    assert 'string split --max 1 "," $completion' in capsys.readouterr().out


def test_completion_offers_options_and_words() -> None:
    assert completions("callerid --v") == ["--version"]
    assert completions("callerid config s") == ["sample", "set", "show"]
    assert completions("callerid calls --state log") == ["logged"]
    assert completions("callerid log-screen ") == ["on", "off"]
    assert completions("callerid sync --d") == ["--delta", "--dry-run"]


def test_completion_offers_the_settings_and_their_words() -> None:
    assert completions("callerid config set log.q") == ["log.quiet_hours"]
    assert completions("callerid config set sync.via ") == ["auto", "list", "export"]
    assert completions("callerid config set enabled o") == ["on", "off"]
    assert completions("callerid config set log.evening ") == []


def test_completion_offers_each_option_of_each_command() -> None:
    for context in commands():
        options = {option.opts[-1] for option in context.command.params if isinstance(option, click.Option)}
        assert options <= {*completions(f"{context.command_path} --"), *completions(f"{context.command_path} -")}
