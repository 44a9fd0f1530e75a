#!/bin/sh
# Package: hubspot-api-client 12.0.0 with urllib3 2.8.0.
# Guess: a contact that is read with _request_timeout=2, by a client for which no retry was set, is there within about two seconds, or an
#   error is raised: also when HubSpot is under maintenance (503) or busy (429) and asks to come back in an hour (Retry-After).
# Seen: without a retry of its own the client has urllib3's, which waits as long as the server asks, three times, whatever the timeout is,
#   which counts for each answer alone. So the look-up of a caller returns after three hours, and the thread sleeps until then. A search, a
#   POST, raises at once, so that who tries searches only learns nothing of it. Retry(0) as the client's "retry" ends it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check hubspot-api-client==12.0.0 urllib3==2.8.0
cat > "$folder/waits.py" <<'PYTHON'
import http.server
import threading
import time

from hubspot import HubSpot
from hubspot.crm.contacts import PublicObjectSearchRequest
from hubspot.crm.contacts.exceptions import ApiException
from urllib3 import Retry


class Busy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    status = 503

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(Busy.status)
        self.send_header("Retry-After", "3600")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Busy)
threading.Thread(target=server.serve_forever, daemon=True).start()


def waits(call, **settings):
    contacts = HubSpot(access_token="pat-example", **settings).crm.contacts
    api = getattr(contacts, "search_api" if call == "do_search" else "basic_api")
    api.api_client.configuration.host = f"http://127.0.0.1:{server.server_port}"
    slept = []
    time.sleep = slept.append  # nobody waits here
    what = PublicObjectSearchRequest(query="020910", limit=1) if call == "do_search" else "1"
    try:
        getattr(api, call)(what, _request_timeout=2)
    except ApiException as fault:
        return fault.status, slept
    raise AssertionError("the behaviour has changed")


for Busy.status in (503, 429):
    seen = waits("get_by_id"), waits("do_search"), waits("get_by_id", retry=Retry(0))
    for name, (status, slept) in zip(("read", "search", "read with Retry(0)"), seen):
        print(f"{name}: status {status} after sleeping {slept} seconds")
    assert seen == ((Busy.status, [3600, 3600, 3600]), (Busy.status, []), (Busy.status, [])), "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/waits.py"
