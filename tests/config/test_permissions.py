"""Nobody but the owner can read what callerid keeps, whatever umask or program made a file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from callerid import paths
from callerid.store.connection import open_database

ROOT = Path(__file__).parents[2]


def mode(path: Path) -> int:
    return path.lstat().st_mode & 0o777


def test_files_that_others_could_read_are_tightened_at_the_start_and_those_of_other_programs_are_left(tmp_path: Path) -> None:
    home = paths.installation_paths({"CALLERID_HOME": str(tmp_path / "c")})
    home.inbox.mkdir(parents=True, mode=0o777)
    home.corrections.mkdir(mode=0o777)
    ours = [home.ledger, home.mirror, home.config_file, home.log_file, home.block_list_key, home.inbox / "ring-1-0.event"]
    ours += [home.ledger.with_name(name) for name in ("ledger.db-wal", "ledger.db.version-7", "callerid.log.1", "daemon.pid")]
    ours += [home.config_file.with_name(name) for name in ("marks.list", "marks.list.new", "marks.key.copy", ".config.toml.x1y2")]
    ours += [home.inbox.with_name(name) for name in (".tap-1-0.new", ".dial-1-0.new", "addressbook.json", "booted")]
    ours += [
        home.ledger.parent / name
        for name in (
            "ledger.db.answers",
            "ledger.db.backup-1",
            "mirror.db.damaged-wal",
            "job.lock",
            ".trial-1",
            "corrections/1.jsonl",
        )
    ]
    others = home.ledger.with_name("people.csv")
    for file in (*ours, others):
        file.touch()
        file.chmod(0o666)
    (home.ledger.with_name("ledger.db.broken")).mkdir(mode=0o755)
    paths.make_folders(home)
    assert {mode(file) for file in ours} == {0o600}
    assert {
        mode(folder) for folder in (home.inbox, home.corrections, home.inbox.parent, home.ledger.with_name("ledger.db.broken"))
    } == {0o700}
    assert mode(others) == 0o666


def test_every_event_that_callerid_event_may_leave_half_written_is_known() -> None:
    program = (ROOT / "bin/callerid-event").read_text(encoding="utf-8")
    usage = program.partition("usage: callerid-event ")[2].partition("'")[0]
    verbs = {form.split()[0] for form in usage.split("|")}
    assert len(verbs) >= 7
    assert {f".{verb}-" for verb in verbs} <= set(paths.OTHER_FILES)


def test_what_a_symbolic_link_leads_to_is_not_changed(tmp_path: Path) -> None:
    home = paths.installation_paths({"CALLERID_HOME": str(tmp_path / "c")})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (elsewhere / "config.toml").touch(mode=0o644)
    (elsewhere / "inbox").mkdir(mode=0o755)
    home.config_file.parent.mkdir()
    home.config_file.symlink_to(elsewhere / "config.toml")
    home.inbox.symlink_to(elsewhere / "inbox")
    paths.make_folders(home)
    assert (mode(elsewhere), mode(elsewhere / "config.toml"), mode(elsewhere / "inbox")) == (0o755, 0o644, 0o755)


def test_a_database_in_use_keeps_its_locks_while_its_mode_is_tightened(tmp_path: Path) -> None:
    home = paths.installation_paths({"CALLERID_HOME": str(tmp_path / "c")})
    paths.make_folders(home)
    holder = open_database(home.ledger, synchronous="FULL")
    home.ledger.chmod(0o644)
    holder.execute("BEGIN IMMEDIATE")
    paths.make_folders(home)
    taken = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None).execute('BEGIN IMMEDIATE')"
    done = subprocess.run([sys.executable, "-c", taken, str(home.ledger)], capture_output=True, text=True, check=False)
    assert "database is locked" in done.stderr
    assert mode(home.ledger) == 0o600
    holder.close()
