"""The doctor's tests do not wait until a stream is stable."""

from __future__ import annotations

import pytest

from callerid.phone import line_stream


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_stream, "_STABLE", 0.1)
