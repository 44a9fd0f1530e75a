#!/bin/sh
# Package: Xandikos 0.4.10.
# Guess: a CardDAV search (addressbook-query) finds what RFC 6352 says it does: numbers that contain one of two texts (a filter's test is
#   "anyof" where it is not given), numbers of one TYPE, cards without a number.
# Seen: two texts in one filter must both be in the number, also with test="anyof", so a caller who is looked for in two spellings is not
#   found; a TYPE is not looked at: whoever has any number is found; and is-not-defined finds every card. All are answered with 207, without
#   a word about it. Radicale 3.9.0 answers them as the RFC says.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check xandikos==0.4.10 vobject==0.9.9
cat > "$folder/search.py" <<'PYTHON'
import pathlib
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

CARDS = {"ana": "TEL;TYPE=home:+353209100000", "bea": "TEL;TYPE=cell:0209100001", "cea": "NOTE:no number"}
TWO = "<C:text-match>+3532091</C:text-match><C:text-match>02091</C:text-match>"
FILTERS = {
    "one of two texts": f"<C:prop-filter name='TEL'>{TWO}</C:prop-filter>",
    "one of two, said so": f"<C:prop-filter name='TEL' test='anyof'>{TWO}</C:prop-filter>",
    "TYPE is cell": "<C:prop-filter name='TEL'><C:param-filter name='TYPE'><C:text-match match-type='equals'>cell</C:text-match>"
    "</C:param-filter></C:prop-filter>",
    "no number": "<C:prop-filter name='TEL'><C:is-not-defined/></C:prop-filter>",
}
root = pathlib.Path(sys.argv[1])
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
book = f"http://127.0.0.1:{port}/user/contacts/addressbook/"


def answer(method, url, body, kind):
    request = urllib.request.Request(url, data=body.encode(), method=method, headers={"Content-Type": kind, "Depth": "1"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        return reply.status, reply.read().decode()


def put(name):
    lines = ("BEGIN:VCARD", "VERSION:3.0", f"UID:{name}", f"FN:{name}", f"N:{name};;;;", CARDS[name], "END:VCARD", "")
    for _ in range(100):
        try:
            return answer("PUT", f"{book}{name}.vcf", "\r\n".join(lines), "text/vcard")
        except urllib.error.URLError as fault:
            if isinstance(fault, urllib.error.HTTPError):
                raise
            time.sleep(0.1)


def cards_with(conditions):
    query = (
        "<?xml version='1.0'?><C:addressbook-query xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:carddav'>"
        f"<D:prop><D:getetag/></D:prop><C:filter>{conditions}</C:filter></C:addressbook-query>"
    )
    status, found = answer("REPORT", book, query, "application/xml")
    return status, sorted(re.findall(r"/(\w+)\.vcf<", found))


program = str(pathlib.Path(sys.executable).parent / "xandikos")
command = [program, "serve", "--defaults", "-d", str(root / "data"), "-l", "127.0.0.1", "-p", str(port)]
server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    for name in CARDS:
        put(name)
    seen = {name: cards_with(conditions) for name, conditions in FILTERS.items()}
finally:
    server.terminate()
    server.wait()
for name, found in seen.items():
    print(f"{name}: {found}")
assert seen == {
    "one of two texts": (207, []),
    "one of two, said so": (207, []),
    "TYPE is cell": (207, ["ana", "bea"]),
    "no number": (207, ["ana", "bea", "cea"]),
}, "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/search.py" "$folder"
