"""Large blocks of memory are given back, and where the C library is another one nothing is done."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from callerid import large_blocks

if TYPE_CHECKING:
    import pytest


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_what_was_large_and_is_freed_goes_back_to_the_system() -> None:
    large_blocks.give_back()
    before = _resident()
    blocks = [b"x" * 100_000 for _ in range(300)]
    kept = [b"x" * place for place in range(300)]
    assert _resident() - before > 20_000_000
    del blocks
    assert _resident() - before < 5_000_000
    del kept


def test_a_python_without_confstr_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Android's has none."""
    monkeypatch.delattr(os, "confstr")
    large_blocks.give_back.cache_clear()
    large_blocks.give_back()
