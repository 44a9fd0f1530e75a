"""What an answer of HubSpot means, as an error of ours. Pure: status, headers and body in, error out.

Source: HubSpot developer documentation, error handling and usage guidelines.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from callerid.core.backoff import Backoff
from callerid.errors import (
    CalleridError,
    Conflict,
    CrmFault,
    Locked,
    MigrationInProgress,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    RequiredPropertiesMissing,
    ScopeMissing,
    TokenFault,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROPERTY = re.compile(r"[a-z][a-z0-9_]{0,99}")
_TEN_SECONDS = 10.0
_SEARCH_PAUSE = 1.0
_LOCKED = 2.0
_LONGEST = 86400.0  # seconds: whoever asks for more is asked again after a day
_LONGEST_WORDS = 400
_TO_THE_KEY = "to the key in HubSpot (Development > Keys > Service keys), then type: callerid sync"
_NEW_TOKEN = "Put a valid one where it is kept (callerid config show), then type: callerid sync"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer. `body` is the decoded JSON, or None when it is none (a gateway's HTML, a cut text)."""

    status: int
    headers: Mapping[str, str]
    body: Any


def decode(content: bytes) -> Any:
    """Given a body, return its JSON, or None when it is none."""
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def fault_of(answer: Answer, *, writes: bool, now: datetime, zone: str, repeatable: bool = False) -> CalleridError | None:
    """Given an answer, whether the request was to write, now and the account's zone, return what is wrong with it, or None.

    Of a `repeatable` write it does not matter whether it has happened: it is made again.
    """
    once = writes and not repeatable
    if answer.status == 204:  # noqa: PLR2004 - done, and nothing to say
        return None
    if 200 <= answer.status < 300:  # noqa: PLR2004
        return None if isinstance(answer.body, dict) else _no_answer(answer, once=once)
    if 300 <= answer.status < 400:  # noqa: PLR2004
        return _no_answer(answer, once=once)
    maker = _BY_STATUS.get(answer.status)
    if maker:
        return maker(answer, now)
    if answer.status == 429:  # noqa: PLR2004
        return _slow_down(answer, now, zone)
    if answer.status >= 500 or answer.status in (408, 425):  # noqa: PLR2004
        return _trouble(answer, now, once=once)
    if not isinstance(answer.body, dict):
        return _no_answer(answer, once=once)
    return _refused(answer, writes=writes)


_REFUSALS = {404: NotFound, 409: Conflict}
_REQUIRED = ("MISSING_REQUIRED_PROPERTY", "MISSING_CONDITIONAL_REQUIRED_PROPERTY", "REQUIRED_FIELD")


def _refused(answer: Answer, *, writes: bool) -> Refused:
    sentence, missing = f"HubSpot refused: {words(answer)}", required_properties(answer.body)
    if missing:
        remedy = "Let HubSpot not require it, or enter it there by hand; then type: callerid outbox retry"
        return RequiredPropertiesMissing(sentence, remedy=remedy, missing=missing)
    remedy = "See it with: callerid outbox" if writes else "If it goes on, read everything anew: callerid sync --full"
    return _REFUSALS.get(answer.status, Refused)(sentence, remedy=remedy)


def required_properties(body: Any) -> tuple[str, ...]:
    """Given the body of a refusal, return the properties that a rule of the portal requires and that were not there."""
    errors = body.get("errors") if isinstance(body, dict) else None
    found: list[str] = []
    for error in errors if isinstance(errors, list) else []:
        context = error.get("context") if isinstance(error, dict) and error.get("code") in _REQUIRED else None
        for key in ("properties", "propertyName"):
            named = context.get(key) if isinstance(context, dict) else None
            found += filter(_PROPERTY.fullmatch, map(str, named)) if isinstance(named, list) else []
    return tuple(dict.fromkeys(found))


def words(answer: Answer) -> str:
    """Given an answer, return what it says for people, bounded; the details of single errors too."""
    body = answer.body if isinstance(answer.body, dict) else {}
    parts = [str(body.get("message") or f"status {answer.status}")]
    errors = body.get("errors")
    if isinstance(errors, list):
        parts += [str(error["message"]) for error in errors if isinstance(error, dict) and error.get("message")]
    unique = list(dict.fromkeys(" ".join(part.split()) for part in parts))
    return "; ".join(unique)[:_LONGEST_WORDS]


def _no_answer(answer: Answer, *, once: bool) -> CalleridError:
    sentence = f"Something between here and HubSpot answered in its place (status {answer.status})."
    remedy = "Is this a network with a log-in page? Open a browser once."
    return OutcomeUnknown(sentence, remedy=remedy) if once else CrmFault(sentence, remedy=remedy)


