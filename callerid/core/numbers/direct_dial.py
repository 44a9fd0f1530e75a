"""Direct-dial ranges: a number that no contact has may belong to a company that has the numbers around it.

A false name does harm, so only a company is ever named, always as probable, and only on evidence: every known number of the block
belongs to that one company, and there are enough of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import phonenumbers

from callerid.core.numbers.parse import parse_number
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHORTEST_PREFIX = 5  # digits of the national number that the whole block shares
_NEEDED = {2: 2, 3: 3}  # digits that vary in a block -> lines of one company that it must hold
_EXTENSIONS = 4  # digits at the most after the stem of a switchboard's number
_MOST_ZEROS = 3
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.PAGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Numbers with a common prefix, which a company owns if `needed` of its lines are in it.

    With `switchboards` (stem and zeros, as in "+49 89 1234-0") one line is enough: a switchboard that is a company's own number.
    """

    prefix: str
    needed: int
    switchboards: tuple[str, ...] = ()

    @property
    def switchboard(self) -> bool:
        """Return whether one switchboard number of the company is evidence enough."""
        return bool(self.switchboards)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A known line in a block, the row id of its company (None: it has none), and whether it is the company's own number."""

    key: str
    company: int | None
    is_company_number: bool = False


def blocks_of_number(number: str, region: str) -> Iterator[Block]:
    """Yield the blocks that a raw number may belong to, smallest first; none for a mobile, short or unreadable number."""
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
    """Return the row id of the company that probably owns a block, judging by the known lines in it; None if that is not clear."""
    if block.switchboard:
        neighbours = [line for line in neighbours if line.is_company_number and line.key in block.switchboards]
    companies = {line.company for line in neighbours}
    has_enough = len({line.key for line in neighbours}) >= block.needed
    return companies.pop() if has_enough and len(companies) == 1 else None


def is_of_several_companies(neighbours: Sequence[Neighbour]) -> bool:
    """Return whether the known lines of a block belong to several companies; then so do those of any larger block."""
    return len({line.company for line in neighbours}) > 1
