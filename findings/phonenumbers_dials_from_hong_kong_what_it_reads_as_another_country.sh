#!/bin/sh
# Package: phonenumbers 9.0.43.
# Guess: what format_out_of_country_calling_number() gives for a region is what parse() reads in that region as the same number.
# Seen: so it is with mobiles dialled from any region but Hong Kong (all were tried; here, to be quick, are ten). From there, they get 00,
#   and parse() takes for the international prefix the longest one it knows there, such as 006 or 009, and with it the first digit of the
#   country code: +63 917 123 4567 becomes 00 63 917 123 4567 and is read as +39 171234567, Italy for the Philippines, and as a possible
#   number. The examples of 152 country codes of 206 are misread.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
cat > "$folder/dialled.py" <<'PYTHON'
import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

examples = {}
for region in sorted(phonenumbers.SUPPORTED_REGIONS):
    number = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    if number:
        examples.setdefault(number.country_code, number)


def read_again(number, region):
    try:
        return phonenumbers.parse(phonenumbers.format_out_of_country_calling_number(number, region), region)
    except NumberParseException:
        return None


regions = ("AU", "BR", "CO", "DE", "HK", "JP", "KR", "SG", "TH", "US")
misread = {region: sum(read_again(number, region) != number for number in examples.values()) for region in regions}
seen = {region: count for region, count in misread.items() if count}
philippine = phonenumbers.parse("+639171234567")
dialled = phonenumbers.format_out_of_country_calling_number(philippine, "HK")
read = read_again(philippine, "HK")
print(f"misread, of {len(examples)} country codes: {seen}")
print(f"{dialled} is {phonenumbers.format_number(read, PhoneNumberFormat.E164)}, possible: {phonenumbers.is_possible_number(read)}")
assert set(seen) == {"HK"} and seen["HK"] > len(examples) / 2, "the behaviour has changed"
assert phonenumbers.format_number(read, PhoneNumberFormat.E164) == "+39171234567", "the behaviour has changed"
assert phonenumbers.is_possible_number(read), "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/dialled.py"
