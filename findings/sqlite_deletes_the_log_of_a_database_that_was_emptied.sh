#!/bin/sh
# Package: apsw 3.54.1.0 (its own SQLite 3.54.1).
# Guess: a power cut leaves a phone with a database file of 0 bytes and its write-ahead log whole. That log has every page of the few rows
#   in it, so the next open reads them from there, as it does after any other crash; or it reports that the database is damaged.
# Seen: the first read deletes the log and finds a new, empty database, without an error: `PRAGMA integrity_check` is "ok". With the same log
#   beside a database that is not there at all, the same. Beside the file as it was, all rows are read. So whoever would save what such a
#   log has must look at the sizes of both files, and copy the log, before SQLite opens them.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apsw==3.54.1.0
cat > "$folder/emptied.py" <<'PYTHON'
import pathlib
import shutil
import sys

import apsw


def opened(folder, name, prepare):
    copy = folder / name
    copy.mkdir()
    for suffix in ("", "-wal"):
        shutil.copy(folder / f"calls.db{suffix}", copy / f"calls.db{suffix}")
    prepare(copy / "calls.db")
    connection = apsw.Connection(str(copy / "calls.db"))
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    rows = connection.execute("SELECT count(*) FROM calls").fetchone()[0] if tables else 0
    check = connection.execute("PRAGMA integrity_check").fetchone()[0]
    log = copy / "calls.db-wal"
    size = log.stat().st_size if log.exists() else None
    connection.close()
    return rows, check, size


folder = pathlib.Path(sys.argv[1])
writer = apsw.Connection(str(folder / "calls.db"))
writer.execute("PRAGMA journal_mode = WAL")
writer.execute("CREATE TABLE calls (who TEXT)")
writer.executemany("INSERT INTO calls VALUES (?)", [(f"caller {place}",) for place in range(10)])

whole = opened(folder, "whole", lambda file: None)
emptied = opened(folder, "emptied", lambda file: file.write_bytes(b""))
absent = opened(folder, "absent", lambda file: file.unlink())
print(f"SQLite {apsw.sqlite_lib_version()}: (rows, check, bytes of the log): whole {whole}, emptied {emptied}, absent {absent}")
assert whole[:2] == (10, "ok") and whole[2], "the log alone has the rows"
assert emptied[:2] == (0, "ok") and not emptied[2], "the behaviour has changed"
assert absent[:2] == (0, "ok") and not absent[2], "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/emptied.py" "$folder"
