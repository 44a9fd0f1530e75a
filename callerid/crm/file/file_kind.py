"""What a file is if it holds no text of contacts: each kind has an error of its own, which says how to export the contacts."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from typing import TYPE_CHECKING, BinaryIO

from callerid.errors import ConfigFault
from callerid.messages import message

if TYPE_CHECKING:
    from pathlib import Path

HOW_TO_EXPORT = message("Export the contacts as CSV (UTF-8) or vCard, and name that file: callerid config set crm.file FILE")
_BINARY = (
    (b"\xd0\xcf\x11\xe0", message("an Excel workbook (.xls)")),
    (b"\x1f\x8b", message("a compressed file (gzip)")),
    (b"7z\xbc\xaf", message("a 7z archive")),
    (b"Rar!", message("a RAR archive")),
    (b"%PDF", message("a PDF document")),
    (b"{\\rtf", message("an RTF document")),
    (b"SQLite format 3\0", message("an SQLite database")),
    (b"\x89PNG", message("an image")),
    (b"\xff\xd8\xff", message("an image")),
    (b"GIF8", message("an image")),
)
_JSON = re.compile(r"\{\s*(?:\"|\}|$)|\[\s*(?:[\[{\"\]]|$)")
_SEPARATORS = frozenset("\t\r\n\x0b\x0c\x1a\x1b\x1c\x1d\x1e\x1f")  # control characters that exports have
_NO_TEXT = frozenset(("Cc", "Cn", "Co", "Cs"))
_MOST_OF_NO_TEXT = 0.05


def check_content(path: Path, file: BinaryIO, start: bytes) -> None:
    """Raise ConfigFault for a file that begins with `start` and is empty, or of a kind that is no text."""
    if not start.strip(b"\xef\xbb\xbf\xff\xfe \r\n\t"):
        raise ConfigFault(message("{path} is empty.", path=path), remedy=HOW_TO_EXPORT)
    kind = next((name for signature, name in _BINARY if start.startswith(signature)), "")
    if start.startswith(b"PK\x03\x04"):
        kind = _kind_of_zip(file)
    if kind:
        raise _not_contacts(path, kind)


def check_text(path: Path, start: str, encoding: str) -> None:
    """Raise ConfigFault for a text that begins with `start`, in `encoding`, and is JSON, XML, or what only binary files have."""
    begin = start.lstrip("\ufeff \r\n\t")
    if begin.startswith("<"):
        raise _not_contacts(path, message("XML or HTML"))
    if _JSON.match(begin):
        raise _not_contacts(path, "JSON")
    if begin.upper().startswith("BEGIN:VCALENDAR"):
        raise _not_contacts(path, message("a calendar"))
    if begin.startswith(("dn: ", "dn:: ", "version: 1")):
        raise _not_contacts(path, "LDIF")
    strange = sum(unicodedata.category(sign) in _NO_TEXT and sign not in _SEPARATORS for sign in start)
    if strange > _MOST_OF_NO_TEXT * len(start):
        raise ConfigFault(
            message("{path} is a binary file, or its encoding is not {encoding}.", path=path, encoding=encoding),
            remedy=HOW_TO_EXPORT,
        )


def _not_contacts(path: Path, kind: str) -> ConfigFault:
    return ConfigFault(message("{path} is {kind}, not CSV or vCard.", path=path, kind=kind), remedy=HOW_TO_EXPORT)


def _kind_of_zip(file: BinaryIO) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        names = []
    if any(name.startswith("xl/") for name in names):
        return message("an Excel workbook (.xlsx)")
    if "content.xml" in names:
        return message("a LibreOffice document")
    return message("a ZIP archive")
