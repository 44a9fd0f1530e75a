#!/bin/sh
# Package: icalendar 7.3.2, beside vobject 0.9.9.
# Guess: a text of an event comes out of to_ical() and from_ical() as it went in; backslashes are escaped when they are written, as RFC 5545
#   (3.3.11) says.
# Seen: a backslash before a capital N is taken for a line break already when the text is written: "C:\Notes" and "ACME\Nina" become two
#   lines, without the N. Other letters are kept, "C:\notes" too, so that a test with that one shows nothing; vobject keeps all of them.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2 vobject==0.9.9
cat > "$folder/texts.py" <<'PYTHON'
import icalendar
import vobject

TEXTS = [r"C:\notes", r"C:\Calls", r"C:\Notes", r"ACME\Nina"]


def by_icalendar(text):
    event = icalendar.Event()
    event.add("description", text)
    return str(icalendar.Event.from_ical(event.to_ical())["description"])


def by_vobject(text):
    calendar = vobject.iCalendar()
    calendar.add("vevent").add("description").value = text
    return vobject.readOne(calendar.serialize()).vevent.description.value


for text in TEXTS:
    print(f"{text!r}: icalendar {by_icalendar(text)!r}, vobject {by_vobject(text)!r}")
assert [by_icalendar(text) for text in TEXTS] == [r"C:\notes", r"C:\Calls", "C:\notes", "ACME\nina"], "the behaviour has changed"
assert [by_vobject(text) for text in TEXTS] == TEXTS, "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/texts.py"
