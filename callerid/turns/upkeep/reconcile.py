"""Compare the ledger with the whole call log and with the outbox, once a day and at the start, and correct the ledger.

What has not changed since it was compared is not read again, so this costs the same whatever the ledger has of earlier years.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.upkeep.reconcile import ReconcileResult, true_state
from callerid.core.upkeep.retention import summary_limits
from callerid.logs import log
from callerid.messages import counted, joined, message
from callerid.turns.calllog.read_new_calls import read_new_calls
from callerid.turns.followup.record_answer import contact_delivery

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.followup.states import State
    from callerid.store.ledger.database import Ledger
    from callerid.turns.calllog.read_new_calls import NewCalls
    from callerid.turns.context import AppContext

LAST_RECONCILED = "last_reconciled"
EVERY = timedelta(days=1)


def reconcile(app: AppContext, now: datetime, calls: NewCalls | None = None) -> ReconcileResult:
    """Correct the ledger where it differs from the call log and the outbox, and write to the log what was corrected.

    `calls` is what a deep read of the call log has just brought; without it the log is read here. Raise PhoneFault when it cannot
    be read, after what needs no phone has been corrected.
    """
    without_followup = app.ledger.history.add_missing_followups()
    corrected = tuple(_correct_states(app.ledger, now))
    calls = calls or read_new_calls(app, now, deep=True)
    app.ledger.key_values.write_time(LAST_RECONCILED, now)
    _summarise(app, calls.oldest_in_log, now)
    result = ReconcileResult(missing=calls.overlooked, without_followup=without_followup, corrected=corrected)
    if not result.is_clean:
        log.warning("%s", message("reconciled: {summary}", summary=summary(result)))
    return result


def summary(result: ReconcileResult) -> str:
    """Return what was corrected, in words."""
    missing, without_followup = result.missing, result.without_followup
    parts = [
        counted(missing, "{count} call of the phone's log was missing", "{count} calls of the phone's log were missing")
        if missing
        else "",
        counted(without_followup, "{count} call had no state", "{count} calls had no state") if without_followup else "",
        *(
            message("call {key} was stored as {before} and is {now}", key=key, before=before, now=now)
            for key, before, now in result.corrected
        ),
    ]
    return joined("; ", filter(None, parts)) or message("nothing was wrong")


def _correct_states(ledger: Ledger, now: datetime) -> list[tuple[str, State, State]]:
    batches = frozenset(batch.name for batch in ledger.batches.all())
    corrected, followups, deliveries = [], [], []
    for followup in ledger.history.to_compare():
        key = followup.call.key
        row = ledger.outbox.of_call(key)
        state = true_state(followup, row, contact_delivery(ledger, followup), batches)
        if state is not followup.state and ledger.calls.change(followup, replace(followup, state=state), now):
            corrected.append((key, followup.state, state))
        followups.append((key, state))
        deliveries += [(row.id, row.state)] if row else []
    ledger.history.mark_compared(followups, deliveries)
    return corrected


def _summarise(app: AppContext, oldest_in_log: datetime | None, now: datetime) -> None:
    """Remove the rows of calls that are known to the CRM and have been settled for longer than the setting log.keep."""
    limits = summary_limits(app.config.log.keep, oldest_in_log, now)
    removed = app.ledger.history.summarise(limits.remove_before, limits.ignore_before) if limits else 0
    if removed:
        log.info("%s that the CRM has, and only their totals were kept", counted(removed, "{count} old call", "{count} old calls"))
