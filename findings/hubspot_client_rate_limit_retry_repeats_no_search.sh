#!/bin/sh
# Package: hubspot-api-client 12.0.0 with urllib3 2.8.0.
# Guess: with the retry that the client's README gives for rate limits, Retry(total=5, status_forcelist=(429,)), every request that HubSpot
#   answers with 429 is sent again.
# Seen: only reads by GET are. A search, a batch read, a create and an update raise ApiException (429) at once, because urllib3 by itself
#   repeats no POST and no PATCH; a 429 means that nothing was done, so repeating it would be safe. Search, which has the tightest limit of
#   all, is the request that needs it most. Retry(total=5, ..., allowed_methods=None) repeats them all, but a create whose answer is lost
#   with the connection too, so that it is made twice; with read=False besides, it is made once and the loss is raised.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check hubspot-api-client==12.0.0 urllib3==2.8.0
cat > "$folder/limited.py" <<'PYTHON'
import http.server
import json
import threading

from hubspot import HubSpot
from hubspot.crm.contacts import (
    ApiException,
    BatchReadInputSimplePublicObjectId,
    PublicObjectSearchRequest,
    SimplePublicObjectId,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)
from urllib3.exceptions import MaxRetryError, ProtocolError
from urllib3.util.retry import Retry

CONTACT = {"id": "1", "properties": {}, "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z", "archived": False}
LIST = {"results": [CONTACT], "total": 1}
BATCH = {"results": [CONTACT], "status": "COMPLETE", "startedAt": "2026-01-01T00:00:00Z", "completedAt": "2026-01-01T00:00:00Z"}
requests, loses_answers = [], []


class Limited(http.server.BaseHTTPRequestHandler):
    """Refuses the first request of each kind with 429, and serves the next."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = f"{self.command} {self.path.split('?')[0]}"
        requests.append(kind)
        if loses_answers:
            self.close_connection = True
            return
        refused = requests.count(kind) == 1
        body = LIST if "search" in kind else BATCH if "batch" in kind else CONTACT
        content = json.dumps({"status": "error", "policyName": "SECONDLY"} if refused else body).encode()
        self.send_response(429 if refused else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = answer


def outcomes(retry):
    requests.clear()
    crm = HubSpot(access_token="pat-example", retry=retry).crm.contacts
    basic, search, batch = crm.basic_api, crm.search_api, crm.batch_api
    for api in (basic, search, batch):
        api.api_client.configuration.host = f"http://127.0.0.1:{server.server_port}"
    one = SimplePublicObjectId(id="1")
    calls = {
        "get": lambda: basic.get_by_id("1"),
        "search": lambda: search.do_search(public_object_search_request=PublicObjectSearchRequest(limit=1)),
        "batch read": lambda: batch.read(
            batch_read_input_simple_public_object_id=BatchReadInputSimplePublicObjectId(
                inputs=[one], properties=[], properties_with_history=[]
            )
        ),
        "create": lambda: basic.create(
            simple_public_object_input_for_create=SimplePublicObjectInputForCreate(properties={}, associations=[])
        ),
        "update": lambda: basic.update("2", simple_public_object_input=SimplePublicObjectInput(properties={})),
    }
    found = {}
    for name, call in calls.items():
        try:
            call()
            found[name] = "served"
        except ApiException as fault:
            found[name] = str(fault.status)
    return found


def creates_sent_when_answers_are_lost(retry):
    requests.clear()
    basic = HubSpot(access_token="pat-example", retry=retry).crm.contacts.basic_api
    basic.api_client.configuration.host = f"http://127.0.0.1:{server.server_port}"
    loses_answers.append(True)
    try:
        basic.create(simple_public_object_input_for_create=SimplePublicObjectInputForCreate(properties={}, associations=[]))
    except (ProtocolError, MaxRetryError):
        return len(requests)
    finally:
        loses_answers.clear()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Limited)
threading.Thread(target=server.serve_forever, daemon=True).start()
by_readme = outcomes(Retry(total=5, status_forcelist=(429,)))
by_all = outcomes(Retry(total=5, status_forcelist=(429,), allowed_methods=None))
lost_all = creates_sent_when_answers_are_lost(Retry(total=5, status_forcelist=(429,), allowed_methods=None))
lost_one = creates_sent_when_answers_are_lost(Retry(total=5, read=False, status_forcelist=(429,), allowed_methods=None))
print(f"README's retry: {by_readme}")
print(f"allowed_methods=None: {by_all}")
assert by_readme == {"get": "served", "search": "429", "batch read": "429", "create": "429", "update": "429"}, "the behaviour has changed"
print(f"a create whose answers are lost is sent {lost_all} times, with read=False {lost_one} time")
assert set(by_all.values()) == {"served"}, "the behaviour has changed"
assert (lost_all, lost_one) == (6, 1), "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/limited.py"
