"""What is open with a contact, in one line each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from callerid.core.callers.contact_activity import ContactActivity
from callerid.core.wording.open_matters import deal_line, deals_line, tasks_line, tickets_line
from callerid.models import ActivityKind
from tests.core.people import JA, PILOT, RENEWAL, style


def test_the_first_deal_is_shown_and_the_others_are_counted() -> None:
    assert deals_line((RENEWAL,), style()) == "Renewal 2027 · €12,000 · Contract sent · closes 30 Nov"
    assert deals_line((RENEWAL, PILOT), style()).endswith("(+1 deal)")
    assert deals_line((RENEWAL, PILOT, PILOT), style()).endswith("(+2 deals)")


def test_a_deal_is_to_close_only_while_it_is_open_and_its_date_has_not_passed() -> None:
    passed = replace(RENEWAL, closes=style().now.date() - timedelta(days=3))
    today = replace(RENEWAL, closes=style().now.date())
    assert deal_line(passed, style()).endswith(" · was to close 19 Nov")
    assert deal_line(today, style()).endswith(" · closes 22 Nov")
    assert deal_line(RENEWAL, style(), is_open=False).endswith(" · closed 30 Nov")
    assert deal_line(passed, style(texts=JA)).endswith(" · 11月19日クローズ予定（期限切れ）")
    assert deal_line(RENEWAL, style(texts=JA), is_open=False).endswith(" · 11月30日クローズ")


def test_without_deals_there_is_no_line() -> None:
    assert deals_line((), style()) == ""


def activity(kind: ActivityKind, text: str, *, days: float | None = None, stage: str = "") -> ContactActivity:
    at = None if days is None else style().now + timedelta(days=days)
    return ContactActivity(kind=kind, id="1", at=at, text=text, stage=stage, owner=None)


OVERDUE = activity(ActivityKind.TASKS, "Send the\nprice list", days=-3)
DUE = activity(ActivityKind.TASKS, "Call", days=3)
UNDATED = activity(ActivityKind.TASKS, "")
TICKET = activity(ActivityKind.TICKETS, "Printer is broken", days=-1, stage="Waiting on us")


def test_the_first_task_is_shown_with_when_it_is_due_and_the_others_are_counted() -> None:
    day = (style().now - timedelta(days=3)).day
    assert tasks_line((OVERDUE, TICKET), style()) == f"task: Send the price list · overdue since {day} Nov"
    assert tasks_line((OVERDUE, DUE), style()).endswith(" Nov  (+1 task)")
    assert tasks_line((DUE, OVERDUE, UNDATED), style()).startswith("task: Call · due ")
    assert tasks_line((DUE, OVERDUE, UNDATED), style()).endswith("(+2 tasks)")
    assert tasks_line((UNDATED,), style()) == "task: (no name)"


def test_the_newest_ticket_is_shown_with_its_stage() -> None:
    assert tickets_line((OVERDUE, TICKET), style()) == "ticket: Printer is broken · Waiting on us"
    assert tickets_line((activity(ActivityKind.TICKETS, "New"), TICKET), style()) == "ticket: New  (+1 ticket)"


def test_they_are_said_in_japanese() -> None:
    assert tasks_line((DUE, OVERDUE), style(texts=JA)).startswith("タスク: Call · 11月")
    assert tasks_line((DUE, OVERDUE), style(texts=JA)).endswith("期限（ほか1件）")
    assert deals_line((RENEWAL, PILOT), style(texts=JA)).endswith("クローズ予定（ほか1件）")
    assert tickets_line((TICKET,), style(texts=JA)) == "チケット: Printer is broken · Waiting on us"


def test_without_tasks_or_tickets_there_is_no_line() -> None:
    assert (tasks_line((TICKET,), style()), tickets_line((DUE,), style())) == ("", "")
