"""Addresses: a number inside a SIP or tel URI, as networks, call logs and SIP apps give it (RFC 3261, RFC 3966).

AOSP looks a SIP caller up by the user part when that is a number (PhoneNumberUtils.java: getUsernameFromUriNumber).
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_NAME_ADDRESS = re.compile(r'\s*(?:"[^"]*"|[^<"]*)\s*<\s*([^<>\s]+)\s*>.*', re.DOTALL)
_SCHEME = re.compile(r"^\s*(sips?|tel|callto|voicemail)\s*:\s*(?://)?", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[0-9()*#][0-9()./\-*#\s]*")
PARAMETERS = "cpc|verstat|npdi|rn-context|rn|isub-encoding|isub|user|cic|oli|tgrp|trunk-context|postd"
_PARAMETER = re.compile(rf";\s*(?:{PARAMETERS})\b(?:\s*=[^;]*)?", re.IGNORECASE)
# An address in a longer text: behind a display name, or with a host or parameters. Without those, "tel:" is no more than a label.
_SCHEMES = "(?:sips?|tel|callto|voicemail):"
_HOST, _PARAMETERS = r"@[^\s,|<>;]+", r"(?:;[a-z][a-z-]*(?:=[^\s,|<>;]*)?)"
_IN_TEXT = re.compile(
    rf'((?:"[^"]*"\s*|[^<>"\n\t;,|]*)<\s*{_SCHEMES}[^<>\s]+\s*>{_PARAMETERS}*'
    rf"|(?<!\w){_SCHEMES}[^\s,|<>;@]+(?:{_HOST}{_PARAMETERS}*|{_PARAMETERS}+))",
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


def split_addresses(text: str) -> tuple[tuple[str, bool], ...]:
    """Return the pieces of a text in order, each with whether it is an address: one number, and never a list of them."""
    if ":" not in text:
        return ((text, False),)
    pieces = enumerate(piece.strip() for piece in _IN_TEXT.split(text))
    return tuple((piece, place % 2 == 1) for place, piece in pieces if piece)


def _without_parameters(text: str) -> str:
    """Return an address without the parameters that are not about the number."""
    return _PARAMETER.sub("", text).strip()