def _token(answer: Answer, now: datetime) -> CalleridError:
    del answer, now
    return TokenFault("HubSpot does not accept the token; it may have been rotated or deleted.", remedy=_NEW_TOKEN)


def _scope(answer: Answer, now: datetime) -> CalleridError:
    del now
    scopes = missing_scopes(answer.body)
    if scopes:
        return ScopeMissing(f"The token lacks the scope {', '.join(scopes)}.", remedy=f"Add it {_TO_THE_KEY}")
    return ScopeMissing(f"The token may not do this: {words(answer)}", remedy=f"Add the scope for it {_TO_THE_KEY}")


def missing_scopes(body: Any) -> tuple[str, ...]:
    """Given the body of a 403, return the scopes that it names."""
    errors = body.get("errors") if isinstance(body, dict) else None
    found: list[str] = []
    for error in errors if isinstance(errors, list) else []:
        context = error.get("context") if isinstance(error, dict) else None
        for key in ("requiredGranularScopes", "requiredScopes"):
            named = context.get(key) if isinstance(context, dict) else None
            found += [str(scope) for scope in named] if isinstance(named, list) else []
    return tuple(dict.fromkeys(found))


def _locked(answer: Answer, now: datetime) -> CalleridError:
    return Locked("HubSpot has locked the record for a moment.", retry_after=_told(answer, now) or _LOCKED)


def _moving(answer: Answer, now: datetime) -> CalleridError:
    wait = _told(answer, now) or 3600.0
    return MigrationInProgress("HubSpot is moving the portal to another data centre.", retry_after=wait)


_BY_STATUS = {401: _token, 530: _token, 403: _scope, 423: _locked, 477: _moving}


def _trouble(answer: Answer, now: datetime, *, once: bool) -> CalleridError:
    fault = OutcomeUnknown if once else CrmFault
    return fault(f"HubSpot is in trouble (status {answer.status}).", retry_after=_told(answer, now))


def _slow_down(answer: Answer, now: datetime, zone: str) -> RateLimited:
    body = answer.body if isinstance(answer.body, dict) else {}
    said = f"{body.get('policyName', '')} {body.get('message', '')}".upper()
    told = _told(answer, now)
    if "DAILY" in said:
        wait = told or until_midnight(now, zone)
        return RateLimited(
            "HubSpot's limit of requests for today is used up.", retry_after=wait, remedy="It begins anew at midnight."
        )
    if "TEN_SECONDLY" in said:
        wait = told or _milliseconds(answer.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds")) or _TEN_SECONDS
    else:
        wait = told or _SEARCH_PAUSE
    return RateLimited("HubSpot asks for fewer requests at a time.", retry_after=wait)


def until_midnight(now: datetime, zone: str) -> float:
    """Given now (aware) and an account's zone, return the seconds until the account's midnight; UTC's if there is no such zone."""
    try:
        there = now.astimezone(ZoneInfo(zone or "UTC"))
    except (KeyError, ValueError, OSError):
        there = now.astimezone(ZoneInfo("UTC"))
    tomorrow = datetime.combine(there.date() + timedelta(days=1), datetime.min.time(), tzinfo=there.tzinfo)
    return max(1.0, tomorrow.timestamp() - now.timestamp())


def _told(answer: Answer, now: datetime) -> float | None:
    """How many seconds an answer's Retry-After asks for, a number or a time by HubSpot's clock; None when it asks for nothing."""
    said = answer.headers.get("Retry-After")
    until = _time(said)
    if until is None:
        return _seconds(said)
    return _bounded((until - (_time(answer.headers.get("Date")) or now)).total_seconds())


def _time(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _seconds(text: str | None) -> float | None:
    try:
        return _bounded(float(text or ""))
    except ValueError:
        return None


def _bounded(seconds: float) -> float | None:
    return min(seconds, _LONGEST) if seconds > 0 else None


def _milliseconds(text: str | None) -> float | None:
    value = _seconds(text)
    return value / 1000 if value else None


_READ_RETRIES = Backoff.seconds(0.5, 2, 5, 10)


def pause_before_retry(fault: CalleridError, attempt: int) -> float | None:
    """Given a read's fault and how often it was tried, return the seconds until it may be tried again, or None to give up.

    Only reads are tried again; the CRM's own word comes first, but nobody waits in a turn for more than a minute.
    """
    if not isinstance(fault, CrmFault) or _READ_RETRIES.is_exhausted(attempt):
        return None
    wait = _READ_RETRIES.pause(attempt).total_seconds() if fault.retry_after is None else fault.retry_after
    return wait if wait <= 60 else None  # noqa: PLR2004
