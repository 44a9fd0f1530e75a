"""The content of an answer, unpacked piece by piece and within bounds: no answer, whatever it is, may use up a phone's memory.

A page of 100 contacts has 60 to 100 KB, one of 200 deals with their associations less than 1 MB, and the definitions of some
thousand properties a few MB. A gzip answer can be a thousand times as large as what was sent; how much of it urllib3 unpacks at a
time depends on its version, so it is unpacked here.
"""

from __future__ import annotations

import contextlib
import re
import threading
import zlib
from typing import TYPE_CHECKING

from requests import exceptions
from urllib3.exceptions import HTTPError, ReadTimeoutError

from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

ACCEPTED_ENCODING = "gzip"
MOST_BYTES = 8 * 1024 * 1024  # of one answer
MOST_BYTES_IN_FLIGHT = 3 * MOST_BYTES  # of all answers that are being read, in any thread
MOST_VALUES = 250_000  # of one answer, as a value in Python takes up to 200 bytes, however short it is in JSON
_TEXT = 2  # times as many bytes as an answer may have, its text may take
_WIDE, _WIDEST = re.compile(rb"[\xc4-\xef]"), re.compile(rb"[\xf0-\xff]")
_PIECE = 16 * 1024
_GZIP = zlib.MAX_WBITS | 16


class TooLarge(Exception):
    """An answer is larger than any that HubSpot has a reason to send; the text says by what measure."""


class AnswerBounds:
    """How much the answers of one portal may take, each of them and all that are in flight. For any number of threads."""

    def __init__(self, one: int = MOST_BYTES, in_flight: int = MOST_BYTES_IN_FLIGHT, values: int = MOST_VALUES) -> None:
        self._one, self._all, self._values = one, in_flight, values
        self._lock, self._in_flight = threading.Lock(), 0

    @property
    def in_flight(self) -> int:
        """How many bytes are held now."""
        return self._in_flight

    @contextlib.contextmanager
    def content(self, reply: requests.Response) -> Iterator[bytearray]:
        """Give the content of a reply, which is in flight until the block ends and then empty. Raise TooLarge, RequestException."""
        content, wider = bytearray(), 0
        try:
            for piece in _unpacked(reply):
                self._take(len(piece), len(content))
                content += piece
            wider = self._take_text(content)
            if sum(content.count(sign) for sign in (b",", b"[", b"{")) > self._values:
                raise TooLarge(message("it has more than {values:,} values", values=self._values))
            yield content
        finally:
            size = len(content) + wider
            content.clear()  # an error that is kept has the frames that it came through, and they have this
            with self._lock:
                self._in_flight -= size

    def _take(self, size: int, before: int) -> None:
        if before + size > self._one:
            raise TooLarge(message("it has more than {mib} MiB", mib=_mib(self._one)))
        self._hold(size)

    def _take_text(self, content: bytearray) -> int:
        """Take how many bytes more than its content the text of an answer has, and return that: one sign that needs them gives
        every character of a text in Python two or four bytes."""
        size = (_width(content) - 1) * len(content)
        if size + len(content) > _TEXT * self._one:
            raise TooLarge(message("its text has more than {mib} MiB", mib=_mib(_TEXT * self._one)))
        self._hold(size)
        return size

    def _hold(self, size: int) -> None:
        with self._lock:
            if self._in_flight + size > self._all:
                raise TooLarge(message("with other answers it has more than {mib} MiB", mib=_mib(self._all)))
            self._in_flight += size


def _width(content: bytearray) -> int:
    """Return how many bytes each character of a text in UTF-8 takes in Python (PEP 393)."""
    if content.isascii():
        return 1
    return 4 if _WIDEST.search(content) else 2 if _WIDE.search(content) else 1


def _mib(size: int) -> str:
    return f"{size / 1024 / 1024:.3g}"


def _unpacked(reply: requests.Response) -> Iterator[bytes]:
    """Return the content of a reply in pieces of at most 16 KiB."""
    encoding = reply.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        yield from _received(reply)
    elif encoding in ("gzip", "x-gzip"):
        yield from _ungzipped(reply)
    else:
        raise exceptions.ContentDecodingError(message("an encoding that was not asked for: {encoding!r}", encoding=encoding[:40]))


def _received(reply: requests.Response) -> Iterator[bytes]:
    try:
        yield from reply.raw.stream(_PIECE, decode_content=False)
    except ReadTimeoutError as fault:
        raise exceptions.ReadTimeout(fault) from fault
    except (HTTPError, OSError) as fault:
        raise exceptions.ChunkedEncodingError(fault) from fault


def _ungzipped(reply: requests.Response) -> Iterator[bytes]:
    unpacking = zlib.decompressobj(_GZIP)
    try:
        for received in _received(reply):
            packed = received
            while packed:
                if unpacking.eof:  # gzip may have several members
                    unpacking = zlib.decompressobj(_GZIP)
                yield unpacking.decompress(packed, _PIECE)
                packed = unpacking.unconsumed_tail or unpacking.unused_data
        while not unpacking.eof and (rest := unpacking.decompress(b"", _PIECE)):
            yield rest
    except zlib.error as fault:
        raise exceptions.ContentDecodingError(fault) from fault
    if not unpacking.eof:
        raise exceptions.ContentDecodingError(message("the end of the gzip stream is missing"))
