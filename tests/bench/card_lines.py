"""What the lines of a card cost that come from the CRM: a look-up with notes, tasks and tickets against one without, in one run, and
how much the mirror grows for each contact who has some."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.models import Activity, ActivityKind
from callerid.store.mirror.activities.tables import IdRange
from tests.bench.lookups import FIRST_CONTACT, NOW, build, number

if TYPE_CHECKING:
    from callerid.store.mirror.database import Mirror

_PEOPLE, _RINGS, _ROUNDS = 20_000, 2_000, 7
_EACH = {ActivityKind.CALLS: 1, ActivityKind.TASKS: 2, ActivityKind.TICKETS: 1}
TEXT = "Asked for the offer by Friday, wants to hear about the new terms and the delivery of the second part"


def card_lines() -> None:
    """Print the processor time of a look-up without activities and with them, and the bytes of a contact's."""
    with tempfile.TemporaryDirectory() as folder:
        mirror, path = build(Path(folder), _PEOPLE), Path(folder) / f"mirror-{_PEOPLE}.db"
        mirror.update("IE").release_space()
        size, without = path.stat().st_size, _look_up(mirror)
        for kind, each in _EACH.items():
            fill(mirror, kind, each, _PEOPLE)
        took = _look_up(mirror)
        mirror.update("IE").release_space()
        grown = (path.stat().st_size - size) / _PEOPLE
        mirror.close()
    print(
        f"card of a contact with a note, two tasks and a ticket: {took:.1f} us of processor, without {without:.1f} us; "
        f"the mirror of {_PEOPLE:,} contacts grew by {grown:.0f} bytes for each contact who has them",
        flush=True,
    )


def _look_up(mirror: Mirror) -> float:
    """Return the microseconds of processor time of one look-up, in the best of several rounds."""
    chance = random.Random(1)
    numbers = [number(10 * chance.randrange(_PEOPLE // 10)) for _ in range(_RINGS)]
    rounds = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        for raw in numbers:
            mirror.candidates(raw, "IE")
        rounds.append((time.process_time() - began) / _RINGS * 1e6)
    return min(rounds)


def fill(mirror: Mirror, kind: ActivityKind, each: int, people: int) -> None:
    """Give each of so many contacts so many activities of a kind."""
    ids = range(1, people * each + 1)
    made = [
        Activity(id=str(i), at=NOW, text=f"{TEXT} {i}", is_open=True, modified=NOW, stage="Waiting on us" * (kind == "tickets"))
        for i in ids
    ]
    contacts = {str(i): (str(FIRST_CONTACT + 3 * ((i - 1) // each)),) for i in ids}
    mirror.activities.put(kind, made, contacts, IdRange(low=0, stop=None))
