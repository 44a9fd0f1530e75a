"""People in a vCard file, versions 2.1, 3.0 and 4.0 (RFC 6350, RFC 2426): names, organisation, numbers, e-mail, UID.

Written here because the libraries in pure Python do not read version 4.0, and stop at the first broken card.
"""

from __future__ import annotations

import base64
import quopri
import re
from typing import TYPE_CHECKING

from callerid.config.text_encoding import encoding_name
from callerid.crm.file.columns import is_somebody_elses
from callerid.crm.file.person import InvalidEntry, Person, PhoneField, checked, with_own_names
from callerid.messages import message
from callerid.models.name_order import divided, parts_of
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from callerid.crm.file.report import Fault, FileReport

_LONGEST_CARD = 5_000  # lines; a photo has some hundreds
_PROPERTY = re.compile(r"(?:([\w-]+)\.)?([\w-]+)((?:;(?:[^\":;]|\"[^\"]*\")*)*):(.*)", re.DOTALL)
_NO_TYPE = re.compile(r"TYPE=|PREF(=\d+)?|VALUE=\w+|ENCODING=[\w-]+|CHARSET=[\w-]+|QUOTED-PRINTABLE", re.IGNORECASE)
_WANTED = {"FN", "N", "ORG", "TEL", "EMAIL", "UID", "NICKNAME", "X-ABLABEL"}
# The encodings of RFC 2426 (B), of vCard 2.1 (BASE64, QUOTED-PRINTABLE), and Q, which some programs write for the latter.
_ENCODING = re.compile(r";(?:ENCODING=\"?([\w-]+)|(BASE64|QUOTED-PRINTABLE)(?=;|$))", re.IGNORECASE)
_BASE64, _QUOTED = frozenset(("B", "BASE64")), frozenset(("Q", "QUOTED-PRINTABLE"))
_NOT_ENCODED = frozenset(("", "7BIT", "8BIT", "BINARY"))
_STATEFUL = b"\x1b"  # with it, texts of ISO-2022-JP are written in ASCII
_CHARSET = re.compile(r"CHARSET=\"?([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Property:
    group: str  # "item1" of "item1.TEL", else ""
    name: str
    parameters: str
    value: str


def people(text: TextIO, report: FileReport) -> Iterator[Person]:
    """Yield the people of a vCard file; note in the report each card that could not be used, by the line that it begins in.

    Bytes that are not of the file's encoding are expected as surrogates (errors="surrogateescape"), since each value of a card of
    version 2.1 may name a charset of its own.
    """
    for begins, card in _cards(_unfolded(text), report.encoding, report.skip):
        report.rows += 1
        try:
            yield checked(_person(begins, card, report))
        except InvalidEntry as invalid:
            report.skip(message("line {begins}: {invalid}", begins=begins, invalid=invalid))


def _unfolded(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield each line, with its number, joined with its folded lines: those that begin with a blank, and in quoted-printable those
    after a line that ends with "="."""
    number, begun = 0, ""
    for place, raw in enumerate(lines, start=1):
        line = raw.rstrip("\r\n")
        soft = begun.endswith("=") and _encoding_of(begun.partition(":")[0]) in _QUOTED
        if begun and soft:
            begun = begun[:-1] + line.lstrip() if line[:1] in (" ", "\t") else begun[:-1] + line
        elif begun and line[:1] in (" ", "\t"):
            begun += line[1:]
        else:
            if begun:
                yield number, begun
            number, begun = place, line
    if begun:
        yield number, begun


def _cards(lines: Iterable[tuple[int, str]], encoding: str, report_fault: Fault) -> Iterator[tuple[int, list[_Property]]]:
    """Yield each card with the line that it begins in. A card within a card (AGENT, version 2.1) is passed over; a card that begins
    at the margin ends one that has no end."""
    begins, card, inner = 0, list[_Property](), 0
    for number, line in lines:
        mark = line.strip().upper()
        if mark == "BEGIN:VCARD" and begins and card and card[-1].name == "AGENT":
            inner += 1
        elif mark == "BEGIN:VCARD":
            if begins:
                report_fault(message("line {begins}: the card has no end", begins=begins))
            begins, card, inner = number, [], 0
        elif mark == "END:VCARD":
            if inner:
                inner -= 1
                card.pop()
            elif begins:
                yield begins, card
                begins = 0
        elif begins and not inner and line.strip():
            _add_property(line, number, card, encoding, report_fault)
    if begins:
        report_fault(message("line {begins}: the card has no end", begins=begins))


def _add_property(line: str, number: int, card: list[_Property], encoding: str, report_fault: Fault) -> None:
    match = _PROPERTY.fullmatch(line)
    if match is None:
        report_fault(message("line {number}: it is not a valid line of a vCard", number=number))
        return
    group, name, value = match[1] or "", match[2].upper(), match[4]
    is_inner_card = name == "AGENT" and value.strip().upper() in ("", "BEGIN:VCARD")
    if (name in _WANTED or is_inner_card) and len(card) < _LONGEST_CARD:
        try:
            text = _decoded(match[3], value, encoding)
        except ValueError as fault:
            report_fault(message("line {number}: {name} cannot be read: {fault}", number=number, name=name, fault=fault))
            return
        card.append(_Property(group=group, name=name, parameters=match[3], value=text))


def _encoding_of(parameters: str) -> str:
    """Return the encoding that a property names, in capitals; "" for none."""
    named = _ENCODING.search(parameters)
    return (named[1] or named[2]).upper() if named else ""


def _decoded(parameters: str, value: str, encoding: str) -> str:
    """Return a value's text: from the encoding that it names, and from the charset that it names (version 2.1), else the file's
    encoding. Raise ValueError for a value that is not of its encoding, and for an encoding that no version has."""
    content = _content(_encoding_of(parameters), value.encode("utf-8", "surrogateescape"))
    if content.isascii() and _STATEFUL not in content:
        return content.decode("ascii")
    named = _CHARSET.search(parameters)
    for charset in (named[1] if named else "utf-8", encoding):
        try:
            return content.decode(encoding_name(charset))
        except (LookupError, UnicodeError):
            continue
    return content.decode("utf-8", "replace")


def _content(encoding: str, value: bytes) -> bytes:
    if encoding in _QUOTED:
        return quopri.decodestring(value)
    if encoding in _NOT_ENCODED:
        return value
    if encoding not in _BASE64:
        raise ValueError(message("its encoding {encoding} is not known", encoding=encoding))
    try:
        return base64.b64decode(b"".join(value.split()), validate=True)
    except ValueError as fault:
        raise ValueError(message("it is not valid base64")) from fault


def _parts(item: _Property) -> list[str]:
    """Return a value's parts, which are separated by semicolons that are not escaped."""
    return [_unescaped(part).strip() for part in re.split(r"(?<!\\);", item.value)]


def _unescaped(text: str) -> str:
    return re.sub(r"\\([nN,;:\\])", lambda escaped: " " if escaped[1] in "nN" else escaped[1], text)


def _first(card: list[_Property], name: str) -> list[str]:
    return next((_parts(item) for item in card if item.name == name), [])


def _person(line: int, card: list[_Property], report: FileReport) -> Person:
    family, given, *_ = [*_first(card, "N"), "", ""]
    given, family = divided(given, family)
    whole = ""
    if not family and not given:
        whole = " ".join(_first(card, "FN")).strip() or " ".join(_first(card, "NICKNAME"))
        given, family = parts_of(whole)
    labels = {item.group: item.value for item in card if item.name == "X-ABLABEL"}  # iCloud: item1.TEL and item1.X-ABLabel
    numbers = []
    for item in (item for item in card if item.name == "TEL"):
        label = labels.get(item.group, "") if item.group else ""
        if is_somebody_elses(f"{_label(item)} {label}"):
            report.others.append(message("line {line}: {label}", line=line, label=label or _label(item)))
        else:
            raw = _unescaped(item.value).strip()
            raw = raw[4:] if raw.lower().startswith("tel:") else raw
            left = report.numbers_left(message("line {line}, TEL", line=line), raw)
            numbers.append(PhoneField(name=_label(item), text=raw, left=left))
    fields = with_own_names(numbers)
    return Person(
        line=line,
        id=" ".join(_first(card, "UID")),
        first_name=given,
        last_name=family,
        whole_name=whole,
        email=(_first(card, "EMAIL") or [""])[0],
        company=(_first(card, "ORG") or [""])[0],
        phones=tuple((field.name, field.left) for field in fields if field.left),
        other_texts=tuple((field.name, field.text) for field in fields if field.is_other_text),
    )


def _label(item: _Property) -> str:
    """Return the types that a card gives a number, such as "cell work"."""
    types = _NO_TYPE.sub(" ", item.parameters)
    return " ".join(re.findall(r"[\w-]+", types)).lower() or "tel"
