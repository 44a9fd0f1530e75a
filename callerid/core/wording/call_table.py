"""Calls as a table of a terminal, by its width, and as the columns of a CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.wording.csv_cells import safe_cell
from callerid.core.wording.past_calls import direction_and_length
from callerid.core.wording.table import cut, table
from callerid.models import CallType
from callerid.translation import in_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.catalogue import Catalogue
    from callerid.core.callers.listed_call import ListedCall

WIDE, MIDDLE = 110, 60  # places
_KEY = 8  # characters that tell calls apart where there is no room for the whole key
_NAME = 30  # places that a name keeps beside a long reason
_INDENT = "  "  # of a call's second line
_ARROWS = {CallType.OUTGOING: "→", CallType.INCOMING: "←"}
_MISSED = "×"
# The labels of HubSpot's properties of calls, by which its import recognises columns. The last two are for people.
COLUMNS = (
    "Activity date",
    "Call title",
    "Call notes",
    "Call direction",
    "Call duration",
    "Call outcome",
    "From number",
    "To number",
    "Record ID",
    "Local time",
    "State",
)


def call_table(calls: Sequence[ListedCall], width: int, texts: Catalogue) -> list[str]:
    """Return the lines of the calls, each of at most so many places: with all there is in 110, with time, person and state in 60.
    In less, a call has two lines (`lines_of_a_call`): the second one has the person and the state."""
    if width >= WIDE:
        return table([_wide(call, texts) for call in calls], width, flexible=3, least=_NAME)
    if width >= MIDDLE:
        return table([_middle(call, texts) for call in calls], width, flexible=3)
    times = table([_time(call) for call in calls], width, flexible=2)
    people = table([(call.who, _state_alone(call, texts)) for call in calls], width - len(_INDENT), flexible=0)
    return [line for time, person in zip(times, people, strict=True) for line in (time, cut(_INDENT + person, width))]


def lines_of_a_call(width: int) -> int:
    """Return how many lines of so many places a call takes."""
    return 1 if width >= MIDDLE else 2


def _wide(call: ListedCall, texts: Catalogue) -> tuple[str, ...]:
    how = direction_and_length(call.type, call.duration, texts)
    return call.key, f"{call.local:%Y-%m-%d %H:%M}", how, call.who, call.outcome, _state(call, texts)


def _middle(call: ListedCall, texts: Catalogue) -> tuple[str, ...]:
    return call.key[:_KEY], f"{call.local:%m-%d %H:%M}", _arrow(call), call.who, _state_alone(call, texts)


def _time(call: ListedCall) -> tuple[str, ...]:
    return call.key[:_KEY], f"{call.local:%m-%d %H:%M}", _arrow(call)


def _state_alone(call: ListedCall, texts: Catalogue) -> str:
    return texts.say(f"state.{call.shown_state}")


def _state(call: ListedCall, texts: Catalogue) -> str:
    state = _state_alone(call, texts)
    reason = call.shown_reason
    return f"{state}: {in_language(reason, texts.language)}" if reason else state


def _arrow(call: ListedCall) -> str:
    """Return how a call went and, if it was connected, its minutes and seconds: `→ 3:12`."""
    arrow = _ARROWS.get(call.type, _MISSED)
    return f"{arrow} {call.duration // 60}:{call.duration % 60:02}" if call.duration and arrow != _MISSED else arrow


def csv_rows(calls: Sequence[ListedCall], own_number: str, texts: Catalogue) -> list[tuple[str, ...]]:
    """Return the cells of a CSV file: its heading, and a row for each call, with the duration and the moment in milliseconds and
    the outcome by the CRM's own label, as an import wants them. `texts`: those of what is written into the CRM."""
    return [COLUMNS, *(tuple(map(safe_cell, _csv_row(call, own_number, texts))) for call in calls)]


def _title(call: ListedCall, texts: Catalogue) -> str:
    """Return what the CRM calls such a call when it is logged."""
    direction = "outgoing" if call.type is CallType.OUTGOING else "incoming"
    if not call.contact_id:
        return texts.say(f"engagement.{direction}_number", number=call.who)
    return texts.say(f"engagement.{direction}", name=call.who.removesuffix(f" · {call.company}"))


def _csv_row(call: ListedCall, own_number: str, texts: Catalogue) -> tuple[str, ...]:
    is_outgoing = call.type is CallType.OUTGOING
    numbers = (own_number, call.number) if is_outgoing else (call.number, own_number)
    return (
        str(int(call.start.timestamp() * 1000)),
        _title(call, texts),
        call.note,
        "OUTBOUND" if is_outgoing else "INBOUND",
        str(call.duration * 1000),
        call.crm_outcome,
        *numbers,
        call.contact_id,
        f"{call.local:%Y-%m-%d %H:%M}",
        _state_alone(call, texts),
    )
