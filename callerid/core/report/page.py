"""The figures of a report -> what its page says, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.followup.states import ShownState
from callerid.core.report import charts
from callerid.core.report.layout import ReportPage, Section, Table
from callerid.core.report.report_call import KINDS
from callerid.core.wording import times
from callerid.core.wording.safe_text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from callerid.catalogue import Catalogue
    from callerid.core.report.figures import Figures, Period, Talk
    from callerid.core.report.layout import Health

_CHARTED, _LISTED = 10, 50  # people, companies, deals
_MANY_DAYS, _MANY_HOURS = 2, 24
_RESPONSES = ("quarter", "hour", "four_hours", "day", "later")
_WHY_NOT_LOGGED = (ShownState.UNDECIDED, ShownState.DISMISSED, ShownState.NOT_IN_CRM, ShownState.DEAD)


def report_page(
    figures: Figures, health: Health, first: date, now: datetime, names: Callable[[str], tuple[str, str]], texts: Catalogue
) -> ReportPage:
    """Return the page of a report about the days from `first` to `now` (local). `names` gives name and number of a caller's key."""
    say, counts = texts.say, figures.counts
    period = say("report.period", first=times.day(first, now.date(), texts), last=times.day(now.date(), now.date(), texts))
    median = _span(figures.response_median, texts)
    return ReportPage(
        language=texts.language,
        title=say("report.title"),
        period=period,
        made=say("report.made", date=times.day(now.date(), now.date(), texts), time=times.clock_time(now)),
        tiles=(
            (say("report.calls"), f"{counts.total:,}"),
            *((say(f"report.{kind}"), f"{getattr(counts, kind):,}") for kind in KINDS),
            (say("report.talk"), _talk_time(figures.talk, texts)),
            (say("report.waiting"), f"{len(figures.waiting):,}"),
            (say("report.response"), median),
        ),
        legend=tuple((kind, say(f"report.{kind}")) for kind in KINDS),
        table_word=say("report.table"),
        sections=(
            _days(figures, now, texts),
            _hours(figures, texts),
            _talk("people", figures.people, lambda key: names(key)[0], texts),
            _talk("companies", figures.companies, str, texts),
            _waiting(figures, now, names, texts),
            _responses(figures, median, texts),
            _not_logged(figures, texts),
            _deals(figures, texts),
            _health(figures, health, now, texts),
        ),
    )


def _days(figures: Figures, now: datetime, texts: Catalogue) -> Section:
    names = [_period_name(period.first, figures.step, now, texts) for period in figures.days if period.first]
    whole = [texts.say("report.week", day=name) for name in names] if figures.step == "week" else names
    return _periods("days", figures.step, figures.days, names, whole, texts)


def _period_name(first: date, step: str, now: datetime, texts: Catalogue) -> str:
    if step == "year":
        return texts.say("report.year", year=first.year)
    if step != "month":
        return times.day(first, now.date(), texts)
    return texts.say("report.month", month=texts.say("time.months").split()[first.month - 1], year=first.year)


def _hours(figures: Figures, texts: Catalogue) -> Section:
    names = [texts.say("report.hour", hour=period.hour) for period in figures.hours]
    return _periods("hours", "hour", figures.hours, names, names, texts)


def _periods(
    section: str, step: str, periods: Sequence[Period], names: Sequence[str], whole: Sequence[str], texts: Catalogue
) -> Section:
    """Return a section about periods, which have their names below the chart, and whole ones where there is room."""
    title = texts.say(f"report.by_{step}")
    busiest = max(range(len(periods)), key=lambda place: periods[place].total)
    most = periods[busiest].total
    summary = texts.say("report.busiest", when=whole[busiest], calls=f"{most:,}") if most else texts.say("report.nothing")
    rows = tuple(
        (name, f"{each.total:,}", *(f"{getattr(each, kind):,}" for kind in KINDS))
        for name, each in zip(whole, periods, strict=True)
    )
    head = (texts.say(f"report.when_{step}"), texts.say("report.calls"), *(texts.say(f"report.{kind}") for kind in KINDS))
    return Section(
        id=section,
        title=title,
        summary=summary,
        chart=charts.columns(periods, names) if most else None,
        table=Table(caption=title, head=head, rows=rows, numbers=frozenset(range(1, 5))) if most else None,
    )


def _talk(section: str, talks: Sequence[Talk], name: Callable[[str], str], texts: Catalogue) -> Section:
    title = texts.say(f"report.talk_{section}")
    shown = [(_line(name(talk.key)), talk.seconds, _talk_time(talk.seconds, texts), f"{talk.calls:,}") for talk in talks[:_LISTED]]
    if not shown:
        return Section(id=section, title=title, summary=texts.say("report.nothing"))
    return Section(
        id=section,
        title=title,
        summary=texts.say("report.longest", name=shown[0][0], time=shown[0][2]),
        chart=charts.rows([(who, seconds, time) for who, seconds, time, _ in shown[:_CHARTED]]),
        table=Table(
            caption=_caption(title, len(talks), texts),
            head=(texts.say("report.name"), texts.say("report.talk"), texts.say("report.calls")),
            rows=tuple((who, time, calls) for who, _, time, calls in shown),
            numbers=frozenset((1, 2)),
        ),
    )


