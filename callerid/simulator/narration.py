"""What happens on a desk, as a person would see it: one line, or a picture, for each entry of the phone's journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.simulator.phone import screen
from callerid.simulator.phone.shown import dialog_of, notification_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callerid.simulator.portal import HeldCall, HeldTask

_CANCELLED = -2


def narrate(entry: dict[str, Any]) -> str:
    """Return what a person at the phone would notice of an entry of the journal, or ""."""
    match entry:
        case {"ringing": number, "kind": "OUTGOING"}:
            return f"(the phone dials {number})"
        case {"ringing": number}:
            return f"(the phone rings: {number or 'number withheld'})"
        case {"answered": _}:
            return "(the call is answered)"
        case {"logged": row}:
            return f"(the call is over: {row['type'].lower()}, {row['duration']} s)"
        case {"shown": shown}:
            return screen.card(notification_of(shown))
        case {"removed": _}:
            return "(the notification goes away)"
        case {"dialog": dialog}:
            return screen.box(dialog_of(dialog))
        case {"answered_dialog": _, "answer": answer}:
            return f"(answered: {_what(answer)})" if answer["text"] or answer["code"] != _CANCELLED else "(cancelled)"
        case {"tapped": button}:
            return f"(tap: {button})"
        case {"replied": text}:
            return f"(typed into the notification: {text})"
        case {"dialled": number}:
            return f"(Android dials {number})"
        case {"opened": url}:
            return f"(the browser opens {url})"
        case {"spoken": words}:
            return f"(the phone says: {words})"
        case {"not_drawn": title}:
            return f"(Android does not draw the dialog {title!r}; its command waits forever)"
    return ""


def _what(answer: dict[str, Any]) -> str:
    return str(answer["text"]) or ("not understood" if "error" in answer else "nothing")


def table(calls: Iterable[HeldCall]) -> str:
    """Return the calls that the portal holds as a table for people."""
    return "\n".join(f"{number}. {_call(call)}" for number, call in enumerate(calls, start=1)) or "(no calls)"


def _call(call: HeldCall) -> str:
    minutes, seconds = divmod(call.duration_ms // 1000, 60)
    return (
        f"{call.start}  {call.direction.lower():<8}  {minutes}:{seconds:02} min  {call.disposition}\n"
        f"   {call.title}; {call.from_number} to {call.to_number}; by {call.owner}\n"
        f"   linked to {_linked(call)}" + (f"; note: {call.note}" if call.note else "")
    )


def task_table(tasks: Iterable[HeldTask]) -> str:
    """Return the tasks that the portal holds as a table for people."""
    return "\n".join(f"{number}. {_task(task)}" for number, task in enumerate(tasks, start=1)) or "(no tasks)"


def _task(task: HeldTask) -> str:
    return f"due {task.due}  {task.subject}; for {task.owner}; linked to {_linked(task)}"


def _linked(held: HeldCall | HeldTask) -> str:
    return ", ".join((*held.contacts, *held.companies, *held.deals)) or "nothing"
