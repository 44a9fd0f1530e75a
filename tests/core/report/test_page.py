"""What a report's page says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from callerid.core.followup.states import ShownState
from callerid.core.report.figures import Figures, Period, Talk, TouchedDeal, WaitingCaller
from callerid.core.report.layout import Health, ReportPage, Section
from callerid.core.report.page import report_page
from callerid.core.report.report_call import ReportDeal
from tests.core.people import EN, JA

if TYPE_CHECKING:
    from callerid.catalogue import Catalogue

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
NOTHING = Figures(
    days=(Period(first=date(2026, 11, 29)),),
    step="day",
    hours=tuple(Period(first=None, hour=hour) for hour in range(24)),
    people=(),
    companies=(),
    waiting=(),
    not_logged={},
    responses=(0, 0, 0, 0, 0),
    response_median=None,
    deals=(),
    delivery_median=None,
)
HEALTHY = Health(last_sync=NOW - timedelta(hours=1), last_poll=NOW, contacts=1234, waiting=0, withdrawals=0, refused=0, troubles=())
MUCH = Figures(
    days=(Period(first=date(2025, 12, 1), answered=1200, missed=300), Period(first=date(2026, 1, 1), outgoing=9)),
    step="month",
    hours=tuple(Period(first=None, hour=hour, answered=hour) for hour in range(24)),
    people=tuple(Talk(key=f"{place}", seconds=400_000 - place, calls=3) for place in range(60)),
    companies=(Talk(key="Acme", seconds=75, calls=1),),
    waiting=(WaitingCaller(key="7", calls=2, last=NOW - timedelta(days=1)),),
    not_logged={ShownState.UNDECIDED: 3, ShownState.DEAD: 1},
    responses=(1, 2, 0, 0, 4),
    response_median=timedelta(hours=30),
    deals=(
        TouchedDeal(deal=ReportDeal(id="1", name="Renewal", amount=Decimal(12000), currency="EUR"), calls=3, seconds=60),
        TouchedDeal(deal=ReportDeal(id="2", name=""), calls=1, seconds=4000),
    ),
    delivery_median=timedelta(seconds=3),
)


def made(figures: Figures, health: Health = HEALTHY, texts: Catalogue = EN) -> ReportPage:
    return report_page(figures, health, figures.days[0].first or NOW.date(), NOW, lambda key: (f"Person\n{key}", f"n{key}"), texts)


def part(page: ReportPage, name: str) -> Section:
    return next(section for section in page.sections if section.id == name)


def rows(page: ReportPage, name: str) -> tuple[tuple[str, ...], ...]:
    table = part(page, name).table
    assert table
    return table.rows


def test_a_time_without_calls_says_so_in_every_part() -> None:
    page = made(NOTHING)
    assert (page.period, page.made) == ("29 Nov to 29 Nov", "made on 29 Nov at 12:00")
    assert [section.id for section in page.sections if section.chart] == []
    assert [section.id for section in page.sections if section.table] == ["health"]
    assert part(page, "waiting").summary == "Nobody waits for a call back."
    assert part(page, "not-logged").summary == "Every call is logged or on its way."
    assert part(page, "health").summary == "All works."
    assert dict(page.tiles)["Response time"] == "–"


def test_a_busy_time_is_told_with_its_tables() -> None:
    page = made(MUCH)
    assert dict(page.tiles) == {
        "Calls": "276",
        "Answered": "276",
        "Missed": "0",
        "Outgoing": "0",
        "Talk time": "6,666 h",
        "Not called back": "1",
        "Response time": "30 h",
    }
    assert rows(page, "days") == (("Dec 2025", "1,500", "1,200", "300", "0"), ("Jan 2026", "9", "0", "0", "9"))
    assert part(page, "days").summary == "Busiest: Dec 2025, 1,500 calls."
    assert rows(page, "people")[0] == ("Person 0", "111 h", "3")
    people = part(page, "people")
    assert people.table
    assert (len(people.table.rows), people.table.caption, people.is_open) == (50, "Talk time by person: the first 50 of 60", False)
    assert people.chart
    assert len(people.chart.rects) == 10
    assert rows(page, "companies") == (("Acme", "1 min 15 s", "1"),)
    assert rows(page, "waiting") == (("Person 7", "n7", "2", "yesterday"),)
    assert part(page, "waiting").is_open
    assert rows(page, "responses")[4] == ("later", "4")
    assert rows(page, "not-logged") == (("undecided", "3"), ("refused by the CRM", "1"))
    assert rows(page, "deals") == (("Renewal", "€12,000", "3", "1 min 0 s"), ("(no name)", "", "1", "1 h 6 min"))


def test_what_is_out_of_order_is_told_with_its_remedy() -> None:
    page = made(
        MUCH,
        Health(last_sync=None, last_poll=None, contacts=0, waiting=2, withdrawals=3, refused=1, troubles=("No network.\x1b[2J",)),
    )
    assert part(page, "health").summary == "Something is out of order."
    assert rows(page, "health")[0] == ("Last sync", "never")
    assert rows(page, "health")[-1] == ("Trouble", "No network. [2J")
    assert (
        made(MUCH, Health(last_sync=NOW, last_poll=NOW, contacts=0, waiting=0, withdrawals=0, refused=1, troubles=()))
        .sections[-1]
        .summary
        != "All works."
    )


def test_a_phone_that_has_never_synced_is_not_well() -> None:
    assert part(made(NOTHING, replace(HEALTHY, last_sync=None)), "health").summary == "Something is out of order."


def test_a_long_wait_is_told_in_days_and_the_page_is_in_the_persons_language() -> None:
    page = made(replace(MUCH, response_median=timedelta(days=3, hours=1)), texts=JA)
    assert (page.language, page.title, page.period) == ("ja", "通話レポート", "2025年12月1日〜11月29日")
    assert rows(page, "days")[0][0] == "2025年12月"
    assert dict(page.tiles)["折り返しまでの時間"] == "3日"


def test_a_week_is_not_called_by_one_of_its_days() -> None:
    weeks = replace(NOTHING, step="week", days=(Period(first=date(2026, 11, 23)), Period(first=date(2026, 11, 30), answered=7)))
    told = {texts.language: part(made(weeks, texts=texts), "days") for texts in (EN, JA)}
    assert (told["en"].summary, told["ja"].summary) == ("Busiest: week of 30 Nov, 7 calls.", "最も多いのは11月30日の週で7件です。")
    tables = [told[language].table for language in ("en", "ja")]
    assert [table and (table.head[0], table.rows[1][0]) for table in tables] == [("Week", "week of 30 Nov"), ("週", "11月30日の週")]


def test_years_are_told_in_both_languages() -> None:
    years = replace(NOTHING, step="year", days=(Period(first=date(2025, 1, 1)), Period(first=date(2026, 1, 1), answered=7)))
    sections = [part(made(years, texts=texts), "days") for texts in (EN, JA)]
    told = [(each.title, each.table.head[0], each.table.rows[1][0]) for each in sections if each.table]
    assert told == [("Calls by year", "Year", "2026"), ("年別の通話", "年", "2026年")]
