"""The one place that sends requests: a timeout on each, the token in one header, and every end told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests
from requests import exceptions
from urllib3 import exceptions as low

from callerid import __version__
from callerid.crm.hubspot.answers import Answer, decode, fault_of, pause_before_retry
from callerid.errors import CalleridError, CrmFault, Offline, OutcomeUnknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from callerid.credentials import Token

_CONNECT, _READ = 5.0, 30.0  # seconds
_MOST_BYTES = 64 * 1024 * 1024
_TWO_TRIES = 2


class Sender:
    """A connection to one portal."""

    def __init__(self, token: Token, *, url: str, wait: Callable[[float], None], clock: Callable[[], datetime]) -> None:
        self._url, self._wait, self._clock = url, wait, clock
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy or .netrc of the environment sees the token
        self._session.headers["Authorization"] = f"Bearer {token.reveal()}"
        self._session.headers["User-Agent"] = f"callerid/{__version__}"
        self.requests = 0
        self.zone = ""  # the account's, for the end of its day

    def close(self) -> None:
        """Let go of connections."""
        self._session.close()

    def read(self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Any = None) -> dict[str, Any]:
        """Send a request that changes nothing, again if need be, and return its JSON object. Raise CalleridError."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._once(method, path, query, body, writes=False)
            except Offline:
                if attempt >= _TWO_TRIES or self.requests <= 1:
                    raise
                self._wait(1.0)
            except CrmFault as fault:
                pause = pause_before_retry(fault, attempt)
                if pause is None:
                    raise
                self._wait(pause)

    def write(self, path: str, body: Any) -> dict[str, Any]:
        """Send a POST that creates something, once, and return its JSON object. Raise CalleridError."""
        return self._once("POST", path, None, body, writes=True)

    def _once(self, method: str, path: str, query: Mapping[str, str] | None, body: Any, *, writes: bool) -> dict[str, Any]:
        target = f"{self._url}{path}{'?' + urlencode(query) if query else ''}"
        self.requests += 1
        try:
            with self._session.request(
                method, target, json=body, timeout=(_CONNECT, _READ), allow_redirects=False, stream=True
            ) as response:
                answer = Answer(status=response.status_code, headers=response.headers, body=decode(_content(response)))
        except exceptions.RequestException as fault:
            raise _unanswered(fault, writes=writes) from fault
        wrong = fault_of(answer, writes=writes, now=self._clock(), zone=self.zone)
        if wrong:
            raise wrong
        found: dict[str, Any] = answer.body
        return found


def _content(response: requests.Response) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(65536):
        content += chunk
        if len(content) > _MOST_BYTES:
            raise exceptions.ContentDecodingError("the answer has no end")
    return bytes(content)


def _unanswered(fault: exceptions.RequestException, *, writes: bool) -> CalleridError:
    """Given why there was no answer, return whether the request can have arrived. In doubt, a write may have happened."""
    if _never_sent(fault):
        return Offline(
            "HubSpot cannot be reached; the phone seems to be offline.",
            remedy="callerid goes on when the network is back.",
        )
    kind = "no answer in time" if isinstance(fault, exceptions.Timeout) else "the connection was cut"
    sentence = f"HubSpot did not finish its answer: {kind}."
    return OutcomeUnknown(sentence) if writes else CrmFault(sentence)


def _never_sent(fault: exceptions.RequestException) -> bool:
    """No connection, no name, no TLS: then not a byte of the request has left."""
    if isinstance(fault, exceptions.SSLError):  # a certificate that is none came before the request; any other cut may be later
        return "CERTIFICATE_VERIFY_FAILED" in str(fault)
    if isinstance(fault, exceptions.ConnectTimeout | exceptions.ProxyError):
        return True
    cause = fault.args[0] if fault.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, low.NewConnectionError | low.NameResolutionError | low.ConnectTimeoutError)
