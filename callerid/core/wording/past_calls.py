"""Calls that are over, and notes about them, in one line each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.wording import safe_text, times
from callerid.core.wording.names import owner_name
from callerid.models import ActivityKind, CallType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.catalogue import Catalogue
    from callerid.core.callers.contact_activity import ContactActivity
    from callerid.core.callers.past import PastCall, PastNote
    from callerid.core.wording.style import TextStyle

_SAME_CALL = timedelta(seconds=1)  # the CRM keeps the beginning of a call to the millisecond
_UNANSWERED = {
    CallType.MISSED: "incoming_unanswered",
    CallType.REJECTED: "declined",
    CallType.BLOCKED: "declined",
    CallType.VOICEMAIL: "voicemail",
}


def direction_and_length(kind: CallType, duration: int, texts: Catalogue) -> str:
    """Return `incoming, 3 min 12 s` for a call that was connected for so many seconds, `incoming, not answered` for one that was
    not."""
    direction = "outgoing" if kind is CallType.OUTGOING else "incoming"
    if kind in _UNANSWERED:
        return texts.say(f"call.{_UNANSWERED[kind]}")
    if not duration:
        return texts.say(f"call.{direction}_unanswered")
    return texts.say(f"call.{direction}", duration=times.duration(duration, texts))


def last_call_line(call: PastCall | None, outcome: str, style: TextStyle) -> str:
    """Return `last call yesterday: incoming, 3 min 12 s · Left voicemail`, with the label of an outcome that the call's row does
    not say already ("" for none); "" where there was no call."""
    if call is None:
        return ""
    how = direction_and_length(call.type, call.duration, style.texts)
    parts = (how, safe_text.title(outcome))
    ago = times.ago(call.start, style.now, style.texts)
    return style.texts.say("ring.last_call", ago=ago, how=" · ".join(part for part in parts if part))


def note_line(note: PastNote | None, style: TextStyle) -> str:
    """Return `noted 3 days ago: Sends the offer`, in one line of at most some 150 characters; "" where there is no note."""
    text = safe_text.title(note.text) if note else ""
    if note is None or not text:
        return ""
    return style.texts.say("ring.last_note", ago=times.ago(note.at, style.now, style.texts), note=text)


def is_crm_note_newer(activities: Sequence[ContactActivity], own: PastNote | None) -> bool:
    """Return whether the CRM has a note about a later call than the one that a note of ours is about."""
    note = crm_note(activities)
    return note is not None and (own is None or (note.at is not None and note.at - own.at > _SAME_CALL))


def crm_note(activities: Sequence[ContactActivity]) -> ContactActivity | None:
    """Return the newest note of a call that the CRM has, None where there is none."""
    return next((activity for activity in activities if activity.kind is ActivityKind.CALLS), None)


def crm_note_line(activities: Sequence[ContactActivity], style: TextStyle) -> str:
    """Return `noted 3 days ago by Eva Else: Sends the offer` for the newest note of a call that the CRM has; "" for none."""
    note = crm_note(activities)
    if note is None or note.at is None:
        return ""
    who = owner_name(note.owner) if note.owner else style.provider
    ago = times.ago(note.at, style.now, style.texts)
    return style.texts.say("ring.crm_note", ago=ago, who=who, note=safe_text.title(note.text))
