#!/bin/sh
# Package: phonenumbers 9.0.43, its geocoder.
# Guess: country_name_for_number() names the country of every valid number whose region region_code_for_number() knows.
# Seen: it returns "" where two regions of one country code both accept the number, and for regions that the locale data does not name.
#   So mobiles of Italy, Australia, Norway, Finland, Morocco and Guadeloupe have no country, though region_code_for_number() gives IT, AU,
#   NO, FI, MA and GP, and numbers of Kosovo and Ascension have none.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
cat > "$folder/countries.py" <<'PYTHON'
import phonenumbers
from phonenumbers import PhoneNumberType, geocoder

nameless = {}
for region in sorted(phonenumbers.SUPPORTED_REGIONS):
    mobile = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    if mobile and not geocoder.country_name_for_number(mobile, "en"):
        nameless[region] = phonenumbers.region_code_for_number(mobile)
print(f"region of the example mobile, and what region_code_for_number() says: {nameless}")
whole = {"AC", "AU", "FI", "GP", "IT", "MA", "NO", "XK"}
assert {region for region, known in nameless.items() if region == known} == whole, "the behaviour has changed"
fixed = phonenumbers.example_number_for_type("XK", PhoneNumberType.FIXED_LINE)
assert geocoder.country_name_for_number(fixed, "en") == "", "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/countries.py"
