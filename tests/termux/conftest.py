"""Emulated phones: one that several tests look at, and a new one for a test that changes it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.termux.prefix import emulated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.termux.prefix import Termux


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Termux:
    """An emulated Termux in which install.sh has just ended, with a copy of it beside it."""
    folder = tmp_path_factory.mktemp("installed")
    with emulated(folder / "termux") as termux:
        done = termux.install()
        assert done.returncode == 0, done.stderr
        termux.summary = done.stdout
    shutil.copytree(termux.folder, folder / "copy", symlinks=True)
    return termux


@pytest.fixture
def installed(_template: Termux) -> Iterator[Termux]:
    """An emulated Termux in which callerid was installed and has not run yet. It is at the same place for each test, because the
    place is written into the installed files."""
    shutil.rmtree(_template.folder)
    shutil.copytree(_template.folder.with_name("copy"), _template.folder, symlinks=True)
    try:
        yield _template
    finally:
        _template.end()


@pytest.fixture
def termux(tmp_path: Path) -> Iterator[Termux]:
    """An emulated Termux in which callerid is checked out and nothing more."""
    with emulated(tmp_path) as fresh:
        yield fresh
