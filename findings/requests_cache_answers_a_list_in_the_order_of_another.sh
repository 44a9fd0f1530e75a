#!/bin/sh
# Package: requests-cache 1.3.3, with requests 2.34.2.
# Guess: a POST of a JSON list, to a look-up that answers in the order of what it was asked, is in the cache for that list; for the same
#   numbers in another order the server is asked again. The order of an array is a part of JSON.
# Seen: a list that is the whole body is sorted before it is compared, so that the answer to [Bea's, Ana's] is the one to [Ana's, Bea's]: each
#   number has the name of the other. A list within an object is not sorted. Values of one query parameter are, ?id=1&id=2 and ?id=2&id=1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check requests-cache==1.3.3 requests==2.34.2
"$folder/venv/bin/python" - <<'PYTHON'
import http.server
import json
import threading
import urllib.parse

import requests_cache

NAMES = {"+353209100000": "Ana", "+353209100001": "Bea"}


class LookUp(http.server.BaseHTTPRequestHandler):
    def answer(self, numbers):
        body = json.dumps([NAMES[number] for number in numbers]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)["number"])

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(asked["numbers"] if isinstance(asked, dict) else asked)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), LookUp)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/names"
session = requests_cache.CachedSession(backend="memory", allowable_methods=("GET", "POST"))
ana_first = list(NAMES)
seen = {}
for numbers in (ana_first, ana_first[::-1]):
    seen.setdefault("list", []).append(session.post(url, json=numbers, timeout=10).json())
    seen.setdefault("list in an object", []).append(session.post(url, json={"numbers": numbers}, timeout=10).json())
    seen.setdefault("parameters", []).append(session.get(url, params={"number": numbers}, timeout=10).json())
server.shutdown()
for kind, answers in seen.items():
    print(f"{kind}: {answers[0]}, then for the reverse {answers[1]}")
assert seen["list in an object"] == [["Ana", "Bea"], ["Bea", "Ana"]]
assert seen["list"] == seen["parameters"] == [["Ana", "Bea"], ["Ana", "Bea"]], "the behaviour has changed"
PYTHON
