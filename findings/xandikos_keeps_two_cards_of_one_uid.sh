#!/bin/sh
# Package: Xandikos 0.4.10, beside Radicale 3.9.0.
# Guess: an address book has one card of a UID, as RFC 6352 (5.1) demands: a client that puts a card again under another name, because the
#   answer to the first was lost on the way, is refused, and looks for the card that is there.
# Seen: the second card is made (201), and is there beside the first: the person is in the book twice, and who deletes or mends one of the
#   two finds the other at the next look-up. For the appointments of a calendar the same server refuses it, and Radicale does so for cards.
#   A name that is made from the UID keeps it away.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check xandikos==0.4.10 radicale==3.9.0 vobject==0.9.9
cat > "$folder/twice.py" <<'PYTHON'
import pathlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:ana-1\r\nFN:Ana Doe\r\nN:Doe;Ana;;;\r\nTEL:{}\r\nEND:VCARD\r\n"
EVENT = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\nBEGIN:VEVENT\r\nUID:ana-1\r\nDTSTAMP:20261129T100000Z\r\n"
    "DTSTART:20261129T100000Z\r\nSUMMARY:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
root = pathlib.Path(sys.argv[1])
binaries = pathlib.Path(sys.executable).parent


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def status(method, url, body="", kind=""):
    headers = {"Content-Type": kind, "Authorization": "Basic dXNlcjo="}
    request = urllib.request.Request(url, data=body.encode() or None, method=method, headers=headers)
    for _ in range(100):
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return reply.status
        except urllib.error.HTTPError as refused:
            return refused.code
        except urllib.error.URLError:  # it has not started yet
            time.sleep(0.1)
    raise AssertionError("the server does not start")


def put_twice(folder, kind, text):
    """Put the same thing under two names; return what the server says, and whether each is there."""
    suffix = "vcf" if kind == "text/vcard" else "ics"
    puts = [status("PUT", f"{folder}{name}.{suffix}", text.format(name), kind) for name in ("one", "two")]
    return puts, [status("GET", f"{folder}{name}.{suffix}") for name in ("one", "two")]


book = root / "radicale" / "collection-root" / "user" / "book"
book.mkdir(parents=True)
(book / ".Radicale.props").write_text('{"tag": "VADDRESSBOOK"}')
ports = free_port(), free_port()
(root / "config").write_text(
    f"[server]\nhosts = 127.0.0.1:{ports[1]}\n[auth]\ntype = none\n[storage]\nfilesystem_folder = {root / 'radicale'}\n"
)
commands = (
    [binaries / "xandikos", "serve", "--defaults", "-d", root / "xandikos", "-l", "127.0.0.1", "-p", str(ports[0])],
    [sys.executable, "-m", "radicale", "-C", root / "config"],
)
(root / "xandikos").mkdir()
servers = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for command in commands]
try:
    seen = {
        "Xandikos, cards": put_twice(f"http://127.0.0.1:{ports[0]}/user/contacts/addressbook/", "text/vcard", CARD),
        "Xandikos, appointments": put_twice(f"http://127.0.0.1:{ports[0]}/user/calendars/calendar/", "text/calendar", EVENT),
        "Radicale, cards": put_twice(f"http://127.0.0.1:{ports[1]}/user/book/", "text/vcard", CARD),
    }
finally:
    for server in servers:
        server.terminate()
        server.wait()
for name, (puts, gets) in seen.items():
    print(f"{name}: PUT of one UID under two names {puts}, GET of the two {gets}")
assert seen["Xandikos, cards"] == ([201, 201], [200, 200]), "the behaviour has changed"
for name in ("Xandikos, appointments", "Radicale, cards"):
    (first, second), gets = seen[name]
    assert first == 201 and second >= 400 and gets == [200, 404], "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/twice.py" "$folder"
