"""Addresses: a number inside a SIP or tel URI, as networks, call logs and SIP apps give it (RFC 3261, RFC 3966).

AOSP looks a SIP caller up by the user part when that is a number (PhoneNumberUtils.java: getUsernameFromUriNumber).
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_NAME_ADDRESS = re.compile(r'\s*(?:"[^"]*"|[^<"]*)\s*<\s*([^<>\s]+)\s*>.*', re.DOTALL)
_SCHEME = re.compile(r"^\s*(sips?|tel|callto|voicemail)\s*:\s*(?://)?", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[0-9()*#][0-9()./\-*#\s]*")
_PARAMETER = re.compile(
    r";\s*(?:cpc|verstat|npdi|rn|rn-context|isub|isub-encoding|user|cic|oli|tgrp|trunk-context|postd)\b(?:\s*=[^;]*)?",
    re.IGNORECASE,
)
_HIDDEN_USERS = frozenset(("anonymous", "unavailable", "restricted", "private", "unknown", "withheld", "blocked", "asserted"))


def unwrap(text: str) -> str:
    """Return the number in an address, with its extension and phone context; "" if the caller is hidden.

    Return the text itself if it is not an address, or there is no number in it.
    """
    decoded = unquote(text, errors="replace") if "%" in text else text
    wrapped = _NAME_ADDRESS.fullmatch(decoded)
    inner = wrapped[1] if wrapped else decoded
    scheme = _SCHEME.match(inner)
    if not scheme:
        return _without_parameters(inner) if wrapped or ";" in inner else decoded
    user, at, _ = inner[scheme.end() :].partition("@")
    user = _without_parameters(user.partition(":")[0] if at else user)  # sip:user:password@host
    number = user.partition(";")[0]
    if number.casefold() in _HIDDEN_USERS:
        return ""
    return user if _NUMBER.fullmatch(number) else text


def is_address(text: str) -> bool:
    """Return whether a text is a SIP or tel URI, alone or after a display name."""
    wrapped = _NAME_ADDRESS.fullmatch(text)
    return _SCHEME.match(wrapped[1] if wrapped else text) is not None


def _without_parameters(text: str) -> str:
    """Return an address without the parameters that are not about the number."""
    return _PARAMETER.sub("", text).strip()