def _waiting(figures: Figures, now: datetime, names: Callable[[str], tuple[str, str]], texts: Catalogue) -> Section:
    title = texts.say("report.waiting")
    rows = tuple(
        (*map(_line, names(each.key)), f"{each.calls:,}", times.ago(each.last, now, texts)) for each in figures.waiting[:_LISTED]
    )
    head = tuple(texts.say(f"report.{word}") for word in ("name", "number", "calls", "last"))
    return Section(
        id="waiting",
        title=title,
        summary=texts.say("report.waiting_count", n=f"{len(figures.waiting):,}") if rows else texts.say("report.nobody_waits"),
        table=Table(caption=_caption(title, len(figures.waiting), texts), head=head, rows=rows, numbers=frozenset((2,)))
        if rows
        else None,
    )


def _responses(figures: Figures, median: str, texts: Catalogue) -> Section:
    title, total = texts.say("report.response"), sum(figures.responses)
    items = [
        (texts.say(f"report.within_{name}"), count, f"{count:,}") for name, count in zip(_RESPONSES, figures.responses, strict=True)
    ]
    return Section(
        id="responses",
        title=title,
        summary=texts.say("report.response_median", time=median, n=f"{total:,}") if total else texts.say("report.nothing"),
        chart=charts.rows(items) if total else None,
        table=Table(
            caption=title,
            head=(texts.say("report.within"), texts.say("report.returned")),
            rows=tuple((name, shown) for name, _, shown in items),
            numbers=frozenset((1,)),
        )
        if total
        else None,
    )


def _not_logged(figures: Figures, texts: Catalogue) -> Section:
    counts = figures.not_logged
    total = sum(counts.values())
    rows = tuple((texts.say(f"state.{state}"), f"{counts[state]:,}") for state in _WHY_NOT_LOGGED if state in counts)
    head = (texts.say("report.why"), texts.say("report.calls"))
    return Section(
        id="not-logged",
        title=texts.say("report.not_logged"),
        summary=texts.say("report.not_logged_count", n=f"{total:,}") if total else texts.say("report.all_logged"),
        table=Table(caption=texts.say("report.not_logged"), head=head, rows=rows, numbers=frozenset((1,))) if total else None,
    )


def _deals(figures: Figures, texts: Catalogue) -> Section:
    title = texts.say("report.deals")
    rows = tuple(
        (
            _line(each.deal.name or texts.say("name.none")),
            times.amount(each.deal.amount, each.deal.currency) if each.deal.amount is not None else "",
            f"{each.calls:,}",
            _talk_time(each.seconds, texts),
        )
        for each in figures.deals[:_LISTED]
    )
    head = tuple(texts.say(f"report.{word}") for word in ("deal", "amount", "calls", "talk"))
    return Section(
        id="deals",
        title=title,
        summary=texts.say("report.deals_count", n=f"{len(figures.deals):,}") if rows else texts.say("report.nothing"),
        table=Table(caption=_caption(title, len(figures.deals), texts), head=head, rows=rows, numbers=frozenset((1, 2, 3)))
        if rows
        else None,
    )


def _health(figures: Figures, health: Health, now: datetime, texts: Catalogue) -> Section:
    def since(moment: datetime | None) -> str:
        return times.ago(moment, now, texts) if moment else texts.say("report.never")

    rows = [
        (texts.say("report.last_sync"), since(health.last_sync)),
        (texts.say("report.last_poll"), since(health.last_poll)),
        (texts.say("report.contacts"), f"{health.contacts:,}"),
        (texts.say("report.on_the_way"), f"{health.waiting:,}"),
        *([(texts.say("report.to_withdraw"), f"{health.withdrawals:,}")] if health.withdrawals else []),
        (texts.say("report.refused"), f"{health.refused:,}"),
        (texts.say("report.delivery"), _span(figures.delivery_median, texts)),
        *((texts.say("report.trouble"), _line(trouble)) for trouble in health.troubles),
    ]
    is_well = health.last_sync is not None and not health.troubles and not health.refused
    return Section(
        id="health",
        title=texts.say("report.health"),
        summary=texts.say("report.well" if is_well else "report.not_well"),
        table=Table(
            caption=texts.say("report.health"), head=(texts.say("report.what"), texts.say("report.state")), rows=tuple(rows)
        ),
    )


def _span(span: timedelta | None, texts: Catalogue) -> str:
    """Return a time in the unit that matters, "–" for none."""
    if span is None:
        return "–"
    days, hours = span.days, span // timedelta(hours=1)
    if days >= _MANY_DAYS:
        return texts.say("time.age_days", n=days)
    return texts.say("report.hours", n=f"{hours:,}") if hours >= _MANY_HOURS else times.duration(int(span.total_seconds()), texts)


def _talk_time(seconds: int, texts: Catalogue) -> str:
    """Return a time of work in hours: its days would not be those of a calendar."""
    hours = seconds // 3600
    return texts.say("report.hours", n=f"{hours:,}") if hours >= _MANY_HOURS else times.duration(seconds, texts)


def _caption(title: str, count: int, texts: Catalogue) -> str:
    return title if count <= _LISTED else texts.say("report.first_of", title=title, n=_LISTED, count=f"{count:,}")


def _line(text: str) -> str:
    return " ".join(clean(text, keep="").split())
