"""Rows of the ledger as values, and back. What an older version wrote is read with today's defaults."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.core.delivery import Delivery, DeliveryState
from callerid.core.followup import FollowUp, State
from callerid.models import Call, CallEngagement, CallStatus, CallType, Direction, Outcome

if TYPE_CHECKING:
    import sqlite3


def stamp(moment: datetime | None) -> int | None:
    """Given an aware time, return its epoch seconds."""
    return None if moment is None else int(moment.timestamp())


def moment(stamped: int | None) -> datetime | None:
    """Given epoch seconds, return the time in UTC."""
    return None if stamped is None else datetime.fromtimestamp(stamped, UTC)


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


def followup(row: sqlite3.Row) -> FollowUp:
    """Given a row of calls joined with followups, return the follow-up."""
    return FollowUp(
        call=call(row),
        line=row["line"],
        state=State(row["state"]),
        reason=row["reason"],
        not_before=moment(row["not_before"]),
        notified_at=moment(row["notified_at"]),
        notification_id=row["notification_id"],
        notification_out=bool(row["notification_out"]),
        token=row["token"],
        asked=row["asked"],
        wanted_at=moment(row["wanted_at"]),
        missed_count=row["missed_count"],
        draft=tuple((str(question), str(answer)) for question, answer in json.loads(row["draft"])),
    )


def delivery(row: sqlite3.Row) -> Delivery:
    """Given a row of outbox, return the delivery."""
    return Delivery(
        id=row["id"],
        call_key=row["call_key"],
        engagement=engagement(row["engagement"]),
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        looks=row["looks"],
        offline=row["offline"],
        posted_at=moment(row["posted_at"]),
        not_before=moment(row["not_before"]),
        remote_id=row["remote_id"],
        fault=row["fault"],
    )


def engagement_text(engagement: CallEngagement) -> str:
    """Given an engagement, return the JSON that the outbox keeps: readable with the sqlite3 shell, and by later versions."""
    return json.dumps(
        {
            "version": 1,
            "external_id": engagement.external_id,
            "start": engagement.start.timestamp(),
            "duration_ms": engagement.duration_ms,
            "direction": engagement.direction,
            "status": engagement.status,
            "outcome": engagement.outcome,
            "title": engagement.title,
            "note": engagement.note,
            "from_number": engagement.from_number,
            "to_number": engagement.to_number,
            "owner_id": engagement.owner_id,
            "contact_id": engagement.contact_id,
            "company_id": engagement.company_id,
            "deal_id": engagement.deal_id,
        },
        ensure_ascii=False,
    )


def engagement(text: str) -> CallEngagement:
    """Given what `engagement_text` wrote, in this version or an earlier one, return the engagement."""
    said = json.loads(text)
    return CallEngagement(
        external_id=said["external_id"],
        start=datetime.fromtimestamp(said["start"], UTC),
        duration_ms=said["duration_ms"],
        direction=Direction(said["direction"]),
        status=CallStatus(said["status"]),
        outcome=Outcome(said["outcome"]) if said.get("outcome") else None,
        title=said.get("title", ""),
        note=said.get("note", ""),
        from_number=said.get("from_number", ""),
        to_number=said.get("to_number", ""),
        owner_id=said.get("owner_id"),
        contact_id=said["contact_id"],
        company_id=said.get("company_id"),
        deal_id=said.get("deal_id"),
    )
