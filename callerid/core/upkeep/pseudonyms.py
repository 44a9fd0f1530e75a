"""Mask people in texts that leave the phone: each person, number and unknown word by a mask that is the same wherever it stands.

What is kept has to be known: the words of the program, short numbers, and times. A text may have names that nobody knows here,
so that a list of names alone would not do.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_PART = re.compile(
    r"""
    (?P<time>(?<![\w.+-])[0-9]{4}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?
        (?:Z|[+-][01][0-9]:[0-5][0-9])?)?(?![\w:-]|[ ]?[0-9])
    | (?<![\w.:+-])[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?(?![\w:-]|[ ]?[0-9]))
    | (?P<mail>[\w.+%-]+@[\w-]+(?:\.[\w-]+)*)
    | (?P<secret>(?<!\w)(?=[a-zA-Z_-]*[0-9])[a-zA-Z0-9_-]{20,})
    | (?P<number>(?<!\w)[+(]{0,2}\d+(?:[^\w\n]{1,2}\d+)*(?!\w))
    | (?P<word>\w+|[^\w\x00-\x7f…·–—‘’“”✓✗→×€£¥\u00a0]+)
    """,
    re.VERBOSE,
)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_KEPT_NUMBER = re.compile(r"[0-9]{1,3}|[0-9]{1,3}(?:,[0-9]{3})|[0-9]{1,2}\.[0-9]{1,3}(?:\.[0-9]{1,2})?")
_BETWEEN_WORDS = re.compile(r"[ .'’()-]{0,2}")
_TAIL = 7  # digits that a number has in common however it is written, with a country code or without
_SHORTEST_NUMBER = 4  # digits: a shorter one may be anything
_LONGEST_NAME = 12  # words


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """Somebody or something with a name: a person, a company, a deal."""

    kind: str  # "person", "company", "deal", …
    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()  # as written
    mails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a text that is kept or masked as a whole."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def key(self) -> str:
        return _folded(self.text)


class Pseudonyms:
    """The masks of one archive. `words` are those that may be shown; a number that is nobody's gets a mask of its own."""

    def __init__(self, known: Iterable[KnownName], words: Collection[str]) -> None:
        self._by_name: dict[tuple[str, ...], tuple[str, int]] = {}
        self._by_number: dict[str, tuple[str, int]] = {}
        self._by_mail: dict[str, tuple[str, int]] = {}
        self._masks: dict[str, dict[object, int]] = {}
        secret: set[str] = set()
        for place, each in enumerate(known):
            secret.update(self._learn(each, place))
        self._words = frozenset(words) - secret

    def _learn(self, known: KnownName, place: int) -> Iterator[str]:
        """Remember somebody, who is one with whom has the same number or mail already; give the words of their names that are no
        ordinary words: those with a capital, or of a script without."""
        tails = [tail for number in known.numbers if len(tail := _tail(number)) >= _SHORTEST_NUMBER]
        mails = [mail.casefold() for mail in known.mails if mail]
        earlier = [self._by_number.get(tail) for tail in tails] + [self._by_mail.get(mail) for mail in mails]
        owner = next((other for other in earlier if other and other[0] == known.kind), (known.kind, place))
        for tail in tails:
            self._by_number.setdefault(tail, owner)
        for mail in mails:
            self._by_mail.setdefault(mail, owner)
        for name in known.names:
            pieces = list(_pieces(_plain(name)))
            if any(piece.kind == "word" for piece in pieces):
                self._by_name.setdefault(tuple(piece.key for piece in pieces[:_LONGEST_NAME]), owner)
            yield from (piece.text for piece in pieces if not piece.text.islower())

    def mask(self, text: str) -> str:
        """Return a text with a mask in the place of each name, number, mail address, secret, and word that is not the program's."""
        plain = _plain(text)
        pieces, shown, end = list(_pieces(plain)), [], 0
        place = 0
        while place < len(pieces):
            count, mask = self._masked_at(plain, pieces, place)
            first, last = pieces[place], pieces[place + count - 1]
            shown += [plain[end : first.start], mask]
            end, place = last.end, place + count
        return "".join([*shown, plain[end:]])

    def masked_json(self, value: Any) -> Any:
        """Return a value of JSON with every text in it masked. Its own numbers are counts and times, and stay."""
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, dict):
            return {self.mask(str(key)): self.masked_json(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.masked_json(each) for each in value]
        return value

    def _masked_at(self, text: str, pieces: list[_Piece], place: int) -> tuple[int, str]:
        """Return how many pieces from a place on are shown as one, and how."""
        piece = pieces[place]
        if named := self._name_at(text, pieces, place):
            count, owner = named
            return count, self._mask_of(owner)
        match piece.kind:
            case "time":
                return 1, piece.text
            case "mail":
                owner_of_mail = self._by_mail.get(piece.text.casefold())
                return 1, self._mask_of(owner_of_mail, "mail of ") if owner_of_mail else self._numbered("mail", piece.key)
            case "secret":
                return 1, self._numbered("secret", piece.text)
            case "number":
                return 1, self._number(piece.text)
        if self._is_shown(piece):
            return 1, piece.text
        count = self._unknown_from(text, pieces, place)
        return count, self._numbered("text", tuple(each.key for each in pieces[place : place + count]))

    def _name_at(self, text: str, pieces: list[_Piece], place: int) -> tuple[int, tuple[str, int]] | None:
        """Return the longest known name that begins at a place, as its number of pieces and whose it is."""
        last = min(place + _LONGEST_NAME, len(pieces))
        lines = (n for n, (a, b) in enumerate(pairwise(pieces[place:last]), place + 1) if "\n" in text[a.end : b.start])
        last = min(last, next(lines, last))
        keys = tuple(piece.key for piece in pieces[place:last])
        for count in range(len(keys), 0, -1):
            owner = self._by_name.get(keys[:count])
            is_our_word = count == 1 and self._is_shown(pieces[place])  # somebody is called Will, and a sentence has "will"
            if owner and not is_our_word:
                return count, owner
        return None

    def _unknown_from(self, text: str, pieces: list[_Piece], place: int) -> int:
        """Return how many unknown words stand together from a place on."""
        count = 1
        while place + count < len(pieces):
            before, piece = pieces[place + count - 1], pieces[place + count]
            together = piece.kind == "word" and _BETWEEN_WORDS.fullmatch(text, before.end, piece.start)
            if not together or self._is_shown(piece) or self._name_at(text, pieces, place + count):
                break
            count += 1
        return count

    def _is_shown(self, piece: _Piece) -> bool:
        return piece.text in self._words

    def _number(self, written: str) -> str:
        tail = _tail(written)
        if owner := self._by_number.get(tail):
            return self._mask_of(owner, "number of ")
        if _KEPT_NUMBER.fullmatch(written):
            return written
        return self._numbered("number", tail)

    def _mask_of(self, owner: tuple[str, int], of: str = "") -> str:
        return f"[{of}{self._numbered(owner[0], owner[1])[1:-1]}]"

    def _numbered(self, kind: str, key: object) -> str:
        """Return the mask of something: those of a kind are numbered in the order in which they are met."""
        masks = self._masks.setdefault(kind, {})
        return f"[{kind} {masks.setdefault(key, len(masks) + 1)}]"


def words_of(text: str) -> set[str]:
    """Return the words of a text, as they are compared with those that may be shown."""
    return {piece.text for piece in _pieces(_plain(text)) if piece.kind == "word"}


def _pieces(text: str) -> Iterator[_Piece]:
    for match in _PART.finditer(text):
        assert match.lastgroup is not None  # noqa: S101 - each alternative is a group
        yield _Piece(match.lastgroup, match[0], *match.span())


def _plain(text: str) -> str:
    """Return a text in one form: composed, without control characters and without halves of surrogate pairs."""
    return unicodedata.normalize("NFC", _UNPRINTABLE.sub("", text.encode("utf-8", "replace").decode("utf-8")))


def _folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _tail(number: str) -> str:
    digits = "".join(str(unicodedata.decimal(c)) for c in number if c.isdecimal())
    return digits[-_TAIL:]
