#!/bin/sh
# Package: sqlite-utils 4.2.1 with the sqlite3 of Python 3.10 to 3.13, beside apsw 3.54.1.0.
# Guess: what "sqlite-utils dump" writes is a backup: executescript() of Python's sqlite3 makes the same database of it, also one with a
#   full-text index, as enable_fts() makes it, and with its user_version, from which programs know which migrations were done.
# Seen: with a full-text index executescript() ends with an error, "no such table", and as the dump is one transaction, not one row of any
#   table is there: the index is put into the schema by hand, and rows are put into it before SQLite has read the schema again. The
#   user_version is not in the dump at all. The dump of apsw's shell is read back whole.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sqlite-utils==4.2.1 apsw==3.54.1.0
cd "$folder"
for name in plain searchable; do
  echo '[{"id": 1, "name": "Ana Doe"}, {"id": 2, "name": "Bea Roe"}]' | venv/bin/sqlite-utils insert $name.db people - --pk id
  venv/bin/sqlite-utils $name.db "pragma user_version = 7" > /dev/null
done
venv/bin/sqlite-utils enable-fts searchable.db people name --create-triggers
for name in plain searchable; do
  venv/bin/sqlite-utils dump $name.db > $name.sql
done
venv/bin/python -m apsw searchable.db .dump > by_apsw.sql
cat > restore.py <<'PYTHON'
import sqlite3


def restored(name):
    connection = sqlite3.connect(":memory:")
    with open(f"{name}.sql", encoding="utf-8") as dump:
        try:
            connection.executescript(dump.read())
        except sqlite3.OperationalError as fault:
            connection.rollback()
            return str(fault), connection.execute("select count(*) from sqlite_master").fetchone()[0]
    people = connection.execute("select name from people").fetchall()
    return [name for (name,) in people], connection.execute("pragma user_version").fetchone()[0]


seen = {name: restored(name) for name in ("plain", "searchable", "by_apsw")}
for name, what in seen.items():
    print(f"{name}: {what}")
assert (seen["plain"], seen["by_apsw"]) == ((["Ana Doe", "Bea Roe"], 0), (["Ana Doe", "Bea Roe"], 7)), "the behaviour has changed"
assert isinstance(seen["searchable"][0], str) and seen["searchable"][1] == 0, "the behaviour has changed"
PYTHON
venv/bin/python restore.py
