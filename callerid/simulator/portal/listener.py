"""A port of loopback that belongs to one portal for its whole life, whether it is online or not."""

from __future__ import annotations

import contextlib
import socket
import threading
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

_HOST = "127.0.0.1"


class Listener:
    """Keeps a port and listens on it from time to time.

    A second socket is bound to the port and never listens: while it alone is there, Linux refuses connections, and gives the port
    to no other socket. Had it been given up, another portal on this machine could have it when this one needs it again.
    """

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        self._handler = handler
        self._keeper = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._keeper.bind((_HOST, port))
        self.port: int = self._keeper.getsockname()[1]
        self._server: _Server | None = None

    def open(self) -> None:
        """Listen, if this is not done yet."""
        if self._server is None:
            self._server = _Server((_HOST, self.port), self._handler)
            self._server.begin()

    def close(self) -> None:
        """Listen no more and cut every connection: from now on connections are refused."""
        server, self._server = self._server, None
        if server is not None:
            server.end()

    def release(self) -> None:
        """Give the port up."""
        self.close()
        self._keeper.close()


class _Server(ThreadingTCPServer):
    """A thread accepts connections, and each has one of its own."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128  # a connection that finds the queue full is tried again after a second

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept, name="portal", daemon=True)

    def begin(self) -> None:
        """Accept connections from now on."""
        self._thread.start()

    def end(self) -> None:
        """Accept no more, and cut those that are open. One that waits to be accepted is cut by the system."""
        self.socket.shutdown(socket.SHUT_RDWR)  # which wakes the thread that accepts
        self._thread.join()
        self.server_close()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, address = self.socket.accept()
            except OSError:
                return
            with self._lock:
                self._connections.add(connection)
            self.process_request(connection, address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection that its handler has done with."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: a connection that was cut is not an error here."""
