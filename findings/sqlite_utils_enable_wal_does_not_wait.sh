#!/bin/sh
# Package: sqlite-utils 4.2.1 (over Python's sqlite3).
# Guess: processes that open the same database at once and each switch it to WAL wait for one another as long as the connection's timeout
#   says, here 30 s, as they do for a write.
# Seen: some of them fail within a few milliseconds with "database is locked": the busy handler is not asked when a journal mode is changed.
#   A phone's daemon, a job and a command that start together after an update meet it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sqlite-utils==4.2.1
cat > "$folder/wal.py" <<'PYTHON'
import multiprocessing
import pathlib
import sqlite3
import sys
import time

import sqlite_utils


def switch(job):
    path, at = job
    database = sqlite_utils.Database(sqlite3.connect(path, timeout=30))
    time.sleep(max(0.0, at - time.time()))
    began = time.monotonic()
    try:
        database.enable_wal()
    except sqlite3.OperationalError as fault:
        return str(fault), time.monotonic() - began
    return "", 0.0


if __name__ == "__main__":
    folder, failed = pathlib.Path(sys.argv[1]), []
    with multiprocessing.Pool(6) as pool:
        for round_ in range(200):
            path = str(folder / f"{round_}.db")
            sqlite_utils.Database(path)["t"].insert({"x": 1})
            failed += [(what, took) for what, took in pool.map(switch, [(path, time.time() + 0.03)] * 6) if what]
            if len(failed) >= 3:
                break
    print(f"SQLite {sqlite3.sqlite_version}: {len(failed)} of {6 * (round_ + 1)} switches failed, each within {max([0, *[t for _, t in failed]]):.3f} s")
    assert failed, "the behaviour has changed"
    assert all("locked" in what and took < 5 for what, took in failed), failed
PYTHON
"$folder/venv/bin/python" "$folder/wal.py" "$folder"
