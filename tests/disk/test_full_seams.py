"""The disk is full at each write, by itself and for a while. When there is room again, each answer is in the CRM once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.simulator.portal import SimulatedPortal
from tests.crash.scenarios import SCENARIOS
from tests.disk.full_seams import FullDisk, FullRuns

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.scenarios import Scenario


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_wherever_there_is_no_room_the_crm_has_what_was_answered_once(tmp_path: Path, scenario: Scenario) -> None:
    """At every third write, in turn for one write and for three; `make disk` tries each, in several ways."""
    with SimulatedPortal() as portal:
        runs, counting = FullRuns(tmp_path, portal), FullDisk()
        assert not runs.play(scenario, counting)
        assert counting.writes > 3
        wrong = {}
        for begins_at in range(SCENARIOS.index(scenario) % 3, counting.writes, 3):
            disk = FullDisk(begins_at, lasts=1 if begins_at % 2 else 3, at_commit=begins_at % 4 < 2)
            faults = runs.play(scenario, disk)
            assert disk.failed, "it was never full"
            if faults:
                wrong[f"{begins_at}: {disk}"] = faults
    assert not wrong
