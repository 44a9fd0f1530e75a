"""Whom somebody means who types a name: people leave accents and capitals out, change the order, or type a part of it."""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from functools import lru_cache

MOST_FOUND = 100  # people who are listed for a typed name
_OTHER_SCRIPTS = 0x700  # where Arabic ends; in later scripts what NFKD takes off a letter makes it another one: "ば" and "は"
_ALSO_LATIN = ("\u1e00", "\u2000")
# Letters that Unicode does not take apart, as people write them who have no key for them.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"})


class Closeness(IntEnum):
    """How a typed name fits another one, the closest first."""

    WHOLE = 1  # all of its words, in any order
    WORDS = 2  # some of its words
    BEGINNINGS = 3  # the beginnings of some; in a script without spaces, any part
    NONE = 4


def folded(name: str) -> str:
    """Return what the ways to write a name have in common: "Ana López", "ANA LOPEZ" and "Ａｎａ  Lopez" are one name."""
    if not name.isascii():
        text = unicodedata.normalize("NFKC", name).casefold().translate(_PLAIN)
        name = "".join(map(without_accent, text))
    return " ".join(name.casefold().split())


@lru_cache(maxsize=1024)
def without_accent(letter: str) -> str:
    """Return a Latin, Greek, Cyrillic, Hebrew or Arabic letter without its accents; in other scripts they are letters."""
    if not (ord(letter) < _OTHER_SCRIPTS or _ALSO_LATIN[0] <= letter < _ALSO_LATIN[1]):
        return letter
    return "".join(sign for sign in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(sign))


class TypedName:
    """A name as somebody typed it, to be compared with many."""

    def __init__(self, text: str) -> None:
        self._words = sorted(folded(text.replace(",", " ")).split())
        self._is_undivided = len(self._words) == 1 and all(ord(letter) >= _OTHER_SCRIPTS for letter in self._words[0])

    def closeness(self, first: str, last: str = "") -> Closeness:
        """Return how this fits a first and a last name."""
        words = folded(f"{first} {last}").split()
        if not self._words or not words:
            return Closeness.NONE
        return min(self._by_words(words), self._by_letters(first, last) if self._is_undivided else Closeness.NONE)

    def _by_words(self, words: list[str]) -> Closeness:
        if all(word in words for word in self._words):
            return Closeness.WHOLE if len(words) == len(self._words) else Closeness.WORDS
        begins = all(any(word.startswith(typed) for word in words) for typed in self._words)
        return Closeness.BEGINNINGS if begins else Closeness.NONE

    def _by_letters(self, first: str, last: str) -> Closeness:
        parts = [folded(part).replace(" ", "") for part in (first, last)]
        orders = "".join(parts), "".join(reversed(parts))
        if self._words[0] in orders:
            return Closeness.WHOLE
        return Closeness.BEGINNINGS if any(self._words[0] in order for order in orders) else Closeness.NONE
