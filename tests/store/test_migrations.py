"""Databases of earlier versions are migrated completely or not at all, after a copy, by one process. While there is nothing to
migrate, sqlite-utils is not imported."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Migrations

from callerid.errors import StoreFault, WrittenByNewer
from callerid.models import Account, ActivityKind, Contact, ContactPhone, Page, PortalInfo
from callerid.store.connection import open_database, user_version
from callerid.store.ledger import database as ledger_database
from callerid.store.ledger.database import open_ledger
from callerid.store.ledger.schema import LEDGER
from callerid.store.migrate import migrate, wrap
from callerid.store.mirror import schema as mirror_schema
from callerid.store.mirror.database import Mirror
from callerid.store.mirror.migrations import FIRST_VERSION, MIRROR
from tests.store.earlier_ledgers import STEPS, ledger_of_version

if TYPE_CHECKING:
    from sqlite_utils import Database

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PHONE = ContactPhone(property="phone", raw="087 123 4567")
EARLIER = range(1, len(STEPS) + 1)
CALL = (
    "INSERT INTO calls (key, start, number, type, duration, sim, ordinal, name, line, first_seen)"
    " VALUES ('k', 1, '+33', 'INCOMING', 60, NULL, 0, 'Zoé', '+33', 1)"
)
OPEN_LEDGER = (
    "import sys, pathlib; from callerid.store.ledger.database import open_ledger; open_ledger(pathlib.Path(sys.argv[1])).close()"
)
DIE = """
import os, pathlib, sys
from callerid.store.ledger.database import open_ledger
from callerid.store.ledger.schema import LEDGER

LEDGER(name="dies")(lambda db: os._exit(9))
open_ledger(pathlib.Path(sys.argv[1]))
"""


def counts() -> Migrations:
    """Return a history of one step."""
    migrations = Migrations("test")

    @migrations()
    def count(db: Database) -> None:
        db.execute("CREATE TABLE counts (n INTEGER)")

    return migrations


def counts_and_names() -> Migrations:
    """Return the same history, and one step more."""
    migrations = counts()

    @migrations()
    def names(db: Database) -> None:
        db.execute("CREATE TABLE names (name TEXT)")

    return migrations


def schema_of(path: Path) -> dict[str, str]:
    """Return the statement that would make each table and index of a database."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'")
        return {name: "".join((sql or "").split()) for name, sql in rows}


def test_a_migration_keeps_a_copy_of_the_database_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    db = open_database(path, synchronous="FULL")
    migrate(db, path, counts(), 1)
    db.execute("INSERT INTO counts VALUES (7)")
    migrate(db, path, counts_and_names(), 2)
    assert db.execute("SELECT n FROM counts").fetchone()[0] == 7
    db.execute("INSERT INTO names VALUES ('x')")
    db.close()
    copy = tmp_path / "a.db.version-1"
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as old:
        assert old.execute("SELECT n FROM counts").fetchone()[0] == 7
    assert "names" not in schema_of(copy)


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    db = open_database(path, synchronous="FULL")
    migrations = counts_and_names()

    @migrations()
    def half(db: Database) -> None:
        db.execute("CREATE TABLE half (n INTEGER)")
        raise KeyError

    with pytest.raises(KeyError):
        migrate(db, path, migrations, 3)
    assert user_version(db) == 0
    db.close()
    assert schema_of(path) == {}


def test_a_newer_database_is_left_alone_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    db = open_database(path, synchronous="FULL")
    migrate(db, path, counts_and_names(), 2)
    with pytest.raises(StoreFault, match="newer callerid") as fault:
        migrate(db, path, counts(), 1)
    assert "git pull" in fault.value.remedy
    db.close()


# ------------------------------------------------------------------------------------------------ ledgers of earlier versions


