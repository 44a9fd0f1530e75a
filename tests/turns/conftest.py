"""The world of the turns' tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.simulator.portal import SimulatedPortal
from tests.turns.world import Beginning, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Beginning:
    return Beginning(tmp_path_factory.mktemp("beginning"), SimulatedPortal())


@pytest.fixture
def world(tmp_path: Path, beginning: Beginning) -> Iterator[World]:
    with SimulatedPortal(token=beginning.token) as portal:
        made = beginning.world(tmp_path, portal)
        yield made
        made.close()
