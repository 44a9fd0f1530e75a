"""Open deals in one line."""

from __future__ import annotations

from callerid.core.wording.deals import deals_line
from tests.core.people import PILOT, RENEWAL, style


def test_the_first_deal_is_shown_and_the_others_are_counted() -> None:
    assert deals_line((RENEWAL,), style()) == "Renewal 2027 · €12,000 · Contract sent · closes 30 Nov"
    assert deals_line((RENEWAL, PILOT), style()).endswith("(+1 deal)")
    assert deals_line((RENEWAL, PILOT, PILOT), style()).endswith("(+2 deals)")


def test_without_deals_there_is_no_line() -> None:
    assert deals_line((), style()) == ""
