#!/bin/sh
# Package: sqlite-utils 4.2.1.
# Guess: upsert_all() of records that have different keys, as a CRM's changes have, sets for each the columns that it names, as upsert()
#   does, and leaves the others.
# Seen: the columns are those of the whole batch, and each record sets all of them: one that changes only a name, beside one that changes
#   only a phone number, loses its number to NULL, and the other its name. The same two through upsert() keep theirs.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sqlite-utils==4.2.1
cat > "$folder/upsert.py" <<'PYTHON'
import sqlite_utils

CHANGES = [{"id": "1", "name": "Ana Roe"}, {"id": "2", "phone": "+353209100009"}]


def people_after(change):
    people = sqlite_utils.Database(memory=True)["people"]
    people.insert_all(
        [{"id": "1", "name": "Ana Doe", "phone": "+353209100001"}, {"id": "2", "name": "Bea Poe", "phone": "+353209100002"}], pk="id"
    )
    change(people)
    return [(row["name"], row["phone"]) for row in people.rows_where(order_by="id")]


one_by_one = people_after(lambda people: [people.upsert(change, pk="id") for change in CHANGES])
at_once = people_after(lambda people: people.upsert_all(CHANGES, pk="id"))
print("upsert():", one_by_one)
print("upsert_all():", at_once)
assert one_by_one == [("Ana Roe", "+353209100001"), ("Bea Poe", "+353209100009")], "the behaviour has changed"
assert at_once == [("Ana Roe", None), (None, "+353209100009")], "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/upsert.py"
