"""What happens on a desk, as a person would see it: one line, or a picture, for each entry of the phone's journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.catalogue import load
from callerid.messages import Message, joined, message
from callerid.simulator.phone import screen
from callerid.simulator.phone.shown import dialog_of, notification_of
from callerid.translation import in_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from callerid.simulator.portal import HeldCall, HeldTask

_CANCELLED = -2
_KINDS = {
    "INCOMING": message("incoming"),
    "OUTGOING": message("outgoing"),
    "MISSED": message("missed"),
    "REJECTED": message("declined"),
    "VOICEMAIL": message("voicemail"),
    "INBOUND": message("incoming"),
    "OUTBOUND": message("outgoing"),
}


def narrate(entry: dict[str, Any], language: str = "en") -> str:
    """Return what a person at the phone would notice of an entry of the journal, or ""."""
    match entry:
        case {"shown": shown}:
            return screen.card(notification_of(shown), language)
        case {"dialog": dialog}:
            return screen.box(dialog_of(dialog), language)
    event = _event(entry)
    return in_language(event, language) if event else ""


def _event(entry: dict[str, Any]) -> Message | None:
    match entry:
        case {"ringing": number, "kind": "OUTGOING"}:
            return message("(the phone dials {number})", number=number)
        case {"ringing": number}:
            return message("(the phone rings: {number})", number=number or message("number withheld"))
        case {"answered": _}:
            return message("(the call is answered)")
        case {"logged": row}:
            kind = _KINDS.get(row["type"], row["type"].lower())
            return message("(the call is over: {kind}, {seconds} s)", kind=kind, seconds=row["duration"])
        case {"removed": _}:
            return message("(the notification goes away)")
        case {"answered_dialog": _, "answer": answer} if answer["text"] or answer["code"] != _CANCELLED:
            return message("(answered: {what})", what=_what(answer))
        case {"answered_dialog": _}:
            return message("(cancelled)")
        case {"tapped": button}:
            return message("(tap: {button})", button=button)
        case {"replied": text}:
            return message("(typed into the notification: {text})", text=text)
        case {"dialled": number}:
            return message("(Android dials {number})", number=number)
        case {"opened": url}:
            return message("(the browser opens {url})", url=url)
        case {"spoken": words}:
            return message("(the phone says: {words})", words=words)
        case {"not_drawn": title}:
            return message("(Android does not draw the dialog {title!r}; its command waits forever)", title=title)
    return None


def _what(answer: dict[str, Any]) -> str:
    return str(answer["text"]) or (message("not understood") if "error" in answer else message("no text"))


def table(calls: Iterable[HeldCall], language: str = "en") -> str:
    """Return the calls that the portal holds as a table for people."""
    texts = load(language).texts
    listed = [f"{number}. {in_language(_call(call, texts), language)}" for number, call in enumerate(calls, start=1)]
    return "\n".join(listed) or in_language(message("(no calls)"), language)


def _call(call: HeldCall, texts: Mapping[str, str]) -> str:
    outcome = f"outcome.{call.disposition.lower().replace(' ', '-')}"  # HubSpot's own ones have a name in each language
    minutes, seconds = divmod(call.duration_ms // 1000, 60)
    of_call = message(
        "{start}  {direction}  {length} min  {outcome}\n   {title}; from {from_number} to {to_number}; by {owner}\n"
        "   linked to {linked}",
        start=call.start,
        direction=_KINDS.get(call.direction, call.direction.lower()),
        length=f"{minutes}:{seconds:02}",
        outcome=texts.get(outcome, call.disposition),
        title=call.title,
        from_number=call.from_number or "?",
        to_number=call.to_number or "?",
        owner=call.owner,
        linked=_linked(call),
    )
    return joined("; ", (of_call, message("note: {note}", note=call.note))) if call.note else of_call


def task_table(tasks: Iterable[HeldTask], language: str = "en") -> str:
    """Return the tasks that the portal holds as a table for people."""
    listed = [f"{number}. {in_language(_task(task), language)}" for number, task in enumerate(tasks, start=1)]
    return "\n".join(listed) or in_language(message("(no tasks)"), language)


def _task(task: HeldTask) -> str:
    return message(
        "due {due}  {subject}; for {owner}; linked to {linked}",
        due=task.due,
        subject=task.subject,
        owner=task.owner,
        linked=_linked(task),
    )


def _linked(held: HeldCall | HeldTask) -> str:
    return joined(", ", (*held.contacts, *held.companies, *held.deals)) or message("nothing")
