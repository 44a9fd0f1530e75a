#!/bin/sh
# Package: requests 2.34.2 with urllib3 2.8.0.
# Guess: a body that comes from a generator, as streamed uploads are made, cannot be sent a second time; where a server redirects it (307,
#   308), or a retry would send it again (503), an error is raised, UnrewindableBodyError.
# Seen: the request is made again with an empty body, and the answer to that one, 200, is returned: the upload of an export of contacts has
#   succeeded, and there is nothing in it. For a redirect no setting is needed, and for PUT only a status_forcelist, as it is among the
#   methods that are repeated by default. It is so for each iterator and for an object with read() alone; files and bytes are sent whole.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check requests==2.34.2 urllib3==2.8.0
cat > "$folder/uploads.py" <<'PYTHON'
import http.server
import io
import threading

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

LINES = [b"Ana Doe,+353209100001\n", b"Bea Roe,+353209100002\n"]


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    first_status, bodies = 307, []

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"]))
        whole = b""
        while size := int(self.rfile.readline(), 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def do_PUT(self):
        Server.bodies.append(self.body())
        self.send_response(200 if len(Server.bodies) > 1 else Server.first_status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_PUT


class Reader:
    def __init__(self):
        self.read = io.BytesIO(b"".join(LINES)).read


BODIES = {
    "generator": lambda: (line for line in LINES),
    "map": lambda: map(bytes, LINES),
    "object with read()": Reader,
    "file": lambda: io.BytesIO(b"".join(LINES)),
    "bytes": lambda: b"".join(LINES),
}
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}/contacts.csv"
for method, Server.first_status in (("POST", 307), ("PUT", 308), ("PUT", 503)):
    for name, body in BODIES.items():
        with requests.Session() as session:
            session.trust_env = False
            if Server.first_status == 503:
                session.mount("http://", HTTPAdapter(max_retries=Retry(3, status_forcelist=[503])))
            Server.bodies.clear()
            status = session.request(method, address, data=body(), timeout=10).status_code
        sizes = [len(sent) for sent in Server.bodies]
        print(f"{method}, answered with {Server.first_status}: {name} of {sizes[0]} bytes, then {sizes[1:]}; status {status}")
        assert status == 200 and sizes == [44, 44 if name in ("file", "bytes") else 0], "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/uploads.py"
