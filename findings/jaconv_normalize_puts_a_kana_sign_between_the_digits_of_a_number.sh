#!/bin/sh
# Package: jaconv 0.5.0.
# Guess: normalize, which by its documentation makes half-width ASCII of full-width ASCII, makes 03-5550-0123 of a number that a Japanese
#   sheet has in full width, as the standard library's NFKC does.
# Seen: the digits are ASCII, but the full-width hyphen (U+FF0D) is the sign for a long vowel of kana (U+30FC), which looks like a hyphen:
#   the number is found under no key and in no search by 03-5550-0123, and a "tel:" link of it is none. The double names of people,
#   Ｊｅａｎ－Ｌｕｃ, and dates get the sign too. z2h with ascii and digit is right.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check jaconv==0.5.0
PYTHONIOENCODING=utf-8 "$folder/venv/bin/python" - <<'PYTHON'
import unicodedata

import jaconv

SHEET = {"０３－５５５０－０１２３": "03-5550-0123", "Ｊｅａｎ－Ｌｕｃ": "Jean-Luc", "２０２６－１１－３０": "2026-11-30"}
for wide, narrow in SHEET.items():
    normal = jaconv.normalize(wide)
    print(f"{wide}: {normal}, {[unicodedata.name(sign) for sign in set(normal) if not sign.isascii()]}")
    assert unicodedata.normalize("NFKC", wide) == jaconv.z2h(wide, kana=False, ascii=True, digit=True) == narrow
    assert normal == narrow.replace("-", "\N{KATAKANA-HIRAGANA PROLONGED SOUND MARK}"), "the behaviour has changed"
assert jaconv.normalize("03-5550-0123") == "03-5550-0123"
PYTHON
