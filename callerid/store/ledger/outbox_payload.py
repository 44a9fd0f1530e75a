"""What is delivered, as the JSON that the outbox keeps: readable with the sqlite3 shell, and by later versions. What an earlier
version wrote is read with today's defaults."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from callerid.core.delivery.outbox_row import Delivery, DeliveryState, Intent, Kind
from callerid.core.delivery.retry_policy import Attempts
from callerid.models import CallEngagement, CallStatus, Direction, NewContact, TaskEngagement
from callerid.store.ledger.rows import deadline, end_of, moment, stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from callerid.core.delivery.outbox_row import Content

_VERSION = 1
_TIMES = ("start", "due")


def text_of(content: Content) -> str:
    """Given what is to be delivered, return its JSON. Times are epoch seconds."""
    said = asdict(content)
    for name in _TIMES:
        if name in said:
            said[name] = said[name].timestamp()
    return json.dumps({"version": _VERSION} | said, ensure_ascii=False)


def texts_of(contents: Sequence[Content]) -> str:
    """Given several, return them as one JSON list."""
    return f"[{', '.join(map(text_of, contents))}]"


def kind_of(content: Content) -> Kind:
    """Given what is to be delivered, return its kind."""
    match content:
        case CallEngagement():
            return Kind.CALL
        case TaskEngagement():
            return Kind.TASK
        case NewContact():
            return Kind.CONTACT


def delivery(row: sqlite3.Row) -> Delivery:
    """Given a row of the outbox, return the delivery."""
    kind = Kind(row["kind"])
    return Delivery(
        id=row["id"],
        call_key=row["call_key"] or "",
        kind=kind,
        content=content(kind, row["content"]),
        posted=content(kind, row["posted"]) if row["posted"] else None,
        unconfirmed=tuple(_content(kind, said) for said in json.loads(row["tried"])),
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
        fault=row["fault"],
        unreported=bool(row["untold"]),
    )


def changing_columns(row: Delivery) -> dict[str, object]:
    """Return the columns of the outbox that change on the way to the CRM, with their values."""
    attempts, pause = row.attempts, row.not_before
    return {
        "state": row.state,
        "wish": row.intent,
        "revision": row.revision,
        "posted_revision": row.posted_revision,
        "posted": text_of(row.posted) if row.posted else None,
        "tried": texts_of(row.unconfirmed),
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
        "fault": row.fault,
        "untold": row.unreported,
    }


def content(kind: Kind, text: str) -> Content:
    """Given a kind and what `text_of` wrote, in this version or an earlier one, return what is to be delivered."""
    return _content(kind, json.loads(text))


def _content(kind: Kind, said: dict[str, Any]) -> Content:
    match kind:
        case Kind.CALL:
            return _call(said)
        case Kind.TASK:
            return _task(said)
        case Kind.CONTACT:
            return _contact(said)


def _call(said: dict[str, Any]) -> CallEngagement:
    return CallEngagement(
        external_id=said["external_id"],
        start=datetime.fromtimestamp(said["start"], UTC),
        duration_ms=said["duration_ms"],
        direction=Direction(said["direction"]),
        status=CallStatus(said["status"]),
        outcome=said.get("outcome") or None,
        title=said.get("title", ""),
        note=said.get("note", ""),
        from_number=said.get("from_number", ""),
        to_number=said.get("to_number", ""),
        owner_id=said.get("owner_id"),
        **_targets(said),
    )


def _task(said: dict[str, Any]) -> TaskEngagement:
    return TaskEngagement(
        external_id=said["external_id"],
        due=datetime.fromtimestamp(said["due"], UTC),
        title=said.get("title", ""),
        note=said.get("note", ""),
        owner_id=said.get("owner_id"),
        **_targets(said),
    )


def _targets(said: dict[str, Any]) -> dict[str, str | None]:
    return {name: said.get(name) for name in ("contact_id", "company_id", "deal_id")}


def _contact(said: dict[str, Any]) -> NewContact:
    names = ("first_name", "last_name", "company", "email", "number")
    return NewContact(owner_id=said.get("owner_id"), **{name: said.get(name, "") for name in names})
