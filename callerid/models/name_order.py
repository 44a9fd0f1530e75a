"""The order of a person's name, which follows its own letters: written in kanji, kana or hangul, the family name comes first."""

from __future__ import annotations

# Hangul, kana with their half-width forms, and kanji, by their blocks in Unicode. Compiled into a pattern, they would take longer
# than the whole card.
_EAST_ASIAN = (
    *(("\u1100", "\u11ff"), ("\u3005", "\u30ff"), ("\u3130", "\u318f"), ("\u31f0", "\u31ff"), ("\u3400", "\u9fff")),
    *(("\uac00", "\ud7ff"), ("\uf900", "\ufaff"), ("\uff66", "\uffdc"), ("\U00020000", "\U0003ffff")),
)


def in_order(first: str, last: str) -> str:
    """Return a first and a last name as the person writes them: `Ana López`, `山田 花子`. Either may be empty."""
    names = (last, first) if is_east_asian(last) else (first, last)
    return " ".join(filter(None, names))


def parts_of(whole: str) -> tuple[str, str]:
    """Return the first and the last name of a whole one. What has no space, also no ideographic one, stays whole in the first."""
    begins, *others = whole.split(maxsplit=1) or [""]
    rest = others[0].strip() if others else ""
    return (rest, begins) if rest and is_east_asian(begins) else (begins, rest)


def divided(first: str, last: str) -> tuple[str, str]:
    """Return a first and a last name. If a name in kanji, kana or hangul stands whole in one of the fields, it is divided; in other
    letters it may be two first names."""
    whole = first or last
    return parts_of(whole) if not (first and last) and is_east_asian(whole) and parts_of(whole)[1] else (first, last)


def is_east_asian(text: str) -> bool:
    """Return whether a text has a letter of Chinese, Japanese or Korean."""
    return not text.isascii() and any(first <= letter <= last for letter in text for first, last in _EAST_ASIAN)
