"""What a response of HubSpot means: the error for it, or None. Pure: status, headers and body in, error out.

Source: HubSpot developer documentation, error handling and usage guidelines.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

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
from callerid.messages import joined, message
from callerid.records import dataclass
from callerid.token_scopes import HOW_TO_GRANT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PROPERTY = re.compile(r"[a-z][a-z0-9_]{0,99}")
_TEN_SECONDS = 10.0
_SEARCH_PAUSE = 1.0  # seconds
_LOCK_PAUSE = 2.0  # seconds
_MIGRATION_PAUSE = 3600.0  # seconds
_LONGEST_RETRY_AFTER = 86400.0  # seconds: for a longer pause HubSpot is asked again after a day
_LONGEST_MESSAGE = 400  # characters
_NEW_TOKEN = message("Type: callerid setup --again")
_TOKEN_REJECTED = (401, 530)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An HTTP response. `body` is the decoded JSON, or None when it is not JSON (a gateway's HTML, a truncated text)."""

    status: int
    headers: Mapping[str, str]
    body: Any


def decode_json(content: bytes | bytearray, hide: Callable[[str], str] | None = None) -> Any:
    """Return the JSON in a body, or None when it is not valid JSON. `hide` takes out of its texts what nobody is to read, however
    they were escaped."""
    try:
        decoded = json.loads(content.decode("utf-8"))
        return json.loads(hide(json.dumps(decoded))) if hide else decoded
    except (ValueError, RecursionError):
        return None


def error_of(
    response: Response, *, writes: bool, now: datetime, zone: str, repeatable: bool = False, new_token: str = ""
) -> CalleridError | None:
    """Return the error that a response means, or None.

    `writes` says that the request was to change something, `repeatable` that such a request can safely be sent again, so that it
    does not matter whether it has happened. `zone` is the account's time zone, `new_token` says how the token is replaced.
    """
    once = writes and not repeatable
    if response.status == 204:  # noqa: PLR2004 - no content
        return None
    if 200 <= response.status < 300:  # noqa: PLR2004
        return None if isinstance(response.body, dict) else _not_from_hubspot(response, once=once)
    if 300 <= response.status < 400:  # noqa: PLR2004
        return _not_from_hubspot(response, once=once)
    if response.status in _TOKEN_REJECTED:
        sentence = message("HubSpot does not accept the token; it may have been rotated or deleted.")
        return TokenFault(sentence, remedy=new_token or _NEW_TOKEN)
    special = _BY_STATUS.get(response.status)
    if special:
        return special(response, now)
    if response.status == 429:  # noqa: PLR2004
        return _rate_limited(response, now, zone)
    if response.status >= 500 or response.status in (408, 425):  # noqa: PLR2004
        return _server_error(response, now, once=once)
    if not isinstance(response.body, dict):
        return _not_from_hubspot(response, once=once)
    return _refused(response, writes=writes)


_REFUSALS = {404: NotFound, 409: Conflict}
_REQUIRED = ("MISSING_REQUIRED_PROPERTY", "MISSING_CONDITIONAL_REQUIRED_PROPERTY", "REQUIRED_FIELD")


def _refused(response: Response, *, writes: bool) -> Refused:
    sentence, missing = (
        message("HubSpot refused: {rstrip}.", rstrip=message_of(response).rstrip(".")),
        required_properties(response.body),
    )
    if missing:
        remedy = message("Remove the rule in HubSpot, or enter the value there by hand; then type: callerid outbox retry")
        return RequiredPropertiesMissing(sentence, remedy=remedy, missing=missing)
    remedy = (
        message("See it with: callerid outbox")
        if writes
        else message("If this continues, read everything again with: callerid sync --full")
    )
    return _REFUSALS.get(response.status, Refused)(sentence, remedy=remedy)


def required_properties(body: Any) -> tuple[str, ...]:
    """Return the properties that, by the body of a refusal, a rule of the portal requires and that were not sent."""
    errors = body.get("errors") if isinstance(body, dict) else None
    missing: list[str] = []
    for error in errors if isinstance(errors, list) else []:
        context = error.get("context") if isinstance(error, dict) and error.get("code") in _REQUIRED else None
        for key in ("properties", "propertyName"):
            names = context.get(key) if isinstance(context, dict) else None
            missing += filter(_PROPERTY.fullmatch, map(str, names)) if isinstance(names, list) else []
    return tuple(dict.fromkeys(missing))


def message_of(response: Response) -> str:
    """Return the message of a response for people, of bounded length, with the messages of its single errors."""
    body = response.body if isinstance(response.body, dict) else {}
    parts = _without_json(str(body.get("message") or message("status {status}", status=response.status)))
    errors = body.get("errors")
    if isinstance(errors, list):
        parts += [str(error["message"]) for error in errors if isinstance(error, dict) and error.get("message")]
    unique = list(dict.fromkeys(" ".join(part.split()) for part in parts))
    return "; ".join(unique)[:_LONGEST_MESSAGE]


