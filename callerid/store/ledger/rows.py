"""Rows of the ledger as values, and a follow-up back into its row."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline
from callerid.core.followup.state import UNSETTLED, CardStatus, FollowUp, State
from callerid.models import Call, CallType

if TYPE_CHECKING:
    import sqlite3


def stamp(moment: datetime | None) -> int | None:
    """Return the epoch seconds of an aware time, None for None."""
    return None if moment is None else int(moment.timestamp())


def moment(stamped: int | None) -> datetime | None:
    """Return the time in UTC at those epoch seconds, None for None."""
    return None if stamped is None else datetime.fromtimestamp(stamped, UTC)


def deadline(until: int | None, set_at: int | None = None) -> Deadline | None:
    """Return the pause that ends at those epoch seconds, and was set at those; None for no pause."""
    end = moment(until)
    return None if end is None else Deadline(until=end, set_at=moment(set_at))


def end_of(pause: Deadline | None) -> int | None:
    """Return the epoch seconds at which a pause ends."""
    return stamp(pause.until) if pause else None


def call(row: sqlite3.Row) -> Call:
    """Return the call of a row of `calls`."""
    return Call(
        key=row["key"],
        start=datetime.fromtimestamp(row["start"], UTC),
        number=row["number"],
        type=CallType(row["type"]),
        duration=row["duration"],
        sim=row["sim"],
        ordinal=row["ordinal"],
        name=row["name"],
    )


def call_columns(call: Call) -> tuple[object, ...]:
    """Return a call as the first columns of `calls`, key to name."""
    return (call.key, stamp(call.start), call.number, call.type, call.duration, call.sim, call.ordinal, call.name)


def answers(text: str) -> tuple[tuple[str, str], ...]:
    """Return the questions and answers of a draft, in the order given, from their JSON."""
    return tuple((str(question), str(answer)) for question, answer in json.loads(text))


def followup(row: sqlite3.Row) -> FollowUp:
    """Return the follow-up of a row of `followups` joined with `calls`."""
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


def update_followup(connection: sqlite3.Connection, before: FollowUp, after: FollowUp, now: datetime) -> bool:
    """Within the caller's transaction, write a follow-up, and return whether that was done: not if its row has another revision
    than `before`. The count of missed calls is changed by the difference, because others may have raised it meanwhile."""
    settled_at = None if after.state in UNSETTLED else stamp(now)
    done = connection.execute(
        "UPDATE followups SET state = ?, reason = ?, not_before = ?, notified_at = ?, notification_id = ?,"
        " notification_out = ?, token = ?, asked = ?, wanted_at = ?, missed_count = missed_count + ?, draft = ?, said = ?,"
        " batch = ?, told = ?, is_offered = ?, settled_at = ?, revision = revision + 1 WHERE call_key = ? AND revision = ?",
        (
            after.state,
            after.reason,
            end_of(after.not_before),
            stamp(after.notified_at),
            after.notification_id,
            int(after.notification_shown),
            after.token,
            after.dialogs_opened,
            stamp(after.dialog_wanted_at),
            after.missed_count - before.missed_count,
            json.dumps(after.draft, ensure_ascii=False),
            json.dumps(after.answers, ensure_ascii=False),
            after.batch,
            after.card_status,
            int(after.late_match_settled),
            settled_at,
            before.call.key,
            before.revision,
        ),
    )
    return done.rowcount == 1
