"""Nothing waits for the other end of a pipe that is in place of a file, and one place opens the files of a home."""

from __future__ import annotations

import ast
import os
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid import files
from tests import made_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
WAYS: dict[str, Callable[[Path], object]] = {
    "read": files.read_bytes,
    "change": files.to_change,
    "write": files.to_write,
    "append": lambda path: files.opened(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    "log": lambda path: files.opened(path, os.O_WRONLY | os.O_CREAT, or_device=True),
}
OPENING = {"read_text", "read_bytes", "write_text", "write_bytes", "open"}
# what opens files by itself, and why it may
ELSEWHERE = {
    "callerid/__main__.py": "/dev/null",
    "callerid/files.py": "it is the place",
    "callerid/store/connection.py": "a file that it creates itself",
    "callerid/store/faults.py": "a file that it creates itself",
    "callerid/turns/upkeep/bug_report/archive.py": "a file that it creates itself",
    "callerid/turns/upkeep/bug_report/vocabulary.py": "sources of callerid",
    "callerid/turns/doctor/installation.py": "a file of runsv's",
    "callerid/turns/setup/import_files.py": "a folder that the person names",
    "callerid/cli/people/private_file.py": "a file that the person names, perhaps a pipe",
    "callerid/turns/views/missed_callers.py": "a file of a package",
    "callerid/cli/live/contents.py": "a file of the kernel's",
    "callerid/turns/orphans.py": "files of the kernel's",
    "callerid/cli/quick/door.py": "/dev/null",
    "callerid/phone/inbox.py": "a folder",
    "callerid/store/number_rules.py": "sources of the phonenumbers package",
    "callerid/crm/hubspot/reading/exporting/export_file.py": "a part of an archive",
    "callerid/crm/hubspot/http/rate_limit.py": "the times of requests",
    "callerid/catalogue.py": "texts of callerid",
    "callerid/dialer_strings.py": "texts of callerid",
}


@pytest.fixture(params=["pipe", "socket", "folder"])
def no_file(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Something in place of a file. Who waits for it after all is let go, and then fails."""
    path = tmp_path / "x"
    bound = socket.socket(socket.AF_UNIX)
    if request.param == "socket":
        bound.bind(str(path))
    elif request.param == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    rescue = threading.Timer(5, lambda: os.close(os.open(path, os.O_RDWR)))
    rescue.start()
    yield path
    bound.close()
    assert rescue.is_alive()
    rescue.cancel()


@pytest.mark.parametrize("way", WAYS)
def test_what_is_no_file_is_not_opened_and_nobody_waits(no_file: Path, way: str) -> None:
    with pytest.raises(OSError, match=r"Not a regular file|Is a directory"):
        WAYS[way](no_file)


def test_a_file_is_read_changed_and_written_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "x"
    mask = os.umask(0)
    try:
        with files.to_write(path) as file:
            file.write("é\r\n".encode())
    finally:
        os.umask(mask)
    with files.to_change(path) as file:
        file.seek(2)
        file.write(b"!")
    assert (files.read_text(path), files.read_bytes(path, 2)) == ("é!\n", "é".encode())
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileNotFoundError):
        files.to_change(tmp_path / "y")


def test_a_log_may_be_a_device_and_nothing_else_may() -> None:
    os.close(files.opened(Path("/dev/null"), os.O_WRONLY, or_device=True))
    with pytest.raises(OSError, match="Not a regular file"):
        files.read_bytes(Path("/dev/null"))


def test_every_test_notices_a_file_that_nobody_tightens(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    for name in ("callerid.log", "unheard-of"):
        with files.to_write(tmp_path / name) as file:
            file.write(b"x")
    (tmp_path / "made-by-a-test").write_text("x")
    assert made_files.undeclared() == {str(tmp_path / "unheard-of")}


def opens_by_itself(source: Path) -> bool:
    calls = (node.func for node in ast.walk(ast.parse(source.read_text("utf-8"))) if isinstance(node, ast.Call))
    for func in calls:
        if isinstance(func, ast.Name) and func.id == "open":
            return True
        if isinstance(func, ast.Attribute) and func.attr in OPENING and ast.unparse(func.value) != "files":
            return True
    return False


def test_one_place_opens_the_files_of_a_home() -> None:
    sources = (path for path in (ROOT / "callerid").rglob("*.py") if "simulator" not in path.parts)
    assert {str(path.relative_to(ROOT)) for path in sources if opens_by_itself(path)} == ELSEWHERE.keys()
