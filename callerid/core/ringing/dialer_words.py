"""What a dialer's own words mean, in every language that its texts are known in."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACEHOLDER = "%1$s"
_SIGNS = " \t\n.…:!‑-–—·\"'“”«»()[]"
_FEWEST = 2  # signs around a placeholder that tell a text from any other


class Meaning(StrEnum):
    """What a text of a dialer means."""

    RINGING = "ringing"
    DIALLING = "dialling"
    TALKING = "talking"
    MISSED = "missed"
    NOBODY = "nobody"  # where a name would be: the caller shows none
    CONFERENCE = "conference"  # where a name would be: several people, or the call itself


# Where one text means two things, in one language or in two: a talk is no new ring, and a call that is dialled is a talk soon.
_FIRST = (Meaning.TALKING, Meaning.MISSED, Meaning.DIALLING, Meaning.RINGING)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialerWords:
    """The texts of dialers, ready to be looked up."""

    states: Mapping[str, Meaning]
    templates: tuple[tuple[str, str, Meaning], ...] = ()  # what stands before and after what the dialer puts in
    nobody: frozenset[str] = frozenset()
    conference: frozenset[str] = frozenset()

    def state_of(self, text: str) -> Meaning | None:
        """Return what a text says of a call; None when it is no text of a dialer's."""
        plain = plain_text(text)
        return self.states.get(plain) or next(
            (meaning for before, after, meaning in self.templates if _has(plain, before, after)), None
        )

    def is_nobody(self, text: str) -> bool:
        """Tell whether a text stands where a name would be, and names nobody."""
        return plain_text(text) in self.nobody

    def is_own(self, text: str) -> bool:
        """Tell whether a text is the dialer's own: it says something of the call, or names nobody or a conference."""
        plain = plain_text(text)
        return plain in self.nobody or plain in self.conference or self.state_of(text) is not None


NO_WORDS = DialerWords(states={})


def _has(text: str, before: str, after: str) -> bool:
    return len(text) > len(before) + len(after) and text.startswith(before) and text.endswith(after)


def plain_text(text: str) -> str:
    """Return a text as texts are compared: one form of each character, no case, no signs around it, one blank between words."""
    return " ".join(re.sub(r"[‑–—]", "-", unicodedata.normalize("NFKC", text).casefold()).split()).strip(_SIGNS)


@cache
def dialer_words(strings: tuple[tuple[str, str], ...]) -> DialerWords:
    """Return the words made of texts with what they mean (Meaning's values)."""
    states: dict[str, Meaning] = {}
    templates: dict[tuple[str, str], Meaning] = {}
    places: dict[Meaning, set[str]] = {Meaning.NOBODY: set(), Meaning.CONFERENCE: set()}
    for name, text in strings:
        meaning = Meaning(name)
        if meaning in places:
            places[meaning].add(plain_text(text))
        elif _PLACEHOLDER in text:
            _keep(templates, _sides(text), meaning)
        else:
            _keep(states, plain_text(text), meaning)
    return DialerWords(
        states=states,
        templates=tuple((*sides, meaning) for sides, meaning in templates.items() if len("".join(sides).strip()) >= _FEWEST),
        nobody=frozenset(places[Meaning.NOBODY]),
        conference=frozenset(places[Meaning.CONFERENCE]),
    )


def _sides(text: str) -> tuple[str, str]:
    before, _, after = text.partition(_PLACEHOLDER)
    return plain_text(before + "x")[:-1], plain_text("x" + after)[1:]


def _keep(known: dict[Any, Meaning], key: Any, meaning: Meaning) -> None:
    """Keep a text's meaning, unless one that comes first is known."""
    if key not in known or _FIRST.index(meaning) < _FIRST.index(known[key]):
        known[key] = meaning
