"""A desk whose daemon runs in the process of the tests, and in a hurry."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.backoff import Backoff
from callerid.core.ringing import card_lifecycle
from callerid.core.ringing.sense_polling import next_interval
from callerid.daemon import phone_access
from callerid.daemon.senses import polling, streams
from callerid.phone import line_stream
from callerid.turns.followup import attend

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome


@pytest.fixture
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing take long that the daemon merely waits for."""
    monkeypatch.setattr(attend, "_CHECK_RING_CARDS_AFTER", timedelta(seconds=1))
    monkeypatch.setattr(card_lifecycle, "_LOG_WRITES", timedelta(seconds=1))
    monkeypatch.setattr(polling, "next_interval", lambda conditions, now: next_interval(conditions, now) / 6)
    monkeypatch.setattr(phone_access, "_SEARCHES", Backoff.seconds(0.5))
    monkeypatch.setattr(phone_access, "_AFTER_LOSS", timedelta(seconds=0.5))
    monkeypatch.setattr(line_stream, "_STABLE", 0.3)
    monkeypatch.setattr(line_stream, "RESTART", Backoff.seconds(0.3))
    monkeypatch.setattr(streams, "_STARTING", 0.4)


@pytest.fixture
def desk(tmp_path: Path, synced_home: SyncedHome, _in_a_hurry: None) -> Iterator[QuickDesk]:
    """A desk of forty people, whose phone has no automation app."""
    with synced_home.desk(tmp_path) as made:
        made.phone.no_automation()
        yield made
