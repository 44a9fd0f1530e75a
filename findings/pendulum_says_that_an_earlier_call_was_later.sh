#!/bin/sh
# Package: pendulum 3.3.0.
# Guess: pendulum, which was made to spare its users the standard library's rules for the hour that comes twice, says of two calls in one
#   time zone which was first and how long one is before the other, by the time that passed.
# Seen: total_seconds() of their difference is right, and all that is shown is not: of a call at 00:50 and one at 01:10 UTC, in Dublin's
#   time of 25 October 2026, the second is "40 minutes before" the first by diff_for_humans, in_words() is "-40 minutes", and it is the
#   lesser of both, so that sorting puts it first. In UTC it is 20 minutes after.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pendulum==3.3.0 tzdata==2026.6
"$folder/venv/bin/python" - <<'PYTHON'
import pendulum


def said(first, second):
    return second.diff_for_humans(first), (second - first).in_words(), (second - first).total_seconds(), sorted([first, second])[0] is first


first, second = pendulum.datetime(2026, 10, 25, 0, 50), pendulum.datetime(2026, 10, 25, 1, 10)
in_utc = said(first, second)
in_dublin = said(first.in_timezone("Europe/Dublin"), second.in_timezone("Europe/Dublin"))
print(f"in UTC:    {in_utc}")
print(f"in Dublin: {in_dublin}")
assert in_utc == ("20 minutes after", "20 minutes", 1200.0, True)
assert in_dublin == ("40 minutes before", "-40 minutes", 1200.0, False), "the behaviour has changed"
PYTHON
