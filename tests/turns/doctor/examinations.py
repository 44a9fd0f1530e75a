"""What the tests of the doctor share: an examination of a simulated phone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.turns.doctor.examination import Surroundings
from callerid.turns.doctor.examine import examine
from callerid.turns.doctor.table import CHECKS
from callerid.turns.upkeep.heart import beat_now

if TYPE_CHECKING:
    from callerid.core.doctor.finding import Finding
    from tests.turns.world import World


def surroundings(world: World, *, notifications: bool = False, daemon_runs: bool = True) -> Surroundings:
    """Return a moment in which a daemon runs."""
    return Surroundings(now=world.now, beat=beat_now(), daemon_runs=daemon_runs, reads_notifications=notifications)


def examined(world: World, *names: str, around: Surroundings | None = None, notifications: bool = False) -> dict[str, Finding]:
    """Examine a world, by all checks or by those of these names, and return what was found, by name."""
    around = around or surroundings(world, notifications=notifications)
    around = replace(around, reads_notifications=notifications or around.reads_notifications)
    checks = [check for check in CHECKS if not names or check.name in names]
    environ = {"CALLERID_TOKEN": world.portal.token}
    found = examine(world.app, around, environ=environ, connect=lambda: world.hub, checks=checks)
    return {finding.name: finding for finding in found}
