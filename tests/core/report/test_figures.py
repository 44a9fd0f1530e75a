"""The figures of a report."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callerid.core.followup.states import ShownState, State
from callerid.core.report import charts
from callerid.core.report.figures import Figures, Period, Talk, WaitingCaller, figures
from callerid.core.report.report_call import LoggedCall, ReportCall, ReportCaller, ReportDeal, kind_of, masked
from callerid.models import Call, CallType
from tests.core.people import EN

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # a Monday
RENEWAL, PILOT = ReportDeal(id="701", name="Renewal", currency="EUR"), ReportDeal(id="702", name="Pilot")
ANA = ReportCaller(key="501", name="Ana López", company="Acme", number="+353871234567", deals=(RENEWAL, PILOT))
BOB = ReportCaller(key="line +33145678900", name="", number="+33145678900")
HIDDEN = ReportCaller(key="", name="Private number")


def call(
    minutes: int,
    caller: ReportCaller = ANA,
    kind: CallType = CallType.INCOMING,
    seconds: int = 60,
    *,
    state: State = State.LOGGED,
    logged: LoggedCall | None = None,
) -> ReportCall:
    start = START + timedelta(minutes=minutes)
    made = Call(key=f"{minutes}", start=start, number=caller.number, type=kind, duration=seconds, sim=None, ordinal=0, name="")
    return ReportCall(call=made, line=caller.key, state=state, logged=logged)


def made(*calls: ReportCall, first: date = date(2026, 11, 2), last: date = date(2026, 11, 3)) -> Figures:
    callers = {each.key: each for each in (ANA, BOB, HIDDEN)}
    return figures(calls, lambda each: callers[each.line], lambda moment: moment, first, last)


def test_each_call_is_of_one_kind_but_a_blocked_one() -> None:
    kinds = [
        (CallType.INCOMING, 60, "answered"),
        (CallType.INCOMING, 0, "missed"),
        (CallType.UNKNOWN, 5, "answered"),
        (CallType.MISSED, 0, "missed"),
        (CallType.REJECTED, 0, "missed"),
        (CallType.VOICEMAIL, 9, "missed"),
        (CallType.OUTGOING, 0, "outgoing"),
        (CallType.BLOCKED, 0, None),
    ]
    assert [kind_of(call(0, kind=kind, seconds=seconds).call) for kind, seconds, _ in kinds] == [kind for *_, kind in kinds]


def test_calls_are_counted_by_day_and_hour_and_days_without_calls_are_there() -> None:
    found = made(
        call(0), call(30, kind=CallType.MISSED, seconds=0), call(60, kind=CallType.OUTGOING), call(61, kind=CallType.BLOCKED)
    )
    assert found.days == (Period(first=date(2026, 11, 2), answered=1, missed=1, outgoing=1), Period(first=date(2026, 11, 3)))
    assert (found.hours[9].total, found.hours[10].outgoing, len(found.hours)) == (2, 1, 24)
    assert found.counts.total == 3
    assert found.talk == 120


@pytest.mark.parametrize(
    ("last", "step", "bars", "second"),
    [
        (date(2026, 12, 2), "day", 31, date(2026, 11, 3)),
        (date(2026, 12, 3), "week", 5, date(2026, 11, 9)),
        (date(2027, 11, 1), "month", 13, date(2026, 12, 1)),
        (date(2029, 11, 30), "month", 37, date(2026, 12, 1)),
        (date(2029, 12, 1), "year", 4, date(2027, 1, 1)),
    ],
)
def test_a_long_time_is_shown_by_weeks_months_or_years(last: date, step: str, bars: int, second: date) -> None:
    found = made(call(0), last=last)
    assert (found.step, len(found.days), found.days[1].first) == (step, bars, second)
    assert found.days[0].answered == 1


@settings(max_examples=25)
@given(st.integers(0, 32 * 365))
def test_a_report_never_has_more_bars_than_a_screen_has_room_for(days: int) -> None:
    found = made(call(0), first=date(2008, 1, 1), last=date(2008, 1, 1) + timedelta(days=days))
    assert len(found.days) <= 37


def test_talk_time_is_added_for_people_and_companies_longest_first() -> None:
    found = made(call(0, BOB, seconds=100), call(1, seconds=50), call(2, seconds=70), call(3, kind=CallType.MISSED, seconds=0))
    assert found.people == (Talk(key="501", seconds=120, calls=2), Talk(key=BOB.key, seconds=100, calls=1))
    assert found.companies == (Talk(key="Acme", seconds=120, calls=2),)


def test_who_was_missed_waits_until_called_back_and_the_time_counts_from_the_first_call() -> None:
    missed = CallType.MISSED
    found = made(
        call(0, kind=missed, seconds=0),
        call(10, kind=missed, seconds=0),
        call(20, kind=CallType.OUTGOING, seconds=0),
        call(30, BOB, missed, 0),
        call(31, HIDDEN, missed, 0),
        call(40),
    )
    assert found.waiting == (WaitingCaller(key=BOB.key, calls=1, last=START + timedelta(minutes=30)),)
    assert found.responses == (0, 1, 0, 0, 0)
    assert found.response_median == timedelta(minutes=20)
    assert made().response_median is None


def test_what_is_not_logged_is_counted_by_its_state_and_what_is_on_its_way_is_not() -> None:
    states = (State.OPEN, State.NOTIFIED, State.DISMISSED, State.DISMISSED, State.QUEUED, State.LOGGED, State.BASELINE)
    found = made(*(call(place, state=state) for place, state in enumerate(states)))
    assert found.not_logged == {ShownState.UNDECIDED: 2, ShownState.DISMISSED: 2}


def test_a_call_touches_the_deal_that_it_was_logged_with_else_those_of_its_person() -> None:
    about_pilot = LoggedCall(contact_id="501", deal_id="702", delivery_seconds=4)
    found = made(
        call(0, logged=about_pilot),
        call(1, logged=LoggedCall(contact_id="501", deal_id="", delivery_seconds=None)),
        call(2, kind=CallType.MISSED, seconds=0),
        call(3, BOB),
    )
    assert [(each.deal.id, each.calls, each.seconds) for each in found.deals] == [("702", 2, 120), ("701", 1, 60)]
    assert found.delivery_median == timedelta(seconds=4)


def test_masked_callers_keep_who_is_the_same_and_nothing_else() -> None:
    people = masked([ANA, BOB, HIDDEN], EN)
    assert people["501"] == ReportCaller(
        key="501",
        name="Person 1",
        company="Company 1",
        number="…67",
        deals=(ReportDeal(id="701", name="Deal 1"), ReportDeal(id="702", name="Deal 2")),
    )
    assert (people[BOB.key].name, people[BOB.key].company, people[""].name, people[""].number) == (
        "Person 2",
        "",
        "Private number",
        "",
    )


def test_a_scale_ends_at_an_even_number_above_its_bars() -> None:
    assert [charts.scale_top(most) for most in (0, 1, 2, 3, 7, 10, 11, 45, 99, 101, 12_345)] == [
        *(2, 2, 2, 4, 8, 10, 20, 60, 100, 200, 20_000),
    ]


def test_bars_stand_on_each_other_within_the_chart_and_some_are_named() -> None:
    chart = charts.columns(
        [Period(first=None, hour=hour, answered=hour, missed=1) for hour in range(24)], [f"{h}" for h in range(24)]
    )
    assert all(rect.x >= charts.LEFT and rect.x + rect.width <= charts.WIDTH for rect in chart.rects)
    assert all(rect.y >= 0 and rect.y + rect.height <= chart.height for rect in chart.rects)
    assert len([rect for rect in chart.rects if rect.kind == "missed"]) == 24
    assert [label.text for label in chart.labels] == ["40", "20", "0", "3", "9", "15", "21"]
    assert chart.has_kinds
    assert charts.columns([], []).rects == ()


def test_the_longest_row_is_as_wide_as_the_chart_and_a_long_name_is_cut() -> None:
    chart = charts.rows([("佐藤" * 20, 10, "10 s"), ("Bob", 0, "0 s")])
    assert [rect.width for rect in chart.rects] == [charts.WIDTH, 1]
    assert chart.labels[0].text.endswith("藤…")
    assert not chart.has_kinds
    assert charts.rows([]).height > 0
