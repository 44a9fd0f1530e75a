"""What the tests of the phone's edge share: a home whose daemon lives, so that the door starts none."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def daemon() -> Iterator[int]:
    """The number of a process that the door takes for callerid's, by its words."""
    with subprocess.Popen(["callerid-of-the-tests", "3600"], executable="/bin/sleep") as process:
        yield process.pid
        process.kill()


@pytest.fixture
def home(tmp_path: Path, daemon: int) -> Path:
    (tmp_path / "daemon.pid").write_text(f"{daemon}\n")
    return tmp_path