def _without_json(message: str) -> list[str]:
    """Return a message, and in place of a JSON list at its end the messages of that list's errors."""
    sentence, has_list, listed = message.partition(": [")
    try:
        errors = json.loads(f"[{listed}") if has_list else None
    except ValueError:
        errors = None
    if not isinstance(errors, list):
        return [message]
    return [sentence, *(str(error["message"]) for error in errors if isinstance(error, dict) and error.get("message"))]


def _not_from_hubspot(response: Response, *, once: bool) -> CalleridError:
    sentence = message(
        "Something between this phone and HubSpot answered instead of HubSpot (status {status}).", status=response.status
    )
    remedy = message("If this network has a log-in page, open a browser and log in.")
    return OutcomeUnknown(sentence, remedy=remedy) if once else CrmFault(sentence, remedy=remedy)


def _scope_missing(response: Response, now: datetime) -> CalleridError:
    del now
    scopes = missing_scopes(response.body)
    if scopes:
        return ScopeMissing(
            message("The token lacks the scope {names}.", names=joined(", ", scopes)),
            remedy=message("Add it {how_to_grant}", how_to_grant=HOW_TO_GRANT),
        )
    sentence, remedy = (
        message("The token may not do this: {message_of}", message_of=message_of(response)),
        message("Add the scope for it {how_to_grant}", how_to_grant=HOW_TO_GRANT),
    )
    return ScopeMissing(sentence, remedy=remedy, by_crm=isinstance(response.body, dict))


def missing_scopes(body: Any) -> tuple[str, ...]:
    """Return the scopes that the body of a 403 names."""
    errors = body.get("errors") if isinstance(body, dict) else None
    scopes: list[str] = []
    for error in errors if isinstance(errors, list) else []:
        context = error.get("context") if isinstance(error, dict) else None
        for key in ("requiredGranularScopes", "requiredScopes"):
            names = context.get(key) if isinstance(context, dict) else None
            scopes += [str(name) for name in names] if isinstance(names, list) else []
    return tuple(dict.fromkeys(scopes))


def _locked(response: Response, now: datetime) -> CalleridError:
    return Locked(message("HubSpot has locked the record for a moment."), retry_after=_retry_after(response, now) or _LOCK_PAUSE)


def _migrating(response: Response, now: datetime) -> CalleridError:
    pause = _retry_after(response, now) or _MIGRATION_PAUSE
    return MigrationInProgress(message("HubSpot is moving the portal to another data centre."), retry_after=pause)


_BY_STATUS = {403: _scope_missing, 423: _locked, 477: _migrating}


def _server_error(response: Response, now: datetime, *, once: bool) -> CalleridError:
    error = OutcomeUnknown if once else CrmFault
    return error(
        message("HubSpot answered with an error of its own (status {status}).", status=response.status),
        retry_after=_retry_after(response, now),
    )


def _rate_limited(response: Response, now: datetime, zone: str) -> RateLimited:
    body = response.body if isinstance(response.body, dict) else {}
    policy = f"{body.get('policyName', '')} {body.get('message', '')}".upper()
    pause = _retry_after(response, now)
    if "DAILY" in policy:
        sentence = message("HubSpot's limit of requests for today is used up.")
        return RateLimited(
            sentence, retry_after=pause or seconds_until_midnight(now, zone), remedy=message("It is reset at midnight.")
        )
    window = _SEARCH_PAUSE
    if "TEN_SECONDLY" in policy:
        window = _milliseconds(response.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds")) or _TEN_SECONDS
    sentence = message("HubSpot asks for fewer requests at a time.")
    return RateLimited(sentence, retry_after=pause or window, window=None if pause else window)


def seconds_until_midnight(now: datetime, zone: str) -> float:
    """Return the seconds until midnight in an account's time zone, by the IANA database; in UTC when there is no such zone."""
    try:
        local_now = now.astimezone(ZoneInfo(zone or "UTC"))
    except (KeyError, ValueError, OSError):
        local_now = now.astimezone(ZoneInfo("UTC"))
    tomorrow = datetime.combine(local_now.date() + timedelta(days=1), datetime.min.time(), tzinfo=local_now.tzinfo)
    return max(1.0, tomorrow.timestamp() - now.timestamp())


def _retry_after(response: Response, now: datetime) -> float | None:
    """Return the seconds that Retry-After asks for, as a number or as a time by HubSpot's clock; None when it asks for none."""
    header = response.headers.get("Retry-After")
    until = _http_date(header)
    if until is None:
        return _seconds(header)
    return _bounded((until - (_http_date(response.headers.get("Date")) or now)).total_seconds())


def _http_date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _seconds(text: str | None) -> float | None:
    try:
        return _bounded(float(text or ""))
    except ValueError:
        return None


def _bounded(seconds: float) -> float | None:
    return min(seconds, _LONGEST_RETRY_AFTER) if seconds > 0 else None


def _milliseconds(text: str | None) -> float | None:
    value = _seconds(text)
    return value / 1000 if value else None
