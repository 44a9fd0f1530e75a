#!/bin/sh
# Package: dateparser 1.5.0.
# Guess: "morgen um 10 Uhr", when to call back, is tomorrow at 10:00, as "tomorrow at 10 o'clock" is, or else nothing.
# Seen: it is tomorrow at the present hour: the 10 is dropped without a word. "2 Uhr" alone is the 2nd of this month, in the past although
#   dates of the future are preferred. With minutes, "10:00 Uhr", it is right, in both.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dateparser==1.5.0
cat > "$folder/hours.py" <<'PYTHON'
import datetime

import dateparser

NOW = datetime.datetime(2026, 11, 28, 16, 20)
CASES = {
    ("en", "tomorrow at 10 am"): "2026-11-29 10:00",
    ("de", "morgen um 10:00 Uhr"): "2026-11-29 10:00",
    ("de", "morgen um 10 Uhr"): "2026-11-29 16:20",
    ("de", "2 Uhr"): "2026-11-02 00:00",
}
for (language, text), expected in CASES.items():
    seen = dateparser.parse(text, languages=[language], settings={"RELATIVE_BASE": NOW, "PREFER_DATES_FROM": "future"})
    print(f"{text}: {seen}")
    assert f"{seen:%Y-%m-%d %H:%M}" == expected, "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/hours.py"
