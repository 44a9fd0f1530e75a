#!/bin/sh
# Package: python-dateutil 2.9.0.post0 with tzdata 2026.6.
# Guess: tz.gettz() finds the rules of time that zoneinfo finds: those of the system, or, where it has none, as Android for programs of
#   Termux, of the package tzdata, which is there for that and is kept up to date.
# Seen: it looks into four folders, none of which a phone has, and then takes the rules that came with its own release, of the beginning of
#   2024, whatever tzdata says. For fourteen names it is an hour off in months of 2026, among them Vancouver and Winnipeg in November and
#   December, Casablanca from October, and Asunción from April to September. America/Coyhaique, a zone since 2025, is None, and a time that
#   is made with it is taken for the phone's own. On a desk it takes the system's rules, so that tests there do not show it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-dateutil==2.9.0.post0 tzdata==2026.6
cat > "$folder/zones.py" <<'PYTHON'
import datetime
import zoneinfo

from dateutil import tz

tz.tz.TZPATHS.clear()  # as where none of these folders is
MONTHS = [datetime.datetime(2026, month, 15, 12, tzinfo=datetime.timezone.utc) for month in range(1, 13)]
wrong, missing = {}, []
for name in sorted(zoneinfo.available_timezones()):
    zone, right = tz.gettz(name), zoneinfo.ZoneInfo(name)
    if zone is None:
        missing.append(name)
        continue
    months = [moment for moment in MONTHS if moment.astimezone(zone).utcoffset() != moment.astimezone(right).utcoffset()]
    if months:
        wrong[name] = [moment.month for moment in months]
        there = f"{months[0].astimezone(zone):%H:%M} instead of {months[0].astimezone(right):%H:%M}"
        print(f"{name}: in the months {wrong[name]} of 2026, {there}")
print("not known:", ", ".join(missing))
assert len(wrong) == 14 and missing == ["America/Coyhaique"], "the behaviour has changed"
assert wrong["America/Vancouver"] == wrong["America/Winnipeg"] == [11, 12], "the behaviour has changed"
assert (wrong["America/Asuncion"], wrong["Africa/Casablanca"]) == ([4, 5, 6, 7, 8, 9], [10, 11, 12]), "the behaviour has changed"
naive = datetime.datetime(2026, 11, 29, 10, tzinfo=tz.gettz("America/Coyhaique"))
assert naive.tzinfo is None, "the behaviour has changed"
PYTHON
PYTHONTZPATH="" "$folder/venv/bin/python" "$folder/zones.py"
