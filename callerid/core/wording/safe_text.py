"""Texts from outside, made safe to show in a notification or a dialog, whatever is in them."""

from __future__ import annotations

import unicodedata

_TITLE, _BODY = 120, 900
_LOST_BY_ECHO = ("-n", "-e", "-E")  # bash's echo in termux-notification takes exactly these as flags
_INVISIBLE_GUARD = "\u200b"
# Overrides and isolates reverse the text around them: a name could show as another one.
_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

DIRECTION_MARKS = "\u200e\u200f\u061c"  # phones that write from right to left put them around names and numbers


def title(text: str) -> str:
    """Return any text as one line of at most 120 characters, for the title of a notification or the label of a dialog."""
    return _safe_end(_bounded(" ".join(clean(text, keep="").split()), _TITLE))


def body(text: str) -> str:
    """Return at most 900 characters of any text, with its line breaks, for the body of a notification."""
    lines = (" ".join(line.split()) for line in clean(text, keep="\n").split("\n"))
    shown = _safe_end(_bounded("\n".join(lines).strip(), _BODY))
    return _INVISIBLE_GUARD + shown if shown in _LOST_BY_ECHO else shown


def clean(text: str, *, keep: str) -> str:
    """Return any text without control characters (except those to keep), lone surrogates and direction overrides."""
    if text.isprintable() or text.replace("\n", "" if "\n" in keep else "\n").isprintable():
        return text  # nearly every text: `isprintable` allows less than is kept below, and a ring waits for this
    return "".join(c if _is_plain(c) or c in keep else " " for c in text if c not in _DIRECTION_OVERRIDES)


def _is_plain(character: str) -> bool:
    return (character.isascii() and character.isprintable()) or unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")


def _bounded(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    end = most - 1
    while end > 1 and (unicodedata.combining(text[end]) or text[end] in "\u200d\ufe0f" or text[end - 1] == "\u200d"):
        end -= 1  # do not cut an accent from its letter or an emoji in two
    return text[:end].rstrip() + "…"


def _safe_end(text: str) -> str:
    """Return a value without a backslash at its end, which swallows the quote after it on Android before 14
    (SocketListener.java)."""
    return text.rstrip("\\ ")
