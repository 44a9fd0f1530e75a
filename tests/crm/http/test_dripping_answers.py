"""An answer that never ends, though something of it always comes, ends a request all the same."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from callerid.credentials import Token
from callerid.crm.hubspot.http import answer_time
from callerid.crm.hubspot.http.send import HttpSender
from callerid.errors import CrmFault, OutcomeUnknown

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 0.5  # seconds
HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"
DRIPS = {
    "headers": b"HTTP/1.1 200 OK\r\n",
    "body": HEADERS,
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "gzip": HEADERS.replace(b"Content-Type: application/json", b"Content-Encoding: gzip"),
}


@pytest.fixture(params=DRIPS)
def sender(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpSender]:
    """A sender to a server that begins an answer, and then sends a byte each 50 ms for ever."""
    monkeypatch.setattr(answer_time, "LONGEST_ANSWER", LIMIT)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, DRIPS[request.param], over), daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        made = HttpSender(Token("t" * 20), url=url, wait=lambda _: None, clock=lambda: datetime.now(UTC))
        yield made
        made.close()
        over.set()


def _serve(server: socket.socket, begins: bytes, over: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while not over.is_set():
            connection, _ = server.accept()
            threading.Thread(target=_drip, args=(connection, begins, over), daemon=True).start()


def _drip(connection: socket.socket, begins: bytes, over: threading.Event) -> None:
    with connection, contextlib.suppress(OSError):
        connection.recv(65536)
        connection.sendall(begins)
        while not over.wait(0.05):
            connection.sendall(b"1\r\n0\r\n" if b"chunked" in begins else b"x")


def test_a_write_whose_answer_drips_is_given_up_in_time_and_may_have_happened(sender: HttpSender) -> None:
    began = time.monotonic()
    with pytest.raises(OutcomeUnknown, match="no answer in time"):
        sender.write_once("/crm/objects/2026-09/calls", {})
    assert time.monotonic() - began < 4 * LIMIT


def test_a_read_whose_answer_drips_fails_after_its_tries(sender: HttpSender) -> None:
    began = time.monotonic()
    with pytest.raises(CrmFault, match="no answer in time"):
        sender.read("GET", "/crm/objects/2026-09/contacts")
    assert time.monotonic() - began < 10 * LIMIT


def test_what_has_come_when_the_time_is_over_is_not_read_any_more() -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b"x")
        with answer_time._InTime(here, time.monotonic() - 1) as late, pytest.raises(TimeoutError, match="does not end"):
            late.read(1)
