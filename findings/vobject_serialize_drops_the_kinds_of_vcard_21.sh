#!/bin/sh
# Package: vobject 0.9.9.
# Guess: a vCard 2.1, which Android exports, comes out of readOne() and serialize() with its numbers as they were: which is a mobile, which
#   is a fax, which is preferred.
# Seen: in 2.1 these are parameters without a name, "TEL;CELL;PREF:…". They are read, to singletonparams, and are not written: each number
#   comes out as "TEL:…", still under VERSION:2.1. The same with a name, "TEL;TYPE=CELL", is written.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check vobject==0.9.9
cat > "$folder/kinds.py" <<'PYTHON'
import vobject

CARD = """BEGIN:VCARD
VERSION:2.1
N:Doe;Ana;;;
FN:Ana Doe
TEL;CELL;PREF:+353209100000
TEL;WORK;FAX:+353209100001
TEL;TYPE=HOME:+353209100002
END:VCARD
"""

card = vobject.readOne(CARD)
print([number.singletonparams for number in card.tel_list])
written = card.serialize()
numbers = [line for line in written.splitlines() if line.startswith("TEL")]
print(numbers)
assert [number.singletonparams for number in card.tel_list] == [["CELL", "PREF"], ["WORK", "FAX"], []]
assert "VERSION:2.1" in written
assert numbers == ["TEL:+353209100000", "TEL:+353209100001", "TEL;TYPE=HOME:+353209100002"], "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/kinds.py"
