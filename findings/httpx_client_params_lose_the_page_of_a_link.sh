#!/bin/sh
# Package: httpx 0.28.1, beside requests 2.34.2.
# Guess: a client that is made with params, such as a page size, adds them to each address that it is given, as a session of requests does
#   and as the client's own headers and cookies are added. So the link to the next page, which a CRM gives, leads there.
# Seen: the client's params take the place of all that stands after the "?" of the address: the mark of the page is lost, and the first page
#   comes again, for as long as one follows links. The same is so of params of one call. Without any params the address is left as it is.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check httpx==0.28.1 requests==2.34.2
cat > "$folder/pages.py" <<'PYTHON'
import http.server
import json
import threading
from urllib.parse import parse_qs, urlsplit

import httpx
import requests

NAMES = ["Ana", "Bea", "Cid"]


class Portal(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        first, limit = int(query.get("after", ["0"])[0]), int(query.get("limit", ["10"])[0])
        page = {"results": NAMES[first : first + limit]}
        if first + limit < len(NAMES):
            page["next"] = f"http://127.0.0.1:{self.server.server_port}/contacts?after={first + limit}"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(page).encode())


def all_names(get):
    address, names = f"http://127.0.0.1:{server.server_port}/contacts", []
    while address and len(names) < 6:  # no more than that, where it would go on for ever
        page = get(address).json()
        names += page["results"]
        address = page.get("next")
    return names


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal)
threading.Thread(target=server.serve_forever, daemon=True).start()
session = requests.Session()
session.trust_env = False
session.params = {"limit": 1}
with httpx.Client(params={"limit": 1}, trust_env=False) as client, httpx.Client(trust_env=False) as plain:
    seen = {
        "requests, params of the session": all_names(session.get),
        "httpx, params of the client": all_names(client.get),
        "httpx, params of the call": all_names(lambda address: plain.get(address, params={"limit": 1})),
        "httpx, no params": all_names(plain.get),
    }
for way, names in seen.items():
    print(f"{way}: {', '.join(names)}")
assert list(seen.values()) == [NAMES, ["Ana"] * 6, ["Ana"] * 6, NAMES], "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/pages.py"
