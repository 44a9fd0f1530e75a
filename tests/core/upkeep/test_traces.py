"""A person is recognised in a line of a log, however it writes their name and number."""

from __future__ import annotations

import pytest

from callerid.core.upkeep.traces import traces

ZOE = traces(names=["Zoe Quixote", ""], numbers=["+353 87 765 4321", "112"], keys=["a1b2c3"], contacts=["5001"])


@pytest.mark.parametrize(
    "line",
    [
        "ring from +353 87 765 4321: known",
        "ring from 0877654321",
        "ring from (087) 765-4321",
        "ring from …21: known",
        "Zoe Quixote rang",
        "call a1b2c3: open",
        "GET /contacts/5001: 404",
        "dialled 112",
    ],
)
def test_a_line_about_a_person_is_recognised(line: str) -> None:
    assert ZOE.are_in(line)


@pytest.mark.parametrize(
    "line", ["", "ring from +353 87 765 4322", "GET /contacts/50012", "ring from …22: known", "Zoe rang", "a1b2"]
)
def test_a_line_about_somebody_else_is_not(line: str) -> None:
    assert not ZOE.are_in(line)
