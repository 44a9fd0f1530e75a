"""The process dies before and after each effect and each commit. Each answered prompt is still one call in the CRM."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from callerid.simulator.portal import SimulatedPortal
from tests.crash.runs import Runs
from tests.crash.scenarios import SCENARIOS
from tests.crash.seams import distinct_moments

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.scenarios import Scenario


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_wherever_the_process_dies_the_crm_has_what_was_answered_once(tmp_path: Path, scenario: Scenario) -> None:
    """`make crash` also crashes at the others, and kills real processes."""
    with SimulatedPortal() as portal:
        runs = Runs(tmp_path, portal)
        seams, faults = runs.play(scenario, None)
        assert not faults
        assert len(seams.passed) > 10
        deaths = {number: runs.play(scenario, number)[1] for number in distinct_moments(seams.passed)}
    wrong = {f"{number}: {seams.passed[number]}": faults for number, faults in deaths.items() if faults}
    assert not wrong


def test_a_run_that_goes_wrong_is_kept_with_its_journal_and_any_other_is_not(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with SimulatedPortal() as portal:
        runs = Runs(tmp_path, portal, kept)
        assert not runs.play(SCENARIOS[0], None)[1]
        assert not kept.exists()
        _, faults = runs.play(replace(SCENARIOS[0], note="another"), 4)
    assert len(faults) == 1
    (run,) = kept.iterdir()
    assert run.name == "seams-one-tap,-4"
    assert (run / "home" / "ledger.db").exists()
    journal = (run / "journal.txt").read_text()
    assert all(words in journal for words in ("not as answered", "before ", "termux-notification", "HeldCall("))