@pytest.mark.parametrize("version", EARLIER)
def test_a_ledger_of_an_earlier_version_gets_the_schema_of_a_new_one_and_keeps_its_calls(tmp_path: Path, version: int) -> None:
    path = tmp_path / "ledger.db"
    with closing(ledger_of_version(path, version)) as old:
        old.execute(CALL)
        old.execute("INSERT INTO followups (call_key, state, reason) VALUES ('k', 'dismissed', 'why')")
        old.execute("INSERT INTO rings (line, at) VALUES ('+33', 1)")
    before = schema_of(path)
    ledger = open_ledger(path)
    followup = ledger.calls.followup("k")
    assert followup
    assert (followup.call.name, followup.state, followup.reason) == ("Zoé", "dismissed", "why")
    ledger.close()
    open_ledger(tmp_path / "new.db").close()
    assert schema_of(path) == schema_of(tmp_path / "new.db")
    assert schema_of(tmp_path / f"ledger.db.version-{version}") == before


def test_each_step_of_a_ledger_is_recorded_and_counted(tmp_path: Path) -> None:
    ledger_of_version(tmp_path / "ledger.db", 3).close()
    ledger = open_ledger(tmp_path / "ledger.db")
    recorded = LEDGER.applied(wrap(ledger.connection))
    assert len(recorded) == user_version(ledger.connection) == ledger_database.VERSION
    assert not LEDGER.pending(wrap(ledger.connection))
    ledger.close()


