"""Rows of the ledger as values, and a follow-up back into its row."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline
from callerid.core.followup.state import FollowUp
from callerid.core.followup.states import UNSETTLED, CardStatus, State
from callerid.models import Call, CallType
from callerid.store import journal
from callerid.store.connection import record
from callerid.store.times import moment, stamp

if TYPE_CHECKING:
    import sqlite3


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


CALL_COLUMNS = ("key", "start", "number", "type", "duration", "sim", "ordinal", "name")


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
    than `before`. The count of missed calls is changed by the difference, because others may have raised it meanwhile. What is
    written goes into the journal, too."""
    columns = followup_columns(after, None if after.state in UNSETTLED else stamp(now))
    places = ", ".join(f"{name} = ?" for name in columns)
    done = connection.execute(
        f"UPDATE followups SET {places}, missed_count = missed_count + ?,"  # noqa: S608 - names of ours
        " revision = revision + 1 WHERE call_key = ? AND revision = ?",
        (*columns.values(), after.missed_count - before.missed_count, before.call.key, before.revision),
    )
    if done.rowcount != 1:
        return False
    image = columns | {"call_key": before.call.key, "missed_count": after.missed_count, "revision": before.revision + 1}
    image_of_call = dict(zip(CALL_COLUMNS, call_columns(before.call), strict=True)) | {
        "line": before.line,
        "first_seen": stamp(now),
    }
    record(connection, journal.entry("followup", {"call": image_of_call, "followup": image}))
    return True


def followup_columns(after: FollowUp, settled_at: int | None) -> dict[str, object]:
    """Return the columns of a follow-up that change, with their values."""
    return {
        "state": after.state,
        "reason": after.reason,
        "not_before": end_of(after.not_before),
        "notified_at": stamp(after.notified_at),
        "notification_id": after.notification_id,
        "notification_out": int(after.notification_shown),
        "token": after.token,
        "asked": after.dialogs_opened,
        "wanted_at": stamp(after.dialog_wanted_at),
        "draft": json.dumps(after.draft, ensure_ascii=False),
        "said": json.dumps(after.answers, ensure_ascii=False),
        "batch": after.batch,
        "told": after.card_status,
        "is_offered": int(after.late_match_settled),
        "settled_at": settled_at,
    }
