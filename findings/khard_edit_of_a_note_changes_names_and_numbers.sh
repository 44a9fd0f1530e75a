#!/bin/sh
# Package: khard 0.22.0 with vobject 0.9.9.
# Guess: "khard edit" of a vCard 4.0 in which only the note was changed changes the note, and REV; what its form cannot show stays as it is.
# Seen: the second formatted name (of another language) and the second nickname are gone; an e-mail, a number and an address without a kind
#   get one; and every number becomes a URI: "tel:020 910 0001", with blanks, which no URI may have. The number that was one gets a backslash
#   before its extension, so that phonenumbers 9.0.43 reads no number any more. The question before it writes says nothing of it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check khard==0.22.0 vobject==0.9.9 phonenumbers==9.0.43
cd "$folder"
mkdir book
cat > khard.conf <<CONF
[addressbooks]
[[book]]
path = $folder/book
[general]
editor = true
CONF
cat > before.vcf <<'CARD'
BEGIN:VCARD
VERSION:4.0
UID:1
FN:Ana Doe
FN;LANGUAGE=ja:アンナ
N:Doe;Ana;;;
NICKNAME:Anna,Annie
TEL;VALUE=uri;TYPE=work:tel:+353-20-910-0000;ext=12
TEL;TYPE=cell:020 910 0001
TEL:020 910 0002
EMAIL:ana@example.com
ADR:;;1 Main St;Galway;;;Ireland
NOTE:before
END:VCARD
CARD
cp before.vcf book/1.vcf
venv/bin/khard -c khard.conf show --format yaml Ana > form.yaml
sed -i 's/^Note *: before/Note: after/' form.yaml
echo y | venv/bin/khard -c khard.conf edit --input form.yaml Ana > said
cat > compare.py <<'PYTHON'
import pathlib

import phonenumbers


def lines(name):
    return {line for line in pathlib.Path(name).read_text().splitlines() if not line.startswith("REV:")}


def extension(card):
    value = next(line for line in card if "+353" in line).partition(":")[2]
    try:
        return phonenumbers.parse(value, None).extension
    except phonenumbers.NumberParseException as fault:
        return str(fault)


before, after = lines("before.vcf"), lines("book/1.vcf")
print("gone:", *sorted(before - after), "new:", *sorted(after - before), sep="\n  ")
print(f"extension: {extension(before)}; {extension(after)}")
assert before - after == {
    "FN;LANGUAGE=ja:アンナ",
    "NICKNAME:Anna,Annie",
    "TEL;VALUE=uri;TYPE=work:tel:+353-20-910-0000;ext=12",
    "TEL;TYPE=cell:020 910 0001",
    "TEL:020 910 0002",
    "EMAIL:ana@example.com",
    "ADR:;;1 Main St;Galway;;;Ireland",
    "NOTE:before",
}, "the behaviour has changed"
assert after - before == {
    "NICKNAME:Anna",
    "TEL;TYPE=work;VALUE=uri:tel:+353-20-910-0000\\;ext=12",
    "TEL;TYPE=cell;VALUE=uri:tel:020 910 0001",
    "TEL;TYPE=voice;VALUE=uri:tel:020 910 0002",
    "EMAIL;TYPE=internet:ana@example.com",
    "ADR;TYPE=home:;;1 Main St;Galway;;;Ireland",
    "NOTE:after",
    "KIND:individual",
}, "the behaviour has changed"
assert extension(before) == "12" and extension(after) != "12", "the behaviour has changed"
PYTHON
venv/bin/python compare.py
