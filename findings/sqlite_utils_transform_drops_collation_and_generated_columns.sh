#!/bin/sh
# Package: sqlite-utils 4.2.1.
# Guess: transform(), which changes a table by building it anew, keeps whatever it was not asked to change, or raises as it does where a
#   partial index is in the way.
# Seen: NOT NULL, UNIQUE, CHECK and STRICT stay. A column's COLLATE NOCASE and a generated column are gone without a word, so that a search
#   for "ana" no longer finds Ana, and a query of the generated column fails. A WITHOUT ROWID table with a text key cannot be transformed:
#   "datatype mismatch", because "rowid" in quotes is a text where there is no such column. The triggers are gone too, among them those that
#   enable_fts() made: detect_fts() still names the index, who was in it is still found, and whoever is added afterwards is not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sqlite-utils==4.2.1
cat > "$folder/transform.py" <<'PYTHON'
import sqlite3

import sqlite_utils

db = sqlite_utils.Database(memory=True)
db.execute(
    "CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE, email TEXT UNIQUE, calls INTEGER CHECK (calls >= 0),"
    " initial TEXT GENERATED ALWAYS AS (substr(name, 1, 1)) VIRTUAL) STRICT"
)
db.execute("INSERT INTO people (id, name, email, calls) VALUES ('1', 'Ana', 'ana@example.com', 1)")
found_before = [row["id"] for row in db.query("SELECT id FROM people WHERE name = 'ana'")]
columns_before = {row["name"] for row in db.query("PRAGMA table_xinfo(people)")}
db["people"].transform(rename={"email": "mail"})
found_after = [row["id"] for row in db.query("SELECT id FROM people WHERE name = 'ana'")]
columns_after = {row["name"] for row in db.query("PRAGMA table_xinfo(people)")}
print(db["people"].schema)
print(f"found by name = 'ana': before {found_before}, after {found_after}; columns that are gone: {columns_before - columns_after}")
assert (found_before, found_after) == (["1"], []), "the behaviour has changed"
assert columns_before - columns_after == {"email", "initial"}, "the behaviour has changed"
assert all(word in db["people"].schema for word in ("NOT NULL", "UNIQUE", "CHECK", "STRICT"))
db.execute("CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
db.execute("INSERT INTO settings VALUES ('region', 'IE')")
try:
    db["settings"].transform(rename={"value": "text"})
except sqlite3.IntegrityError as fault:
    print(f"WITHOUT ROWID: {fault}")
else:
    raise AssertionError("the behaviour has changed")
people = db["callers"]
people.insert({"id": 1, "name": "Ana", "city": "Cork"}, pk="id")
people.enable_fts(["name"], create_triggers=True)
people.transform(rename={"city": "town"})
people.insert({"id": 2, "name": "Bea", "town": "Bray"})
found = {name: len(list(people.search(name))) for name in ("ana", "bea")}
print(f"full-text search: {people.detect_fts()}, triggers {db.triggers}, found {found}")
assert (people.detect_fts(), db.triggers, found) == ("callers_fts", [], {"ana": 1, "bea": 0}), "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/transform.py"
