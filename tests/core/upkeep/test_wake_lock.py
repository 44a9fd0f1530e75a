"""When the processor is kept awake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callerid.config.settings import SETTINGS
from callerid.core.backoff import Deadline
from callerid.core.upkeep.wake_lock import AROUND_CALL, WakeLockPolicy, is_wanted

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def after_call(ago: timedelta) -> Deadline:
    return Deadline.after(AROUND_CALL, NOW - ago)


@pytest.mark.parametrize(
    ("policy", "around_call", "wanted"),
    [
        (WakeLockPolicy.HELD, None, True),
        (WakeLockPolicy.OFF, after_call(timedelta(0)), False),
        (WakeLockPolicy.WHILE_RINGING, None, False),
        (WakeLockPolicy.WHILE_RINGING, after_call(timedelta(seconds=1)), True),
        (WakeLockPolicy.WHILE_RINGING, after_call(AROUND_CALL), False),
        (WakeLockPolicy.WHILE_RINGING, after_call(timedelta(days=-400)), False),  # set by a clock that was wrong
    ],
)
def test_the_setting_decides_when_the_lock_is_held(policy: WakeLockPolicy, around_call: Deadline | None, wanted: bool) -> None:
    assert is_wanted(policy, enabled=True, around_call=around_call, now=NOW) is wanted


@pytest.mark.parametrize("policy", WakeLockPolicy)
def test_a_caller_id_that_is_off_holds_no_lock(policy: WakeLockPolicy) -> None:
    assert not is_wanted(policy, enabled=False, around_call=after_call(timedelta(0)), now=NOW)


def test_the_setting_has_a_value_for_each_policy_and_says_what_it_costs() -> None:
    setting = SETTINGS["wake_lock"]
    assert [setting.type.from_toml(policy.value) for policy in WakeLockPolicy] == [policy.value for policy in WakeLockPolicy]
    assert "battery" in setting.description
