#!/bin/sh
# Package: vobject 0.9.9.
# Guess: a comma in a value of a vCard 2.1 is a comma. That version, which Android exports, knows no lists of values and no escaped comma.
# Seen: vobject reads every value by the rules of 3.0, where an unescaped comma divides a list, and keeps what is before the first one:
#   "Doe, Ana" is named Doe, a note ends at its first comma, and a number with dialled pauses, "+49 30 901820,,12#", loses the extension.
#   Nothing says so. An organization with a comma is a list within a list, which serialize() cannot write again.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check vobject==0.9.9
cat > "$folder/commas.py" <<'PYTHON'
import vobject

CARD = """BEGIN:VCARD
VERSION:2.1
N:Doe;Ana;;;
FN:Doe, Ana
ORG:Acme, Inc.;Sales
NOTE:Met in Paris, likes tea
TEL;CELL:+49 30 901820,,12#
END:VCARD
"""

card = vobject.readOne(CARD)
values = {name: card.contents[name][0].value for name in ("fn", "org", "note", "tel")}
print(values)
assert values == {"fn": "Doe", "org": [["Acme", " Inc."], "Sales"], "note": "Met in Paris", "tel": "+49 30 901820"}, "the behaviour has changed"
try:
    card.serialize()
except vobject.base.NativeError as fault:
    print(f"serialize(): {type(fault).__name__}")
else:
    raise AssertionError("the behaviour has changed")
escaped = vobject.readOne(CARD.replace("VERSION:2.1", "VERSION:3.0").replace(", ", "\\, ").replace(",,", "\\,\\,"))
assert (escaped.fn.value, escaped.tel.value) == ("Doe, Ana", "+49 30 901820,,12#")
PYTHON
"$folder/venv/bin/python" "$folder/commas.py"
