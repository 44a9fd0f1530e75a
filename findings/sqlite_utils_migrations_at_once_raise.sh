#!/bin/sh
# Package: sqlite-utils 4.2.1, its migrations.
# Guess: of several processes that open one database after an update and apply the same pending migration, one applies it; the others wait
#   for it, as their connection's timeout says, and find nothing left to do.
# Seen: the others raise IntegrityError: what is pending is read before the transaction begins, so each runs the migration again, and only
#   the unique index of the migrations' own table rolls that back. The data is right, but the programs end with a traceback. They are safe
#   if each holds the write lock (BEGIN IMMEDIATE) around apply().
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sqlite-utils==4.2.1
cat > "$folder/migrate.py" <<'PYTHON'
import collections
import multiprocessing
import pathlib
import sqlite3
import sys
import time

import sqlite_utils
from sqlite_utils.migrations import Migrations

migrations = Migrations("app")
PROCESSES, ROUNDS = 4, 40


@migrations()
def add_one(db):
    db.execute("UPDATE counters SET n = n + 1")


def apply(job):
    path, at, locked = job
    db = sqlite_utils.Database(sqlite3.connect(path, timeout=30, isolation_level=None))
    time.sleep(max(0.0, at - time.time()))
    try:
        if locked:
            db.conn.execute("BEGIN IMMEDIATE")
        migrations.apply(db)
        if locked:
            db.conn.execute("COMMIT")
    except sqlite3.IntegrityError as fault:
        return type(fault).__name__
    return "no error"


def outcomes(folder, locked):
    outcome, counters = collections.Counter(), set()
    with multiprocessing.Pool(PROCESSES) as pool:
        for number in range(ROUNDS):
            path = str(folder / f"{locked}-{number}.db")
            db = sqlite_utils.Database(path)
            db["counters"].insert({"n": 0})
            migrations.ensure_migrations_table(db)
            db.close()
            outcome.update(pool.map(apply, [(path, time.time() + 0.03, locked)] * PROCESSES))
            db = sqlite_utils.Database(path)
            counters.add(next(db.query("SELECT n FROM counters"))["n"])
            db.close()
    return dict(outcome), counters


if __name__ == "__main__":
    plain, after_plain = outcomes(pathlib.Path(sys.argv[1]), locked=False)
    locked, after_locked = outcomes(pathlib.Path(sys.argv[1]), locked=True)
    print(f"{ROUNDS} databases, {PROCESSES} processes each: as it is {plain}, with the write lock held {locked}")
    assert after_plain == after_locked == {1}
    assert plain["IntegrityError"] > 0, "the behaviour has changed"
    assert locked == {"no error": ROUNDS * PROCESSES}, "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/migrate.py" "$folder"
