"""HTTP on loopback: routes, scopes, limits and faults of the simulated portal."""

from __future__ import annotations

import json
import socket
import zlib
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from callerid.simulator.portal import routes
from callerid.simulator.portal.exports import api as exports_api
from callerid.simulator.portal.refusals import CORRELATION, Refusal, envelope, invalid, not_authenticated
from callerid.simulator.portal.request import Query, Request

if TYPE_CHECKING:
    from callerid.simulator.portal.limits import Fault
    from callerid.simulator.portal.state import PortalState

_NO_CONTENT = 204
_LONGEST_URL = 8000
_HTML = b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
_FILES = "/export-files/"  # of exports


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer on a kept connection waits for the other side's delayed acknowledgement
    portal: PortalState

    def finish(self) -> None:
        """End the connection, which may have been cut."""
        try:
            super().finish()
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Log nothing: requests are in `requests_seen`."""

    def handle(self) -> None:
        """Answer requests until the other side, or the network, goes away."""
        try:
            super().handle()
        except (ConnectionError, ValueError):
            self.close_connection = True

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve()

    do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815

    def _serve(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(size)
        if self.portal.recorded is not None:
            self.portal.recorded.append((self.command, self.path, content))
        self.portal.travel()
        self.portal.carry_out_due()
        fault = self.portal.next_fault(f"{self.command} {self.path}")
        if fault and self._before(fault, content):
            return
        status, body, headers = self._answer(content)
        self.portal.requests_seen.append((self.command, self.path, status))
        if fault and self._after(fault, body):
            return
        self.portal.travel()
        self._send(status, b"" if status == _NO_CONTENT else _content(body), headers)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return what the Date header says: the portal's own time."""
        return formatdate(self.portal.records.clock() if timestamp is None else timestamp, usegmt=True)

    # ---------------------------------------------------------------------------------------- faults

    def _before(self, fault: Fault, content: bytes) -> bool:
        """Do what a fault does before the request has had its effect; True when nothing more is to be done."""
        match fault.kind:
            case "status":
                self.portal.requests_seen.append((self.command, self.path, fault.status))
                retry = {"Retry-After": fault.retry_after} if fault.retry_after else {}
                body = envelope("There was a problem with the request.", "INTERNAL_ERROR", correlationId=CORRELATION)
                self._send(fault.status, json.dumps(body).encode(), retry)
            case "html":
                self.portal.requests_seen.append((self.command, self.path, 502))
                self._send(502, _HTML, {"Content-Type": "text/html"})
            case "redirect":
                self._send(302, b"", {"Location": "http://login.example/"})
            case "cut_before":
                self.portal.requests_seen.append((self.command, self.path, 0))
                self._cut()
            case "late":  # as when the other side has given up, and the server has not
                self.portal.carry_out_later(fault.seconds, lambda: self._answer(content))
                self.portal.requests_seen.append((self.command, self.path, 0))
                self._cut()
            case "slow":
                self.portal.stopping.wait(fault.seconds)
                return False
            case _:
                return False
        return True

    def _after(self, fault: Fault, body: Any) -> bool:
        """Do what a fault does after the effect; True when the answer is not to be sent."""
        match fault.kind:
            case "cut_after":
                self._cut()
            case "truncated_json":
                whole = _content(body)
                self._send(200, whole[: len(whole) // 2], {})
            case "not_json_200":
                self._send(200, b"<html>Please log in to the hotel's Wi-Fi</html>", {"Content-Type": "text/html"})
            case "large":
                self._send(200, gzipped_zeros(fault.size), {"Content-Encoding": "gzip"})
            case _:
                return False
        return True

    def _cut(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            self.close_connection = True

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (
            {"Content-Type": "application/json;charset=utf-8", "X-HubSpot-Correlation-Id": CORRELATION} | headers
        ).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    # ---------------------------------------------------------------------------------------- answers

    def _answer(self, content: bytes) -> tuple[int, Any, dict[str, str]]:
        headers: dict[str, str] = {}
        try:
            status, answer = self._admitted(content, headers)
        except Refusal as refusal:
            return refusal.status, refusal.body, headers | refusal.headers
        except Exception as wrong:  # noqa: BLE001 - a mistake of the simulator must not look like a network that is gone
            return 500, envelope(f"{type(wrong).__name__}: {wrong}", "INTERNAL_ERROR"), headers
        return status, answer, headers

    def _admitted(self, content: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        if len(self.path) > _LONGEST_URL:
            raise Refusal(414, envelope("URI Too Long", "REQUEST_TOO_LONG"))
        path, _, query = self.path.partition("?")
        if path.startswith(_FILES):
            return self._download(path.rpartition("/")[2], headers)
        if self.headers.get("Authorization") != f"Bearer {self.portal.token}":
            raise not_authenticated()
        with self.portal.records.lock:
            headers.update(self.portal.limits.admit(search=path.endswith("/search")))
            body = self._body(content)
            address, letter = self._address(path), self.portal.to_the_letter
            request = Request(self.command, address, Query.of(query), body, len(content), to_the_letter=letter)
            return routes.answer(self.portal, path, request)

    def _address(self, path: str) -> str:
        host = self.headers.get("Host")  # the connection of a late request is gone
        if not host:
            host = ":".join(map(str, self.connection.getsockname()))
        return f"http://{host}{path}"

    def _download(self, secret: str, headers: dict[str, str]) -> tuple[int, Any]:
        headers["Content-Type"] = "application/xml"
        with self.portal.records.lock:
            file = exports_api.download(self.portal.exports, secret, with_token="Authorization" in self.headers)
        headers["Content-Type"] = "application/zip" if file.name.endswith(".zip") else "text/csv"
        headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
        return 200, file.content

    def _body(self, content: bytes) -> Any:
        if not content:
            return {}
        if self.headers.get_content_type() != "application/json":
            raise Refusal(415, envelope("HTTP 415 Unsupported Media Type", "UNSUPPORTED_MEDIA_TYPE"))
        try:
            return json.loads(content)
        except ValueError as wrong:
            raise invalid("Invalid input JSON on line 1, column 1") from wrong


def _content(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def gzipped_zeros(size: int) -> bytes:
    """Return a JSON list of zeros that has at least so many bytes when it is unpacked, and a thousandth of them before."""
    packing = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    zeros = b"0," * 32768
    packed = [packing.compress(b'{"results": ['), *(packing.compress(zeros) for _ in range(size // len(zeros) + 1))]
    return b"".join((*packed, packing.compress(b"0]}"), packing.flush()))
