"""callerid automation: where the files go, and what is said."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from click.testing import CliRunner

from callerid.cli.support.automation import automation

if TYPE_CHECKING:
    from pathlib import Path


def test_the_files_of_tasker_go_into_any_folder_and_may_be_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "a <b> & 'c' \"$(d)\" %num {call_number}"
    folder.mkdir()
    for _ in range(2):
        done = CliRunner().invoke(automation, ["tasker", "--to", str(folder)], catch_exceptions=False)
        assert done.exit_code == 0
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert written.keys() == {"callerid-ring.tsk.xml", "callerid-offhook.prf.xml", "callerid-idle.prf.xml"}
    for text in written.values():
        assert ET.fromstring(text).tag == "TaskerData"  # noqa: S314 - made by us
        assert str(tmp_path) not in text
    assert f"{folder}/callerid-ring.tsk.xml: the phone rings\n  in Tasker: Profiles" in done.stdout
    assert "no file, by hand if you want it: this phone dials: callerid-dial" in done.stdout
    assert "Import" in done.stderr


def test_what_macrodroid_has_no_file_for_is_said(tmp_path: Path) -> None:
    done = CliRunner().invoke(automation, ["macrodroid", "--to", str(tmp_path)], catch_exceptions=False)
    assert {path.name for path in tmp_path.iterdir()} == {"callerid-ring.macro", "callerid-idle.macro"}
    assert all(json.loads(path.read_text(encoding="utf-8"))["macro"]["m_enabled"] for path in tmp_path.iterdir())
    assert [line.rsplit(": ", 1)[1] for line in done.stdout.splitlines() if line.startswith("no file")] == [
        "callerid-offhook",
        "callerid-dial",
    ]


def test_an_app_without_a_format_to_import_is_refused_with_the_apps_that_have_one(tmp_path: Path) -> None:
    done = CliRunner().invoke(automation, ["automate", "--to", str(tmp_path)])
    assert done.exit_code == 2
    assert "tasker" in done.stderr
    assert not list(tmp_path.iterdir())
