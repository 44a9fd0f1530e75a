"""A file that a link of HubSpot's leads to, written where it has room.

The link is for whoever has it, and leads to a storage service. So nothing of the account goes with the request, no proxy or .netrc
of the environment is used, and neither the link nor what it redirects to may be without encryption. Loopback may, where the
simulated portal is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from callerid import __version__
from callerid.errors import CrmFault, Refused
from callerid.messages import message

if TYPE_CHECKING:
    from typing import BinaryIO

_TIMEOUTS = 5.0, 60.0  # seconds: to connect, and without a byte
_MOST_BYTES = 1024**3
_PIECE = 256 * 1024
_REDIRECTIONS = 5
_LOOPBACK = ("127.0.0.1", "localhost")
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": f"callerid/{__version__}"}


def download(link: str, file: BinaryIO) -> None:
    """Write the file of a link. Raise CrmFault when another try may help, Refused when none does, OSError when there is no room."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            _follow(session, link, file)
    except (requests.RequestException, HTTPError) as fault:
        raise CrmFault(message("the connection was cut ({name}).", name=type(fault).__name__)) from fault


def _follow(session: requests.Session, link: str, file: BinaryIO) -> None:
    for _ in range(_REDIRECTIONS):
        _check(link)
        with session.get(link, stream=True, timeout=_TIMEOUTS, allow_redirects=False, headers=_HEADERS) as reply:
            if not reply.is_redirect:
                _write(reply, file)
                return
            link = urljoin(link, reply.headers["Location"])
    raise Refused(message("its link leads nowhere."))


def _check(link: str) -> None:
    parts = urlsplit(link)
    if not parts.hostname:
        raise Refused(message("it has no link."))
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise Refused(message("its link is not encrypted."))


def _write(reply: requests.Response, file: BinaryIO) -> None:
    if reply.status_code != 200:  # noqa: PLR2004 - a link that has expired gets a 403, after which there is a new one
        raise CrmFault(message("its link answers {status_code}.", status_code=reply.status_code))
    size = 0
    for piece in reply.raw.stream(_PIECE, decode_content=False):
        size += len(piece)
        if size > _MOST_BYTES:
            raise Refused(message("it is too large to be HubSpot's."))
        file.write(piece)
