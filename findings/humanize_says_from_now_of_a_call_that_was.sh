#!/bin/sh
# Package: humanize 4.17.0.
# Guess: naturaltime says of two moments that know their time zone how long one is before the other: a call of twenty minutes ago is
#   "20 minutes ago", in each night of the year.
# Seen: both are turned into the machine's local time without a zone, and subtracted. In the hour that the clocks repeat in autumn a call of
#   20 minutes ago is "40 minutes from now", and one of 70 minutes ago is "10 minutes ago"; in spring 10 minutes are "an hour ago". It is
#   so where both are in UTC, and depends on TZ. A timedelta in place of the moment is right.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check humanize==4.17.0 tzdata==2026.6
cat > "$folder/ago.py" <<'PYTHON'
import os
import sys
import time
import zoneinfo
from datetime import datetime, timedelta, timezone

import humanize

os.environ["TZ"] = sys.argv[1]
if sys.argv[1] != "UTC0":
    os.environ["TZ"] = "GMT0IST,M3.5.0/1,M10.5.0"  # Dublin's rules, which need no files of the machine
time.tzset()
dublin = zoneinfo.ZoneInfo("Europe/Dublin")
autumn = datetime(2026, 10, 25, 1, 10, tzinfo=timezone.utc)
spring = datetime(2026, 3, 29, 1, 5, tzinfo=timezone.utc)
for now, minutes in ((autumn, 20), (autumn, 70), (spring, 10)):
    call = now - timedelta(minutes=minutes)
    said = humanize.naturaltime(call, when=now)
    assert said == humanize.naturaltime(call.astimezone(dublin), when=now.astimezone(dublin))
    print(f"{minutes} minutes: {said}; by a timedelta: {humanize.naturaltime(now - call)}")
PYTHON
"$folder/venv/bin/python" "$folder/ago.py" Dublin | tee "$folder/dublin"
"$folder/venv/bin/python" "$folder/ago.py" UTC0 > "$folder/utc"
cat > "$folder/expected" <<'TEXT'
20 minutes: 40 minutes from now; by a timedelta: 20 minutes ago
70 minutes: 10 minutes ago; by a timedelta: an hour ago
10 minutes: an hour ago; by a timedelta: 10 minutes ago
TEXT
diff "$folder/expected" "$folder/dublin" || { echo "the behaviour has changed" >&2; exit 1; }
sed 's/: .*; by a timedelta: \(.*\)/: \1; by a timedelta: \1/' "$folder/expected" | diff - "$folder/utc"
