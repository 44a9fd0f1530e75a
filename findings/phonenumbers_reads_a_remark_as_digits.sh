#!/bin/sh
# Package: phonenumbers 9.0.43.
# Guess: a remark in brackets after a number, "679-555-0142 (cell)", is ignored, as "ext. 12" is understood.
# Seen: three letters and more make the whole text a vanity number: "cell" becomes 2355, and the number is +1 679 555 0142 2355. With fewer
#   than three letters, "(wk)", the remark is ignored.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
"$folder/venv/bin/python" - <<'PYTHON'
import phonenumbers

seen = {}
for remark in ("", " (wk)", " (cell)", " (work)", " mobile"):
    number = phonenumbers.parse("679-555-0142" + remark, "US")
    seen[remark] = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    print(f"phonenumbers {phonenumbers.__version__}: {'679-555-0142' + remark!r} is {seen[remark]}")
assert seen[""] == seen[" (wk)"] == "+16795550142", "the behaviour has changed"
assert seen[" (cell)"] == "+167955501422355", "the behaviour has changed"
assert seen[" (work)"] == "+167955501429675", "the behaviour has changed"
PYTHON
