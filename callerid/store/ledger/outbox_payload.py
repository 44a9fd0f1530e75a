"""Rows of the outbox as deliveries and back, with the content as JSON, which the sqlite3 shell and later versions can read. What an
earlier version has not written gets today's defaults."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from callerid.core.delivery.outbox_row import Delivery
from callerid.core.delivery.retry_policy import Attempts
from callerid.core.delivery.states import DeliveryState, Intent, Kind
from callerid.models import CallEngagement, CallStatus, Direction, NewContact, TaskEngagement
from callerid.store.ledger.rows import deadline, end_of
from callerid.store.times import moment, stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from callerid.core.delivery.outbox_row import Content

_VERSION = 1
_TIMES = ("start", "due")


def to_json(content: Content) -> str:
    """Return content as JSON, with times in epoch seconds."""
    payload = asdict(content)
    for name in _TIMES:
        if name in payload:
            payload[name] = payload[name].timestamp()
    return json.dumps({"version": _VERSION} | payload, ensure_ascii=False)


def to_json_list(contents: Sequence[Content]) -> str:
    """Return contents as one JSON list."""
    return f"[{', '.join(map(to_json, contents))}]"


def kind_of(content: Content) -> Kind:
    """Return the kind of content."""
    match content:
        case CallEngagement():
            return Kind.CALL
        case TaskEngagement():
            return Kind.TASK
        case NewContact():
            return Kind.CONTACT


def delivery(row: sqlite3.Row) -> Delivery:
    """Return the delivery of a row of `outbox`."""
    kind = Kind(row["kind"])
    return Delivery(
        id=row["id"],
        call_key=row["call_key"] or "",
        kind=kind,
        content=content(kind, row["content"]),
        posted=content(kind, row["posted"]) if row["posted"] else None,
        unconfirmed=tuple(_content(kind, payload) for payload in json.loads(row["tried"])),
        withdrawal_begun=bool(row["leaving"]),
        state=DeliveryState(row["state"]),
        intent=Intent(row["wish"]),
        revision=row["revision"],
        posted_revision=row["posted_revision"],
        attempts=Attempts(
            posts=row["attempts"], lookups=row["looks"], lost=row["lost"], offline=row["offline"], failures=row["troubles"]
        ),
        posted_at=moment(row["posted_at"]),
        not_before=deadline(row["not_before"], row["paused_at"]),
        remote_id=row["remote_id"],
        certain_at=deadline(row["certain_at"], row["doubted_at"]),
        fault=row["fault"],
        unreported=bool(row["untold"]),
    )


def delivery_columns(row: Delivery) -> dict[str, object]:
    """Return the columns of a row that change on the way to the CRM, with their values."""
    attempts, pause, certain_at = row.attempts, row.not_before, row.certain_at
    return {
        "state": row.state,
        "wish": row.intent,
        "revision": row.revision,
        "posted_revision": row.posted_revision,
        "posted": to_json(row.posted) if row.posted else None,
        "tried": to_json_list(row.unconfirmed),
        "leaving": row.withdrawal_begun,
        "attempts": attempts.posts,
        "looks": attempts.lookups,
        "lost": attempts.lost,
        "offline": attempts.offline,
        "troubles": attempts.failures,
        "posted_at": stamp(row.posted_at),
        "not_before": end_of(pause),
        "paused_at": stamp(pause.set_at) if pause else None,
        "remote_id": row.remote_id,
        "certain_at": end_of(certain_at),
        "doubted_at": stamp(certain_at.set_at) if certain_at else None,
        "fault": row.fault,
        "untold": row.unreported,
    }


def content(kind: Kind, text: str) -> Content:
    """Return the content that `to_json` wrote, in this version or an earlier one."""
    return _content(kind, json.loads(text))


def _content(kind: Kind, payload: dict[str, Any]) -> Content:
    match kind:
        case Kind.CALL:
            return _call(payload)
        case Kind.TASK:
            return _task(payload)
        case Kind.CONTACT:
            return _contact(payload)


def _call(payload: dict[str, Any]) -> CallEngagement:
    return CallEngagement(
        external_id=payload["external_id"],
        start=datetime.fromtimestamp(payload["start"], UTC),
        duration_ms=payload["duration_ms"],
        direction=Direction(payload["direction"]),
        status=CallStatus(payload["status"]),
        outcome=payload.get("outcome") or None,
        title=payload.get("title", ""),
        note=payload.get("note", ""),
        from_number=payload.get("from_number", ""),
        to_number=payload.get("to_number", ""),
        owner_id=payload.get("owner_id"),
        **_targets(payload),
    )


def _task(payload: dict[str, Any]) -> TaskEngagement:
    return TaskEngagement(
        external_id=payload["external_id"],
        due=datetime.fromtimestamp(payload["due"], UTC),
        title=payload.get("title", ""),
        note=payload.get("note", ""),
        owner_id=payload.get("owner_id"),
        **_targets(payload),
    )


def _targets(payload: dict[str, Any]) -> dict[str, str | None]:
    return {name: payload.get(name) for name in ("contact_id", "company_id", "deal_id")}


def _contact(payload: dict[str, Any]) -> NewContact:
    names = ("first_name", "last_name", "company", "email", "number")
    return NewContact(owner_id=payload.get("owner_id"), **{name: payload.get(name, "") for name in names})
