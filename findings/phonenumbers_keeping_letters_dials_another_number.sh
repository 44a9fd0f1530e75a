#!/bin/sh
# Package: phonenumbers 9.0.43.
# Guess: format_out_of_country_keeping_alpha_chars gives what is dialled for a number from another country, with the letters that it was
#   written with; where it has none, the digits are those of format_out_of_country_calling_number.
# Seen: it looks for the first three digits of the national number, side by side, in the text. Where a space is among them it finds none,
#   and the country's code is there twice: "+44 20 7946 0018" is 011 44 44 20 7946 0018 from the United States, and 044 20 7946 0018 at
#   home. Or it finds them further on, and what is before is lost: "+52 55 5555 0123" is 011 52 5555 0123, without the area. With letters
#   it is the same.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
"$folder/venv/bin/python" - <<'PYTHON'
import phonenumbers

SEEN = {
    ("+44 20 7946 0018", "US"): "011 44 44 20 7946 0018",
    ("+44 20 7946 0018", "GB"): "044 20 7946 0018",
    ("+44 2079 460018", "US"): "011 44 2079 460018",
    ("+61 2 5550 0123", "US"): "011 61 61 2 5550 0123",
    ("+52 55 5555 0123", "US"): "011 52 5555 0123",
    ("+52 55 5555 0123", "MX"): "5555 0123",
    ("+61 2 5550 CALL", "US"): "011 61 61 2 5550 CALL",
    ("+1 800 555 CALL", "GB"): "00 1 800 555 CALL",
}
for (text, place), expected in SEEN.items():
    number = phonenumbers.parse(text, None, keep_raw_input=True)
    assert phonenumbers.is_possible_number(number)
    keeping = phonenumbers.format_out_of_country_keeping_alpha_chars(number, place)
    dialled = phonenumbers.format_out_of_country_calling_number(number, place)
    print(f"{text} from {place}: {keeping} (by digits: {dialled})")
    assert keeping == expected, "the behaviour has changed"
PYTHON
