"""The one place that sends requests: with a timeout, with the token in one header only, and every failure told apart."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests
from requests import exceptions
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from callerid import __version__
from callerid.crm.hubspot.http.answer_time import TimedAdapter
from callerid.crm.hubspot.http.content import ACCEPTED_ENCODING, AnswerBounds, TooLarge
from callerid.crm.hubspot.http.rate_limit import RateLimiter
from callerid.crm.hubspot.http.read_retry import pause_before_retry
from callerid.crm.hubspot.http.response import Response, decode_json, error_of
from callerid.errors import CalleridError, CrmFault, Offline, OutcomeUnknown, RateLimited
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from callerid.credentials import Token
    from callerid.crm.hubspot.http.request_log import RequestLog

    Query = Mapping[str, str | Sequence[str]]  # a parameter with several values is repeated

# The one place that names a version of HubSpot's API: the latest that is generally available, supported for 18 months. It applies
# the portal's own validation rules to writes; a call that a rule refuses is shown with HubSpot's words.
API_VERSION = "2026-09"
_CONNECT_TIMEOUT, _READ_TIMEOUT = 5.0, 30.0  # seconds
_MOST_LATE = 4  # answers that nothing waits for any more, each of which has a thread until it ends
_TWO_TRIES = 2
_ALL_DONE = 200  # the status of an answer that has no words about what was refused
_CONNECTIONS = 64


class HttpSender:
    """Connections to one portal, for any number of threads. `rate_limiter` grants each request the time to be sent."""

    def __init__(
        self,
        token: Token,
        *,
        url: str,
        wait: Callable[[float], None],
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        request_log: RequestLog | None = None,
        time_zone: str = "",
    ) -> None:
        self._url, self._wait, self._clock, self._monotonic = url, wait, clock, monotonic
        self._token = token
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy or .netrc of the environment sees the token
        self._session.headers["Authorization"] = f"Bearer {token.reveal()}"
        self._session.headers["Accept-Encoding"] = ACCEPTED_ENCODING
        self._session.headers["User-Agent"] = f"callerid/{__version__}"
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, TimedAdapter(pool_connections=1, pool_maxsize=_CONNECTIONS))
        self._counting, self._closed = threading.Lock(), False
        self._budget = threading.local()
        self._decoder: ThreadPoolExecutor | None = None
        self.answer_bounds = AnswerBounds()
        self.rate_limiter = RateLimiter(request_log)
        self.requests = 0
        self.latency = 0.0  # seconds: a moving average of how long responses take
        self.time_zone = time_zone  # the account's, for the end of its day
        self.server_time: datetime | None = None  # HubSpot's time of its last response

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    def close(self) -> None:
        """Close the connections; requests that threads still want to send fail."""
        self._closed = True
        self._session.close()

    def read(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        timeout: float | None = None,
        reserved: bool = False,
    ) -> dict[str, Any]:
        """Send a request that changes nothing, again if necessary, and return its JSON object. Raise CalleridError.

        With a `timeout` (seconds) it is sent once, and only if it may be sent within that time. `reserved` says that `reserve`
        has granted it already.
        """
        attempt = 0
        while True:
            attempt += 1
            if not reserved or attempt > 1:
                self._wait_until_granted(path, timeout)
            try:
                if timeout is None:
                    return self._send(method, path, query, body, writes=False)
                return _within(timeout, lambda: self._send(method, path, query, body, writes=False, timeout=timeout))
            except Offline:
                if timeout is not None or attempt >= _TWO_TRIES or self.requests <= 1:
                    raise
                self._wait(1.0)
            except CrmFault as fault:
                pause = pause_before_retry(fault, attempt)
                if pause is None or timeout is not None or self._is_beyond_budget(pause):
                    raise
                self._wait(pause)

    @contextlib.contextmanager
    def time_budget(self, seconds: float) -> Iterator[None]:
        """Let no request of this thread be tried again, inside, when so many seconds have passed since the beginning."""
        self._budget.until = self._monotonic() + seconds
        try:
            yield
        finally:
            self._budget.until = None

    @contextlib.contextmanager
    def decoding_in_one_thread(self) -> Iterator[None]:
        """Decode the answers to all threads in one, inside. The C library gives each thread a part of the memory for its large
        pieces and keeps it (glibc, arenas): a dozen threads that decode pages of a list would take a dozen times as much, and be no
        faster, because Python runs one of them at a time."""
        with ThreadPoolExecutor(1, "callerid-decode") as decoder:
            self._decoder = decoder
            try:
                yield
            finally:
                self._decoder = None

    def _decoded(self, status: int, content: bytearray) -> Any:
        """Return the JSON of an answer. One that refuses may quote the request, whose token nobody is to read in an error."""
        decoder, hide = self._decoder, None if status == _ALL_DONE else self._token.hidden_in
        return decode_json(content, hide) if decoder is None else decoder.submit(decode_json, content, hide).result()

    def _is_beyond_budget(self, pause: float) -> bool:
        until = getattr(self._budget, "until", None)
        return until is not None and self._monotonic() + pause > until

    def reserve(self, *, search: bool) -> float:
        """Grant a request that is sent now, and return 0; or return the seconds until it may be asked for again."""
        return self.rate_limiter.reserve(self._monotonic(), search=search)

    def wait(self, seconds: float) -> None:
        """Sleep."""
        self._wait(seconds)

    def _wait_until_granted(self, path: str, timeout: float | None = None) -> None:
        while (pause := self.reserve(search=_is_search(path))) > 0:
            if timeout is not None and pause > timeout:
                raise RateLimited(message("HubSpot's limit of requests is used up for now."), retry_after=pause)
            self._wait(pause)

    def write_once(self, path: str, body: Any, *, has_own_limit: bool = False) -> dict[str, Any]:
        """Send a POST that creates something, once, and return its JSON object. Raise CalleridError. A refusal of one that
        `has_own_limit` says nothing of how fast others may be sent."""
        self._wait_until_granted(path)
        return self._send("POST", path, None, body, writes=True, has_own_limit=has_own_limit)

    def write_repeatable(self, method: str, path: str, body: Any) -> dict[str, Any]:
        """Send a request that does no harm when it is sent twice: one that changes, associates or deletes. Return its JSON object,
        empty without content. Raise CalleridError."""
        self._wait_until_granted(path)
        return self._send(method, path, None, body, writes=True, repeatable=True)

    def _send(
        self,
        method: str,
        path: str,
        query: Query | None,
        body: Any,
        *,
        writes: bool,
        repeatable: bool = False,
        has_own_limit: bool = False,
        timeout: float | None = None,
    ) -> dict[str, Any]:
        target = f"{self._url}{path}{'?' + urlencode(query, doseq=True) if query else ''}"
        if self._closed:
            raise CrmFault(message("The connection to HubSpot is closed."))
        with self._counting:
            self.requests += 1
        started = self._monotonic()
        limits = (_CONNECT_TIMEOUT, _READ_TIMEOUT) if timeout is None else (timeout, timeout)
        try:
            with (
                self._session.request(method, target, json=body, timeout=limits, allow_redirects=False, stream=True) as reply,
                self.answer_bounds.content(reply) as content,
            ):
                response = Response(status=reply.status_code, headers=reply.headers, body=self._decoded(reply.status_code, content))
        except TooLarge as fault:
            raise _too_large(fault, once=writes and not repeatable) from fault
        except exceptions.RequestException as fault:
            raise _no_response(fault, once=writes and not repeatable) from fault
        self._learn(response, started)
        error = error_of(
            response,
            writes=writes,
            now=self._clock(),
            zone=self.time_zone,
            repeatable=repeatable,
            new_token=self._token.how_to_replace,
        )
        if isinstance(error, RateLimited) and not has_own_limit:
            error.retry_after = self.rate_limiter.take_refusal(error, self._monotonic(), search=_is_search(path))
        if error:
            raise error
        answer: dict[str, Any] = response.body or {}
        return answer

    def _learn(self, response: Response, started: float) -> None:
        now = self._monotonic()
        self.rate_limiter.read_headers(response.headers, now)
        with self._counting:
            self.latency = now - started if not self.latency else 0.8 * self.latency + 0.2 * (now - started)
            try:
                self.server_time = parsedate_to_datetime(response.headers.get("Date", ""))
            except ValueError:
                self.server_time = None


def _is_search(path: str) -> bool:
    return path.endswith("/search")


_late_answers = threading.BoundedSemaphore(_MOST_LATE)


def _within(seconds: float, do: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what `do` returns. Raise CrmFault when that takes longer.

    A socket's own timeout starts again with each byte; here a person looks at a ringing phone, so a late response is left to a
    thread that nothing waits for.
    """
    done: queue.SimpleQueue[dict[str, Any] | BaseException] = queue.SimpleQueue()
    if not _late_answers.acquire(blocking=False):
        raise CrmFault(message("HubSpot answers too slowly: earlier answers have not ended yet."))

    def work() -> None:
        try:
            done.put(do())
        except BaseException as fault:  # noqa: BLE001 - it is raised below
            done.put(fault)
        finally:
            _late_answers.release()

    threading.Thread(target=work, name="callerid-in-time", daemon=True).start()
    try:
        result = done.get(timeout=seconds)
    except queue.Empty:
        raise CrmFault(message("HubSpot answers too slowly.")) from None
    if isinstance(result, BaseException):
        raise result
    return result


