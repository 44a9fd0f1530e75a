"""Rows of the ledger as values: times, calls, follow-ups."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline
from callerid.core.followup.state import CardStatus, FollowUp, State
from callerid.models import Call, CallType

if TYPE_CHECKING:
    import sqlite3


def stamp(moment: datetime | None) -> int | None:
    """Given an aware time, return its epoch seconds."""
    return None if moment is None else int(moment.timestamp())


def moment(stamped: int | None) -> datetime | None:
    """Given epoch seconds, return the time in UTC."""
    return None if stamped is None else datetime.fromtimestamp(stamped, UTC)


def deadline(until: int | None, set_at: int | None = None) -> Deadline | None:
    """Return the pause that ends at those epoch seconds, and was set at those; None for no pause."""
    end = moment(until)
    return None if end is None else Deadline(until=end, set_at=moment(set_at))


def end_of(pause: Deadline | None) -> int | None:
    """Return the epoch seconds at which a pause ends."""
    return stamp(pause.until) if pause else None


def _start(stamped: int) -> datetime:
    return datetime.fromtimestamp(stamped, UTC)


def call(row: sqlite3.Row) -> Call:
    """Given a row of calls, return the call."""
    return Call(
        key=row["key"],
        start=_start(row["start"]),
        number=row["number"],
        type=CallType(row["type"]),
        duration=row["duration"],
        sim=row["sim"],
        ordinal=row["ordinal"],
        name=row["name"],
    )


def answers(text: str) -> tuple[tuple[str, str], ...]:
    """Return the questions and answers of a draft, in the order given, from their JSON."""
    return tuple((str(question), str(answer)) for question, answer in json.loads(text))


def followup(row: sqlite3.Row) -> FollowUp:
    """Given a row of calls joined with followups, return the follow-up."""
    return FollowUp(
        call=call(row),
        line=row["line"],
        state=State(row["state"]),
        reason=row["reason"],
        not_before=deadline(row["not_before"]),
        notified_at=moment(row["notified_at"]),
        notification_id=row["notification_id"],
        notification_shown=bool(row["notification_out"]),
        token=row["token"],
        dialogs_opened=row["asked"],
        dialog_wanted_at=moment(row["wanted_at"]),
        missed_count=row["missed_count"],
        draft=answers(row["draft"]),
        answers=answers(row["said"]),
        batch=row["batch"],
        card_status=CardStatus(row["told"]),
        late_match_settled=bool(row["is_offered"]),
        revision=row["revision"],
    )
