"""Lines of the system's log about calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.core.ringing import telecom_log
from callerid.core.ringing.telecom_log import Trigger

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "trigger"),
    [
        ("I Telecom : CallsManager: setCallState RINGING -> ANSWERED, call: [Call id=TC@21, …]", Trigger.TALKING),
        ("I Telecom : CallsManager: setCallState NEW(NEW) -> RINGING(RINGING), call: [Call id=TC@2]", Trigger.RINGING),
        ("I Telecom : VivoCallsManager: setCallState DIALING -> ACTIVE", Trigger.TALKING),
        ("I Telecom : CallsManager: setCallState CONNECTING -> DIALING", Trigger.DIALLING),
        ("I Telecom : CallsManager: setCallState ACTIVE -> DISCONNECTED: CLCC.hA@E", Trigger.ENDED),
    ],
)
def test_a_line_about_a_calls_state_is_a_reason_to_read_the_phones_state(line: str, trigger: Trigger) -> None:
    change = telecom_log.parse_line(f"  {int(NOW.timestamp())}.123  1721  1873 {line}")
    assert change
    assert (change.trigger, change.at) == (trigger, NOW)
    assert telecom_log.is_recent(change, NOW + timedelta(seconds=30))
    assert not telecom_log.is_recent(change, NOW + timedelta(minutes=5))


def test_other_lines_mean_nothing_and_a_line_without_a_time_is_recent() -> None:
    for line in ("--------- beginning of main", "I Telecom : CallsManager: setCallState ACTIVE -> ON_HOLD", "x" * 100_000, ""):
        assert telecom_log.parse_line(line) is None
    assert telecom_log.parse_line("I Other : setCallState NEW -> RINGING") is None
    change = telecom_log.parse_line("11-24 09:00:00.123  1  2 I Telecom : CallsManager: setCallState NEW -> RINGING")
    assert change
    assert telecom_log.is_recent(change, NOW)


@given(st.text(max_size=200))
def test_any_line_can_be_parsed(text: str) -> None:
    telecom_log.parse_line(text)
    telecom_log.parse_line(f"CallsManager: setCallState {text} -> RINGING")
