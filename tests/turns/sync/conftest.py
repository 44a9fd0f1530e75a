"""A portal and a mirror that was synced with it three hours ago."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.turns.sync.portal_and_world import PortalAndWorld

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[PortalAndWorld]:
    made = PortalAndWorld(tmp_path, people=40)
    made.sync()
    made.world.later(hours=3)
    yield made
    made.close()
