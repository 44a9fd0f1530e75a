"""callerid forget, of somebody whom the CRM had twice until the two were merged: nothing of either half is left in any file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from callerid.models import CallType, Contact, ContactPhone, Page
from callerid.turns.hygiene.saved_corrections import Correction, new_file, save
from callerid.turns.upkeep.forget import find, forget
from callerid.turns.upkeep.maintenance import maintain_databases
from tests.damages import flush
from tests.turns.delivery.steps import answer_by_command, deliver_all

if TYPE_CHECKING:
    from tests.turns.world import World

ZOE, HER_OLD_NUMBER, ANOTHERS, HOTEL = "+353 87 765 4321", "+353 86 998 8776", "+353 85 111 2233", "+353 1 555 0199"
TRACES = (b"Zoraida", b"Quixote", b"7654321", b"765 4321", b"9988776", b"998 8776", b"SECRET")


@dataclass(frozen=True)
class Halves:
    """The ids of the two contacts that are one person."""

    zoe: int
    twin: int


@pytest.fixture
def halves(world: World) -> Halves:
    """Put her into the CRM twice, and notes of calls with each: from her numbers, from a hidden one, from a hotel's."""
    create = world.portal.records.create
    zoe = create("contacts", {"firstname": "Zoraida", "lastname": "Quixote", "phone": ZOE}).id
    twin = create("contacts", {"firstname": "Zoraida", "lastname": "Double", "phone": HER_OLD_NUMBER}).id
    other = create("contacts", {"firstname": "Mia", "lastname": "Other", "phone": ANOTHERS}).id
    world.later(hours=3)
    world.sync()
    for number, person in (
        (ZOE, zoe),
        ("", zoe),
        ("", twin),
        (HER_OLD_NUMBER, twin),
        (ANOTHERS, twin),
        (HOTEL, twin),
        (HOTEL, other),
    ):
        answer_by_command(world, world.called(number), person=str(person), note="SECRET" if person != other else "kept")
    world.called(HER_OLD_NUMBER, CallType.MISSED, 0)
    deliver_all(world)
    maintain_databases(world.app, world.now)
    save(new_file(world.where.corrections, world.now), [Correction(str(twin), "phone", "086 998 8776", "+353869988776")])
    return Halves(zoe, twin)


def forgotten(world: World) -> list[tuple[str, bytes]]:
    """Forget her, and return what is left in which file."""
    assert not forget(world.app, find(world.app, "Zoraida Quixote"), world.now).faults
    for path in (world.where.ledger, world.where.mirror):
        flush(path)
    files = [path for path in world.where.ledger.parent.rglob("*") if path.is_file()]
    return [(path.name, trace) for path in files for trace in TRACES if trace in path.read_bytes()]


@pytest.mark.parametrize("keeps_id", [False, True])
def test_nothing_of_either_half_is_left_and_others_keep_their_calls(world: World, halves: Halves, *, keeps_id: bool) -> None:
    world.portal.records.merge_keeps_id = keeps_id
    world.portal.records.merge("contacts", halves.zoe, halves.twin)
    world.later(minutes=5)
    world.sync()
    target = find(world.app, "Zoraida Quixote")
    assert (len(target.contacts), len(target.merged), len(target.lines)) == (1, 1 if keeps_id else 2, 2)
    assert forgotten(world) == []
    left = world.app.ledger.calls.since(None)
    assert sorted({call.number for call in left}) == ["", HOTEL, ANOTHERS]
    assert world.app.ledger.connection.execute("SELECT count(*) FROM outbox WHERE content LIKE '%kept%'").fetchone()[0] == 1
    world.later(hours=3)
    world.sync()
    assert forgotten(world) == []


def test_a_merge_that_only_the_mirror_knows_yet_counts_too(world: World, halves: Halves) -> None:
    phones = (ContactPhone(property="phone", raw=ZOE),)
    old = (str(halves.zoe), str(halves.twin))
    survivor = Contact(id="99999999", first_name="Zoraida", last_name="Quixote", phones=phones, merged_ids=old)
    world.app.mirror.update(world.app.region).put(Page(contacts=(survivor,)))
    assert forgotten(world) == []


def test_a_number_of_somebody_who_was_never_merged_stays_if_they_are_forgotten(world: World, halves: Halves) -> None:
    world.portal.records.edit("contacts", halves.twin, {"phone": "", "lastname": "Quixote"})
    world.portal.records.purge("contacts", halves.zoe)
    world.later(minutes=5)
    world.sync()
    forgotten(world)
    assert HER_OLD_NUMBER in {call.number for call in world.app.ledger.calls.since(None)}
