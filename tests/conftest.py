"""What all tests share: profiles for hypothesis, and temporary folders in memory where there is room for them."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import made_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.desks import SyncedHome

settings.register_profile("dev", max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# the same examples each time, so that a change lands or not for what it changes; new examples are tried in development
settings.register_profile(
    "ci", max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, database=None
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

_MEMORY = "/dev/shm"
_ROOM = 1024**3  # bytes; a whole run needs a tenth of it


def _in_memory() -> bool:
    """Return whether temporary files can be in memory: no test cuts the power, so none needs a disk to wait for."""
    try:
        return shutil.disk_usage(_MEMORY).free >= _ROOM and not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC
    except OSError:
        return False


if _in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _MEMORY)
    tempfile.tempdir = _MEMORY  # of a test that makes a folder for each example


made_files.watch()


def pytest_collection_finish() -> None:
    """Keep the seven thousand tests, which stay until the end, out of each look for garbage: it takes 0.1 s with them."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _makes_only_files_that_are_for_their_owner() -> Iterator[None]:
    """Fail for a file of a home whose mode is not tightened at the start: `callerid.paths` must know it."""
    yield
    assert made_files.undeclared() == set()


@pytest.fixture
def quick_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands of this process search without pauses; that they keep to HubSpot's limits is tested in tests/crm."""
    from callerid.crm.hubspot.http import rate_limit

    monkeypatch.setattr(rate_limit, "_SEARCH_LIMIT", 1000)


@pytest.fixture(scope="session")
def synced_home(tmp_path_factory: pytest.TempPathFactory) -> SyncedHome:
    """A home of forty people, Ana López first, whose callerid has never run."""
    from tests.desks import SyncedHome

    return SyncedHome(tmp_path_factory.mktemp("synced"), people=40, companies=5, deals=8)
