#!/bin/sh
# Package: schedule 1.2.2, with pytz 2026.2 and time-machine for the clock.
# Guess: every().day.at("01:30", "Europe/Dublin") runs once a day, at half past one there, and in the night in which the clocks leave that
#   half hour out, after it.
# Seen: it runs at 02:30 that night, which is an hour late; then at 00:30 of the next night, an hour before its time, and again at 01:30. A
#   weekly job for Sunday comes twice on the Sunday after. It is the same where the machine is in UTC; without a time zone all is well.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check schedule==1.2.2 pytz==2026.2 time-machine==3.2.0
cat > "$folder/nights.py" <<'PYTHON'
import os
import time
from datetime import datetime, timezone

os.environ["TZ"] = "UTC0"
time.tzset()
import pytz
import schedule
import time_machine

dublin = pytz.timezone("Europe/Dublin")


def runs(unit, days):
    plan, seen = schedule.Scheduler(), []
    with time_machine.travel(datetime(2026, 3, 28, 20, tzinfo=timezone.utc).timestamp(), tick=False) as clock:
        getattr(plan.every(), unit).at("01:30", "Europe/Dublin").do(lambda: seen.append(datetime.now(dublin).strftime("%d %b %H:%M")))
        for _ in range(days * 24 * 12):
            plan.run_pending()
            clock.shift(300)
    return seen


daily, weekly = runs("day", 3), runs("sunday", 10)
print(f"each day:    {daily}")
print(f"each Sunday: {weekly}")
assert daily == ["29 Mar 02:30", "30 Mar 00:30", "30 Mar 01:30", "31 Mar 01:30"], "the behaviour has changed"
assert weekly == ["29 Mar 02:30", "05 Apr 00:30", "05 Apr 01:30"], "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/nights.py"
