"""HTTP on loopback: routes, scopes, limits and faults of the simulated portal."""

from __future__ import annotations

import json
import re
import socket
import zlib
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from callerid.simulator.portal import reading_api, writing_api
from callerid.simulator.portal.records import KINDS, PROPERTIES
from callerid.simulator.portal.refusals import (
    CORRELATION,
    Refusal,
    envelope,
    invalid,
    missing_scopes,
    not_authenticated,
    not_found,
)

if TYPE_CHECKING:
    from callerid.simulator.portal.limits import Fault
    from callerid.simulator.portal.state import PortalState

_NO_CONTENT = 204
_LONGEST_URL = 8000
_HTML = b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
_OBJECT = r"/crm/(?:objects/(?:2026-09|2026-03)|v3/objects)/(?P<kind>\w+)"
_ASSOCIATION = r"/crm/(?:associations/(?:2026-09|2026-03)|v4/associations)/(?P<kind>\w+)/(?P<to>\w+)/batch/read"
_ARCHIVED_ASSOCIATION = _ASSOCIATION.replace("batch/read", "batch/archive")
_DEFAULT_ASSOCIATION = r"(?P<id>\d+)/associations/default/(?P<to>\w+)/(?P<to_id>\d+)"
_VERSIONED = r"(?:(?:2026-09|2026-03)|v3)"
_READ_SCOPE = {
    "contacts": "contacts",
    "companies": "companies",
    "deals": "deals",
    "calls": "contacts",
    "tasks": "contacts",
}


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
        self.portal.travel()
        fault = self.portal.next_fault(f"{self.command} {self.path}")
        if fault and self._before(fault):
            return
        status, body, headers = self._answer(content)
        self.portal.requests_seen.append((self.command, self.path, status))
        if fault and self._after(fault, body):
            return
        self.portal.travel()
        content = b"" if status == _NO_CONTENT else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        self._send(status, content, headers)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return what the Date header says: the portal's own time."""
        return formatdate(self.portal.records.clock() if timestamp is None else timestamp, usegmt=True)

    # ---------------------------------------------------------------------------------------- faults

    def _before(self, fault: Fault) -> bool:
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
                whole = json.dumps(body).encode()
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
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            bad_request = invalid(f"Invalid input JSON: {wrong}")
            return bad_request.status, bad_request.body, headers
        return status, answer, headers

    def _admitted(self, content: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        if len(self.path) > _LONGEST_URL:
            raise Refusal(414, envelope("URI Too Long", "REQUEST_TOO_LONG"))
        parts = urlsplit(self.path)
        self._authenticate()
        with self.portal.records.lock:
            headers.update(self.portal.limits.admit(search=parts.path.endswith("/search")))
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            return self._route(parts.path, query, self._body(content), len(content))

    def _authenticate(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {self.portal.token}":
            raise not_authenticated()

    def _body(self, content: bytes) -> dict[str, Any]:
        if not content:
            return {}
        try:
            body = json.loads(content)
        except ValueError as wrong:
            raise invalid("Invalid input JSON on line 1, column 1") from wrong
        return body if isinstance(body, dict) else {}

    def _need(self, scope: str) -> None:
        if scope not in self.portal.scopes:
            raise missing_scopes(scope)

    def _route(self, path: str, query: dict[str, str], body: dict[str, Any], size: int) -> tuple[int, Any]:
        parts = re.fullmatch(f"{_OBJECT}(?P<rest>/.*)?", path)
        if parts and parts["kind"] in KINDS:
            return self._objects(parts["kind"], (parts["rest"] or "").strip("/"), query, body, size)
        parts = re.fullmatch(_ARCHIVED_ASSOCIATION, path)
        if parts and self.command == "POST" and parts["kind"] in KINDS and parts["to"] in KINDS:
            self._need(f"crm.objects.{_READ_SCOPE[parts['kind']]}.write")
            writing_api.archive_associations(self.portal.records, parts["kind"], parts["to"], body)
            return 204, {}
        parts = re.fullmatch(_ASSOCIATION, path)
        if parts and parts["kind"] in KINDS and parts["to"] in KINDS:
            self._need(f"crm.objects.{_READ_SCOPE[parts['kind']]}.read")
            return reading_api.batch_associations(self.portal.records, parts["kind"], parts["to"], body)
        return self._about(path, query, body)

    def _objects(self, kind: str, rest: str, query: dict[str, str], body: dict[str, Any], size: int) -> tuple[int, Any]:
        records, scope = self.portal.records, _READ_SCOPE[kind]
        writes = (self.command == "POST" and rest in ("", "merge", "gdpr-delete")) or self.command in ("PATCH", "PUT", "DELETE")
        self._need(f"crm.objects.{scope}.{'write' if writes else 'read'}")
        match self.command, rest:
            case "GET", "":
                return 200, reading_api.list_objects(records, kind, query, self.portal.cursors)
            case "GET", record_id:
                return 200, reading_api.get_one(records, kind, record_id, query)
            case "POST", "search":
                return 200, reading_api.search(records, kind, body, self.portal.search_lag, size)
            case "POST", "batch/read":
                return reading_api.batch_read(records, kind, body)
            case "POST", "":
                return 201, writing_api.create(records, kind, body, self.portal.required.get(kind, ()), self.portal.dead_target)
            case "POST", "merge":
                merged = records.merge(kind, int(body["primaryObjectId"]), int(body["objectIdToMerge"]))
                return 200, reading_api.shown(records, merged, [])
            case "POST", "gdpr-delete":
                records.purge(kind, int(body["objectId"]))
                return 204, {}
            case "PATCH", record_id:
                return 200, writing_api.update(records, kind, record_id, body, self.portal.required.get(kind, ()))
            case "PUT", linking if parts := re.fullmatch(_DEFAULT_ASSOCIATION, linking):
                return 200, writing_api.associate(records, kind, parts["id"], parts["to"], parts["to_id"])
            case "DELETE", record_id:
                writing_api.delete(records, kind, record_id)
                return 204, {}
        raise not_found()

    def _about(self, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        records = self.portal.records
        if path == "/oauth/v2/private-apps/get/access-token-info" and self.command == "POST":
            if not self.portal.introspection or body.get("tokenKey") != self.portal.token:
                raise not_found()
            portal_id = records.account["portalId"]
            return 200, {"userId": 9001, "hubId": portal_id, "appId": 31337, "scopes": sorted(self.portal.scopes)}
        if re.fullmatch(f"/account-info/{_VERSIONED}/details", path):
            return 200, records.account
        parts = re.fullmatch(rf"/crm/(?:{_VERSIONED}/)?properties/(?:{_VERSIONED}/)?(\w+)", path)
        if parts and parts[1] in KINDS:
            return 200, {"results": PROPERTIES[parts[1]]}
        parts = re.fullmatch(rf"/crm/(?:{_VERSIONED}/)?properties/(?:{_VERSIONED}/)?(\w+)/(\w+)", path)
        if parts and parts[1] in KINDS:
            return 200, reading_api.one_property(parts[1], parts[2])
        if re.fullmatch(rf"/crm/(?:{_VERSIONED}/)?pipelines/(?:{_VERSIONED}/)?deals", path):
            return 200, {"results": records.pipelines}
        parts = re.fullmatch(rf"/crm/(?:{_VERSIONED}/)?owners(?:/{_VERSIONED})?(?:/(\d+))?/?", path)
        if parts:
            self._need("crm.objects.owners.read")
            return 200, reading_api.one_owner(records, parts[1], query) if parts[1] else reading_api.owners(records, query)
        raise not_found()


def gzipped_zeros(size: int) -> bytes:
    """Return a JSON list of zeros that has at least so many bytes when it is unpacked, and a thousandth of them before."""
    packing = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    zeros = b"0," * 32768
    packed = [packing.compress(b'{"results": ['), *(packing.compress(zeros) for _ in range(size // len(zeros) + 1))]
    return b"".join((*packed, packing.compress(b"0]}"), packing.flush()))
