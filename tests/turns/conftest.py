"""The world of the turns' tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.simulator.portal import SimulatedPortal
from tests.turns.world import World, begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with SimulatedPortal() as portal:
        made = begin(tmp_path, portal)
        yield made
        made.close()
