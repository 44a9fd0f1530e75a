"""Whether a full sync reads exports or lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callerid.core.sync.by_export import ExportTrouble, counts_differ, is_worth_it, longest_wait, may_be_tried, requests_by_list
from callerid.models import Totals

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def trouble(*, token: str = "t", hours: float = 1.0) -> ExportTrouble:  # noqa: S107 - no token
    return ExportTrouble(why="It waits.", remedy="", at=NOW - timedelta(hours=hours), token=token)


@pytest.mark.parametrize(
    ("via", "before", "tried"),
    [
        ("auto", None, True),
        ("auto", trouble(), False),
        ("auto", trouble(hours=25), True),
        ("auto", trouble(hours=-1), True),  # a clock that was wrong
        ("auto", trouble(token="another"), True),
        ("export", trouble(), True),
        ("list", None, False),
    ],
)
def test_exports_are_not_asked_for_again_on_the_day_on_which_there_was_none(
    via: str, before: ExportTrouble | None, tried: bool
) -> None:
    assert may_be_tried(via, before, "t", NOW) is tried


@pytest.mark.parametrize(
    ("via", "contacts", "worth_it"), [("auto", 9_900, False), ("auto", 9_901, True), ("export", 1, True), ("auto", 0, False)]
)
def test_an_export_is_worth_it_from_a_hundred_requests_on(via: str, contacts: int, worth_it: bool) -> None:
    assert is_worth_it(via, Totals(contacts=contacts)) is worth_it


def test_lists_take_a_request_for_each_hundred_of_a_kind() -> None:
    assert requests_by_list(Totals(contacts=20_000, companies=2_001, deals=1)) == 200 + 21 + 1


def test_an_export_is_waited_for_no_longer_than_lists_take_unless_it_was_asked_for() -> None:
    assert (longest_wait("auto", 27.0), longest_wait("auto", 1.0), longest_wait("export", 27.0)) == (27.0, 20.0, 600.0)


@pytest.mark.parametrize(
    ("rows", "counted", "differ"), [(100, 100, False), (90, 100, False), (89, 100, True), (9_900, 10_001, True)]
)
def test_a_few_records_may_have_come_or_gone(rows: int, counted: int, differ: bool) -> None:
    assert counts_differ(rows, counted) is differ
    assert counts_differ(rows, counted) is counts_differ(counted, rows) or rows > 1_000


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", '{"at": "yesterday"}', '{"at": 3}'])
def test_a_trouble_that_cannot_be_read_is_none(text: str) -> None:
    assert ExportTrouble.of_text(text) is None


def test_a_trouble_is_read_as_it_was_written() -> None:
    assert ExportTrouble.of_text(trouble().to_text()) == trouble()
