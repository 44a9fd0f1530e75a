"""Requests to a CardDAV server, over https alone; http only to this very machine. Neither the password nor a card is logged."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import requests

from callerid.errors import CrmFault, Offline, Refused, TokenFault, UsageFault
from callerid.messages import message
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.credentials import Token

MOST_BYTES = 32 * 1024 * 1024  # of one answer: a listing of 10,000 cards has about 4 MB
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_TIMEOUT = (10.0, 60.0)  # seconds: to connect, and for each part of an answer
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 307, 308)
_PIECE = 64 * 1024
_XML = "application/xml; charset=utf-8"
LOGIN_REMEDY = message("Type: callerid config set carddav.user NAME; and: callerid config set carddav.password_file FILE")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: the status, the entity tag of the resource ("" where it names none), the content, and what address
    answered, after redirections."""

    status: int
    etag: str
    content: bytes
    url: str


def checked_url(url: str) -> str:
    """Return an address to which a password may go. Raise UsageFault for another one."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as fault:
        raise UsageFault(
            message("The address of the server is not a web address: {fault}.", fault=fault), remedy=_ADDRESS_REMEDY
        ) from fault
    if parts.username is not None:
        raise UsageFault(message("The address has a user or password in it, which other programs could read."), remedy=LOGIN_REMEDY)
    if not host or parts.scheme not in ("https", "http") or parts.query or parts.fragment or not url.isprintable() or " " in url:
        raise UsageFault(message("The address of the server is not a web address."), remedy=_ADDRESS_REMEDY)
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise UsageFault(
            message("The address is not encrypted, and the password would go over it."), remedy=message("Write https://")
        )
    return url


_ADDRESS_REMEDY = message("Write it as https://dav.example.com/contacts/")


class Connection:
    """A connection to a server, with a user and password, or without."""

    def __init__(self, user: str, password: Token | None) -> None:
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy or .netrc of the environment sees the password
        self._session.auth = _Login(user, password)
        self._session.headers["Accept-Encoding"] = "identity"  # a packed answer could be a thousand times as large as it says

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def send(self, method: str, url: str, *, body: str = "", headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request and return the answer, whatever its status, but for those that no request would change. A PROPFIND follows
        redirections. Raise Offline, TokenFault, CrmFault, Refused."""
        for _ in range(_MOST_REDIRECTS):
            answer, target = self._send_once(method, url, body, {"Content-Type": _XML, **(headers or {})})
            if not target:
                return answer
            if method != "PROPFIND":
                raise Refused(
                    message("The server has moved this address book to {target}.", target=target),
                    remedy=message("Type the command with that address."),
                )
            url = self.resolve(url, target)
        raise CrmFault(message("The server redirects in a circle."), remedy=message("Check the address."))

    def _send_once(self, method: str, url: str, body: str, headers: Mapping[str, str]) -> tuple[Answer, str]:
        """Return the answer, and the target if it redirects, else ""."""
        try:
            with self._session.request(
                method, url, data=body.encode(), headers=dict(headers), timeout=_TIMEOUT, allow_redirects=False, stream=True
            ) as reply:
                answer = Answer(reply.status_code, _strong(reply.headers.get("ETag", "")), _content(reply), url)
                target = reply.headers.get("Location", "") if reply.status_code in _REDIRECTS else ""
        except requests.RequestException as fault:
            host = urlsplit(url).hostname
            raise Offline(
                message("The address book's server {host} was not reached ({name}).", host=host, name=type(fault).__name__),
                remedy=message("Type the same again when there is a network: what is done already is not done again."),
            ) from fault
        _raise_for(answer.status)
        return answer, target

    def resolve(self, base: str, href: str) -> str:
        """Return the whole address of an href that a server wrote. Raise CrmFault if the password must not go there."""
        url = urljoin(base, href)
        try:
            checked_url(url)
        except UsageFault as fault:
            raise CrmFault(message("The server leads to an address that is not encrypted."), remedy=fault.remedy) from fault
        if urlsplit(url).hostname in _LOOPBACK and urlsplit(base).hostname not in _LOOPBACK:
            raise CrmFault(message("The server leads to this very machine."), remedy=message("Check the address."))
        return url


class _Login(requests.auth.AuthBase):
    """HTTP Basic (RFC 7617) in UTF-8, which requests would write in Latin-1."""

    def __init__(self, user: str, password: Token | None) -> None:
        self._user, self._password = user, password

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._password is not None:
            login = base64.b64encode(f"{self._user}:{self._password.reveal()}".encode()).decode()
            request.headers["Authorization"] = f"Basic {login}"
        return request


def _content(reply: requests.Response) -> bytes:
    if reply.headers.get("Content-Encoding", "identity") != "identity":
        raise CrmFault(message("The server packed its answer though it was told not to."), remedy=message("Check the address."))
    content = bytearray()
    for piece in reply.iter_content(_PIECE):
        content += piece
        if len(content) > MOST_BYTES:
            raise CrmFault(
                message("The server's answer is larger than {most_bytes} MB.", most_bytes=MOST_BYTES // 1024 // 1024),
                remedy=message("Use a book of its own."),
            )
    return bytes(content)


def _strong(etag: str) -> str:
    """Return an entity tag without the mark of a weak one, which a server puts on when it packs an answer (RFC 9110, 8.8.3)."""
    return etag.removeprefix("W/")


def _raise_for(status: int) -> None:
    if status == requests.codes.unauthorized:
        raise TokenFault(message("The address book's server does not accept the user and password."), remedy=LOGIN_REMEDY)
    if status == requests.codes.too_many_requests or (
        status >= requests.codes.server_error and status != requests.codes.insufficient_storage
    ):
        raise CrmFault(
            message("The address book's server is in trouble (HTTP {status}).", status=status),
            remedy=message("Type the same again later: what is done already is not done again."),
        )
