"""The reserved space is never what fills the phone."""

from __future__ import annotations

import shutil
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from callerid.store.reserve import RESERVED, Reserve

if TYPE_CHECKING:
    from pathlib import Path

_MIB = 1024 * 1024


@pytest.mark.parametrize(("free", "reserved"), [(RESERVED + _MIB, True), (RESERVED + _MIB - 1, False)])
def test_space_is_reserved_only_when_there_is_a_mebibyte_besides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, *, reserved: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))
    assert Reserve(tmp_path / "reserve").keep() is reserved
    assert (tmp_path / "reserve").exists() is reserved
