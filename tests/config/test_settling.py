"""A settings file that somebody is writing is read when it is whole."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from callerid.config.settings import Config
from callerid.config.settling import SettlingFile

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

JAPANESE = Config(language="ja")


def test_a_file_without_settings_is_read_only_when_it_has_stayed_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, read = tmp_path / "config.toml", threading.Semaphore(0)
    file = SettlingFile(path, read.release)
    for blank in (None, "", "\n"):
        if blank is not None:
            path.write_text(blank)
        file.written(JAPANESE)
        assert not read.acquire(blocking=False)
    path.write_text('language = "ja"')
    file.written(JAPANESE)
    assert read.acquire(blocking=False)
    path.unlink()
    monkeypatch.setattr("callerid.config.settling.SETTLES_WITHIN", 0.001)
    file.written(JAPANESE)
    assert read.acquire(timeout=10)
    assert not read.acquire(blocking=False)


def test_a_broken_file_and_one_that_was_without_settings_before_are_read_at_once(tmp_path: Path) -> None:
    path, read = tmp_path / "config.toml", threading.Semaphore(0)
    file = SettlingFile(path, read.release)
    for content, config in ((b"broken", JAPANESE), (b"\xff", JAPANESE), (b"", Config())):
        path.write_bytes(content)
        file.written(config)
        assert read.acquire(blocking=False)
