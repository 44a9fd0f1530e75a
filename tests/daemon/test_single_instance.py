"""One daemon for each installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.daemon.single_instance import is_running, only_instance
from callerid.errors import AlreadyRunning
from callerid.paths import installation_paths, make_folders

if TYPE_CHECKING:
    from pathlib import Path


def test_a_second_daemon_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    paths = installation_paths({"CALLERID_HOME": str(tmp_path)})
    make_folders(paths)
    with only_instance(paths):
        with pytest.raises(AlreadyRunning), only_instance(paths):
            pass
        assert is_running(paths)
        assert paths.pid_file.exists()
    assert not is_running(paths)
    with only_instance(paths) as ended_cleanly:
        assert ended_cleanly
