"""Two real CardDAV servers on loopback, each in a thread of the tests: Radicale, with a password, and Xandikos."""

from __future__ import annotations

import contextlib
import io
import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

USER, PASSWORD = "ana", "sésame: 開け"
_MKCOL = """<?xml version="1.0"?><mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><set><prop>
<resourcetype><collection/><C:addressbook/></resourcetype><displayname>Contacts</displayname></prop></set></mkcol>"""


class _Handler(WSGIRequestHandler):
    timeout = 5

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the class above
        """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DavServer:
    """A server with an empty address book of one user."""

    url: str
    login: tuple[str, str] | None
    book_path: str

    @property
    def book(self) -> str:
        return f"{self.url}{self.book_path}"

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> requests.Response:
        """Send a request as another client of the same person."""
        user, password = (word.encode() for word in self.login or ("", ""))
        auth = requests.auth.HTTPBasicAuth(user, password) if self.login else None
        return requests.request(
            method, f"{self.url}{path}", data=body.encode(), headers=headers, auth=auth, timeout=10, allow_redirects=False
        )

    def put(self, name: str, text: str) -> str:
        """Store a card as another client does, and return its entity tag."""
        answer = self.ask("PUT", f"{self.book_path}{name}", text, **{"Content-Type": "text/vcard"})
        assert answer.status_code < 300, answer.text
        return self.ask("GET", f"{self.book_path}{name}").headers["ETag"]

    def cards(self) -> dict[str, tuple[str, str]]:
        """Return entity tag and text of every card of the book, by the names of their resources."""
        from callerid.carddav.multistatus import CARD, DAV, resources

        body = (
            '<C:addressbook-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><prop><getetag/><C:address-data/></prop>'
            '<C:filter><C:prop-filter name="UID"/></C:filter></C:addressbook-query>'
        )
        answer = self.ask("REPORT", self.book_path, body, **{"Depth": "1", "Content-Type": "application/xml"})
        found = resources(answer.content)
        return {each.href.rpartition("/")[2]: (each.text(f"{DAV}getetag"), each.text(f"{CARD}address-data")) for each in found}


@contextlib.contextmanager
def _serving(application: Callable[..., Any]) -> Iterator[str]:
    def bounded(environ: dict[str, Any], start: Any) -> Any:
        """Answer a request whose body ends; the input of wsgiref ends with the connection."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        return application(environ | {"wsgi.input": io.BytesIO(body)}, start)

    with make_server("127.0.0.1", 0, bounded, handler_class=_Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="carddav")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def radicale(folder: Path) -> Iterator[DavServer]:
    """Run Radicale, which stores a card in its own words and asks for a password."""
    from radicale import config
    from radicale.app import Application

    users = folder / "users"
    users.write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
    settings = config.load()
    settings.update(
        {
            "auth": {"type": "htpasswd", "htpasswd_filename": str(users), "htpasswd_encryption": "plain", "delay": 0},
            "storage": {"filesystem_folder": str(folder / "storage"), "_filesystem_fsync": False},
            "logging": {"level": "critical"},
        },
        "tests",
        privileged=True,
    )
    logging.getLogger("radicale").setLevel(logging.CRITICAL)
    with _serving(Application(settings)) as url:
        yield _with_book(DavServer(url=url, login=(USER, PASSWORD), book_path="/ana/contacts/"))


@contextlib.contextmanager
def xandikos(folder: Path) -> Iterator[DavServer]:
    """Run Xandikos, which stores a card as it was sent, each change as a commit."""
    from xandikos.web import SingleUserFilesystemBackend, XandikosApp

    logging.getLogger("xandikos").setLevel(logging.CRITICAL)
    (folder / "storage").mkdir(parents=True)
    backend = SingleUserFilesystemBackend(path=str(folder / "storage"))
    backend.create_principal("/ana/")  # type: ignore[no-untyped-call]
    with _serving(XandikosApp(backend, current_user_principal="/ana/").handle_wsgi_request) as url:
        yield _with_book(DavServer(url=url, login=None, book_path="/ana/contacts/people/"))


def _with_book(server: DavServer) -> DavServer:
    answer = server.ask("MKCOL", server.book_path, _MKCOL, **{"Content-Type": "application/xml"})
    assert answer.status_code == 201, (answer.status_code, answer.text)
    return server
