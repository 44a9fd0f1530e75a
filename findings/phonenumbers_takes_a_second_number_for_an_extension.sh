#!/bin/sh
# Package: phonenumbers 9.0.43.
# Guess: a field with two numbers, as a CRM's export joins them with a semicolon, is refused by parse(), as it is with other signs between
#   the two.
# Seen: "02079460000;02079460001" is the first number with the second one as its extension, and is_valid_number() says yes; behind a comma
#   it is so for a second number of up to nine digits. Written out it is "020 7946 0000 x02079460001", so who calls from the second number is
#   not found. With blanks or a plus in the second number the whole is refused. PhoneNumberMatcher finds both numbers in the same texts.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
cat > "$folder/fields.py" <<'PYTHON'
import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberMatcher

FIELDS = {
    ("02079460000;02079460001", "GB"): ("020 7946 0000 x02079460001", True),
    ("02079460000 ; 02079460001", "GB"): ("020 7946 0000 x02079460001", True),
    ("030901820, 030901821", "DE"): ("030 901820 ext. 030901821", True),
    ("02079460000, 02079460001", "GB"): None,
    ("02079460000 / 02079460001", "GB"): None,
    ("02079460000 & 02079460001", "GB"): None,
    ("020 7946 0000; 020 7946 0001", "GB"): None,
    ("+442079460000;+442079460001", "GB"): None,
}


def parsed(text, region):
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL), phonenumbers.is_valid_number(number)


for (text, region), expected in FIELDS.items():
    found = [match.raw_string for match in PhoneNumberMatcher(text, region)]
    print(f"{text} in {region}: parse() {parsed(text, region)}, matcher {found}")
    assert parsed(text, region) == expected, "the behaviour has changed"
    assert len(found) == 2, "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/fields.py"
