"""A network that shows us its own servers gets neither the token nor an answer; a portal that sends nonsense gets no further."""

from __future__ import annotations

import json
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.config.load import parse_config
from callerid.credentials import Token
from callerid.crm.hubspot.http.content import MOST_BYTES
from callerid.crm.hubspot.http.send import HttpSender
from callerid.errors import ConfigFault, CrmFault, Offline, OutcomeUnknown
from callerid.turns.context import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "pat-eu1-not-for-anybody-else"
OUR_OWN_CERTIFICATE = Path(__file__).parents[1] / "data" / "self_signed.pem"  # signed by nobody whom a phone trusts


class Server(ThreadingHTTPServer):
    """A server on loopback that remembers what it was sent."""

    def __init__(self, *, status: int = 200, headers: tuple[tuple[str, str], ...] = (), body: bytes = b"{}") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[str] = []
        self.answer = (status, headers, body)
        self.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hangs up is what these tests want."""


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def _answer(self) -> None:
        self.server.seen.append(f"{self.requestline}\n{self.headers}")
        status, headers, body = self.server.answer
        self.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_CONNECT = _answer  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def sender(url: str) -> Iterator[HttpSender]:
    opened = HttpSender(Token(SECRET), url=url, wait=lambda _: None, clock=utc_now)
    try:
        yield opened
    finally:
        opened.close()


def test_a_portal_that_we_trust_gets_the_token() -> None:
    with serving(Server()) as portal, sender(portal.url) as ours:
        assert ours.read("GET", "/account") == {}
    assert SECRET in portal.seen[0]


def test_a_server_whose_certificate_nobody_signed_gets_not_one_byte_of_a_request() -> None:
    with serving(Server()) as impostor:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(OUR_OWN_CERTIFICATE)
        impostor.socket = context.wrap_socket(impostor.socket, server_side=True)
        with sender(f"https://127.0.0.1:{impostor.server_port}") as ours, pytest.raises(Offline):
            ours.write_once("/crm/calls", {"note": "private"})
    assert impostor.seen == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_so_that_nobody_else_gets_the_token(status: int) -> None:
    with serving(Server()) as thief:
        portal = Server(status=status, headers=(("Location", f"{thief.url}/here"),))
        with serving(portal), sender(portal.url) as ours:
            with pytest.raises(CrmFault):
                ours.read("GET", "/account")
            with pytest.raises((CrmFault, OutcomeUnknown)):
                ours.write_once("/crm/calls", {})
        assert thief.seen == []


def test_a_proxy_and_a_password_file_of_the_environment_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving(Server()) as proxy, serving(Server()) as portal:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        with sender(portal.url) as ours:
            ours.read("GET", "/account")
    assert proxy.seen == []
    assert f"Authorization: Bearer {SECRET}" in portal.seen[0]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 200_000, b"\xff\xfe", b"[1]", b'"text"', b"NaN"])
def test_an_answer_that_is_no_json_object_is_a_fault_of_the_crm_and_nothing_else(body: bytes) -> None:
    with serving(Server(body=body)) as portal, sender(portal.url) as ours, pytest.raises(CrmFault):
        ours.read("GET", "/account")


def test_an_address_without_encryption_is_refused_except_on_this_machine() -> None:
    for host in ("example.com", "127.0.0.1.example.com", "localhost.example.com", "0.0.0.0", "127.0.0.1@example.com"):
        with pytest.raises(ConfigFault):
            parse_config(f'[crm]\nurl = "http://{host}"\n')
    assert parse_config('[crm]\nurl = "http://127.0.0.1:8080"\n').crm.url == "http://127.0.0.1:8080"


def test_an_answer_without_end_is_cut() -> None:
    with serving(Server(body=b" " * MOST_BYTES + b"{}")) as portal, sender(portal.url) as ours, pytest.raises(CrmFault):
        ours.read("GET", "/account")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_no_error_of_the_network_shows_the_token_even_if_the_answer_quotes_it(status: int) -> None:
    """A gateway may show the request that it could not handle."""
    scopes = [{"context": {"requiredGranularScopes": [SECRET]}, "message": SECRET}]
    quoted = json.dumps({"message": f"no: Bearer {SECRET}", "category": "MISSING_SCOPES", "errors": scopes, "policyName": SECRET})
    body = quoted.replace("not-for", "n\\u006ft-for").encode()
    with serving(Server(status=status, body=body)) as portal, sender(portal.url) as ours:
        with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever it is, it is to be printed
            ours.read("GET", "/account")
        assert SECRET not in f"{raised.value!r} {raised.value} {vars(raised.value)} {raised.value.__cause__!r}"
