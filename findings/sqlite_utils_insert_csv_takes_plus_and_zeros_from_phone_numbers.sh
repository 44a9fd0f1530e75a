#!/bin/sh
# Package: sqlite-utils 4.2.1 (types of CSV columns are detected since 4.0, unless --no-detect-types is given).
# Guess: a column is made INTEGER only where each of its values is written as that integer is; "+4930901820" and "030901820" are not, so
#   a column of phone numbers stays TEXT, as an export of contacts needs it.
# Seen: what Python's int() accepts is an integer. The plus of E.164, the trunk zero, and the zeros of extensions and postcodes are lost
#   when the table is made, with exit code 0 and no message; the two ways to write a number cannot be told apart any more. One value with
#   a blank or a bracket in it keeps the whole column as it was, so a longer file may look right where a shorter one is not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sqlite-utils==4.2.1
cd "$folder"
printf 'name,e164,national,extension\nAda,+4930901820,030901820,007\nBen,+353861234567,0861234567,042\n' > people.csv
printf 'name,e164,national,extension\nCem,+49 30 901822,030 901822,0 9\n' | cat people.csv - | awk '!/^name/ || NR == 1' > more.csv
venv/bin/sqlite-utils insert people.db people people.csv --csv > said 2>&1
venv/bin/sqlite-utils insert people.db more more.csv --csv >> said 2>&1
venv/bin/sqlite-utils insert people.db whole people.csv --csv --no-detect-types >> said 2>&1
venv/bin/python - <<'PYTHON'
import sqlite3

database = sqlite3.connect("people.db")
said = open("said").read().strip()
rows = {table: database.execute(f"select e164, national, extension from {table} limit 2").fetchall() for table in ("people", "more", "whole")}
for table, values in rows.items():
    print(f"{table:7} {values}")
print(f"messages: {said!r}")
assert rows["people"] == [(4930901820, 30901820, 7), (353861234567, 861234567, 42)], "this has changed"
assert rows["more"] == rows["whole"] == [("+4930901820", "030901820", "007"), ("+353861234567", "0861234567", "042")]
PYTHON
