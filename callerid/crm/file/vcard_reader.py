"""People of a vCard file, versions 2.1, 3.0 and 4.0 (RFC 6350, RFC 2426): names, organisation, numbers, e-mail, UID.

Written here and not taken from a library: those that are pure Python read no 4.0, and end at the first card that is broken.
"""

from __future__ import annotations

import quopri
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.crm.file.person import BadEntry, Person, checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_LONGEST_CARD = 5_000  # lines; a photo has some hundreds
_PROPERTY = re.compile(r"(?:[\w-]+\.)?([\w-]+)((?:;(?:[^\":;]|\"[^\"]*\")*)*):(.*)", re.DOTALL)
_NO_TYPE = re.compile(r"TYPE=|PREF(=\d+)?|VALUE=\w+|ENCODING=[\w-]+|CHARSET=[\w-]+|QUOTED-PRINTABLE", re.IGNORECASE)
_WANTED = {"FN", "N", "ORG", "TEL", "EMAIL", "UID"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Property:
    name: str
    parameters: str
    value: str


def people(lines: Iterable[str], fault: Callable[[str], None]) -> Iterator[Person]:
    """Given the lines of a vCard file, return its people; a card that is none is told by the line that it begins in."""
    for begins, card in _cards(_unfolded(lines), fault):
        try:
            yield checked(_person(begins, card))
        except BadEntry as bad:
            fault(f"line {begins}: {bad}")


def _unfolded(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Join what was folded: a line that begins with a blank, and one of quoted-printable that ends with "="."""
    number, begun = 0, ""
    for place, raw in enumerate(lines, start=1):
        line = raw.rstrip("\r\n")
        soft = begun.endswith("=") and "QUOTED-PRINTABLE" in begun.partition(":")[0].upper()
        if begun and soft:
            begun = begun[:-1] + line
        elif begun and line[:1] in (" ", "\t"):
            begun += line[1:]
        else:
            if begun:
                yield number, begun
            number, begun = place, line
    if begun:
        yield number, begun


def _cards(lines: Iterable[tuple[int, str]], fault: Callable[[str], None]) -> Iterator[tuple[int, list[_Property]]]:
    begins, card = 0, list[_Property]()
    for number, line in lines:
        said = line.strip().upper()
        if said == "BEGIN:VCARD":
            if begins:
                fault(f"line {begins}: the card has no end")
            begins, card = number, []
        elif said == "END:VCARD":
            if begins:
                yield begins, card
            begins = 0
        elif begins and line.strip():
            found = _PROPERTY.fullmatch(line)
            if found is None:
                fault(f"line {number}: it is no line of a vCard")
            elif found[1].upper() in _WANTED and len(card) < _LONGEST_CARD:
                card.append(_Property(name=found[1].upper(), parameters=found[2], value=found[3]))
    if begins:
        fault(f"line {begins}: the card has no end")


def _text(said: _Property) -> str:
    """A value as text, decoded from quoted-printable (2.1)."""
    if "QUOTED-PRINTABLE" not in said.parameters.upper():
        return said.value
    charset = re.search(r"CHARSET=([\w-]+)", said.parameters, re.IGNORECASE)
    content = quopri.decodestring(said.value.encode("utf-8", "replace"))
    try:
        return content.decode(charset[1] if charset else "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _parts(said: _Property) -> list[str]:
    """A value's parts, divided by semicolons that are not escaped."""
    return [_unescaped(part).strip() for part in re.split(r"(?<!\\);", _text(said))]


def _unescaped(text: str) -> str:
    return re.sub(r"\\([nN,;:\\])", lambda found: " " if found[1] in "nN" else found[1], text)


def _first(card: list[_Property], name: str) -> list[str]:
    return next((_parts(said) for said in card if said.name == name), [])


def _person(line: int, card: list[_Property]) -> Person:
    family, given, *_ = [*_first(card, "N"), "", ""]
    if not family and not given:
        given, _, family = " ".join(_first(card, "FN")).partition(" ")
    numbers = [(_label(said), _unescaped(_text(said)).strip()) for said in card if said.name == "TEL"]
    return Person(
        line=line,
        id=" ".join(_first(card, "UID")),
        first_name=given,
        last_name=family,
        email=(_first(card, "EMAIL") or [""])[0],
        company=(_first(card, "ORG") or [""])[0],
        phones=tuple((label, raw[4:] if raw.lower().startswith("tel:") else raw) for label, raw in numbers if raw),
    )


def _label(said: _Property) -> str:
    """What kind of number: the types that the card gives it, such as "cell work"."""
    types = _NO_TYPE.sub(" ", said.parameters)
    return " ".join(re.findall(r"[\w-]+", types)).lower() or "tel"
