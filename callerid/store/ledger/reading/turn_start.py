"""What a turn needs to know of the ledger, by one statement at its start: a ring waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.ringing.ring_times import FRESH_FOR
from callerid.core.upkeep.health import Source
from callerid.records import dataclass
from callerid.store import times
from callerid.store.ledger.reading import contact_history
from callerid.store.ledger.reading.fact_names import CARDS_WORDED, DIALOG_TRIED, OFF_SINCE, ZONE

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from callerid.core.callers.contact_history import ContactHistory

_START = f"""
    (SELECT value FROM facts WHERE name = '{ZONE}') AS zone,
        (SELECT value FROM facts WHERE name = '{OFF_SINCE}') AS off_since,
        (SELECT value FROM facts WHERE name = '{CARDS_WORDED}') AS cards_worded,
        (SELECT value FROM facts WHERE name = '{DIALOG_TRIED}') AS dialog_tried,
        EXISTS (SELECT 1 FROM troubles WHERE source = '{Source.DIALOGS.value}') AS dialogs_fail,
        EXISTS (SELECT 1 FROM troubles WHERE source = '{Source.NOTIFICATIONS.value}') AS notifications_fail
"""  # noqa: S608 - names of ours
_CONTACT_START = f"SELECT {_START}, {contact_history.COLUMNS}"
_COUNTS_OF_STRANGER = """
    (SELECT count(*) FROM rings WHERE open AND at BETWEEN ? AND ?) AS cards,
        (SELECT count(*) FROM calls WHERE line = ? AND line <> '' AND start >= ? AND type <> 'OUTGOING') AS calls
"""  # columns of a statement; their values: `stranger_values`


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStart:
    """What every turn needs to know of the ledger."""

    zone: str  # IANA name, "" while unknown
    off_since: datetime | None  # UTC; None while callerid is on
    cards_worded: str  # by which settings the last round worded the cards; "" before the first
    dialog_tried: datetime | None  # UTC
    dialogs_fail: bool  # dialogs are out of order
    notifications_fail: bool  # so are notifications


class TurnStarts:
    """What a turn reads first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def turn_start(self) -> TurnStart:
        """Return what every turn needs to know, by one statement."""
        return _turn_start(self._db.execute(f"SELECT {_START}").fetchone())

    def stranger_start(self, line: str, rang_at: datetime, calls_since: datetime) -> tuple[TurnStart, int, int]:
        """Return what every turn needs to know, and for a stranger's ring how many cards of rings at about the same time are open,
        and how many calls came from the line, by one statement."""
        values = _stranger_values(line, rang_at, calls_since)
        row = self._db.execute(f"SELECT {_START}, {_COUNTS_OF_STRANGER}", values).fetchone()
        return _turn_start(row), row["cards"], row["calls"]

    def contact_start(self, line: str, contact_id: str, before: datetime) -> tuple[TurnStart, ContactHistory]:
        """Return what every turn needs to know, and what there was with a contact before a time, by one statement. `line` is the
        one that rings, "" for none."""
        row = self._db.execute(_CONTACT_START, contact_history.values(line, contact_id, before)).fetchone()
        return _turn_start(row), contact_history.history(row, contact_id)


def _turn_start(row: sqlite3.Row) -> TurnStart:
    tried = times.moment(int(row["dialog_tried"])) if row["dialog_tried"] else None
    return TurnStart(
        zone=row["zone"] or "",
        off_since=times.moment(int(row["off_since"])) if row["off_since"] else None,
        cards_worded=row["cards_worded"] or "",
        dialog_tried=tried,
        dialogs_fail=bool(row["dialogs_fail"]),
        notifications_fail=bool(row["notifications_fail"]),
    )


def _stranger_values(line: str, rang_at: datetime, calls_since: datetime) -> tuple[int | None, int | None, str, int | None]:
    """Return the values for `_COUNTS_OF_STRANGER` of a line ("" for none) that rang at a time."""
    return times.stamp(rang_at - FRESH_FOR), times.stamp(rang_at + FRESH_FOR), line, times.stamp(calls_since)
