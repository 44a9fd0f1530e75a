"""Learn which package is the dialer, by one trial call: its notification shows during the call and is gone after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.ringing.dialer_notifications import ListedNotification, TrialCall, parse
from callerid.errors import MalformedOutput
from callerid.messages import message
from callerid.turns.ringing.sense_health import DIALERS_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.phone.termux import Termux
    from callerid.store.ledger.database import Ledger

_INTERVAL = 1.0  # seconds
_MOST_POLLS = 120
_NEWEST = 5  # rows of the call log: the row of a call that just ended is among them, however many there are


def learn_dialer(ledger: Ledger, termux: Termux, wait: Callable[[float], None]) -> str:
    """Watch the notifications during one call, store the dialer's package and return it.

    `wait` waits a number of seconds. Raise MalformedOutput if no call came or no app showed it, and PhoneFault.
    """
    newest = termux.call_log(_NEWEST)
    trial = TrialCall(before=_notifications(termux))
    for _ in range(_MOST_POLLS):
        wait(_INTERVAL)
        trial.observe(_notifications(termux))
        if termux.call_log(_NEWEST) != newest:
            break
    package = trial.dialer(_notifications(termux))
    if not package:
        raise MalformedOutput(
            message("no app showed a notification during a call and took it away at its end."),
            remedy=message("Call this phone from another one while this runs, let it ring, and hang up: callerid doctor --learn"),
        )
    known = set((ledger.key_values.read(DIALERS_KEY) or "").split())
    ledger.key_values.write(DIALERS_KEY, " ".join(sorted({*known, package})))
    return package


def _notifications(termux: Termux) -> tuple[ListedNotification, ...]:
    return parse(termux.notification_list())
