"""Calls that are over, and notes about them, in one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.wording import safe_text, times
from callerid.models import CallType

if TYPE_CHECKING:
    from callerid.catalogue import Catalogue
    from callerid.core.callers.contact_history import PastCall, PastNote
    from callerid.core.wording.style import TextStyle

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
