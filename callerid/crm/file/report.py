"""The report on reading a file: what was read, what was left out and why. Nothing is dropped silently."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from callerid.core.numbers.text import spreadsheets
from callerid.messages import counted, joined, message

_MOST_NAMED = 20  # that are listed one by one
_FEWEST_DIGITS = 3

Fault = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class FileReport:
    """What a file held. It is filled while the file is read; `lines` returns it in words."""

    rows: int = 0
    used: dict[str, str] = field(default_factory=dict)  # header -> role
    unused: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)  # "line 5: why"
    destroyed: list[str] = field(default_factory=list)  # "line 2, Telefon: 4.91512E+12"
    no_numbers: list[str] = field(default_factory=list)  # "line 2, Telefon: on request"
    others: list[str] = field(default_factory=list)  # "line 2, Phone 2 - Value: Assistant"
    reshaped: int = 0
    encoding: str = ""
    bad_lines: tuple[int, ...] = ()

    def skip(self, reason: str) -> None:
        """Add an entry that could not be used, with its line."""
        self.skipped.append(reason)

    def numbers_left(self, where: str, text: str) -> str:
        """Return a phone field's text without what is no number, which is noted: digits that a spreadsheet destroyed, and words."""
        parts = spreadsheets.parts(text)
        destroyed = [part for part in parts if spreadsheets.is_destroyed(part)]
        self.destroyed += [message("{where}: {part}", where=where, part=part) for part in destroyed]
        self.reshaped += sum(map(spreadsheets.was_reshaped, parts))
        if destroyed:
            text = "; ".join(part for part in parts if part not in destroyed)
        if sum(map(str.isdigit, text)) >= _FEWEST_DIGITS:
            return text
        if any(map(str.isalnum, text)):
            self.no_numbers.append(message("{where}: {text}", where=where, text=text))
        return ""

    def faults(self) -> list[str]:
        """Return what the log shows: the first entries that could not be used, and how many more there are."""
        more = len(self.skipped) - _MOST_NAMED
        return [*self.skipped[:_MOST_NAMED], *([message("{more} more entries could not be used", more=more)] if more > 0 else [])]

    def lines(self) -> list[str]:
        """Return the report as lines of text."""
        read = counted(
            self.rows, "{count} row read, {encoding}", "{count} rows read, {encoding}", encoding=self.encoding or "utf-8"
        )
        lines: list[str] = [read]
        if self.used:
            lines.append(
                message("columns used: {names}", names=joined(", ", (f"{header} = {role}" for header, role in self.used.items())))
            )
        if self.unused:
            lines.append(message("columns not used: {names}", names=joined(", ", self.unused)))
        if self.bad_lines:
            lines.append(
                message(
                    "bytes that are not {encoding}, replaced by �, in line {listed}",
                    encoding=self.encoding,
                    listed=_listed([str(n) for n in self.bad_lines]),
                )
            )
        lines += _block(message("skipped"), self.skipped)
        lines += _block(message("numbers that a spreadsheet destroyed"), self.destroyed)
        lines += _block(message("values that are no phone number"), self.no_numbers)
        lines += _block(message("numbers that a label gives to somebody else"), self.others)
        if self.reshaped:
            lines.append(
                counted(
                    self.reshaped,
                    "{count} number that a spreadsheet reshaped was read",
                    "{count} numbers that a spreadsheet reshaped were read",
                )
            )
        return lines


def _block(title: str, entries: list[str]) -> list[str]:
    if not entries:
        return []
    more = [message("  and {count} more", count=len(entries) - _MOST_NAMED)] if len(entries) > _MOST_NAMED else []
    shown = (message("  {entry}", entry=entry) for entry in entries[:_MOST_NAMED])
    return [message("{title}: {count}", title=title, count=len(entries)), *shown, *more]


def _listed(words: list[str]) -> str:
    named = joined(", ", words[:_MOST_NAMED])
    if len(words) <= _MOST_NAMED:
        return named
    return message("{names} and {count} more", names=named, count=len(words) - _MOST_NAMED)
