"""A watched folder stays watched when it is removed, replaced or created again."""

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
    watch = FolderWatch()
    yield watch
    watch.stop()


def add_event(folder: Path, name: str) -> None:
    fresh = folder.parent / f".{name}.new"
    fresh.write_text("callerid-event 1\nidle\n")
    fresh.rename(folder / f"{name}.event")


@pytest.mark.parametrize("times", [1, 3])
def test_a_folder_that_is_removed_and_created_again_is_still_watched(folders: FolderWatch, tmp_path: Path, times: int) -> None:
    inbox, woken = tmp_path / "inbox", threading.Semaphore(0)
    inbox.mkdir()
    folders.watch_folder(inbox, woken.release)
    for _ in range(times):
        inbox.rmdir()
        inbox.mkdir()
        assert woken.acquire(timeout=5)  # for files that arrived before it was watched
        add_event(inbox, "a")
        assert woken.acquire(timeout=5)
        (inbox / "a.event").unlink()


def test_a_folder_that_is_replaced_by_another_one_is_still_watched(folders: FolderWatch, tmp_path: Path) -> None:
    inbox, other, woken = tmp_path / "inbox", tmp_path / "other", threading.Semaphore(0)
    inbox.mkdir()
    other.mkdir()
    folders.watch_folder(inbox, woken.release)
    inbox.rename(tmp_path / "gone")
    other.replace(inbox)
    assert woken.acquire(timeout=5)
    add_event(inbox, "a")
    assert woken.acquire(timeout=5)


def test_other_files_beside_the_folder_wake_nothing(folders: FolderWatch, tmp_path: Path) -> None:
    inbox, woken = tmp_path / "inbox", threading.Semaphore(0)
    inbox.mkdir()
    folders.watch_folder(inbox, woken.release)
    (tmp_path / "another").mkdir()
    (tmp_path / "file").touch()
    add_event(inbox, "a")
    assert woken.acquire(timeout=5)
    assert not woken.acquire(timeout=0.2)


def test_a_folder_that_is_removed_and_created_many_times_is_watched_in_the_end(folders: FolderWatch, tmp_path: Path) -> None:
    inbox, woken = tmp_path / "inbox", threading.Semaphore(0)
    inbox.mkdir()
    folders.watch_folder(inbox, woken.release)
    for _ in range(50):
        inbox.rmdir()
        inbox.mkdir()
    while woken.acquire(timeout=0.5):
        pass
    add_event(inbox, "a")
    assert woken.acquire(timeout=5)


def test_a_file_stays_watched_when_another_one_in_its_folder_no_longer_is(folders: FolderWatch, tmp_path: Path) -> None:
    settings_changed, people_changed = threading.Semaphore(0), threading.Semaphore(0)
    folders.watch_file(tmp_path / "config.toml", settings_changed.release)
    unwatch_people = folders.watch_file(tmp_path / "people.vcf", people_changed.release)
    unwatch_people()
    (tmp_path / "people.vcf").touch()
    (tmp_path / "config.toml").touch()
    assert settings_changed.acquire(timeout=5)
    assert not people_changed.acquire(timeout=0.2)


def test_a_file_is_watched_through_a_linked_folder_such_as_termux_s_storage(folders: FolderWatch, tmp_path: Path) -> None:
    downloads, link, changed = tmp_path / "Download", tmp_path / "downloads", threading.Semaphore(0)
    downloads.mkdir()
    link.symlink_to(downloads)
    unwatch = folders.watch_file(link / "people.vcf", changed.release)
    (downloads / "people.vcf").touch()
    assert changed.acquire(timeout=5)
    unwatch()
    while changed.acquire(timeout=0.2):
        pass
    (downloads / "people.vcf").unlink()
    assert not changed.acquire(timeout=0.2)


def test_a_linked_file_is_watched_at_both_ends_of_its_link(folders: FolderWatch, tmp_path: Path) -> None:
    changed = threading.Semaphore(0)
    for name in ("settings", "dotfiles"):
        (tmp_path / name).mkdir()
    link, real = tmp_path / "settings" / "config.toml", tmp_path / "dotfiles" / "callerid.toml"
    link.symlink_to(real)
    folders.watch_file(link, changed.release)
    real.touch()
    assert changed.acquire(timeout=5)
    while changed.acquire(timeout=0.2):
        pass
    link.unlink()
    assert changed.acquire(timeout=5)


def test_an_inbox_that_is_a_link_is_watched(folders: FolderWatch, tmp_path: Path) -> None:
    inbox, woken = tmp_path / "elsewhere" / "inbox", threading.Semaphore(0)
    inbox.mkdir(parents=True)
    (tmp_path / "inbox").symlink_to(inbox)
    folders.watch_folder(tmp_path / "inbox", woken.release)
    add_event(inbox, "a")
    assert woken.acquire(timeout=5)
