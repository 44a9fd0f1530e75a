"""Which app is the dialer here? One test call tells: what shows while it rings, and is gone when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.ringing import dialer_notifications, find_dialer
from callerid.errors import MalformedOutput
from callerid.turns.ringing.sense_health import DIALERS_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.turns.context import AppContext

_LOOK_EVERY = 1.0  # seconds
_LOOKS = 120
_NEWEST = 5  # rows of the call log: the row of a call that just ended is among them, however many there are


def learn_dialer(app: AppContext, wait: Callable[[float], None]) -> str:
    """Watch the notifications during one test call, keep the dialer's package and return it. `wait` waits so many seconds. Raise
    MalformedOutput when no call came or no app showed it, PhoneFault."""
    newest = app.termux.call_log(_NEWEST)
    test = find_dialer.TestCall(before=_notices(app))
    for _ in range(_LOOKS):
        wait(_LOOK_EVERY)
        test.saw(_notices(app))
        if app.termux.call_log(_NEWEST) != newest:
            break
    package = test.dialer(_notices(app))
    if not package:
        raise MalformedOutput(
            "no app showed a notification during a call and took it away at its end.",
            remedy="Call this phone from another one while this runs, let it ring, and hang up: callerid doctor --learn",
        )
    known = set((app.ledger.key_values.read(DIALERS_KEY) or "").split())
    app.ledger.key_values.write(DIALERS_KEY, " ".join(sorted({*known, package})))
    return package


def _notices(app: AppContext) -> tuple[dialer_notifications.ListedNotification, ...]:
    return dialer_notifications.parse(app.termux.notification_list())
