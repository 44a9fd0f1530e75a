"""The token goes to the portal and to nobody else, whatever the network and the environment say."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid import errors
from callerid.credentials import Token
from callerid.crm.hubspot.client import HubSpot
from callerid.simulator.portal.server import Handler
from tests.crm.conftest import NOW, OBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.simulator.portal.limits import Fault
    from tests.crm.conftest import Desk

_CERTIFICATE = Path(__file__).parents[2] / "data" / "untrusted-loopback.pem"
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


class Stranger:
    """A server that is not the portal, and keeps the first bytes of what each connection sends it. With a certificate it is one for
    TLS, which nobody has signed."""

    def __init__(self, *, tls: bool = False) -> None:
        self.received: list[bytes] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
        if self._context:
            self._context.load_cert_chain(_CERTIFICATE)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                with connection, contextlib.suppress(OSError):
                    self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        if self._context:
            connection = self._context.wrap_socket(connection, server_side=True)
        with connection:
            self.received.append(connection.recv(65536))
            connection.sendall(_ANSWER)

    def close(self) -> None:
        """Stop serving."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    server = Stranger()
    yield server
    server.close()


def test_a_portal_whose_certificate_nobody_has_signed_gets_no_request() -> None:
    server = Stranger(tls=True)
    client = HubSpot(Token("pat-eu1-secret"), url=f"https://{server.address}", wait=print, clock=lambda: NOW, report_fault=print)
    with pytest.raises(errors.Offline):
        client.account()
    client.close()
    server.close()
    assert server.received == []


def test_neither_a_proxy_nor_a_netrc_of_the_environment_has_a_say(
    desk: Desk, stranger: Stranger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert desk.client.account().portal_id  # by the token, and not by the password
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://{stranger.address}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert desk.client.account().portal_id
    assert stranger.received == []


def test_where_a_redirect_points_no_request_is_sent(desk: Desk, stranger: Stranger, monkeypatch: pytest.MonkeyPatch) -> None:
    redirects: list[str] = []

    def redirected(self: Handler, _: Fault, _content: bytes) -> bool:
        redirects.append(self.path)
        self._send(307, b"", {"Location": f"http://{stranger.address}{self.path}"})
        return True

    monkeypatch.setattr(Handler, "_before", redirected)
    desk.portal.fault("redirect", OBJECTS, times=99)
    with pytest.raises(errors.OutcomeUnknown):
        desk.client.create(desk.call())
    with pytest.raises(errors.CrmFault):
        desk.client.find(desk.call())
    assert len(redirects) >= 2
    assert stranger.received == []
