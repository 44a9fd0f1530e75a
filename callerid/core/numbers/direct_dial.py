"""Direct-dial ranges: a number that nobody has may be a desk of a company whose other numbers lie around it.

A false name does harm, so this only ever names a company, says "probably", and needs evidence: every known number of the block is
of that one company, and there are enough of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import phonenumbers

from callerid.core.numbers.parse import parse_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHORTEST_PREFIX = 5  # digits of the national number that the whole block shares
_NEEDED = {2: 2, 3: 3}  # digits that differ in a block, and how many lines of one company it must hold
_EXTENSIONS = 4  # digits at the most after the stem of a switchboard's number
_MOST_ZEROS = 3
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.PAGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Numbers that begin alike. `needed` lines of one company make the block its own; where `switchboards` are named, one of them
    that is the company's own number does: the stem and zeros, as in "+49 89 1234-0"."""

    prefix: str
    needed: int
    switchboards: tuple[str, ...] = ()

    @property
    def switchboard(self) -> bool:
        """Is one number of the company itself enough, if it is one of `switchboards`?"""
        return bool(self.switchboards)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A known line in a block: whose it is (None: of nobody's company), and whether it is the company's own number."""

    key: str
    company: int | None
    is_company_number: bool = False


def blocks_of_number(number: str, region: str) -> Iterator[Block]:
    """Given a raw number, yield the blocks that it may be of, the smallest first; none for a mobile or a short number."""
    line = parse_number(number, region)
    if line is None or not line.e164 or line.extension or _is_mobile(line.e164):
        return
    country = len(str(line.country)) + 1
    for digits, needed in _NEEDED.items():
        prefix = line.key[:-digits]
        if len(prefix) - country >= _SHORTEST_PREFIX:
            yield Block(prefix=prefix, needed=needed)
    for digits in range(1, _EXTENSIONS + 1):
        prefix = line.key[:-digits]
        if len(prefix) - country >= _SHORTEST_PREFIX:
            zeros = ["0" * count for count in range(1, min(digits, _MOST_ZEROS) + 1)]
            yield Block(prefix=f"{prefix}0", needed=1, switchboards=tuple(prefix + zero for zero in zeros))


def _is_mobile(e164: str) -> bool:
    return phonenumbers.number_type(phonenumbers.parse(e164)) in _MOBILE


def company_of_block(block: Block, neighbours: Sequence[Neighbour]) -> int | None:
    """Given a block and the known lines in it, return the company that it is probably of."""
    if block.switchboard:
        neighbours = [one for one in neighbours if one.is_company_number and one.key in block.switchboards]
    owners = {one.company for one in neighbours}
    enough = len({one.key for one in neighbours}) >= block.needed
    return owners.pop() if enough and len(owners) == 1 else None


def is_of_several_companies(neighbours: Sequence[Neighbour]) -> bool:
    """Given the known lines of a block, are they of more than one owner? Then a larger block is, too."""
    return len({one.company for one in neighbours}) > 1
