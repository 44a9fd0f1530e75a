"""What the commands load that have to answer at once: a phone is slow at imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.__main__ import main
from callerid.daemon.single_instance import only_instance
from callerid.paths import installation_paths
from callerid.store.ledger.database import open_ledger
from callerid.store.ledger.key_value import SENSES

if TYPE_CHECKING:
    from tests.desks import SyncedHome

_SLOW = ("click", "requests", "phonenumbers", "logging", "subprocess", "sqlite_utils", "tomlkit", "tomllib", "importlib.metadata")
_MOST_DATACLASSES = 30  # each takes as long to make as a module to load
_PROGRAM = """
import json, runpy, sys, callerid.records, dataclasses
made, make = [], dataclasses._process_class
def counted(kind, init, *how):
    made.append(kind.__name__ + " compiled" * init)
    return make(kind, init, *how)
dataclasses._process_class = counted
words, sys.argv = sys.argv[1:], ["callerid", *sys.argv[1:]]
try:
    runpy.run_module("callerid", run_name="__main__")
except SystemExit as ended:
    assert not ended.code, ended.code
print(json.dumps([sorted(sys.modules), made]), file=sys.stderr)
"""


def started(*words: str, environment: dict[str, str] | None = None) -> tuple[str, set[str], list[str]]:
    """Return what a command prints, the modules that it has loaded, and the dataclasses that it has made."""
    program = [sys.executable, "-c", _PROGRAM, *words]
    done = subprocess.run(program, env=os.environ | (environment or {}), capture_output=True, text=True, check=True)
    modules, made = json.loads(done.stderr)
    return done.stdout, set(modules), made


def test_the_version_is_told_without_what_a_command_needs() -> None:
    said, modules, _ = started("--version")
    assert said.startswith("callerid, version ")
    assert {*_SLOW, "sqlite3"} & modules == set()


@pytest.mark.parametrize("name", ["stdin", "stdout", "stderr"])
def test_a_command_that_was_started_without_a_standard_stream_has_one_to_nowhere(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["callerid", "--version"])
    monkeypatch.setattr(sys, name, None)  # as Python has it after `callerid status >&-`
    main()
    with getattr(sys, name) as stream:
        assert os.fstat(stream.fileno()).st_rdev == Path(os.devnull).stat().st_rdev


@pytest.mark.parametrize("words", [("status",), ("lookup", "+353871234567"), ("lookup", "087 123 4567")], ids=" ".join)
def test_a_quick_answer_is_given_without_what_other_commands_need(
    tmp_path: Path, synced_home: SyncedHome, words: tuple[str, ...]
) -> None:
    with synced_home.desk(tmp_path) as desk:
        said, modules, made = started(*words, environment=desk.environment())
    assert "40 contacts" in said or "Ana López" in said
    assert set(_SLOW) & modules == set()
    assert len(made) <= _MOST_DATACLASSES
    assert "inspect" not in modules
    assert [name for name in made if name.endswith("compiled")] == []


def test_while_the_daemon_runs_the_status_also_says_who_hears_without_what_other_commands_need(
    tmp_path: Path, synced_home: SyncedHome
) -> None:
    with synced_home.desk(tmp_path) as desk:
        paths = installation_paths(desk.environment())
        with closing(open_ledger(paths.ledger)) as ledger:
            ledger.key_values.write(SENSES, "telephony inbox notifications")
        with only_instance(paths):
            said, modules, made = started("status", environment=desk.environment())
    assert "yes, by telephony, notifications" in said
    assert set(_SLOW) & modules == set()
    assert len(made) <= _MOST_DATACLASSES
