"""A disk without room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.disk.small_disk import small_disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.disk.small_disk import SmallDisk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of 12 MB. The test is left out where nothing can be mounted; those beside it limit the size of files instead."""
    with small_disk(tmp_path / "disk", 12 * 1024 * 1024) as mounted:
        if mounted is None:
            pytest.skip("no file system can be mounted here")
        yield mounted
