"""A folder that is watched stays watched, whatever becomes of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from callerid.phone.folder_watch import FolderWatch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folders() -> Iterator[FolderWatch]:
    made = FolderWatch()
    yield made
    made.stop()


def event(folder: Path, name: str) -> None:
    fresh = folder.parent / f".{name}.new"
    fresh.write_text("callerid-event 1\nidle\n")
    fresh.rename(folder / f"{name}.event")


@pytest.mark.parametrize("times", [1, 3])
def test_a_folder_that_is_removed_and_made_again_is_heard(folders: FolderWatch, tmp_path: Path, times: int) -> None:
    inbox, woken = tmp_path / "inbox", threading.Semaphore(0)
    inbox.mkdir()
    folders.watch_folder(inbox, woken.release)
    for _ in range(times):
        inbox.rmdir()
        inbox.mkdir()
        assert woken.acquire(timeout=5)  # for what came before it was watched
        event(inbox, "a")
        assert woken.acquire(timeout=5)
        (inbox / "a.event").unlink()


def test_a_folder_that_is_moved_away_and_another_put_in_its_place_is_heard(folders: FolderWatch, tmp_path: Path) -> None:
    inbox, other, woken = tmp_path / "inbox", tmp_path / "other", threading.Semaphore(0)
    inbox.mkdir()
    other.mkdir()
    folders.watch_folder(inbox, woken.release)
    inbox.rename(tmp_path / "gone")
    other.replace(inbox)
    assert woken.acquire(timeout=5)
    event(inbox, "a")
    assert woken.acquire(timeout=5)


def test_what_else_is_made_beside_it_wakes_nobody(folders: FolderWatch, tmp_path: Path) -> None:
    inbox, woken = tmp_path / "inbox", threading.Semaphore(0)
    inbox.mkdir()
    folders.watch_folder(inbox, woken.release)
    (tmp_path / "another").mkdir()
    (tmp_path / "file").touch()
    event(inbox, "a")
    assert woken.acquire(timeout=5)
    assert not woken.acquire(timeout=0.2)


def test_a_folder_that_comes_and_goes_many_times_is_heard_in_the_end(folders: FolderWatch, tmp_path: Path) -> None:
    inbox, woken = tmp_path / "inbox", threading.Semaphore(0)
    inbox.mkdir()
    folders.watch_folder(inbox, woken.release)
    for _ in range(50):
        inbox.rmdir()
        inbox.mkdir()
    while woken.acquire(timeout=0.5):
        pass
    event(inbox, "a")
    assert woken.acquire(timeout=5)
