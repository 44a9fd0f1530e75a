#!/bin/sh
# Package: requests 2.34.2 with urllib3 2.8.0.
# Guess: a gzip answer whose end is missing raises an error, as gzip says by itself where it ends, and with which check sum.
# Seen: where the transfer itself looks whole, because a proxy that lost its server closes the connection of an answer without a length or
#   counts what it has, content, text and iter_content() return what could be unpacked, without an error. An export of contacts is then a
#   shorter table. (Plain gzip.decompress() of the same bytes raises EOFError.) Where there is a Content-Length that is not reached, it raises.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check requests==2.34.2 urllib3==2.8.0
cat > "$folder/cut.py" <<'PYTHON'
import gzip
import http.server
import random
import threading

import requests

draw = random.Random(1)
TABLE = "".join(f"{number},+3532091{draw.randrange(10**5):05}\n" for number in range(2000)).encode()
WHOLE = gzip.compress(TABLE)
CUT = WHOLE[: len(WHOLE) // 2]


class Server(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        lengths = {"/closed": None, "/counted": len(CUT), "/promised": len(WHOLE)}
        self.send_response(200)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Encoding", "gzip")
        if lengths[self.path]:
            self.send_header("Content-Length", str(lengths[self.path]))
        self.end_headers()
        self.wfile.write(CUT)


def lines(path, read):
    try:
        with requests.get(f"http://127.0.0.1:{server.server_port}{path}", stream=True, timeout=10) as answer:
            return read(answer).count(b"\n")
    except requests.RequestException as fault:
        return type(fault).__name__


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
try:
    gzip.decompress(CUT)
except EOFError as fault:
    print(f"gzip.decompress(): {fault}")
else:
    raise AssertionError("gzip.decompress() finds nothing wrong")
seen = {
    path: (lines(path, lambda answer: answer.content), lines(path, lambda answer: b"".join(answer.iter_content(1000))))
    for path in ("/closed", "/counted", "/promised")
}
print(f"lines of {TABLE.count(10)}, by content and by iter_content():", seen)
for path in ("/closed", "/counted"):
    assert all(isinstance(count, int) and 0 < count < 2000 for count in seen[path]), "the behaviour has changed"
assert seen["/promised"] == ("ChunkedEncodingError",) * 2, "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/cut.py"
