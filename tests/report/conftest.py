"""A busy phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desks import SyncedHome
from tests.report.pages_made import busy_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.turns.context import AppContext
    from tests.desks import QuickDesk


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> SyncedHome:
    return SyncedHome(tmp_path_factory.mktemp("small"), people=5, companies=1, deals=1)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, small_home: SyncedHome) -> Iterator[QuickDesk]:
    with small_home.desk(tmp_path_factory.mktemp("busy")) as made:
        yield made


@pytest.fixture(scope="module")
def app(desk: QuickDesk) -> Iterator[AppContext]:
    with busy_app(desk) as busy:
        yield busy
