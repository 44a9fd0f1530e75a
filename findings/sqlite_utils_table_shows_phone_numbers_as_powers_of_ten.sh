#!/bin/sh
# Package: sqlite-utils 4.2.1 with tabulate 0.10.0.
# Guess: "sqlite-utils rows FILE TABLE --table", and "--fmt github" for a ticket, print a text as it is in the table, and a number so that
#   all its digits are seen; as --csv and --json do.
# Seen: a column in which each text can be read as a number is printed as numbers, and where one of them has a point, each with six digits:
#   one "030.901820" turns every number of the column into 3.53209e+11 and the like, and loses its own zeros. Amounts are 1.23457e+06, no
#   matter whether they are kept as text, as HubSpot gives them, or as numbers. One number with a blank in it, and the column is right.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sqlite-utils==4.2.1 tabulate==0.10.0
cd "$folder"
cat > calls.json <<'JSON'
[{"id": 1, "phone": "+353209100001", "amount": "1234567.89", "paid": 1234567.89, "other": "+353209100001"},
 {"id": 2, "phone": "0209100002", "amount": "12000", "paid": 0.5, "other": "020 9100002"},
 {"id": 3, "phone": "030.901820", "amount": "5", "paid": 5, "other": "030.901820"}]
JSON
venv/bin/sqlite-utils insert calls.db calls calls.json --pk id
venv/bin/sqlite-utils schema calls.db
for form in --table --csv; do
  venv/bin/sqlite-utils rows calls.db calls "$form" | tee "seen$form"
done
grep -Eq '1 +3\.53209e\+11 +1\.23457e\+06 +1\.23457e\+06 +\+353209100001$' seen--table
grep -Eq '2 +2\.091e\+08 +12000 +0\.5 +020 9100002$' seen--table
grep -Eq '3 +30\.9018 +5 +5 +030\.901820$' seen--table
grep -q '^1,+353209100001,1234567\.89,1234567\.89,+353209100001' seen--csv
grep -q '^3,030\.901820,5,5\.0,030\.901820' seen--csv
