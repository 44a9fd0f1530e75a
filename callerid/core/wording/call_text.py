"""What a card says about a call that is over. Titles are enough by themselves: a collapsed notification shows nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import Certainty
from callerid.core.wording import times
from callerid.core.wording.names import names_line, shown_name
from callerid.core.wording.open_matters import deals_line
from callerid.core.wording.past_calls import direction_and_length
from callerid.core.wording.style import Discretion
from callerid.models import CallType

if TYPE_CHECKING:
    from callerid.core.callers.resolve import Resolution
    from callerid.core.wording.style import TextStyle
    from callerid.models import Call

_JUST_NOW = timedelta(minutes=10)
_MISSED_TITLES = {CallType.REJECTED: "missed.rejected", CallType.VOICEMAIL: "missed.voicemail"}


def missed_title(call: Call, resolution: Resolution, count: int, style: TextStyle) -> str:
    """Return `Missed (3): Ana López · Acme GmbH` for a missed call that stands for so many of its line."""
    shown = names_line(resolution, style)
    if count > 1:
        return style.texts.say("missed.more", count=count, who=shown)
    return style.texts.say(_MISSED_TITLES.get(call.type, "missed.one"), who=shown)


def missed_body(call: Call, resolution: Resolution, style: TextStyle) -> str:
    """Return when a missed call was, and the caller's first deal."""
    at = times.moment(call.start, style.now, style.texts)
    is_open = len(resolution.candidates) == 1 and style.discretion is Discretion.NAMES
    deals = resolution.candidates[0].deals if is_open else ()
    return " · ".join(part for part in (at, deals_line(deals, style)) if part)


def prompt_title(resolution: Resolution, style: TextStyle) -> str:
    """Return `Log call with Ana López?`."""
    if len(resolution.candidates) > 1:
        return style.texts.say("prompt.title_several", names=names_line(resolution, style, politely=True))
    if style.discretion is Discretion.NOTHING:
        return style.texts.say("prompt.title_discreet")
    name = shown_name(resolution.candidates[0], style)
    is_sure = resolution.certainty is Certainty.KNOWN
    return style.texts.say("prompt.title" if is_sure else "prompt.title_probable", name=name)


def prompt_body(call: Call, resolution: Resolution, style: TextStyle) -> str:
    """Return `incoming, 3 min 12 s · Renewal 2027`."""
    parts = [call_line(call, style)]
    if len(resolution.candidates) == 1 and style.discretion is Discretion.NAMES and resolution.candidates[0].deals:
        parts.append(resolution.candidates[0].deals[0].name)
    return " · ".join(part for part in parts if part)


def call_line(call: Call, style: TextStyle) -> str:
    """Return `incoming, 3 min 12 s`, and when the call was unless it has just ended."""
    return " · ".join(
        part for part in (direction_and_length(call.type, call.duration, style.texts), when_it_was(call, style)) if part
    )


def when_it_was(call: Call, style: TextStyle) -> str:
    """Return `at 14:05`, or "" for a call that has just ended, which cannot be mistaken for another."""
    ended = call.start + timedelta(seconds=call.duration)
    return "" if style.now - ended <= _JUST_NOW else times.moment(call.start, style.now, style.texts)
