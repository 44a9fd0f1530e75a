"""What happens on a desk, told as a person would see it: one line, or a picture, for each entry of the phone's journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.simulator.phone import screen
from callerid.simulator.phone.handset import Asked, Shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callerid.simulator.portal import HeldCall


def told(entry: dict[str, Any]) -> str:
    """Given an entry of the journal, return what a person at the phone would notice, or ""."""
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
            return screen.card(_shown(shown))
        case {"removed": _}:
            return "(the notification goes away)"
        case {"dialog": asked}:
            return screen.box(_asked(asked))
        case {"answered_dialog": _, "answer": answer}:
            return f"(answered: {answer['text'] or 'nothing'})" if answer["code"] != -2 else "(cancelled)"  # noqa: PLR2004
        case {"tapped": button}:
            return f"(tap: {button})"
        case {"dialled": number}:
            return f"(Android dials {number})"
        case {"opened": url}:
            return f"(the browser opens {url})"
        case {"spoken": words}:
            return f"(the phone says: {words})"
        case {"not_drawn": title}:
            return f"(Android does not draw the dialog {title!r}; its command waits for ever)"
    return ""


def _shown(said: dict[str, Any]) -> Shown:
    return Shown(
        id=said["id"],
        title=said["title"],
        content=said["content"],
        buttons=tuple(button["label"] for button in said["buttons"]),
        priority=said["priority"],
        group=said["group"],
    )


def _asked(said: dict[str, Any]) -> Asked:
    return Asked(id=said["id"], widget=said["widget"], title=said["title"], labels=tuple(said["labels"]), hint=said["hint"])


def table(calls: Iterable[HeldCall]) -> str:
    """Given the calls that the portal holds, return them as a table for people."""
    lines = []
    for number, call in enumerate(calls, start=1):
        minutes, seconds = divmod(call.duration_ms // 1000, 60)
        linked = ", ".join((*call.contacts, *call.companies, *call.deals))
        lines.append(f"{number}. {call.start}  {call.direction.lower():<8}  {minutes}:{seconds:02} min  {call.disposition}")
        lines.append(f"   {call.title}; {call.from_number} to {call.to_number}; by {call.owner}")
        lines.append(f"   linked to {linked}" + (f"; note: {call.note}" if call.note else ""))
    return "\n".join(lines) or "(no calls)"
