"""The card of a ring that did not ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.wording.ring_card import RingCardDetails, ring_body, ring_title
from callerid.turns.context import utc_now
from callerid.turns.ringing.ring_start import card_lines, outcome_of_last_call, read_start

if TYPE_CHECKING:
    from callerid.core.callers.resolve import Resolution
    from callerid.turns.context import AppContext


def ring_card(app: AppContext, number: str, resolution: Resolution) -> tuple[str, str]:
    """Return title and body of the card of a ring with a raw number, "" where a name was typed, and what it was resolved to."""
    now = utc_now()
    start = read_start(app, resolution, resolution.line or app.line_of(number), now, now)
    style = start.facts.style
    details = RingCardDetails(
        lines=card_lines(app),
        by_typed_name=not number,
        history=start.history,
        last_outcome=outcome_of_last_call(app, start.history),
        number_shown="" if resolution.candidates else numbers.display(number, app.region),
        whereabouts="" if resolution.candidates or not number else _location(app, number),
    )
    return ring_title(resolution, style, details), ring_body(resolution, style, details)


def _location(app: AppContext, number: str) -> str:
    from callerid.turns.ringing.caller_location import location  # of strangers only

    return location(app, number)
