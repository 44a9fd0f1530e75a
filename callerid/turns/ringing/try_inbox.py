"""Try the inbox without an automation app: a ring is reported as one would report it, heard, ended, and its card taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.ringing.hearing import Sense
from callerid.errors import PhoneFault
from callerid.messages import as_typed, message
from callerid.turns.context import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.ringing.card_lifecycle import RingCard
    from callerid.turns.context import AppContext

NOBODY = "+12025550100"  # of a range that nobody has
_EVENT = 10.0  # seconds
_WITHIN = 10.0
_PAUSE = 0.5


def try_inbox(app: AppContext, take_inbox: Callable[[], None], sleep: Callable[[float], None]) -> bool:
    """Report a ring by callerid-event, and return whether it had a card; both are over afterwards, but the inbox counts as heard.

    `take_inbox` handles what has arrived where no daemon runs, `sleep` takes seconds. Raise PhoneFault when nobody takes it.
    """
    since = utc_now().replace(microsecond=0)
    try:
        _report(app, "ring", NOBODY)
        ring = heard_ring(app, since, take_inbox, sleep, within=_WITHIN, number=NOBODY)
    finally:
        _report(app, "idle")  # also where it came too late: the daemon gives it no card then
    take_inbox()
    if ring is None:
        raise PhoneFault(
            message("A test ring was reported, and nothing took it within {seconds:.0f} seconds.", seconds=_WITHIN),
            remedy=message("Type: callerid doctor, and see what it says of the daemon"),
        )
    if ring.is_open and app.remove_card(ring.notification_id, utc_now()):
        app.ledger.rings.close(ring)
    return ring.is_open


def heard_ring(
    app: AppContext,
    since: datetime,
    take_inbox: Callable[[], None],
    sleep: Callable[[float], None],
    *,
    within: float,
    number: str = "",
) -> RingCard | None:
    """Return a ring of a number, or of any, that was reported to the inbox since a time; None if none is within some seconds."""
    line = app.line_of(number)
    for _ in range(int(within / _PAUSE)):
        take_inbox()
        for ring in app.ledger.rings.since(since):
            if Sense.INBOX in ring.reporting_senses and line in ("", ring.line):
                return ring
        sleep(_PAUSE)
    return None


def _report(app: AppContext, *words: str) -> None:
    """Run callerid-event. Raise PhoneFault where it cannot be run, or cannot store the report."""
    output = app.termux.runner.run(["sh", str(app.actions.program), *words], timeout=_EVENT)
    if output.code:
        raise PhoneFault(
            message("callerid-event ended with {code}.", code=output.code),
            remedy=message("See what it says: sh {program} ring", program=as_typed(app.actions.program)),
        )
