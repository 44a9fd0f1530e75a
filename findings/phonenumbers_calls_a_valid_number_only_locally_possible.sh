#!/bin/sh
# Package: phonenumbers 9.0.43.
# Guess: of a number that is_valid_number() accepts, is_possible_number_with_reason() says IS_POSSIBLE, as validity is the stricter question.
# Seen: of Canada's numbers 310-XXXX, which have no area code, it says IS_POSSIBLE_LOCAL_ONLY: it asks the lengths of the whole country
#   code +1, where seven digits are a number without its area code. is_valid_number() and is_possible_number() accept them, also written
#   with +1, and they have an E.164 form. So a program that keeps what is IS_POSSIBLE drops valid numbers, and one that completes what is
#   only locally possible with an area code makes them wrong. It is the one plan of the metadata whose example numbers do so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
cat > "$folder/possible.py" <<'PYTHON'
import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult

for text, region in (("310-1234", "CA"), ("+1 310-1234", None)):
    number = phonenumbers.parse(text, region)
    reason = phonenumbers.is_possible_number_with_reason(number)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    valid, possible = phonenumbers.is_valid_number(number), phonenumbers.is_possible_number(number)
    print(f"{text}: {e164}, valid {valid}, possible {possible}, only locally possible {reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY}")
    assert valid and possible and reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY, "the behaviour has changed"

odd = set()
for region in phonenumbers.SUPPORTED_REGIONS:
    for kind in PhoneNumberType.values():
        example = phonenumbers.example_number_for_type(region, kind)
        if example and phonenumbers.is_valid_number(example):
            if phonenumbers.is_possible_number_with_reason(example) != ValidationResult.IS_POSSIBLE:
                odd.add((region, phonenumbers.format_number(example, PhoneNumberFormat.E164)))
print(f"valid example numbers that are not IS_POSSIBLE: {sorted(odd)}")
assert {region for region, _ in odd} == {"CA"}, "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/possible.py"
