"""A disk without room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desks import SyncedHome
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


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> SyncedHome:
    """A home of five people, to whose call log nothing is new."""
    return SyncedHome(tmp_path_factory.mktemp("small"), people=5, companies=1, deals=1, is_watched=True)
