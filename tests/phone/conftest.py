"""A home with a running daemon, so that callerid-event starts none."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def daemon() -> Iterator[int]:
    """The id of a process that callerid-event takes for the daemon, by its name."""
    with subprocess.Popen(["callerid-of-the-tests", "3600"], executable="/bin/sleep") as process:
        yield process.pid
        process.kill()


@pytest.fixture
def home(tmp_path: Path, daemon: int) -> Path:
    (tmp_path / "daemon.pid").write_text(f"{daemon}\n")
    return tmp_path
