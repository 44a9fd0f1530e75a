"""Connections whose answers end in time.

A socket's own timeout begins again with each byte, so that a server which sends one now and then would hold a request for ever.
Here each read gets only what is left of the time for the whole answer, headers included.
"""

from __future__ import annotations

import http.client
import io
import time
from typing import TYPE_CHECKING, Any

import requests.adapters
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from callerid.messages import message

if TYPE_CHECKING:
    import socket

    from _typeshed import WriteableBuffer

LONGEST_ANSWER = 60.0  # seconds from the end of the request; a page of 100 contacts has some 15 KB, packed


class _InTime(io.RawIOBase):
    """What a socket receives until a time (of the monotonic clock). Reading raises TimeoutError after that."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until, self._silence = sock, until, sock.gettimeout()
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        """Receive something. Raise TimeoutError, OSError."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError(message("the answer does not end"))
        self._sock.settimeout(left if self._silence is None else min(left, self._silence))
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        """Close it; the socket stays open while the connection has it."""
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """A response that is read to its end within a time."""

    def __init__(self, sock: socket.socket, *words: Any, **more: Any) -> None:
        super().__init__(sock, *words, **more)
        self.fp.close()
        self.fp = io.BufferedReader(_InTime(sock, time.monotonic() + LONGEST_ANSWER))


class _Http(HTTPConnection):
    response_class = _TimedResponse


class _Https(HTTPSConnection):
    response_class = _TimedResponse


class _HttpPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Https


class TimedAdapter(requests.adapters.HTTPAdapter):
    """Sends requests of a session over connections whose answers end in time."""

    def init_poolmanager(self, *words: Any, **more: Any) -> None:
        """Make the connection pools."""
        super().init_poolmanager(*words, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
