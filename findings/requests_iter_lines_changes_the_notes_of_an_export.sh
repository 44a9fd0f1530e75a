#!/bin/sh
# Package: requests 2.34.2 (any version since iter_lines exists), with the standard library's csv.
# Guess: csv.reader(response.iter_lines(decode_unicode=True)), the usual way to read a CSV export as a stream, gives the rows that the
#   server sent.
# Seen: the number of rows is right, so nothing is noticed, but notes are changed. iter_lines takes the line ends away, so the lines of a
#   quoted field run together ("Call backon Monday"); it also divides at U+2028, U+0085 and the form feed, which are text within a field
#   and vanish. The same bytes read through io.TextIOWrapper(response.raw, newline="") are right.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check requests==2.34.2
"$folder/venv/bin/python" - <<'PYTHON'
import csv
import io
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests

ROWS = [["id", "note"], ["1", "Call back\non Monday"], ["2", "first\u2028second"], ["3", "page one\fpage two"], ["4", "plain"]]


class Export(BaseHTTPRequestHandler):
    def do_GET(self):
        text = io.StringIO(newline="")
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows(ROWS)
        body = text.getvalue().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/csv; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = HTTPServer(("127.0.0.1", 0), Export)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"
with requests.get(url, stream=True, timeout=10) as response:
    by_lines = list(csv.reader(response.iter_lines(decode_unicode=True)))
with requests.get(url, stream=True, timeout=10) as response:
    response.raw.auto_close = False  # else the wrapper finds it closed at its end
    by_text = list(csv.reader(io.TextIOWrapper(response.raw, encoding="utf-8", newline="")))
server.shutdown()
for lines, text in zip(by_lines, by_text):
    print(f"{text!r:40} by iter_lines {lines!r}")
assert by_text == ROWS
assert [row[0] for row in by_lines] == [row[0] for row in ROWS], "this has changed"
assert [row[1] for row in by_lines] == ["note", "Call backon Monday", "firstsecond", "page onepage two", "plain"], "this has changed"
PYTHON
