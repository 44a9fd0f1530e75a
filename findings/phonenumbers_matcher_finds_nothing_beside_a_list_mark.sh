#!/bin/sh
# Package: phonenumbers 9.0.43, its PhoneNumberMatcher.
# Guess: in a field of a contact that holds numbers with list marks or opening hours, the matcher finds the numbers and leaves the rest.
# Seen: "1. 020 7946 0020; 2. 020 7946 0021" gives both. With "(1)" or "2)" before a number, "24/7" after it, or a date before it, that
#   number is not found at all, and nothing says that something was left out: digits that touch it only by a space count as a part of it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
cat > "$folder/lists.py" <<'PYTHON'
import phonenumbers

FIELDS = {
    "1. 020 7946 0020; 2. 020 7946 0021": ["020 7946 0020", "020 7946 0021"],
    "020 7946 0020 / 020 7946 0021": ["020 7946 0020", "020 7946 0021"],
    "(1) 020 7946 0020 (2) 020 7946 0021": [],
    "2) 020 7946 0020": [],
    "020 7946 0020 24/7": [],
    "since 20.11.2026 020 7946 0020": [],
}
for field, expected in FIELDS.items():
    found = [match.raw_string for match in phonenumbers.PhoneNumberMatcher(field, "GB")]
    print(f"{field!r}: {found}")
    assert found == expected, "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/lists.py"
