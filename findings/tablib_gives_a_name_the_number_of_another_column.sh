#!/bin/sh
# Package: tablib 3.10.0, with PyYAML 6.0.3.
# Guess: a list of objects in JSON or YAML, or of dictionaries, is read by its keys; which of them is written first says nothing.
# Seen: the keys of the first object are the headers, and of each other one the values are taken in the order in which they stand. Where a
#   contact is written with its number first, the number is its name, and the name its number. Nothing is said: only how many keys there
#   are is looked at, so that other keys, "mobile" for "phone", are not noticed either.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "tablib[yaml]==3.10.0" PyYAML==6.0.3
"$folder/venv/bin/python" - <<'PYTHON'
import json

import tablib

ANA, BEA = {"name": "Ana", "phone": "+353209100000"}, {"phone": "+353209100001", "name": "Bea"}
CEA = {"name": "Cea", "mobile": "+353209100002"}
people = [ANA, BEA, CEA]
in_json = tablib.Dataset().load(json.dumps(people), format="json")
in_yaml = tablib.Dataset().load("".join(f"- {json.dumps(person)}\n" for person in people), format="yaml")
as_dicts = tablib.Dataset()
as_dicts.dict = people
print(in_json.export("csv"))
for read in (in_json, in_yaml, as_dicts):
    assert read.dict[0] == ANA
    assert read.dict[1] == {"name": "+353209100001", "phone": "Bea"}, "the behaviour has changed"
    assert read.dict[2] == {"name": "Cea", "phone": "+353209100002"}, "the behaviour has changed"
PYTHON
