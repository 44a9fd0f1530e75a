"""Masked numbers: signs in the place of digits that somebody may not see, as "•••• 4567", "XXX-XXX-4568" and "087 *** 4567".

What is left of the digits may be another line's number, so that a masked text is nobody's. Stars, hashes and the letter x are no
mask in a code for the network (*100#), before a number (*31#), between digits that are dialled (123*45), before an extension (x12),
in a word (XEROX), around a remark (*private*), and in Brazil's (0xx11), whose xx is the code of a carrier.
"""

from __future__ import annotations

import re
import unicodedata

# One of these may divide the groups of a number, or stand before a number in a list.
_DOTS = "•●∙⋅·○◯〇◦■□▪▫█▓▒░◼◻⬤⬛⬜◆◇◾◽★☆△▲◉◎⚫⚪・‧"
_EXES = "xX×✕✖ххХχΧ"  # with the letters of Cyrillic and Greek that look so
_STARS = "*⁎∗✱✲✳✻"
_SIGNS = str.maketrans(dict.fromkeys(_DOTS, "•") | dict.fromkeys(_EXES, "x") | dict.fromkeys(_STARS, "*"))
_SUSPECTED = re.compile(r"[•x*#_?]|\.{3}|-{3}")
_RUN = re.compile(r"•[\s.()-]*•|[*#][\s.()-]*[*#]|(?<![^\W\d_])x[\s.()-]*x(?:[\s.()-]*x)*(?![^\W\d_])")
_RUN_AMONG_DIGITS = re.compile(r"_\s?_|\?\s?\?|^\s*(?:\.{3}|-{3})")
_ONE_X = re.compile(r"^\D*\d{1,3}x\d|\d{3}x\s*$|\dx\d{1,3}x")  # so few digits have no extension
_ONE_DOT = re.compile(r"(?:^|\d)\s*•\s*\d|\d•\s*$")
# "… 4567", "+353 87 12…"; behind a word it is a mark of the sentence. Between digits, full stops and hyphens are their separators.
_ELLIPSIS = re.compile(r"(?<![^\W\d_])(?<![^\W\d_]\s)…(?=\s*\d)|(?<=\d)…\s*$")
_DIALLED_BEFORE = re.compile(r"^\s*(?:\*{1,2}|#)(?:31#|67|82)")
# Codes of 3GPP TS 22.030 (*100#, **61*number**20#, ##002#), of Android (*#*#4636#*#*), and of a router for its telephones (**610).
_CODE = re.compile(r"[*#]{1,2}\d{2,6}(?:\*+\+?\d*)*#{1,2}|\*#\*#\d+#\*#\*|\*\*\d{1,3}")
_REMARK = re.compile(r"([*_#•]{1,3})\s*[^\W\d_x][^*_#•\d]*\1")
_CARRIER = re.compile(r"\D*(?:55\D*)?0\s*xx\s*\)?\s*\(?[1-9]\d\W*(?:\d\W*){8,9}")  # Brazil
_WHOLE = 6  # digits that may be a number
_FEWEST_GROUPS, _FEWEST_OF_GROUP = 3, 2


def is_masked(text: str) -> bool:
    """Return whether signs stand in a text in the place of a number's digits."""
    signs = text.replace("X", "x") if text.isascii() else unicodedata.normalize("NFKC", with_dots(text)).translate(_SIGNS)
    if not _SUSPECTED.search(signs) or "@" in signs:
        return False
    signs = _REMARK.sub(" ", _DIALLED_BEFORE.sub("", signs))
    if _CODE.fullmatch("".join(signs.split())) or _CARRIER.fullmatch(signs):
        return False
    if _RUN.search(signs):
        return True
    has_digits = any(map(str.isdigit, signs))
    return has_digits and (bool(_RUN_AMONG_DIGITS.search(signs) or _ONE_X.search(signs)) or _has_lone_dot(signs))


def with_dots(text: str) -> str:
    """Return a text with three dots in place of an ellipsis that stands for digits, of which NFKC makes full stops."""
    return _ELLIPSIS.sub("•••", text) if "…" in text else text


def _has_lone_dot(signs: str) -> bool:
    """Return whether a dot stands for a digit: it divides neither the groups of one number, "212•555•0142", nor whole numbers."""
    if not _ONE_DOT.search(signs):
        return False
    first, *others = (_digits(group) for group in signs.split("•"))
    groups = [first, *others] if first else others
    divides_groups = len(groups) >= _FEWEST_GROUPS and min(groups) >= _FEWEST_OF_GROUP
    return not divides_groups and min(groups) < _WHOLE


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
