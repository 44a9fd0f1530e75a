"""What a phone installs is pure Python: there is no compiler on it, and wheels for Linux do not fit Android."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.termux.prefix import ROOT

_SCRIPT = (ROOT / "bin" / "environment.sh").read_text(encoding="utf-8")
_FLAGS = re.search(r"^pure='(.*)'$", _SCRIPT, re.MULTILINE)
_REQUIREMENTS = re.search(r"^install_requires =\n((?:    .*\n)+)", (ROOT / "setup.cfg").read_text(encoding="utf-8"), re.MULTILINE)


def wheels(target: Path) -> list[str]:
    """Return the names of the wheels that pip would take for the environment of a phone; skip the test without a network."""
    assert _FLAGS
    assert _REQUIREMENTS
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--dry-run", "--report", "-"]
    command += ["--ignore-installed", "--retries", "1", "--timeout", "5", *_FLAGS[1].split(), "--target", str(target)]
    done = subprocess.run([*command, *_REQUIREMENTS[1].split()], capture_output=True, text=True, check=False, timeout=120)
    if "Retrying" in done.stderr:
        pytest.skip("there is no network to ask for the packages")
    assert done.returncode == 0, done.stderr
    return [Path(entry["download_info"]["url"]).name for entry in json.loads(done.stdout)["install"]]


def test_every_package_that_a_phone_installs_is_a_wheel_of_pure_python(tmp_path: Path) -> None:
    names = wheels(tmp_path / "packages")
    tags = {name.split("-")[0]: name.removesuffix(".whl").split("-")[-3:] for name in names}
    assert {"click", "phonenumbers", "requests", "sqlite_utils", "tomlkit", "tzdata", "watchdog"} <= tags.keys()
    assert [name for name, (python, abi, _) in tags.items() if "py3" not in python.split(".") or abi != "none"] == []
    assert {name for name, (*_, platform) in tags.items() if platform != "any"} <= {"watchdog"}


def test_the_one_wheel_that_names_a_platform_has_no_compiled_code() -> None:
    """The package watchdog finds inotify by ctypes; only its wheels for macOS are compiled."""
    watchdog = importlib.metadata.distribution("watchdog")
    assert [str(file) for file in watchdog.files or [] if file.suffix in (".so", ".pyd", ".dylib")] == []
    assert "Tag: py3-none-" in (watchdog.read_text("WHEEL") or "")
