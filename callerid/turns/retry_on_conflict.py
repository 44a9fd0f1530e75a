"""What a person said holds, whatever others change of the same follow-up at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.turns.context import log

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.core.followup.state import FollowUp
    from callerid.turns.context import AppContext

TRIES = 5  # each one reads what somebody else has just written: more than two would be a wonder


def retry_on_conflict(app: AppContext, followup: FollowUp, store: Callable[[FollowUp], object]) -> bool:
    """Given a follow-up as it was read and what stores something of it (false: it was changed meanwhile), store that with the
    follow-up as it is now, and say whether it was done."""
    seen: FollowUp | None = followup
    for _ in range(TRIES):
        if seen is None:  # forgotten meanwhile
            return False
        if store(seen):
            return True
        seen = app.ledger.calls.followup(followup.call.key)
    log.warning("call %s: what was said of it could not be stored", followup.call.key)
    return False
