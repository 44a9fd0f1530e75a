"""Whom somebody means who types a name: people leave accents, capitals and marks out, change the order, or type a part of it."""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_FOUND = 100  # people who are listed for a typed name
_OTHER_SCRIPTS = 0x700  # where Arabic ends; in later scripts what NFKD takes off a letter makes it another one: "ば" and "は"
_ALSO_LATIN = ("\u1e00", "\u2000")
# Letters that Unicode does not take apart, as people write them who have no key for them.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"})
# What looks like an apostrophe or a quotation mark; some of these are letters for Unicode, and NFKC makes a blank and an accent of
# others. Source: confusables.txt of Unicode's TS 39.
_APOSTROPHES = (
    "\u0060\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u0374\u0384\u055a"
    "\u055d\u05f3\u07f4\u07f5\u1fbd\u1fbf\u1ffd\u1ffe\u2018\u2019\u201a\u201b\u2032\u2035"
    "\ua78c\uff07\uff40"
)
_QUOTATION_MARKS = "\u02ba\u02dd\u05f4\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u2039\u203a\uff02"
_HYPHENS = "\u2212\u02d7\u2043"  # that are no dashes for Unicode, the minus first
_LOOK_ALIKES = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_QUOTATION_MARKS, '"') | dict.fromkeys(_HYPHENS, "-"))
_STRETCH = "\u0640"  # draws an Arabic word out
_AROUND_MAIL = "()[]<>{}\"',;:"


class Closeness(IntEnum):
    """How a typed name fits another one, the closest first. "Exact" is with the marks that it is written with, such as hyphens."""

    AS_TYPED = 0  # with a comma that was typed, too: else it only says which name is the last one
    EXACT = 1  # all of its words, in any order
    WHOLE = 2  # the same without marks
    EXACT_WORDS = 3  # some of its words
    WORDS = 4  # the same without marks
    BEGINNINGS = 5  # the beginnings of some; in a script without spaces, any part
    NONE = 6


def folded(name: str) -> str:
    """Return what the ways to write a name have in common: "Ana López", "ANA LOPEZ" and "Ａｎａ  Lopez" are one name, and so are
    "Jean-Luc" and "Jean Luc", "O'Hara" and "OHara", "(Herr) Karl" and "Herr Karl".

    Apostrophes and quotation marks join what is beside them; all other marks and symbols part it. A name of nothing else stays.
    """
    name = _spelled(name)
    if name.isalnum():
        return name
    if "@" in name:
        return " ".join(filter(None, (_without_marks(word) for word in name.split()))) or name
    return " ".join(name.replace("l·l", "ll").translate(_WITHOUT_MARKS).split()) or name  # Catalan has a double l


def in_any_order(name: str) -> str:
    """Return what also those ways to write a name have in common that differ in the order of its words, or, in a script that
    separates none, in the blanks: "Taro Sato" and "Sato, Taro" are one name, and so are "佐藤 一郎" and "佐藤一郎"."""
    words = folded(name.replace(",", " ")).split()
    return "".join(words) if _is_undivided(words) else " ".join(sorted(words))


def _is_undivided(words: Iterable[str]) -> bool:
    return all(ord(letter) >= _OTHER_SCRIPTS for word in words for letter in word)


def _without_marks(word: str) -> str:
    """Return a word without its marks; an e-mail address keeps those inside it."""
    return word.strip(_AROUND_MAIL) if "@" in word else folded(word)


def _spelled(name: str) -> str:
    """Return a name without accents, capitals and what is not seen, with one apostrophe, hyphen and blank for all that look so."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name.translate(_LOOK_ALIKES)).casefold().translate(_LETTERS)
    return " ".join(name.casefold().replace("`", "'").split())


@lru_cache(maxsize=1024)
def without_accent(letter: str) -> str:
    """Return a Latin, Greek, Cyrillic, Hebrew or Arabic letter without its accents; in other scripts they are letters."""
    if not (ord(letter) < _OTHER_SCRIPTS or _ALSO_LATIN[0] <= letter < _ALSO_LATIN[1]):
        return letter
    return "".join(sign for sign in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(sign))


class _Table(dict[int, str]):
    """For `str.translate`: what becomes of a letter is found out when it is met first."""

    def __init__(self, of: Callable[[str], str]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, code: int) -> str:
        self[code] = self._of(chr(code))
        return self[code]


def _letter(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Cf" or sign == _STRETCH:
        return ""
    if category == "Pd":
        return "-"
    return "".join(map(without_accent, sign.translate(_LOOK_ALIKES).translate(_PLAIN)))


def _without_mark(sign: str) -> str:
    if sign in "'\"":
        return ""
    return " " if unicodedata.category(sign)[0] in "PS" else sign


_LETTERS, _WITHOUT_MARKS = _Table(_letter), _Table(_without_mark)


class TypedName:
    """A name as somebody typed it, to be compared with many."""

    def __init__(self, text: str) -> None:
        self._with_comma = _spelled(text) if "," in text else ""
        text = text.replace(",", " ")
        words = folded(text).split()
        self._words, self._exact_words = sorted(words), _spelled(text).split()
        # One may type a blank where nobody else writes one.
        self._undivided = "".join(words) if _is_undivided(words) else ""

    def closeness(self, first: str, last: str = "") -> Closeness:
        """Return how this fits a first and a last name."""
        words = folded(f"{first} {last}").split()
        if not self._words or not words:
            return Closeness.NONE
        found = min(self._by_words(words), self._by_letters(first, last) if self._undivided else Closeness.NONE)
        if found is Closeness.WHOLE:
            if self._with_comma and self._with_comma == _spelled(f"{first} {last}"):
                return Closeness.AS_TYPED
            return Closeness.EXACT if self._is_exact(first, last) else found
        if found is Closeness.WORDS:
            exact = _spelled(f"{first} {last}").split()
            return Closeness.EXACT_WORDS if all(word in exact for word in self._exact_words) else found
        return found

    def _by_words(self, words: list[str]) -> Closeness:
        if all(word in words for word in self._words):
            return Closeness.WHOLE if sorted(words) == self._words else Closeness.WORDS
        begins = all(any(word.startswith(typed) for word in words) for typed in self._words)
        return Closeness.BEGINNINGS if begins else Closeness.NONE

    def _by_letters(self, first: str, last: str) -> Closeness:
        if first.isascii() and last.isascii():
            return Closeness.NONE
        parts = [folded(part).replace(" ", "") for part in (first, last)]
        orders = "".join(parts), "".join(reversed(parts))
        if self._undivided in orders:
            return Closeness.WHOLE
        return Closeness.BEGINNINGS if any(self._undivided in order for order in orders) else Closeness.NONE

    def _is_exact(self, first: str, last: str) -> bool:
        names, typed = (_spelled(first), _spelled(last)), self._exact_words
        if self._undivided:
            return "".join(typed) in ("".join(names).replace(" ", ""), "".join(reversed(names)).replace(" ", ""))
        return sorted(typed) == sorted(" ".join(names).split())
