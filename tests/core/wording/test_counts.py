"""Counts agree with their noun."""

from __future__ import annotations

from callerid.core.wording.counts import records
from callerid.messages import counted


def test_one_is_singular_and_every_other_count_is_plural() -> None:
    assert [counted(count, "{count} call", "{count} calls") for count in (0, 1, 2)] == ["0 calls", "1 call", "2 calls"]
    assert records(1, 1, 1) == "1 contact, 1 company, 1 deal"
    assert records(2, 0, 5) == "2 contacts, 0 companies, 5 deals"
