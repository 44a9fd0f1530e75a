#!/bin/sh
# Package: csvkit 2.2.0, with agate 1.14.2 and parsedatetime 2.6.
# Guess: csvsort gives the rows back in another order, and csvjson, csvjoin and csvlook what is in the cells. That they take digits for
#   numbers is well known; words stay words.
# Seen: a column of which every cell is a word for a time is dates: April, May and June become days of the year 1, and so do "Monday" and
#   "tomorrow" of a column that says when to call back. Without one other word in the column the names are gone. csvstack and csvcut leave
#   them; --no-inference (-I) does.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check csvkit==2.2.0 agate==1.14.2 parsedatetime==2.6
cat > "$folder/people.csv" <<'CSV'
name,company,call back
May,ACME,tomorrow
April,Gadgets,Monday
June,Widgets,Tuesday
CSV
cd "$folder"
venv/bin/csvsort -c company people.csv > sorted.csv
venv/bin/csvsort -I -c company people.csv > sorted_as_text.csv
venv/bin/csvjson people.csv > people.json
{ cat people.csv; echo "Ana,Zeta,later"; } > four.csv
venv/bin/csvsort -c company four.csv > four_sorted.csv
venv/bin/python - <<'PYTHON'
import csv
import json


def columns(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["name"] for row in rows], [row["call back"] for row in rows]


names, days = columns("sorted.csv")
print(f"sorted:            {names} {days}")
print(f"sorted, -I:        {columns('sorted_as_text.csv')}")
print(f"with a fourth row: {columns('four_sorted.csv')}")
with open("people.json") as file:
    in_json = [person["name"] for person in json.load(file)]
print(f"as JSON:           {in_json}")
assert names == ["0001-05-01", "0001-04-01", "0001-06-01"], "the behaviour has changed"
assert all(day.startswith("0001-01-0") for day in days), "the behaviour has changed"
assert in_json == names, "the behaviour has changed"
assert columns("sorted_as_text.csv")[0] == ["May", "April", "June"]
assert columns("four_sorted.csv")[0] == ["May", "April", "June", "Ana"]
PYTHON
