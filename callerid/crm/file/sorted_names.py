"""Whether the entries of a file have the last name first, as in "López, Ana". One entry does not tell: "Plumber, Cork" is no Cork
Plumber, and a name that is turned round wrongly does harm, while one that stays as it is written is read and found all the same."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from callerid.crm.file.column_words import COMPANY_FORMS, NO_FIRST_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from callerid.crm.file.person import Person

_JUDGED_BY = 1000  # entries from the beginning of a file: one of any length is never held in memory
_FEWEST = 5  # names that are so
_OF_FIVE = 4  # names, so many of them are "Last, First"; the others have no comma, as companies
_MOST_WORDS = 2  # of a first or a last name
_MARKS = frozenset(" .-'’")


def as_people_say_them(people: Iterable[Person]) -> Iterator[Person]:
    """Yield the people of a file with first and last name as they are, also where the file as a whole is surely written "Last,
    First". Everything else stays as it is written."""
    remaining = iter(people)
    begin = list(islice(remaining, _JUDGED_BY))
    everyone = chain(begin, remaining)
    yield from map(_turned, everyone) if is_last_name_first({person.whole_name for person in begin}) else everyone


def is_last_name_first(names: Iterable[str]) -> bool:
    """Return whether nearly all of these whole names are "Last, First", no other one has a comma, and most of the last names are
    one word, as those of people are and "Bäckerei Schmidt, Berlin" is not."""
    count, pairs = 0, []
    for name in filter(None, names):
        count += 1
        if "," in name:
            pair = _parts(name)
            if not pair:
                return False
            pairs.append(pair)
    of_one_word = sum(len(_capitalised(last)) == 1 for _, last in pairs)
    return len(pairs) >= _FEWEST and len(pairs) * 5 >= count * _OF_FIVE and of_one_word * 2 > len(pairs)


def _turned(person: Person) -> Person:
    pair = _parts(person.whole_name)
    return replace(person, first_name=pair[0], last_name=pair[1]) if pair else person


def _parts(name: str) -> tuple[str, str] | None:
    """Return first and last name of "López, Ana"; None for what is no such name."""
    last, _, first = (part.strip() for part in name.partition(","))
    if not (_is_name(first) and _is_name(last)) or first[0].islower():
        return None
    is_other = _plain_words(last) & COMPANY_FORMS or _plain_words(first) & NO_FIRST_NAMES
    return None if is_other else (first, last)


def _plain_words(text: str) -> set[str]:
    return {word.replace(".", "").casefold() for word in text.split()}


def _is_name(text: str) -> bool:
    return 0 < len(_capitalised(text)) <= _MOST_WORDS and all(map(_is_of_name, text))


def _is_of_name(sign: str) -> bool:
    return sign.isalpha() or sign in _MARKS or unicodedata.category(sign).startswith("M")  # which are vowels of Indian scripts


def _capitalised(text: str) -> list[str]:
    """Return the words of a name without particles, such as "van der"."""
    return [word for word in text.split() if not word[0].islower()]
