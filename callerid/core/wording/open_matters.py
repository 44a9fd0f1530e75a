"""What is open with a contact: deals, tasks and tickets, in one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.wording import safe_text, times
from callerid.models import ActivityKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from callerid.core.callers.candidate import OpenDeal
    from callerid.core.callers.contact_activity import ContactActivity
    from callerid.core.wording.style import TextStyle

_WITH_ONE_MORE = 2


def deals_line(deals: tuple[OpenDeal, ...], style: TextStyle) -> str:
    """Return `Renewal 2027 · €12,000 · Contract sent · closes 30 Nov  (+1 deal)` for open deals, the most urgent first; "" for
    none."""
    if not deals:
        return ""
    line = deal_line(deals[0], style)
    if len(deals) == 1:
        return line
    more = "ring.more_deals" if len(deals) == _WITH_ONE_MORE else "ring.more_deals_plural"
    return style.texts.say("ring.with_more", line=line, more=style.texts.say(more, count=len(deals) - 1))


def deal_line(deal: OpenDeal, style: TextStyle, *, is_open: bool = True) -> str:
    """Return a deal's name, amount, stage and closing date, as far as they are known."""
    parts = [deal.name or style.texts.say("name.none")]
    if deal.amount is not None:
        parts.append(times.amount(deal.amount, deal.currency))
    if deal.stage_label:
        parts.append(deal.stage_label)
    if deal.closes:
        today = style.now.date()
        key = "ring.closed" if not is_open else "ring.closes" if deal.closes >= today else "ring.closes_late"
        parts.append(style.texts.say(key, date=times.day(deal.closes, today, style.texts)))
    return " · ".join(parts)


def tasks_line(activities: Sequence[ContactActivity], style: TextStyle) -> str:
    """Return `task: Send the offer · overdue since 3 Nov  (+1 task)` for open tasks, the one that is due first; "" for none."""
    tasks = [activity for activity in activities if activity.kind is ActivityKind.TASKS]
    return _first_and_count(tasks, task_text, "task", style)


def tickets_line(activities: Sequence[ContactActivity], style: TextStyle) -> str:
    """Return `ticket: Printer is broken · Waiting on us  (+1 ticket)` for open tickets, the newest; "" for none."""
    tickets = [activity for activity in activities if activity.kind is ActivityKind.TICKETS]
    return _first_and_count(tickets, ticket_text, "ticket", style)


def _first_and_count(
    listed: Sequence[ContactActivity], text: Callable[[ContactActivity, TextStyle], str], name: str, style: TextStyle
) -> str:
    if not listed:
        return ""
    line = style.texts.say(f"ring.{name}", text=text(listed[0], style))
    if len(listed) == 1:
        return line
    more = f"ring.more_{name}s" if len(listed) == _WITH_ONE_MORE else f"ring.more_{name}s_plural"
    return style.texts.say("ring.with_more", line=line, more=style.texts.say(more, count=len(listed) - 1))


def task_text(task: ContactActivity, style: TextStyle) -> str:
    """Return a task's subject, and when it is or was due."""
    subject = safe_text.title(task.text) or style.texts.say("name.none")
    if task.at is None:
        return subject
    key = "ring.overdue" if task.at < style.now else "ring.due"
    due = times.day(task.at.astimezone(style.now.tzinfo).date(), style.now.date(), style.texts)
    return f"{subject} · {style.texts.say(key, date=due)}"


def ticket_text(ticket: ContactActivity, style: TextStyle) -> str:
    """Return a ticket's subject and stage."""
    subject = safe_text.title(ticket.text) or style.texts.say("name.none")
    return f"{subject} · {safe_text.title(ticket.stage)}" if ticket.stage else subject
