"""The file of an export, read row by row as the rows of a list: CSV in UTF-8, or a zip of such parts, which has a header each.

What HubSpot's guides say of it: more than a million rows, and larger files, come zipped. That the first column is the record's id,
and that a column of associated ids has them with semicolons between, is what people's scripts that read such files show. So
nothing is taken for granted: a file that has not what was asked for, in columns that are known, raises ExportUnusable.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callerid.crm.hubspot.reading.property_values import ids, is_id
from callerid.errors import ExportUnusable
from callerid.messages import joined, message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import tzinfo
    from typing import IO, BinaryIO

_ID_COLUMNS = ("hs_object_id", "record id")  # with internal names, and with labels in English
TIMES = frozenset({"createdate", "lastmodifieddate", "hs_lastmodifieddate", "notes_last_contacted", "closedate"})
_MINUTES = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")  # of the account's time zone
_LONGEST_LINE = 128 * 1024  # characters, which is what Python's csv reads as one value
_MOST_UNZIPPED = 4 * 1024**3  # bytes of all parts, as they are unpacked: what the zip says of itself may be wrong
_LARGEST_READ = 1024 * 1024  # bytes of the zip at once; its list of parts is read whole
_PIECE = 64 * 1024  # bytes
_BOUNDED_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # bzip2 and LZMA are unpacked by zipfile without a bound
_ZIP = b"PK\x03\x04"


class ExportedRows:
    """The rows of an export's file, each as a list has it: `id`, `properties`, and `associations` of the kinds that `associated`
    names, by their singulars. `zone` is the account's time zone, `count` how many rows were read so far."""

    def __init__(self, file: BinaryIO, properties: Sequence[str], associated: Mapping[str, str], zone: str) -> None:
        self._file, self._properties, self._associated = file, tuple(dict.fromkeys(properties)), associated
        self._zone = _zone(zone)
        self.count = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Read the rows once. Raise ExportUnusable."""
        self._file.seek(0)
        zipped = self._file.read(len(_ZIP)) == _ZIP
        self._file.seek(0)
        try:
            yield from self._of_zip() if zipped else self._of_part(self._file)
        except (csv.Error, UnicodeDecodeError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as fault:
            raise ExportUnusable(message("HubSpot's export is not a file that can be read: {fault}.", fault=fault)) from fault

    def _of_zip(self) -> Iterator[dict[str, Any]]:
        # to zipfile's eyes a file is anything that reads and seeks
        with zipfile.ZipFile(cast("BinaryIO", _InPieces(self._file))) as archive:
            parts = [part for part in archive.infolist() if part.filename.lower().endswith(".csv")]
            if not parts:
                raise ExportUnusable(message("HubSpot's export is a zip without a CSV file."))
            if any(part.compress_type not in _BOUNDED_METHODS for part in parts):
                raise ExportUnusable(message("HubSpot's export is packed as HubSpot packs none."))
            room = _Room(_MOST_UNZIPPED)
            for part in parts:
                with archive.open(part) as content:
                    yield from self._of_part(io.BufferedReader(_Unpacked(content, room), _PIECE))

    def _of_part(self, content: Any) -> Iterator[dict[str, Any]]:
        text = io.TextIOWrapper(content, encoding="utf-8-sig", newline="")
        try:
            table = csv.reader(_lines(text), strict=True)
            header = next(table, None)
            if header is None:
                raise ExportUnusable(message("HubSpot's export is empty."))
            columns = _Columns(header, self._properties, self._associated)
            for row in table:
                if len(row) != len(header):
                    raise ExportUnusable(
                        message(
                            "HubSpot's export has a row of {count} values in {count2} columns.", count=len(row), count2=len(header)
                        )
                    )
                self.count += 1
                yield self._read(row, columns)
        finally:
            text.detach()  # what is around it closes the file

    def _read(self, row: list[str], columns: _Columns) -> dict[str, Any]:
        record_id = row[columns.id].strip()
        if not is_id(record_id):
            raise ExportUnusable(message("HubSpot's export has a row without an id."))
        associations = {
            kind: {"results": [{"id": to_id} for to_id in ids(row[place].replace(" ", ""))]}
            for kind, place in columns.associated.items()
        }
        properties = {name: self._value(name, row[place]) for name, place in columns.properties.items()}
        return {"id": record_id, "properties": properties, "associations": associations}

    def _value(self, name: str, written: str) -> str | None:
        """Return a value as a list has it: null for none, and times with their zone."""
        if name in TIMES and _MINUTES.fullmatch(written):
            return datetime.fromisoformat(written).replace(tzinfo=self._zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return written or None


class _InPieces:
    """The file of a zip, of which nobody may have more than a piece in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes, or all that follow. Raise ExportUnusable if these are too many."""
        most = _LARGEST_READ + 1
        piece = self._file.read(min(size, most) if size >= 0 else most)
        if len(piece) == most:
            raise ExportUnusable(message("HubSpot's export is a zip with too many parts to be HubSpot's."))
        return piece


class _Room:
    """How many bytes may still be unpacked."""

    def __init__(self, most: int) -> None:
        self._left = most

    def take(self, size: int) -> None:
        """Take so many bytes. Raise ExportUnusable if these are too many."""
        self._left -= size
        if self._left < 0:
            raise ExportUnusable(message("HubSpot's export is too large to be HubSpot's."))


class _Unpacked(io.RawIOBase):
    """The content of a zip's part, whose bytes are counted as they are unpacked."""

    def __init__(self, content: IO[bytes], room: _Room) -> None:
        self._content, self._room = content, room

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Unpack a piece into a buffer, and return its length. Raise ExportUnusable."""
        piece = self._content.read(min(len(buffer), _PIECE))
        self._room.take(len(piece))
        buffer[: len(piece)] = piece
        return len(piece)


class _Columns:
    """Where in a row is what."""

    def __init__(self, header: Sequence[str], properties: Sequence[str], associated: Mapping[str, str]) -> None:
        names = [name.strip().lower() for name in header]
        self.id = next((names.index(name) for name in _ID_COLUMNS if name in names), -1)
        wanted = {kind: f"associated {singular} ids" for kind, singular in associated.items()}
        lacking = [name for name in (*properties, *wanted.values()) if name.lower() not in names]
        if self.id < 0 or lacking:
            raise ExportUnusable(
                message("HubSpot's export lacks columns: {names}.", names=joined(", ", lacking) or message("the id"))
            )
        self.properties = {name: names.index(name.lower()) for name in properties}
        self.associated = {kind: names.index(name) for kind, name in wanted.items()}


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Return the lines of a file, none of which may use up the memory."""
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE and not line.endswith("\n"):
            raise ExportUnusable(message("HubSpot's export has a line that is too long to be HubSpot's."))
        yield line


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