def test_two_processes_that_find_the_same_old_ledger_migrate_it_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(ledger_of_version(path, 7)) as old:
        old.execute(CALL)
    before = schema_of(path)
    both = [subprocess.Popen([sys.executable, "-c", OPEN_LEDGER, str(path)]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    ledger = open_ledger(path)
    assert ledger.history.count() == 1
    ledger.close()
    assert schema_of(tmp_path / "ledger.db.version-7") == before


@pytest.mark.parametrize("version", [0, 4, 7])
def test_a_process_that_dies_in_the_middle_of_a_migration_leaves_the_old_ledger(tmp_path: Path, version: int) -> None:
    path = tmp_path / "ledger.db"
    ledger_of_version(path, version).close()
    before = schema_of(path)
    died = subprocess.run([sys.executable, "-c", DIE, str(path)], check=False)
    assert died.returncode == 9
    assert schema_of(path) == before
    open_ledger(path).close()
    open_ledger(tmp_path / "new.db").close()
    assert schema_of(path) == schema_of(tmp_path / "new.db")


# ------------------------------------------------------------------------------------------------ mirrors of earlier versions


def test_a_mirror_of_the_version_before_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    with closing(open_database(path, synchronous="NORMAL")) as old:
        MIRROR.apply(wrap(old), stop_before=MIRROR.pending(wrap(old))[1].name)
        old.execute("DROP TABLE _sqlite_migrations")
        old.execute(f"PRAGMA user_version = {FIRST_VERSION}")
        old.execute("INSERT INTO phonebook VALUES ('+33', 'Zoé', '+33', 'contact-list')")
    opened = Mirror(path)
    assert opened.phone_contacts.numbers_of("Zoé") == ("+33",)
    opened.close()
    with closing(Mirror(tmp_path / "new.db")) as new:
        new.phone_contacts.count()
    assert schema_of(path) == schema_of(tmp_path / "new.db")


LAST_STEP = "activities_in_the_rows_of_their_contacts"


def mirror_of_the_version_before(path: Path) -> None:
    """Make a mirror whose activities have tables of their own, with a task of two contacts."""
    with closing(open_database(path, synchronous="NORMAL")) as old:
        steps = [step.name for step in MIRROR.pending(wrap(old))]
        MIRROR.apply(wrap(old), stop_before=LAST_STEP)
        old.execute(f"PRAGMA user_version = {FIRST_VERSION + steps.index(LAST_STEP) - 1}")
        old.execute("INSERT INTO contacts (id, first_name, last_name, phones) VALUES (7, 'Ana', '', ''), (8, 'Bea', '', '')")
        old.execute("INSERT INTO activities VALUES ('tasks', 1, 5, 6, 'Send the offer', '', 3), ('tickets', 2, 5, 6, '', '', NULL)")
        old.execute("INSERT INTO contact_activities VALUES (7, 'tasks', 6, 1), (8, 'tasks', 6, 1)")


def test_a_mirror_whose_activities_had_tables_of_their_own_keeps_what_cards_show_of_them(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    mirror_of_the_version_before(path)
    with closing(sqlite3.connect(path)) as of_old_daemon, closing(Mirror(path)) as opened:
        for contact in "78":
            found = opened.candidate(contact)
            assert found
            assert [activity.text for activity in found.activities] == ["Send the offer"]
        assert (opened.activities.count(), opened.activities.lowest(ActivityKind.TICKETS)) == (1, 2)
        # a daemon that was not started anew finds its tables, and what it writes there does not stay
        assert of_old_daemon.execute("SELECT a.text FROM contact_activities JOIN activities AS a USING (kind, id)").fetchall() == []
        of_old_daemon.execute("INSERT INTO activities VALUES ('tasks', 9, 5, 6, 'Late', '', 3)")
        of_old_daemon.commit()
        opened.activities.drop_orphans()
        assert of_old_daemon.execute("SELECT * FROM activities").fetchall() == []
        with closing(Mirror(tmp_path / "new.db")) as new:
            new.facts()
    assert schema_of(path) == schema_of(tmp_path / "new.db")


@pytest.mark.parametrize("lost", ["activities", "contact_activities"])
def test_a_mirror_of_the_version_before_that_lost_a_table_of_activities_keeps_its_names(tmp_path: Path, lost: str) -> None:
    path = tmp_path / "mirror.db"
    mirror_of_the_version_before(path)
    with closing(sqlite3.connect(path)) as old:
        old.execute(f"DROP TABLE {lost}")
    with closing(Mirror(path)) as opened:
        found = opened.candidate("7")
        assert found
        assert (found.first_name, found.activities) == ("Ana", ())


def test_a_mirror_of_the_version_before_with_a_row_twice_in_its_activities_keeps_its_names(tmp_path: Path) -> None:
    """SQLite's own quick check finds nothing in such a file."""
    path = tmp_path / "mirror.db"
    mirror_of_the_version_before(path)
    with closing(sqlite3.connect(path)) as old:
        old.executescript("""
            ALTER TABLE activities RENAME TO whole;
            CREATE TABLE activities AS SELECT * FROM whole UNION ALL SELECT * FROM whole;
            DROP TABLE whole;
        """)
    with closing(Mirror(path)) as opened:
        found = opened.candidate("7")
        assert found
        assert [activity.text for activity in found.activities] == ["Send the offer"]


SMALL = ("facts", "cursors", "stages")


def test_a_mirror_whose_small_tables_have_no_rowids_goes_on_until_the_next_full_sync(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(Path(__file__).with_name("mirror_of_version_7.sql").read_text("utf-8"))
    before = schema_of(path)
    with closing(Mirror(path)) as mirror:
        for name in ("Ana", "Bea"):
            portal_info = PortalInfo(account=Account(portal_id="1", ui_domain="", currency="EUR"))
            with mirror.sync_lock():
                new = mirror.build("IE")
                new.begin("", NOW, portal_info)
                new.add(Page(contacts=(Contact(id="7", first_name=name, last_name="", phones=(PHONE,)),)))
                assert mirror.build("IE").resume("", NOW) == ()
                new.finish(NOW, {"source": "test"})
            (candidate,) = mirror.candidates("0871234567", "IE")
            assert (candidate.first_name, mirror.facts().contacts, mirror.facts().source) == (name, 1, "test")
    with closing(Mirror(tmp_path / "new.db")) as fresh:
        fresh.facts()
    after, of_new = schema_of(path), schema_of(tmp_path / "new.db")
    assert all("WITHOUTROWID" in before[name] and "WITHOUTROWID" not in of_new[name] for name in SMALL)
    assert {name: after[name] for name in SMALL} == {name: of_new[name] for name in SMALL}
    assert after["walks"] == before["walks"]


def test_a_full_sync_that_an_earlier_version_began_is_continued(tmp_path: Path) -> None:
    made = Path(__file__).with_name("mirror_of_version_7.sql").read_text("utf-8")
    rebuilt = [line for line in made.splitlines() if line.startswith("CREATE TABLE ") and line.split()[2] in mirror_schema._NAMES]
    with closing(sqlite3.connect(tmp_path / "mirror.db")) as old:
        old.executescript(made)
        old.executescript("\n".join(rebuilt).replace("CREATE TABLE ", "CREATE TABLE new_"))
        old.execute("INSERT INTO new_contacts (id, first_name, phones) VALUES (6, 'Bea', '')")
        old.commit()
    with closing(Mirror(tmp_path / "mirror.db")) as mirror, mirror.sync_lock():
        new = mirror.build("IE")
        new.add(Page(contacts=(Contact(id="7", first_name="Ana", last_name="", phones=(PHONE,)),)))
        assert new.finish(NOW, {"source": "test"}).contacts == 2
        (candidate,) = mirror.candidates("0871234567", "IE")
        assert candidate.first_name == "Ana"
        mirror.build("IE").drop()


def test_the_tables_of_a_new_mirror_hold_what_those_of_an_earlier_one_did(tmp_path: Path) -> None:
    """They differ in rowids alone."""
    with closing(sqlite3.connect(tmp_path / "old.db")) as old, closing(Mirror(tmp_path / "new.db")) as mirror:
        old.executescript(Path(__file__).with_name("mirror_of_version_7.sql").read_text("utf-8"))
        mirror.facts()
        for (name,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
            columns = "SELECT name, type, pk FROM pragma_table_info(?)"
            assert [tuple(row) for row in mirror._db.execute(columns, (name,))] == old.execute(columns, (name,)).fetchall()
        strict = dict(mirror._db.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall())
        assert {name for name in strict if not strict[name]} <= {"_sqlite_migrations", "sqlite_sequence", "sqlite_schema"}
        for table in SMALL[:2]:
            with pytest.raises(StoreFault, match="constraint failed"):
                mirror._db.execute(f"INSERT INTO {table} DEFAULT VALUES")


def mirror_of_a_later_version(path: Path, readable_since: int) -> None:
    """Make a mirror with a person, and have it say that a version from tomorrow has written it."""
    with closing(Mirror(path)) as mirror, mirror.sync_lock():
        fill(mirror, "Ana")
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("CREATE TABLE of_tomorrow (n INTEGER)")
        newer.execute("UPDATE facts SET value = ? WHERE name = 'readable_since'", (str(readable_since),))
        newer.execute(f"PRAGMA user_version = {mirror_schema.VERSION + 1}")
        newer.commit()


def fill(mirror: Mirror, name: str) -> None:
    new = mirror.build("IE")
    new.begin("", NOW, PortalInfo(account=Account(portal_id="1", ui_domain="", currency="EUR")))
    new.add(Page(contacts=(Contact(id="7", first_name=name, last_name="", phones=(PHONE,)),)))
    new.finish(NOW, {"source": "test"})


def test_a_mirror_of_a_later_version_is_read_and_written_where_it_says_that_this_one_may(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    mirror_of_a_later_version(path, mirror_schema.VERSION)
    for name in ("Ana", "Bea"):
        with closing(Mirror(path)) as mirror, mirror.sync_lock():
            (candidate,) = mirror.candidates("0871234567", "IE")
            assert candidate.first_name == name
            fill(mirror, "Bea")
    with closing(sqlite3.connect(path)) as newer:
        told = newer.execute("SELECT value FROM facts WHERE name = 'readable_since'").fetchall()
        assert (user_version(newer), told) == (mirror_schema.VERSION + 1, [(str(mirror_schema.VERSION),)])
    assert "of_tomorrow" in schema_of(path)


def test_a_mirror_of_a_later_version_that_says_that_this_one_may_not_read_it_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    mirror_of_a_later_version(path, mirror_schema.VERSION + 1)
    before = path.read_bytes()
    with closing(Mirror(path)) as mirror, pytest.raises(WrittenByNewer, match="newer callerid") as fault:
        mirror.by_number("0871234567", "IE")
    assert fault.value.remedy == "Update callerid: git pull && sh termux/install.sh"
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.glob("mirror.db*damaged*")) == []


def test_what_has_a_later_version_and_does_not_say_who_may_read_it_is_made_anew(tmp_path: Path) -> None:
    """A version that was overwritten by damage is nobody's."""
    path = tmp_path / "mirror.db"
    with closing(sqlite3.connect(path)) as damaged:
        damaged.execute("CREATE TABLE facts (other TEXT)")
        damaged.execute("PRAGMA user_version = 999")
    with closing(Mirror(path)) as mirror:
        assert mirror.facts().built_at is None


def test_each_step_of_a_mirror_is_counted(tmp_path: Path) -> None:
    opened = Mirror(tmp_path / "mirror.db")
    opened.facts()
    opened.close()
    with closing(sqlite3.connect(tmp_path / "mirror.db")) as connection:
        assert user_version(connection) == mirror_schema.VERSION
        assert len(MIRROR.applied(wrap(connection))) == mirror_schema.VERSION - FIRST_VERSION + 1


# ------------------------------------------------------------------------------------------------ what a light command imports


def imports_sqlite_utils(program: str, home: Path) -> bool:
    """Run a program and return whether it imported sqlite-utils."""
    script = f"{program}\nimport sys\nprint('sqlite_utils' in sys.modules, file=sys.stderr)"
    environment = {"CALLERID_HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    return done.stderr.splitlines()[-1] == "True"


OPEN_BOTH = """
import os, pathlib
from callerid.store.ledger.database import open_ledger
from callerid.store.mirror.database import Mirror
home = pathlib.Path(os.environ["CALLERID_HOME"])
open_ledger(home / "ledger.db").close()
mirror = Mirror(home / "mirror.db")
mirror.facts()
mirror.close()
"""


LIGHT = (
    "lookup +353871234567",
    "lookup Ana --json",
    "match 0871234567 +353871234567",
    "calls",
    "calls --unlogged --json",
    "status",
    "status --json",
    "outbox",
    "outbox retry",
    "log k",
    "add k",
    "ignore +353861112233",
    "config show",
    "config check",
    "off",
    "on",
    "log-screen off",
    *(f"run --once {turn}" for turn in ("inbox", "watch", "attend", "ask", "deliver")),
    "--version",
    "--help",
)


RUN_EACH = f"""
import sys
from callerid.cli.main import main
for line in {LIGHT!r}:
    sys.argv[1:] = line.split()
    try:
        main()
    except SystemExit:
        pass
    if "sqlite_utils" in sys.modules:
        sys.exit(f"{{line}} imported it")
"""


def test_no_light_command_in_a_current_home_imports_sqlite_utils(tmp_path: Path) -> None:
    """Whatever each says of a phone without calls, CRM and Termux:API. One process runs them all: what was imported stays so."""
    assert imports_sqlite_utils(OPEN_BOTH, tmp_path)
    assert not imports_sqlite_utils(RUN_EACH, tmp_path)


A_CALL = """
import os, pathlib
from callerid.core.inbox_events import Idle, Ring
from callerid.simulator.portal import SimulatedPortal
from callerid.turns.inbox.receive import receive
from tests.turns.world import ANA, BEGINNING, World, begin
folder = pathlib.Path(os.environ["CALLERID_HOME"])
with SimulatedPortal(token="t") as portal:
    world = World(folder, portal, BEGINNING) if (folder / "home").exists() else begin(folder, portal)
    world.watch()
    receive(world.app, Ring(at=world.now, number=ANA), world.now)
    assert world.shown("Ana")
    receive(world.app, Idle(at=world.now), world.now)
    followup = world.called()
    world.attend()
    receive(world.app, world.tap_of(followup, "Connected"), world.now)
    world.attend()
    world.close()
"""


def test_neither_a_ring_nor_a_look_at_the_call_log_nor_a_tap_imports_sqlite_utils(tmp_path: Path) -> None:
    assert imports_sqlite_utils(A_CALL, tmp_path), "the first sync makes tables"
    assert not imports_sqlite_utils(A_CALL, tmp_path)


def test_the_daemon_starts_without_sqlite_utils(tmp_path: Path) -> None:
    assert not imports_sqlite_utils("import callerid.daemon.main, callerid.turns.open_context", tmp_path)


def test_opening_current_databases_does_not_import_sqlite_utils(tmp_path: Path) -> None:
    assert imports_sqlite_utils(OPEN_BOTH, tmp_path)
    assert not imports_sqlite_utils(OPEN_BOTH, tmp_path)
