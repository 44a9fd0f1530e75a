"""What all that is asked of a portal shares: the token, the way to send requests, and what the portal is."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from callerid.crm.hubspot.http.send import API_VERSION, HttpSender
from callerid.crm.hubspot.reading import records
from callerid.crm.hubspot.reading.portal_info import missing_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from callerid.credentials import Token
    from callerid.crm.hubspot.http.request_log import RequestLog
    from callerid.models import Account


class Connection:
    """A portal and a token for it. `report_fault` gets a sentence for each row that cannot be used; `wait` sleeps, `monotonic`
    measures (both in seconds). `request_log` also has the requests of other processes with the same token. `time_zone` is the
    account's by its name in the IANA database, as an earlier sync read it; `call_fields` are fixed values of further properties of
    calls."""

    def __init__(
        self,
        token: Token,
        *,
        url: str,
        wait: Callable[[float], None],
        clock: Callable[[], datetime],
        report_fault: Callable[[str], None],
        monotonic: Callable[[], float] = time.monotonic,
        request_log: RequestLog | None = None,
        time_zone: str = "",
        call_fields: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._sender = HttpSender(
            token, url=url, wait=wait, clock=clock, monotonic=monotonic, request_log=request_log, time_zone=time_zone
        )
        self._call_fields = tuple(call_fields)
        self._token, self._report_fault, self._clock = token, report_fault, clock
        self._monotonic = monotonic

    @property
    def requests(self) -> int:
        """The number of requests sent so far."""
        return self._sender.requests

    @property
    def now(self) -> datetime:
        """HubSpot's time (UTC) of its last response; the phone's clock may be wrong."""
        return self._sender.server_time or self._clock()

    @property
    def token_fingerprint(self) -> str:
        """A text that differs between tokens and reveals nothing of them."""
        return hashlib.sha256(f"callerid {self._token.reveal()}".encode()).hexdigest()[:16]

    def account(self) -> Account:
        """Return the portal that the token is for; `own_owner_id` is not filled."""
        return records.account(self._sender.read("GET", f"/account-info/{API_VERSION}/details"), None)

    def missing_of(self, scopes: Collection[str], before: Collection[str]) -> tuple[str, ...]:
        """Return which of these scopes the token lacks; see the port."""
        return missing_of(self._sender, self._token, scopes, before)

    def fingerprint(self) -> str:
        """Return "": HubSpot cannot tell whether anything has changed."""
        return ""

    def report(self) -> tuple[str, ...]:
        """Return (): rows that could not be read are logged one by one."""
        return ()

    def close(self) -> None:
        """Close the connections."""
        self._sender.close()

    def time_budget(self, seconds: float) -> AbstractContextManager[None]:
        """Bound how long requests of this thread are tried again; see the port."""
        return self._sender.time_budget(seconds)

    def seconds_for(self, requests: int) -> float:
        """Return about how many seconds so many requests take; see the port."""
        return requests / self._sender.rate_limiter.usable * 10