def _too_large(fault: TooLarge, *, once: bool) -> CalleridError:
    """Return the error for an answer that was not read to its end."""
    sentence = message("HubSpot's answer is too large to be HubSpot's: {fault}.", fault=fault)
    remedy = message("Try another network. If it continues, see which address answers: callerid config show")
    return (OutcomeUnknown if once else CrmFault)(sentence, remedy=remedy)


def _no_response(fault: exceptions.RequestException, *, once: bool) -> CalleridError:
    """Return the error for a request without a response: a write that may be sent only `once` may have happened, unless it surely
    was not sent."""
    if _never_sent(fault):
        sentence = message("HubSpot cannot be reached; the phone seems to be offline.")
        return Offline(sentence, remedy=message("A running daemon continues when the network is back."))
    reason = message("no answer in time") if isinstance(fault, exceptions.Timeout) else message("the connection was cut")
    sentence = message("HubSpot's answer did not arrive: {reason}.", reason=reason)
    return OutcomeUnknown(sentence) if once else CrmFault(sentence)


def _never_sent(fault: exceptions.RequestException) -> bool:
    """Return whether not a byte of the request has left: no connection, no name, no TLS."""
    if isinstance(fault, exceptions.SSLError):  # an invalid certificate comes before the request; any other cut may come later
        return "CERTIFICATE_VERIFY_FAILED" in str(fault)
    if isinstance(fault, exceptions.ConnectTimeout | exceptions.ProxyError):
        return True
    cause = fault.args[0] if fault.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, NewConnectionError | NameResolutionError | ConnectTimeoutError)
