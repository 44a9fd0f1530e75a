"""The two servers, and a home whose mirror the tests edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.config.load import load_config
from callerid.paths import installation_paths
from callerid.turns.open_context import open_app
from tests.carddav.servers import radicale, xandikos

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.turns.context import AppContext
    from tests.carddav.servers import DavServer
    from tests.desks import QuickDesk, SyncedHome


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> SyncedHome:
    """A home of five people, Ana López first."""
    from tests.desks import SyncedHome

    return SyncedHome(tmp_path_factory.mktemp("small"), people=5, companies=1, deals=1)


@pytest.fixture(params=[radicale, xandikos], ids=["radicale", "xandikos"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DavServer]:
    folder = tmp_path / "server"
    folder.mkdir()
    with request.param(folder) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, small_home: SyncedHome) -> Iterator[QuickDesk]:
    with small_home.desk(tmp_path) as made:
        yield made


@pytest.fixture
def app(desk: QuickDesk) -> Iterator[AppContext]:
    paths = installation_paths(desk.environment())
    opened = open_app(paths, load_config(paths.config_file), desk.runner(desk.environment()), desk.environment())
    yield opened
    opened.close()
