"""Ledger = log. Once a day and at the start, the whole log of the phone and the outbox are held against the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.followup.state import State
from callerid.core.upkeep.reconcile import ReconcileResult, true_state
from callerid.core.wording.counts import counted
from callerid.turns.calllog.read_new_calls import watch
from callerid.turns.context import log
from callerid.turns.followup.record_answer import adding_of

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.calllog.read_new_calls import NewCalls
    from callerid.turns.context import AppContext

LAST_RECONCILED = "last_reconciled"
EVERY = timedelta(days=1)


def reconcile(app: AppContext, now: datetime, watched: NewCalls | None = None) -> ReconcileResult:
    """Read the phone's whole log (or take what such a look brought), mend what the ledger lacks or has wrong, and say in the log
    what was mended. Raise PhoneFault when the log cannot be read; what needs no phone is mended all the same."""
    unfollowed = app.ledger.calls.follow_all()
    belied = tuple(_belied(app, now))
    watched = watched or watch(app, now, deep=True)
    app.ledger.key_values.write_time(LAST_RECONCILED, now)
    healed = ReconcileResult(missing=watched.missed, unfollowed=unfollowed, belied=belied)
    if not healed.is_whole:
        log.warning("reconciled: %s", told(healed))
    return healed


def told(healed: ReconcileResult) -> str:
    """Given what was mended, return it in words."""
    changes = [f"call {key} counted as {before} and is {now}" for key, before, now in healed.belied]
    parts = [
        f"{counted(healed.missing, 'call')} of the phone's log {_was(healed.missing)} missing" if healed.missing else "",
        f"{counted(healed.unfollowed, 'call')} had nobody who followed {_them(healed.unfollowed)} up" if healed.unfollowed else "",
        *changes,
    ]
    return "; ".join(part for part in parts if part) or "nothing was wrong"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


def _belied(app: AppContext, now: datetime) -> list[tuple[str, State, State]]:
    batches = frozenset(batch.name for batch in app.ledger.batches.all())
    found = []
    for followup in app.ledger.calls.in_state(*State):
        key = followup.call.key
        outbox = app.ledger.outbox
        state = true_state(followup, outbox.of_call(key), adding_of(app, followup), batches)
        if state is not followup.state and app.ledger.calls.change(followup, replace(followup, state=state), now):
            found.append((key, followup.state, state))
    return found
