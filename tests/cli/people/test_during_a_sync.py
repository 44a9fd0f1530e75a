"""Commands that read the mirror while a sync changes it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.config.load import load_config
from callerid.core.hygiene.review import review_contacts
from callerid.errors import StoreFault
from callerid.models import CallType
from callerid.paths import installation_paths
from callerid.store.connection import open_database
from callerid.turns.addressbook.exported_people import WantedPeople, exported_people
from callerid.turns.open_context import open_app
from callerid.turns.views.chosen_calls import CallChoice, chosen_calls
from callerid.turns.views.missed_callers import missed_callers
from callerid.turns.views.person import person_of_contact
from callerid.turns.views.report import report
from tests.desks import ANA

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from callerid.turns.context import AppContext
    from tests.desks import SyncedHome


@pytest.fixture
def app(tmp_path: Path, small_home: SyncedHome) -> Iterator[AppContext]:
    """Of a phone on which Ana, whom the mirror has, was missed."""
    with small_home.desk(tmp_path) as desk:
        desk.phone.add_call(ANA, CallType.MISSED, datetime.now(UTC) - timedelta(hours=1))
        assert desk.start("run", "--once", "watch").returncode == 0
        paths = installation_paths(desk.environment())
        opened = open_app(paths, load_config(paths.config_file), desk.runner(desk.environment()), desk.environment())
        yield opened
        opened.close()


class ComingAndGoing:
    """Another process that takes everybody out of the mirror and puts them back, in turn, before each statement of this one."""

    def __init__(self, app: AppContext, other: sqlite3.Connection) -> None:
        self._db, self._own, self.times = other, app.mirror.file.connection, 0
        other.executescript(
            "CREATE TEMP TABLE people AS SELECT * FROM contacts; CREATE TEMP TABLE numbers AS SELECT * FROM contact_keys"
        )

    def __call__(self, _statement: str) -> None:
        back = "INSERT INTO contacts SELECT * FROM people; INSERT INTO contact_keys SELECT * FROM numbers"
        self._db.executescript(back if self.times % 2 else "DELETE FROM contacts; DELETE FROM contact_keys")
        self.times += 1

    def during(self, read: Callable[[], object]) -> object:
        """Return what is read, in which a statement of the mirror must be."""
        self._own.set_trace_callback(self)
        try:
            return read()
        finally:
            self._own.set_trace_callback(None)
            assert self.times


def test_an_export_is_of_one_moment_whatever_a_sync_writes_meanwhile(app: AppContext) -> None:
    everybody = exported_people(app, WantedPeople())
    assert len(everybody.cards) == 5
    with closing(open_database(app.paths.mirror, synchronous="NORMAL")) as other:
        sync = ComingAndGoing(app, other)
        for began in (0, 1):
            sync.times = began
            assert sync.during(lambda: exported_people(app, WantedPeople())) in (everybody, replace(everybody, cards=()))


def test_who_was_in_a_mirror_that_is_put_aside_during_an_export_was_not_deleted(app: AppContext) -> None:
    def everybody() -> list[str]:
        with app.mirror.as_of_one_moment():
            app.paths.mirror.write_bytes(b"not a database" * 1000)
            app.mirror.file.replace_if_damaged(ValueError())
            return [contact.id for contact in app.mirror.all_contacts()]

    with pytest.raises(StoreFault, match="meanwhile"):
        everybody()
    assert app.mirror.facts().built_at is None


@pytest.mark.parametrize("began", [0, 1])
def test_what_is_listed_while_people_come_and_go_is_an_answer_and_no_error(app: AppContext, began: int) -> None:
    now = datetime.now(UTC)
    (ana,) = app.mirror.candidates(ANA, app.region)
    with closing(open_database(app.paths.mirror, synchronous="NORMAL")) as other:
        sync = ComingAndGoing(app, other)
        sync.times = began
        assert sync.during(lambda: len(chosen_calls(app, CallChoice(), 20, now))) == 1
        sync.during(lambda: chosen_calls(app, CallChoice(who="Ana", not_called_back=True), 20, now))
        assert sync.during(lambda: len(missed_callers(app, None, now))) == 1
        sync.during(lambda: person_of_contact(app, ana, 20, now))
        sync.during(lambda: review_contacts(app.mirror.all_contacts(), app.region, app.texts))
        page = str(sync.during(lambda: report(app, now - timedelta(days=1), now, mask=False)))
        assert "Ana López" in page or "87 123 4567" in page
