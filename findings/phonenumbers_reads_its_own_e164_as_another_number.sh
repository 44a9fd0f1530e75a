#!/bin/sh
# Package: phonenumbers 9.0.43 (libphonenumber's metadata and rules in Python).
# Guess: format_number(…, E164) of a number that parse() accepted and is_possible_number() calls possible is a key: parsed again, it is
#   the same number. So numbers may be stored in E.164 once they are possible, as is often advised for numbers newer than the metadata.
# Seen: where a text begins with two trunk zeros, as numbers with 00 for the plus do in Mongolia and Brazil, parse() removes one and keeps
#   the other as a leading zero; E.164 writes it, and the next parse() takes it for a trunk prefix. The stored number becomes another one,
#   in Mongolia even a valid line of somebody else, and stays that one. is_number_match() calls the two a SHORT_NSN match.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
"$folder/venv/bin/python" - <<'PYTHON'
import phonenumbers
from phonenumbers import MatchType, PhoneNumberFormat

E164 = PhoneNumberFormat.E164
seen = []
for text, region in (("0053124810", "MN"), ("002308000905", "BR")):
    number = phonenumbers.parse(text, region)
    stored = phonenumbers.format_number(number, E164)
    again = phonenumbers.parse(stored)
    twice = phonenumbers.format_number(again, E164)
    print(f"{text} in {region}: possible {phonenumbers.is_possible_number(number)}, stored as {stored}, read again as {twice},")
    print(f"  which is valid: {phonenumbers.is_valid_number(again)}, and possible: {phonenumbers.is_possible_number(again)}")
    assert phonenumbers.is_possible_number(number) and not phonenumbers.is_valid_number(number), "this has changed"
    assert stored != twice and phonenumbers.format_number(phonenumbers.parse(twice), E164) == twice, "this has changed"
    assert phonenumbers.is_number_match(number, again) == MatchType.SHORT_NSN_MATCH, "this has changed"
    seen.append((stored, twice, phonenumbers.is_valid_number(again)))
assert seen == [("+976053124810", "+97653124810", True), ("+5502308000905", "+552308000905", False)], "this has changed"
PYTHON
