#!/bin/sh
# Package: phonenumbers 9.0.43, with the zones of tzdata 2026.6.
# Guess: time_zones_for_number() of a number names zones that have the time of the number's country; where it names another country's, such
#   as Europe/London for Ireland, that one has the same time the whole year.
# Seen: for the numbers of six regions it names only zones whose clocks are an hour off in some months or always: Paris for Algeria and
#   Bucharest for Libya, which have no summer time, Chicago for Nicaragua, the Canaries for Morocco and the Western Sahara, Nairobi for South
#   Sudan, which left its time in 2021. Who calls back "not before 9 o'clock there" in July calls in Algiers at 8.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43 tzdata==2026.6
cat > "$folder/zones.py" <<'PYTHON'
import datetime
import importlib.resources
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import PhoneNumberType
from phonenumbers.timezone import time_zones_for_number

MONTHS = [datetime.datetime(2025, month, 15, 12, tzinfo=datetime.timezone.utc) for month in range(1, 13)]


def hours(zone):
    return tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() / datetime.timedelta(hours=1) for moment in MONTHS)


own_zones = {}
for line in (importlib.resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines():
    if not line.startswith("#"):
        region, _, zone, *_ = line.split("\t")
        own_zones.setdefault(region, []).append(zone)
wrong = {}
for region, zones in sorted(own_zones.items()):
    number = phonenumbers.example_number_for_type(region, PhoneNumberType.FIXED_LINE)
    named = time_zones_for_number(number) if number else ()
    own = {hours(zone) for zone in zones}
    if named and not any(hours(zone) in own for zone in named):
        months = sum(hour not in {there[month] for there in own} for month, hour in enumerate(hours(named[0])))
        wrong[region] = (*named, months)
        print(f"{region}: {', '.join(named)} is wrong in {months} months of 2025; its own is {', '.join(zones)}")
assert wrong == {
    "DZ": ("Europe/Paris", 7),
    "EH": ("Atlantic/Canary", 4),
    "LY": ("Europe/Bucharest", 7),
    "MA": ("Atlantic/Canary", 4),
    "NI": ("America/Chicago", 8),
    "SS": ("Africa/Nairobi", 12),
}, "the behaviour has changed"
PYTHON
PYTHONTZPATH="" "$folder/venv/bin/python" "$folder/zones.py"
