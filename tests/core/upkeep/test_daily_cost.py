"""What listening costs on a busy day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callerid.core.upkeep.daily_cost import battery_share, call_log_polls, reads_by_push, sense_polls

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def test_the_cost_of_a_busy_day_is_counted_with_its_calls() -> None:
    assert sense_polls(2 * SECOND) == 43_200 + 300  # ten minutes of ringing, with a poll a second
    assert sense_polls(SECOND) == 86_400
    assert reads_by_push() == 80
    assert call_log_polls(5 * MINUTE, 5 * MINUTE) == 288 + 20 * 6
    assert call_log_polls(15 * SECOND, 5 * MINUTE) == 288 + 20 * (6 + 8)
    assert battery_share(1800) == pytest.approx(1.0)
