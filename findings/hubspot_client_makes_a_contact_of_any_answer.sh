#!/bin/sh
# Package: hubspot-api-client 12.0.0.
# Guess: an answer 200 that is no contact, such as the page of a gateway between phone and HubSpot, an empty body or a list, raises an error.
# Seen: get_by_id() returns a contact whose id, properties and times are all None, and do_search() a result whose total and results are None,
#   whatever the body and its type are: HTML, nothing, [], "". So a caller looked up on a bad network is a contact without a name, or
#   "not found". Only where one reads further, at "for contact in None", is there an error.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check hubspot-api-client==12.0.0 urllib3==2.8.0
cat > "$folder/answers.py" <<'PYTHON'
import http.server
import threading

from hubspot import HubSpot
from hubspot.crm.contacts import PublicObjectSearchRequest

BODIES = {
    "a page": ("text/html", b"<html><body>Sign in to the network</body></html>"),
    "nothing": ("application/json", b""),
    "a list": ("application/json", b"[]"),
    "a text": ("application/json", b'"ok"'),
    "another object": ("application/json", b'{"status": "ok"}'),
}


class Gateway(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind, body = Gateway.answer
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
threading.Thread(target=server.serve_forever, daemon=True).start()
contacts = HubSpot(access_token="pat-example").crm.contacts
basic, search = contacts.basic_api, contacts.search_api  # each time they are named they are new objects
for api in (basic, search):
    api.api_client.configuration.host = f"http://127.0.0.1:{server.server_port}"
for name, Gateway.answer in BODIES.items():
    contact = basic.get_by_id("1")
    found = search.do_search(public_object_search_request=PublicObjectSearchRequest(query="020910", limit=1))
    print(f"{name}: a {type(contact).__name__} with id {contact.id}, a search with total {found.total} and results {found.results}")
    assert (contact.id, contact.properties, contact.updated_at) == (None, None, None), "the behaviour has changed"
    assert (found.total, found.results) == (None, None), "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/answers.py"
