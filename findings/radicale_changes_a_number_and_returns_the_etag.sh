#!/bin/sh
# Package: Radicale 3.9.0 with vobject 0.9.9.
# Guess: a CardDAV server keeps a vCard 4.0 as it was put, or, if it changed it, returns no ETag, as RFC 6352 (6.3.2.3) asks, so that the
#   client reads it again.
# Seen: Radicale writes each card anew, as vobject does. A number as a URI, "TEL;VALUE=uri:tel:+353-20-910-0000;ext=12", one of the RFC's
#   own forms, comes back with "\;ext=12", from which phonenumbers 9.0.43 can read no number; of "NICKNAME:Bea,Bee" the second is gone. The
#   answer to PUT has the ETag of the changed card, so the client takes its own copy for the server's, and every other client gets another.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check radicale==3.9.0 vobject==0.9.9 phonenumbers==9.0.43
cat > "$folder/put.py" <<'PYTHON'
import pathlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import phonenumbers

CARD = """BEGIN:VCARD
VERSION:4.0
UID:1
FN:Bea Doe
N:Doe;Bea;;;
NICKNAME:Bea,Bee
TEL;VALUE=uri;TYPE=work:tel:+353-20-910-0000;ext=12
END:VCARD
"""
root = pathlib.Path(sys.argv[1])
book = root / "collections" / "collection-root" / "bea" / "book"
book.mkdir(parents=True)
(book / ".Radicale.props").write_text('{"tag": "VADDRESSBOOK"}')
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
settings = f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = none\n[storage]\nfilesystem_folder = {root / 'collections'}\n"
(root / "config").write_text(settings)


def answer(method, body=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/bea/book/1.vcf", data=body, method=method)
    request.add_header("Authorization", "Basic YmVhOng=")
    request.add_header("Content-Type", "text/vcard")
    with urllib.request.urlopen(request, timeout=10) as reply:
        return reply.headers["ETag"], reply.read().decode().replace("\r\n", "\n")


def number_of(card):
    line = next(line for line in card.splitlines() if line.startswith("TEL"))
    value = line[line.index("tel:") :]
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return value, None
    return value, (phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), number.extension)


server = subprocess.Popen([sys.executable, "-m", "radicale", "-C", str(root / "config")], stderr=subprocess.DEVNULL)
try:
    for _ in range(100):
        try:
            put_etag, _ = answer("PUT", CARD.replace("\n", "\r\n").encode())
            break
        except urllib.error.URLError as fault:
            if isinstance(fault, urllib.error.HTTPError):
                raise
            time.sleep(0.1)
    etag, kept = answer("GET")
finally:
    server.terminate()
    server.wait()
print(f"put: {number_of(CARD)}\nkept: {number_of(kept)}\nETag of PUT and of GET: {put_etag[:12]}… {etag[:12]}…")
assert number_of(CARD) == ("tel:+353-20-910-0000;ext=12", ("+353209100000", "12"))
assert number_of(kept) == ("tel:+353-20-910-0000\\;ext=12", None), "the behaviour has changed"
assert "NICKNAME:Bea\n" in kept and "Bee" not in kept, "the behaviour has changed"
assert put_etag == etag, "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/put.py" "$folder"
