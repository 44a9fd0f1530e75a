#!/bin/sh
# Package: sqlite-utils 4.2.1.
# Guess: "sqlite-utils insert … --csv" says so where a file and its header do not agree: two columns of one name, as an export with two
#   "Phone" has, or a row with more cells than the header, as one with a comma that should be in quotation marks.
# Seen: it says nothing and ends with 0. Of columns of one name only the last is kept, so that the first number of everybody is lost, and
#   where the last is empty, every number; what stands beyond the header is dropped: the note ends at its comma. Columns that differ by a
#   capital letter are refused, and rows with too many cells are by rows_from_file(), which reads CSV for the same package's library.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sqlite-utils==4.2.1
cd "$folder"
cat > twice.csv <<'CSV'
Name,Phone,Phone
Ana Doe,+353 20 910 0001,+353 20 910 0009
Bea Roe,+353 20 910 0002,
CSV
cat > comma.csv <<'CSV'
Name,Phone,Note
Ana Doe,+353 20 910 0001,Call back, not before Monday
CSV
for name in twice comma; do
  venv/bin/sqlite-utils insert people.db $name $name.csv --csv 2> said
  venv/bin/sqlite-utils rows people.db $name --nl | tee $name.seen
  test ! -s said
done
test "$(cat twice.seen)" = '{"Name": "Ana Doe", "Phone": "+353 20 910 0009"}
{"Name": "Bea Roe", "Phone": ""}'
test "$(cat comma.seen)" = '{"Name": "Ana Doe", "Phone": "+353 20 910 0001", "Note": "Call back"}'
sed 's/,Phone,/,phone,/' twice.csv > differ.csv
if venv/bin/sqlite-utils insert people.db differ differ.csv --csv 2> said; then exit 1; fi
grep -q 'duplicate column name' said
cat > rows.py <<'PYTHON'
from sqlite_utils.utils import Format, RowError, rows_from_file

with open("comma.csv", "rb") as file:
    try:
        print(list(rows_from_file(file, format=Format.CSV)[0]))
    except RowError as fault:
        print(f"rows_from_file(): {fault}")
    else:
        raise AssertionError("the behaviour has changed")
PYTHON
venv/bin/python rows.py
