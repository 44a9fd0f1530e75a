"""What the log says of a ring: no more of its number than the settings allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.turns.ringing.reports import report_ring
from tests.turns.world import ANA

if TYPE_CHECKING:
    from tests.turns.world import World


@pytest.fixture
def ring_log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level("DEBUG", "callerid")
    return caplog


def from_rings(log: pytest.LogCaptureFixture) -> list[str]:
    """Return from whom the logged rings came."""
    messages = [record.getMessage() for record in log.records]
    return [message.removeprefix("ring from ").split(":")[0] for message in messages if message.startswith("ring from ")]


@pytest.mark.parametrize("number", [ANA, "087 123 4567", "0041 44 668 18 67"])
def test_the_log_has_only_the_last_two_digits_of_a_number(world: World, ring_log: pytest.LogCaptureFixture, number: str) -> None:
    report_ring(world, number)
    assert from_rings(ring_log) == ["…67"]
    assert number not in ring_log.text
    assert number.replace(" ", "")[-7:] not in ring_log.text.replace(" ", "")


@pytest.mark.parametrize(("number", "shown"), [("112", "…"), ("123467", "…"), ("1234567", "…67")])
def test_the_log_has_no_digit_of_a_number_with_at_most_six(
    world: World, ring_log: pytest.LogCaptureFixture, number: str, shown: str
) -> None:
    report_ring(world, number)
    assert from_rings(ring_log) == [shown]
    assert number not in ring_log.text


def test_the_log_has_the_number_where_the_settings_allow_it(world: World, ring_log: pytest.LogCaptureFixture) -> None:
    world.settings('region = "IE"\n[privacy]\nmask_logs = false\n')
    report_ring(world)
    world.later(minutes=5)  # another ring, not another report of this one
    report_ring(world, "")
    assert from_rings(ring_log) == [ANA, "hidden"]
