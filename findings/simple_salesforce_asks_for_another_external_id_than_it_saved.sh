#!/bin/sh
# Package: simple-salesforce 1.12.10, with requests 2.34.2.
# Guess: a contact that was saved by upsert under an external id, as its guide says with format_external_id, is found again by
#   get_by_custom_id with the same field and value.
# Seen: one writes a space into the path as %20, the other as "+", which in a path is a plus sign (RFC 3986). A number with spaces for an id
#   is saved as "+44 20 7946 0018" and asked for as "+44+20+7946+0018": by a server that reads the path as the RFC says, a 404 or another's.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check simple-salesforce==1.12.10 requests==2.34.2
"$folder/venv/bin/python" - <<'PYTHON'
import urllib.parse

import requests
from simple_salesforce import Salesforce, format_external_id

asked = []


class Paths(requests.adapters.BaseAdapter):
    """Answers without a network, and keeps what is asked for."""

    def send(self, request, **_):
        asked.append(urllib.parse.urlsplit(request.url).path.rpartition("/")[2])
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = 200, request, request.url
        answer._content = b"{}"
        return answer

    def close(self):
        pass


session = requests.Session()
session.mount("https://", Paths())
contacts = Salesforce(instance="crm.example", session_id="none", session=session).Contact
number = "+44 20 7946 0018"
contacts.upsert(format_external_id("Number__c", number), {"LastName": "Doe"})
contacts.get_by_custom_id("Number__c", number)
saved, looked_for = (urllib.parse.unquote(path) for path in asked)
print(f"saved as {saved} ({asked[0]}), looked for as {looked_for} ({asked[1]})")
assert saved == number
assert looked_for == "+44+20+7946+0018", "the behaviour has changed"
PYTHON
