"""A home for the tests of commands."""

from __future__ import annotations

import pytest

from tests.desks import SyncedHome


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> SyncedHome:
    """A home of five people, Ana López first, to whose call log nothing is new."""
    return SyncedHome(tmp_path_factory.mktemp("small"), people=5, companies=1, deals=1, is_watched=True)
