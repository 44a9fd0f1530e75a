"""The ways to hear a ring, and how well each of them hears, by the calls so far."""

from __future__ import annotations

from enum import StrEnum

from callerid.records import dataclass

DEAF_AFTER = 2  # missed calls in a row; one may be chance


class Sense(StrEnum):
    """A way to hear a ring (setting ring.senses)."""

    INBOX = "inbox"  # an automation app reports it
    STREAM = "stream"  # the system's log, followed
    TELEPHONY = "telephony"  # dumpsys telephony.registry, polled
    NOTIFICATIONS = "notifications"  # the list of notifications, polled


@dataclass(frozen=True, slots=True, kw_only=True)
class SenseHealth:
    """How well one sense hears."""

    missed: int = 0  # calls in a row
    ever_heard: bool = False
    identifies_callers: bool = False  # it gave the number of the last call that had one


def is_deaf(health: SenseHealth) -> bool:
    """Return whether a sense missed so many calls that it is reported."""
    return health.missed >= DEAF_AFTER
