"""The table of docs/reliability.md is complete, and so is what makes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.soak.hostile import ALL_KINDS, DAMAGED
from tests.soak.reliability import BEGIN, END, Measured, measure_all, replace_table

if TYPE_CHECKING:
    from collections.abc import Sequence

DOCUMENT = Path(__file__).parents[2] / "docs/reliability.md"


def rows() -> Sequence[Sequence[str]]:
    table = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()[2:]]


def test_the_table_has_every_kind_of_fault_there_is() -> None:
    assert [kind for kind, *_ in rows()] == list(ALL_KINDS)


def test_every_kind_was_tried_and_nothing_was_lost_or_doubled() -> None:
    for kind, tried, lost, doubled, _, well in rows():
        assert int(tried) >= 10, kind
        assert (lost, doubled) == ("0", "0"), kind
        assert well not in ("", "not said"), kind


@pytest.mark.parametrize("kind", ["CRM: 477", "phone: disk full", "phone: config edited", *(f"phone: {kind}" for kind in DAMAGED)])
def test_a_fault_by_itself_is_said_and_over_again(kind: str) -> None:
    (measured,) = measure_all(2 if kind != "phone: config edited" else 6, 17, (kind,))
    assert measured.holds, measured.tally.wrong
    assert measured.told
    assert max(measured.well) < 3600


@pytest.mark.parametrize(
    ("tried", "well", "lost", "holds"), [(2, 2, 0, True), (0, 0, 0, False), (2, 1, 0, False), (2, 2, 1, False)]
)
def test_a_kind_holds_if_it_was_tried_and_well_again_each_time_and_nothing_was_lost(
    tried: int, well: int, lost: int, holds: bool
) -> None:
    measured = Measured("CRM: 502", tried=tried, well=[5.0, 200.0][:well])
    measured.tally.lost.update([""] * lost)
    assert measured.holds is holds


def test_a_row_tells_the_median_and_the_longest_time() -> None:
    measured = Measured("CRM: 502", tried=3, told=[0.0], well=[5.0, 5.0, 200.0])
    assert measured.row == "| CRM: 502 | 3 | 0 | 0 | at once (1 of 3) | 5 s, at most 3 min |"


def test_the_table_of_a_document_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    document = tmp_path / "document.md"
    document.write_text(f"before\n{BEGIN}\n\nold\n\n{END}\nafter\n", encoding="utf-8")
    replace_table(document, ["| new |"])
    assert document.read_text(encoding="utf-8") == f"before\n{BEGIN}\n\n| new |\n\n{END}\nafter\n"
