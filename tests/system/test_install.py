"""termux/install.sh installs files where the Termux apps look for them, and removes them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def phone(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "prefix" / "var" / "service").mkdir(parents=True)
    (tmp_path / "it's home").mkdir()
    commands = tmp_path / "commands"
    commands.mkdir()
    for name in ("callerid", "callerid-event"):
        (commands / name).write_text("#!/bin/sh\n")
        (commands / name).chmod(0o755)
    return {"HOME": str(tmp_path / "it's home"), "PREFIX": str(tmp_path / "prefix"), "PATH": f"{commands}:/usr/bin:/bin"}


def install(phone: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["dash", str(ROOT / "termux" / "install.sh"), *words], env=phone, capture_output=True, text=True, check=False, timeout=30
    )


def files(phone: dict[str, str]) -> list[Path]:
    return [path for root in (phone["HOME"], phone["PREFIX"]) for path in Path(root).rglob("*") if path.is_file()]


def test_install_puts_complete_executable_files_in_their_places(phone: dict[str, str]) -> None:
    phone["CALLERID_HOME"] = phone["HOME"] + "/my callerid"
    assert install(phone).returncode == 0
    assert install(phone).returncode == 0
    names = {str(path.relative_to(Path(phone["HOME"]))) for path in files(phone) if phone["HOME"] in str(path)}
    assert {
        ".termux/boot/callerid",
        ".termux/tasker/callerid-ring",
        ".shortcuts/tasks/callerid-on",
        ".shortcuts/callerid-status",
    } <= names
    for path in files(phone):
        text = path.read_text()
        assert "@" not in text.replace('"$@"', "")
        assert path.stat().st_mode & 0o777 == 0o700
        assert text.startswith(f"#!{phone['PREFIX']}/bin/sh\nexport CALLERID_HOME=")
        assert subprocess.run(["dash", "-n", str(path)], check=False).returncode == 0
    home = subprocess.run(
        ["dash", "-c", '. /dev/stdin; printf %s "$CALLERID_HOME"'],
        input=files(phone)[0].read_text().split("\n")[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert home.stdout == phone["CALLERID_HOME"]


def test_remove_removes_what_install_put_there(phone: dict[str, str]) -> None:
    install(phone)
    assert files(phone)
    assert install(phone, "--remove").returncode == 0
    assert files(phone) == []


def test_the_command_is_linked_into_the_prefix_and_removed_again(phone: dict[str, str]) -> None:
    bin_folder = Path(phone["PREFIX"]) / "bin"
    bin_folder.mkdir()
    (bin_folder / "callerid-event").write_text("somebody else's")
    assert "callerid-event as it is" in install(phone).stdout
    assert (bin_folder / "callerid").resolve().name == "callerid"
    assert os.access(bin_folder / "callerid", os.X_OK)
    install(phone, "--remove")
    assert [path.name for path in bin_folder.iterdir()] == ["callerid-event"]


def test_wrong_arguments_are_refused(phone: dict[str, str]) -> None:
    assert install(phone, "--now").returncode == 2
