"""What has to be done to an address book on a server, so that its cards of ours equal those that are wanted."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FOLD = re.compile(r"\r?\n[ \t]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_OF_PROGRAMS = ("PRODID", "REV")  # which a server or a phone writes by itself


@dataclass(frozen=True, slots=True)
class KnownCard:
    """A card as it was left on the server: its entity tag there, and the fingerprint of what was written."""

    etag: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPlan:
    """Names of cards: what is to be created, changed or deleted, what is as it should be, and what has to be read first, because
    the server has another state of it than the one that was left there."""

    create: tuple[str, ...] = ()
    change: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    read: tuple[str, ...] = ()


def card_name(uid: str) -> str:
    """Return the name of a card's resource, by which it is known as ours."""
    return f"{uid}.vcf"


def is_ours(name: str, prefix: str) -> bool:
    """Return whether a resource has a name that we give, for a portal whose ids of cards begin with `prefix`."""
    return re.fullmatch(rf"{re.escape(prefix)}[0-9]+\.vcf", name) is not None


def fingerprint(text: str) -> str:
    """Return what two texts of a card share only if they are the same."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def plan(wanted: Mapping[str, str], on_server: Mapping[str, str], known: Mapping[str, KnownCard]) -> BookPlan:
    """Return what to do. `wanted` has the texts of cards by their names, `on_server` the entity tags of ours that are there,
    `known` what earlier runs left; a run that was killed left more than it could note, which is then read."""
    groups: dict[str, list[str]] = {"create": [], "change": [], "unchanged": [], "read": []}
    for name, text in wanted.items():
        groups[_step(name, text, on_server, known)].append(name)
    delete = tuple(name for name in on_server if name not in wanted)
    return BookPlan(**{step: tuple(names) for step, names in groups.items()}, delete=delete)


def _step(name: str, text: str, on_server: Mapping[str, str], known: Mapping[str, KnownCard]) -> str:
    if name not in on_server:
        return "create"
    last = known.get(name)
    if last is None or last.etag != on_server[name]:
        return "read"
    return "unchanged" if last.fingerprint == fingerprint(text) else "change"


def is_same_card(one: str, other: str) -> bool:
    """Return whether two texts are the same card: a server may fold, order and escape its lines in its own way."""
    return sorted(_properties(one)) == sorted(_properties(other))


def _properties(text: str) -> Iterator[tuple[str, ...]]:
    """Yield each property of a card: its name, its value without escapes, its parameters. A group before the name is left out."""
    for line in _FOLD.sub("", text).splitlines():
        head, _, value = line.partition(":")
        name, *parameters = head.upper().split(";")
        name = name.rpartition(".")[2]
        if name and name not in _OF_PROGRAMS:
            plain = _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
            yield (name, plain.rstrip(";"), *sorted(parameters))
