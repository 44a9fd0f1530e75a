"""Which senses are known to hear a ring, by the calls and the rings so far. `sense_health` learns it from each call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.ringing.hearing import Sense, SenseHealth, is_deaf
from callerid.core.ringing.ring_times import REMEMBERED_FOR
from callerid.turns.ringing.notification_access import failure_count

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from callerid.store.ledger.database import Ledger


def proven_senses(ledger: Ledger) -> tuple[Sense, ...]:
    """Return the senses that ever reported a ring on this phone."""
    return tuple(sense for sense in Sense if read_sense_health(ledger, sense).ever_heard)


def read_sense_health(ledger: Ledger, sense: Sense) -> SenseHealth:
    """Return how well a sense hears, by the calls so far."""
    missed, ever_heard, identifies = (ledger.key_values.read(health_key(sense)) or "0 0 0").split()
    return SenseHealth(missed=int(missed), ever_heard=ever_heard == "1", identifies_callers=identifies == "1")


def health_key(sense: Sense) -> str:
    """Return where that stands in the key values."""
    return f"ear {sense}"  # named so by the first version; the value outlives updates


def is_proven(ledger: Ledger, sense: Sense) -> bool:
    """Return whether a sense reported the last calls, with their numbers."""
    health = read_sense_health(ledger, sense)
    return health.ever_heard and health.identifies_callers and not is_deaf(health)


def has_reported(ledger: Ledger, sense: Sense, now: datetime) -> bool:
    """Return whether a sense reported a ring of the last calls; or of the last two days, where no call has shown yet how well it
    hears, such as the test call of a setup."""
    health = read_sense_health(ledger, sense)
    if health.ever_heard:
        return not is_deaf(health)
    return sense.value in ledger.summary.senses_that_reported(now - REMEMBERED_FOR)


def heard_by(ledger: Ledger, listening: Collection[str], now: datetime) -> list[str]:
    """Return by which senses of those that listen a ring is heard, as far as is known. The inbox listens always, whether or not
    anything reports to it; a list of notifications that gives no answer is still polled, and a deaf sense too."""

    def hears(sense: Sense) -> bool:
        if sense is Sense.INBOX:
            return has_reported(ledger, sense, now)
        is_silent = sense is Sense.NOTIFICATIONS and failure_count(ledger) > 0
        return not is_silent and not is_deaf(read_sense_health(ledger, sense))

    return [name for name in listening if hears(Sense(name))]
