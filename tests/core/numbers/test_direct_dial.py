"""Direct-dial ranges of companies, and kinds of lines."""

from __future__ import annotations

import pytest

from callerid.core import numbers
from callerid.core.numbers import direct_dial
from callerid.core.numbers.direct_dial import Neighbour


def company_of(number: str, *known_lines: Neighbour, region: str = "DE") -> int | None:
    for block in direct_dial.blocks_of_number(number, region):
        inside = [line for line in known_lines if line.key.startswith(block.prefix)]
        company = direct_dial.company_of_block(block, inside)
        if company is not None:
            return company
        if not block.switchboard and direct_dial.is_of_several_companies(inside):
            return None
    return None


def test_a_switchboards_stem_and_zeros_name_its_company() -> None:
    board = Neighbour("+498912340", 601, is_company_number=True)
    assert company_of("+49 89 1234 567", board) == 601
    assert company_of("+49 89 1234 56", board) == 601
    assert company_of("+49 89 1299 567", board) is None
    assert company_of("+1 415 555 0177", Neighbour("+14155550100", 7, is_company_number=True), region="US") == 7


def test_two_lines_of_one_company_make_the_block_around_them_its_range() -> None:
    lines = (Neighbour("+4989123411", 601), Neighbour("+4989123412", 601))
    assert company_of("+49 89 123419", *lines) == 601
    assert company_of("+49 89 123419", lines[0]) is None
    assert company_of("+49 89 123419", *lines, Neighbour("+4989123413", 602)) is None
    assert company_of("+49 89 123419", *lines, Neighbour("+4989123413", None)) is None


def test_mobile_numbers_short_numbers_and_extensions_have_no_range() -> None:
    for number in ("+353 87 123 4567", "110", "", "+49 89 123456 ext. 7"):
        assert list(direct_dial.blocks_of_number(number, "DE")) == []
    assert all(len(block.prefix) >= 8 for block in direct_dial.blocks_of_number("+49 89 12345", "DE"))


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("+353871234567", "mobile"),
        ("+498912345678", "fixed"),
        ("+14155550100", "fixed_or_mobile"),
        ("+448001111", "toll_free"),
        ("112", ""),
    ],
)
def test_the_kind_of_a_line_is_given_by_the_numbering_plan(number: str, kind: str) -> None:
    assert numbers.line_type(number, "DE") == kind
