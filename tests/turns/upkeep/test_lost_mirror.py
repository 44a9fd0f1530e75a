"""A mirror that goes while nobody has it open: whoever reads it next creates an empty one, and a sync is due then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.core.inbox_events import Ring
from callerid.core.sync.plan import SyncKind
from callerid.core.upkeep.health import Source
from callerid.errors import CalleridError, DatabaseDamaged, DiskFull
from callerid.store.damage import files_put_aside
from callerid.turns.inbox.receive import receive
from callerid.turns.repair import report_replaced_mirror
from callerid.turns.sync.pull import pull
from tests.damages import cut_to_nothing, delete, delete_with_journal, overwrite_header
from tests.turns.sync.portal_and_world import PortalAndWorld
from tests.turns.world import ANA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[PortalAndWorld]:
    made = PortalAndWorld(tmp_path, people=5)
    yield made
    made.close()


def troubles(pair: PortalAndWorld) -> list[str]:
    return [trouble.sentence for trouble in pair.world.app.ledger.key_values.troubles() if trouble.source is Source.MIRROR]


@pytest.mark.parametrize("damage", [delete, delete_with_journal, cut_to_nothing])
def test_a_mirror_that_goes_while_nobody_has_it_open_is_missed_once_by_whoever_reads_it_next(
    pair: PortalAndWorld, damage: Callable[[Path], None]
) -> None:
    pair.sync()
    pair.world.restart()
    app = pair.world.app
    app.mirror.close()
    damage(pair.world.where.mirror)
    assert not report_replaced_mirror(app, pair.world.now)  # it is not opened only to look
    assert app.mirror.candidates(ANA, "IE") == ()
    assert report_replaced_mirror(app, pair.world.now)
    assert len(troubles(pair)) == 1
    assert not report_replaced_mirror(app, pair.world.now)
    assert pair.sync().kind is SyncKind.FULL
    assert app.mirror.candidates(ANA, "IE")
    assert troubles(pair) == []
    assert not report_replaced_mirror(app, pair.world.now)


def test_a_mirror_that_was_put_aside_while_there_was_no_room_for_an_empty_one_is_not_said_to_be_deleted(
    pair: PortalAndWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.sync()
    pair.world.restart()
    app, path = pair.world.app, pair.world.where.mirror

    def full(*_: object, **__: object) -> None:
        raise DiskFull("The disk is full.")

    overwrite_header(path)
    app.mirror.close()
    monkeypatch.setattr(app.mirror.file, "_open_file", full)
    with pytest.raises(DiskFull):
        app.mirror.file._replace(DatabaseDamaged("It is damaged.", path=path))
    assert not path.exists()
    pair.world.restart()
    app = pair.world.app
    assert app.mirror.candidates(ANA, "IE") == ()
    assert report_replaced_mirror(app, pair.world.now)
    assert "was damaged, and was put aside" in troubles(pair)[0]


def test_a_mirror_that_was_filled_by_a_process_that_died_is_no_trouble_after_the_next_sync(
    pair: PortalAndWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    pair.sync()
    app, path = pair.world.app, pair.world.where.mirror
    app.mirror.close()
    overwrite_header(path)
    assert app.mirror.candidates(ANA, "IE") == ()
    assert report_replaced_mirror(app, pair.world.now)
    with monkeypatch.context() as dying:
        dying.setattr("callerid.turns.sync.pull.note_filled_mirror", die)
        with pytest.raises(KeyboardInterrupt):
            pair.sync()
    assert (len(troubles(pair)), len(files_put_aside(path))) == (1, 1)
    assert pair.sync().kind is SyncKind.DELTA
    assert (troubles(pair), files_put_aside(path)) == ([], [])


def test_a_ring_that_meets_a_damaged_mirror_is_shown_by_its_number(pair: PortalAndWorld) -> None:
    world = pair.world
    pair.sync()
    world.app.mirror._db.execute("DROP TABLE phonebook")
    receive(world.app, Ring(at=world.now, number=ANA), world.now)
    assert [ANA[-4:] in title.replace(" ", "") for title in world.titles()] == [True]


def test_a_mirror_that_was_never_filled_is_not_missed(pair: PortalAndWorld) -> None:
    pair.portal.fault("status", "GET /crm", times=999, status=500)
    with pytest.raises(CalleridError):
        pull(pair.world.app, pair.world.hub, pair.world.clock)
    assert pair.world.app.mirror.candidates(ANA, "IE") == ()
    assert not report_replaced_mirror(pair.world.app, pair.world.now)
