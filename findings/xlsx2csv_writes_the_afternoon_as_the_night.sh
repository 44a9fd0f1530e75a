#!/bin/sh
# Packages: xlsx2csv 0.8.6, of a sheet made by openpyxl 3.1.5.
# Guess: a time of a sheet of calls is written as the sheet shows it; 13:05 is 13:05.
# Seen: openpyxl gives a date with a time the format yyyy-mm-dd h:mm:ss, which has hours up to 23. xlsx2csv writes each "h" that stands
#   alone as the hour of a clock with twelve: 13:05 is 01:05, and 00:10 is 12:10, without a.m. or p.m., so that half of the calls are
#   twelve hours off and cannot be told from the others. With hh:mm, and for a time without a date, it is right.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check xlsx2csv==0.8.6 openpyxl==3.1.5
cat > "$folder/calls.py" <<'PYTHON'
import pathlib
import subprocess
import sys
from datetime import datetime, time

import openpyxl

CALLS = [datetime(2026, 11, 30, 13, 5), datetime(2026, 11, 30, 1, 5), datetime(2026, 11, 30, 0, 10)]
book = openpyxl.Workbook()
book.active.append(["as it is", "hh:mm", "time only"])
for call in CALLS:
    book.active.append([call, call, call.time()])
    book.active.cell(book.active.max_row, 2).number_format = "yyyy-mm-dd hh:mm"
assert book.active["A2"].number_format == "yyyy-mm-dd h:mm:ss"
path = pathlib.Path(sys.argv[1], "calls.xlsx")
book.save(path)
program = str(pathlib.Path(sys.executable).parent / "xlsx2csv")
written = subprocess.run([program, str(path)], capture_output=True, text=True, check=True).stdout
print(written)
assert written.splitlines()[1:] == [
    "2026-11-30 01:05:00,2026-11-30 13:05,13:05",
    "2026-11-30 01:05:00,2026-11-30 01:05,01:05",
    "2026-11-30 12:10:00,2026-11-30 00:10,00:10",
], "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/calls.py" "$folder"
