#!/bin/sh
# Packages: segno 1.6.6, read by vobject 0.9.9.
# Guess: make_vcard_data, which segno's QR codes of a person are made of, writes a vCard whatever the memo says; it writes the signs ; , and
#   \ in it as RFC 2426 wants them.
# Seen: a line break is written as it is. What is after it is a line of its own: not a line of a vCard, so that vobject refuses the card,
#   and where it looks like one ("Tel: …", a second number that somebody wrote down), a property of the person. In a MeCard it is kept.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check segno==1.6.6 vobject==0.9.9
"$folder/venv/bin/python" - <<'PYTHON'
import vobject
from segno import helpers


def read(memo):
    card = helpers.make_vcard_data("Doe;Ana", "Ana Doe", phone="+353209100000", memo=memo)
    try:
        person = vobject.readOne(card)
    except vobject.base.ParseError as fault:
        return str(fault)
    return [line.value.strip() for line in person.contents["tel"]], person.note.value


seen = [read(memo) for memo in ("by post; by mail, at nine", "Not on Mondays.\nAsk for Bea.", "Her sister is Bea.\nTel: +353209100001")]
for each in seen:
    print(each)
assert seen[0] == (["+353209100000"], "by post; by mail, at nine")
assert "Failed to parse line" in seen[1], "the behaviour has changed"
assert seen[2] == (["+353209100000", "+353209100001"], "Her sister is Bea."), "the behaviour has changed"
PYTHON
