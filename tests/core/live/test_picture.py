"""The picture of `callerid watch` fits every terminal, and shows what matters first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callerid.cli.live.contents import ROW_NAMES
from callerid.core.live.picture import Fact, LineStyle, Picture, picture_lines
from callerid.core.wording.table import padded, places
from callerid.translation import in_language
from tests.core.people import EN, JA
from tests.core.wording.test_person_text import CALL

HOSTILE = "Zoé\x1b]0;pwned\x07\x1b[2J\u202e株式会社 " * 9
PICTURE = Picture(
    title="callerid  14:05",
    facts=(
        Fact(name="hearing", says="yes, by telephony"),
        Fact(name="TROUBLE", says=HOSTILE, is_trouble=True),
        Fact(name="a long name", says=""),
    ),
    calls=tuple(replace(CALL, who=f"Caller {number}") for number in range(30)),
)


@pytest.mark.parametrize("columns", [1, 9, 40, 80, 120])
@pytest.mark.parametrize("rows", [1, 4, 12, 50])
@pytest.mark.parametrize("texts", [EN, JA])
def test_no_picture_is_larger_than_the_terminal_nor_moves_its_cursor(columns: int, rows: int, texts: object) -> None:
    picture = replace(PICTURE, title=HOSTILE, calls=(replace(CALL, who=HOSTILE), *PICTURE.calls))
    lines = picture_lines(picture, columns, rows, "q: leave", texts)  # type: ignore[arg-type]
    assert len(lines) <= rows
    assert all(places(line.text) <= columns and line.text.isprintable() for line in lines)


def test_a_full_screen_has_facts_then_calls_then_the_footer() -> None:
    lines = picture_lines(PICTURE, 40, 20, "q: leave", EN)
    assert [line.text for line in lines[:2]] == ["callerid  14:05", "hearing yes, by telephony"]
    assert [line.style for line in lines[:3]] == [LineStyle.TITLE, LineStyle.PLAIN, LineStyle.TROUBLE]
    assert (lines[4].text[:8].strip(), lines[4].text.endswith("…")) == ("", True)  # the last of a fact's three lines
    assert (len(lines), lines[-1].text, lines[-1].style) == (19, "q: leave", LineStyle.DIM)
    assert [line.text for line in lines[6:8]] == ["k  11-22 13:00  → 3:12", "  Caller 0  logged"]


def test_on_a_small_screen_facts_give_way_to_three_calls() -> None:
    lines = [line.text for line in picture_lines(PICTURE, 80, 7, "q: leave", EN)]
    assert [f"Caller {number}" in line for number, line in enumerate(lines[3:6])] == [True] * 3
    narrow = [line.text for line in picture_lines(PICTURE, 40, 10, "q: leave", EN)]
    assert [f"Caller {number}" in line for number, line in enumerate(narrow[4:9:2])] == [True] * 3
    assert lines[1].startswith("hearing")
    assert len(picture_lines(replace(PICTURE, calls=()), 40, 7, "", EN)) == 6


@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_name_of_each_row_is_shown_whole_in_both_languages(language: str, columns: int) -> None:
    names = [in_language(name, language) for name in ROW_NAMES.values()]
    picture = Picture(title="callerid", facts=tuple(Fact(name=name, says="5 calls") for name in names), calls=())
    rows = [line.text for line in picture_lines(picture, columns, 50, "", EN)[1 : len(names) + 1]]
    assert rows == [f"{padded(name, max(map(places, names)))} 5 calls" for name in names]
