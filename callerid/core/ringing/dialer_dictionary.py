"""The dictionary of dialers' own texts: what each of them means, in every language in which they are known."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACEHOLDER = "%1$s"
_PUNCTUATION = " \t\n.…:!?¿‑-–—·\"'“”«»()[]"
_FEWEST = 2  # characters around a placeholder, or a template would fit any text


class Meaning(StrEnum):
    """What a text of a dialer means."""

    RINGING = "ringing"
    DIALLING = "dialling"
    TALKING = "talking"
    MISSED = "missed"
    HIDDEN = "nobody"  # in place of a name: the number is hidden
    SPAM = "spam"  # in place of a name: somebody unknown whose call is suspected
    CONFERENCE = "conference"  # in place of a name: a conference, the call itself, or the dialer


# If one text means two things, in one language or in two, the first of these: a call that goes on must not ring again.
_PRECEDENCE = (Meaning.TALKING, Meaning.MISSED, Meaning.DIALLING, Meaning.RINGING)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialerDictionary:
    """The known texts of dialers, in the form of `normalized`."""

    states: Mapping[str, Meaning]
    templates: tuple[tuple[str, str, Meaning], ...] = ()  # the text before and after what the dialer inserts
    hidden: frozenset[str] = frozenset()
    spam: frozenset[str] = frozenset()
    conferences: frozenset[str] = frozenset()

    def state_of(self, text: str) -> Meaning | None:
        """Return what a text means for a call, None if it is not a known text of a dialer."""
        key = normalized(text)
        return self.states.get(key) or next(
            (meaning for before, after, meaning in self.templates if _fits(key, before, after)), None
        )

    def means_hidden(self, text: str) -> bool:
        """Return whether a text in place of a name means that the number is hidden."""
        return normalized(text) in self.hidden

    def means_spam(self, text: str) -> bool:
        """Return whether a text in place of a name means that the call is suspected: the number may be shown."""
        return normalized(text) in self.spam

    def is_dialer_text(self, text: str) -> bool:
        """Return whether a text is a known text of a dialer, not a caller's name."""
        key = normalized(text)
        return key in self.hidden | self.spam | self.conferences or self.state_of(text) is not None


EMPTY_DICTIONARY = DialerDictionary(states={})


def _fits(text: str, before: str, after: str) -> bool:
    return len(text) > len(before) + len(after) and text.startswith(before) and text.endswith(after)


def normalized(text: str) -> str:
    """Return a text for comparison: one form of each character, no case, no punctuation around it, one space between words."""
    return " ".join(re.sub(r"[‑–—]", "-", unicodedata.normalize("NFKC", text).casefold()).split()).strip(_PUNCTUATION)


@cache
def build_dictionary(strings: tuple[tuple[str, str], ...]) -> DialerDictionary:
    """Return the dictionary of pairs of a Meaning's value and a text."""
    states: dict[str, Meaning] = {}
    templates: dict[tuple[str, str], Meaning] = {}
    in_place_of_name: dict[Meaning, set[str]] = {Meaning.HIDDEN: set(), Meaning.SPAM: set(), Meaning.CONFERENCE: set()}
    for name, text in strings:
        meaning = Meaning(name)
        if meaning in in_place_of_name:
            in_place_of_name[meaning].add(normalized(text))
        elif _PLACEHOLDER in text:
            _keep(templates, _sides(text), meaning)
        else:
            _keep(states, normalized(text), meaning)
    return DialerDictionary(
        states=states,
        templates=tuple((*sides, meaning) for sides, meaning in templates.items() if len("".join(sides).strip()) >= _FEWEST),
        hidden=frozenset(in_place_of_name[Meaning.HIDDEN]),
        spam=frozenset(in_place_of_name[Meaning.SPAM]),
        conferences=frozenset(in_place_of_name[Meaning.CONFERENCE]),
    )


def _sides(text: str) -> tuple[str, str]:
    before, _, after = text.partition(_PLACEHOLDER)
    return normalized(before + "x")[:-1], normalized("x" + after)[1:]


def _keep(known: dict[Any, Meaning], key: Any, meaning: Meaning) -> None:
    """Keep the meaning of a text, unless one that takes precedence is known."""
    known[key] = min(known.get(key, meaning), meaning, key=_PRECEDENCE.index)
