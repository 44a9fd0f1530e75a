"""A caller turned out to be somebody else, or nobody whom the CRM has -> the open questions about their calls are asked anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.followup.states import State

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.context import AppContext


def ask_anew(app: AppContext, number: str, now: datetime) -> int:
    """Have the prompts of a raw number's calls shown again as it is known now, or removed if nothing is asked of an unknown caller,
    by the next `attend`; return how many. A dialog that is open is left as it is."""
    line, count = app.line_of(number), 0
    for followup in app.ledger.calls.active():
        if followup.state is State.NOTIFIED and line and followup.line == line:
            count += app.ledger.calls.change(followup, replace(followup, state=State.OPEN), now) is not None
    return count
