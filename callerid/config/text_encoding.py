"""The encodings that a file of contacts may be in: every text encoding that Python has."""

from __future__ import annotations

import codecs

# They encode something else than the text of a file: domain names, and Python's own source.
_OF_SOMETHING_ELSE = frozenset(("idna", "punycode", "unicode-escape", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape"))


def encoding_name(text: str) -> str:
    """Return the name that Python has for an encoding, "iso8859-2" for "ISO-8859-2". Raise LookupError if there is none, or if it
    is not for texts."""
    if not text.isascii():
        raise LookupError(text)
    try:
        name = codecs.lookup(text).name
        "a".encode(name)
    except (UnicodeError, ValueError) as error:
        raise LookupError(text) from error
    if name in _OF_SOMETHING_ELSE:
        raise LookupError(text)
    return name
