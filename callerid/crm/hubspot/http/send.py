"""The one place that sends requests: a timeout on each, the token in one header, and every end told apart."""

from __future__ import annotations

import queue
import threading
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests
import requests.adapters
from requests import exceptions
from urllib3 import exceptions as low

from callerid import __version__
from callerid.crm.hubspot.http.errors import Answer, decode, fault_of, pause_before_retry
from callerid.crm.hubspot.http.rate_limit import RateLimiter
from callerid.errors import CalleridError, CrmFault, Offline, OutcomeUnknown, RateLimited

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from callerid.credentials import Token
    from callerid.crm.hubspot.http.request_times import Record

_CONNECT, _READ = 5.0, 30.0  # seconds
_MOST_BYTES = 64 * 1024 * 1024
_TWO_TRIES = 2
_CONNECTIONS = 64


class HttpSender:
    """Connections to one portal, for any number of threads. `pace` grants each request its time."""

    def __init__(
        self,
        token: Token,
        *,
        url: str,
        wait: Callable[[float], None],
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        record: Record | None = None,
        zone: str = "",
    ) -> None:
        self._url, self._wait, self._clock, self._monotonic = url, wait, clock, monotonic
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy or .netrc of the environment sees the token
        self._session.headers["Authorization"] = f"Bearer {token.reveal()}"
        self._session.headers["User-Agent"] = f"callerid/{__version__}"
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=_CONNECTIONS))
        self._counting, self._closed = threading.Lock(), False
        self.pace = RateLimiter(record)
        self.requests = 0
        self.latency = 0.0  # seconds that answers take of late
        self.zone = zone  # the account's, for the end of its day
        self.at: datetime | None = None  # the CRM's time when it last answered

    def close(self) -> None:
        """Let go of connections; what a thread still wants to send is not sent."""
        self._closed = True
        self._session.close()

    def read(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        patience: float | None = None,
        granted: bool = False,
    ) -> dict[str, Any]:
        """Send a request that changes nothing, again if need be, and return its JSON object. Raise CalleridError.

        With `patience` (seconds) it is sent once, and only if it may be sent within that time. `granted` says that `turn` was.
        """
        attempt = 0
        while True:
            attempt += 1
            if not granted or attempt > 1:
                self._take_turn(path, patience)
            try:
                if patience is None:
                    return self._once(method, path, query, body, writes=False)
                return _within(patience, lambda: self._once(method, path, query, body, writes=False, patience=patience))
            except Offline:
                if patience is not None or attempt >= _TWO_TRIES or self.requests <= 1:
                    raise
                self._wait(1.0)
            except CrmFault as fault:
                pause = pause_before_retry(fault, attempt)
                if isinstance(fault, RateLimited):
                    self.pace.refused(fault.retry_after or 0.0, self._monotonic(), search=_searches(path))
                if pause is None or patience is not None:
                    raise
                self._wait(pause)

    def turn(self, *, search: bool) -> float:
        """Grant a request that is sent now, and return 0; or return the seconds until it may be asked for again."""
        return self.pace.reserve(self._monotonic(), search=search)

    def wait(self, seconds: float) -> None:
        """Sleep."""
        self._wait(seconds)

    def _take_turn(self, path: str, patience: float | None = None) -> None:
        while (pause := self.turn(search=_searches(path))) > 0:
            if patience is not None and pause > patience:
                raise RateLimited("HubSpot's limit of requests is used up for now.", retry_after=pause)
            self._wait(pause)

    def write(self, path: str, body: Any) -> dict[str, Any]:
        """Send a POST that creates something, once, and return its JSON object. Raise CalleridError."""
        self._take_turn(path)
        return self._once("POST", path, None, body, writes=True)

    def change(self, method: str, path: str, body: Any) -> None:
        """Send a request that does no harm when it is sent twice: one that changes, links or deletes. Raise CalleridError; what it
        answers is nothing that we need."""
        self._take_turn(path)
        self._once(method, path, None, body, writes=True, repeatable=True)

    def _once(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Any,
        *,
        writes: bool,
        repeatable: bool = False,
        patience: float | None = None,
    ) -> dict[str, Any]:
        target = f"{self._url}{path}{'?' + urlencode(query) if query else ''}"
        if self._closed:
            raise CrmFault("The connection to HubSpot was given up.")
        with self._counting:
            self.requests += 1
        began = self._monotonic()
        timeout = (_CONNECT, _READ) if patience is None else (patience, patience)
        try:
            with self._session.request(method, target, json=body, timeout=timeout, allow_redirects=False, stream=True) as response:
                answer = Answer(status=response.status_code, headers=response.headers, body=decode(_content(response)))
        except exceptions.RequestException as fault:
            raise _unanswered(fault, once=writes and not repeatable) from fault
        self._learn(answer, began)
        wrong = fault_of(answer, writes=writes, now=self._clock(), zone=self.zone, repeatable=repeatable)
        if wrong:
            raise wrong
        found: dict[str, Any] = answer.body or {}
        return found

    def _learn(self, answer: Answer, began: float) -> None:
        now = self._monotonic()
        self.pace.learn(answer.headers, now)
        with self._counting:
            self.latency = now - began if not self.latency else 0.8 * self.latency + 0.2 * (now - began)
            try:
                self.at = parsedate_to_datetime(answer.headers.get("Date", ""))
            except ValueError:
                self.at = None


def _searches(path: str) -> bool:
    return path.endswith("/search")


def _within(seconds: float, do: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do something, and return what it returns; raise CrmFault when that takes too long. A socket's own limit begins anew with each
    byte; here somebody looks at a phone that rings, so what comes too late is left to a thread that nobody waits for."""
    done: queue.SimpleQueue[dict[str, Any] | BaseException] = queue.SimpleQueue()

    def work() -> None:
        try:
            done.put(do())
        except BaseException as fault:  # noqa: BLE001 - it is raised below
            done.put(fault)

    threading.Thread(target=work, name="callerid-in-time", daemon=True).start()
    try:
        found = done.get(timeout=seconds)
    except queue.Empty:
        raise CrmFault("HubSpot's answer comes too slowly.") from None
    if isinstance(found, BaseException):
        raise found
    return found


def _content(response: requests.Response) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(65536):
        content += chunk
        if len(content) > _MOST_BYTES:
            raise exceptions.ContentDecodingError("the answer has no end")
    return bytes(content)


def _unanswered(fault: exceptions.RequestException, *, once: bool) -> CalleridError:
    """Given why there was no answer, return whether the request can have arrived. In doubt, what is written
    only `once` may have happened."""
    if _never_sent(fault):
        return Offline(
            "HubSpot cannot be reached; the phone seems to be offline.",
            remedy="callerid goes on when the network is back.",
        )
    kind = "no answer in time" if isinstance(fault, exceptions.Timeout) else "the connection was cut"
    sentence = f"HubSpot did not finish its answer: {kind}."
    return OutcomeUnknown(sentence) if once else CrmFault(sentence)


def _never_sent(fault: exceptions.RequestException) -> bool:
    """No connection, no name, no TLS: then not a byte of the request has left."""
    if isinstance(fault, exceptions.SSLError):  # a certificate that is none came before the request; any other cut may be later
        return "CERTIFICATE_VERIFY_FAILED" in str(fault)
    if isinstance(fault, exceptions.ConnectTimeout | exceptions.ProxyError):
        return True
    cause = fault.args[0] if fault.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, low.NewConnectionError | low.NameResolutionError | low.ConnectTimeoutError)
