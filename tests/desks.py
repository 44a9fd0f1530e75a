"""What tests over a whole desk share: a synced desk, and short words for what is on its phone."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from callerid.simulator.desk import Desk
from callerid.simulator.portal import SimulatedPortal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANA = "+353 87 123 4567"


@contextlib.contextmanager
def synced(folder: Path) -> Iterator[Desk]:
    """A desk whose mirror holds forty people, Ana López first."""
    with SimulatedPortal() as portal:
        portal.populate(people=40, companies=5, deals=8)
        desk = Desk(folder, portal)
        assert desk.start("sync").returncode == 0
        yield desk


def ready(desk: Desk) -> None:
    """Wait until the daemon has looked at the call log."""
    desk.phone.wait(lambda: desk.json("status")["last_poll"], 20)


def titles(desk: Desk) -> list[str]:
    """What the notifications on the screen are titled."""
    return [shown.title for shown in desk.phone.notifications()]
