#!/bin/sh
# Package: phonenumbers 9.0.43 (libphonenumber's metadata and rules in Python).
# Guess: in a region of North America, "1" and a number with its country code, 1 1 268 468 2036, is longer than any number of the plan, so it
#   is parsed as it stands and is not a valid number.
# Seen: parse() takes the first 1 for the trunk prefix and the second one for the country code, so the text is the valid number
#   +1 268 468 2036, and is_number_match() calls the two an NSN match. No exchange connects it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
"$folder/venv/bin/python" - <<'PYTHON'
import phonenumbers

doubled = phonenumbers.parse("112684682036", "AG")
true = phonenumbers.parse("+12684682036")
seen = phonenumbers.format_number(doubled, phonenumbers.PhoneNumberFormat.E164), phonenumbers.is_valid_number(doubled)
print("phonenumbers", phonenumbers.__version__, "reads 112684682036 in AG as", *seen)
print("is_number_match:", phonenumbers.is_number_match(doubled, true), "(4 is EXACT_MATCH)")
assert seen == ("+12684682036", True), "the behaviour has changed"
PYTHON
