#!/bin/sh
# Package: Babel 2.19.0.
# Guess: parse_time() and parse_date() of a locale read what format_time() and format_date() of that locale write, or raise an error.
# Seen: of the afternoon only "pm" is understood, so that 15:05 in the short form of Greek, Korean, Chinese (Taiwan), Mexico or Canada is
#   read as 03:05, as in 168 locales: a call back twelve hours too early. In Latvian, 4 March 2026 is written 04.03.26 and read as
#   26 March 2004, because the order of the parts is taken from another form of the date.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0
cat > "$folder/times.py" <<'PYTHON'
import datetime

from babel import localedata
from babel.dates import ParseError, format_date, format_time, parse_date, parse_time

DAY, TIME = datetime.date(2026, 3, 4), datetime.time(15, 5)


def read_again(write, read, value, locale):
    written = write(value, "short", locale=locale)
    try:
        return written, read(written, locale=locale)
    except ParseError:
        return written, None


times = {locale: read_again(format_time, parse_time, TIME, locale) for locale in localedata.locale_identifiers()}
early = [locale for locale, (_, time) in times.items() if time == datetime.time(3, 5)]
day = read_again(format_date, parse_date, DAY, "lv")
print(f"15:05 is read as 03:05 in {len(early)} locales of {len(times)}; in Korean as {times['ko']}, in English as {times['en']}")
print("4 March 2026 in Latvian:", day)
assert {"el", "ko", "zh_Hant", "es_MX", "en_CA"} <= set(early), "the behaviour has changed"
assert times["en"][1] == times["de"][1] == TIME, "the behaviour has changed"
assert day == ("04.03.26", datetime.date(2004, 3, 26)), "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/times.py"
