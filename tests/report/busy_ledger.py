"""A ledger of a busy phone: calls of every kind with people of the mirror and strangers, some logged, some with hostile names."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.models import Contact, ContactPhone, Page
from callerid.store.connection import writing

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.context import AppContext

_TYPES = ("INCOMING",) * 45 + ("OUTGOING",) * 30 + ("MISSED",) * 18 + ("REJECTED", "VOICEMAIL", "BLOCKED") * 2 + ("UNKNOWN_TYPE",)
_AS_SENT = {"direction": "INBOUND", "status": "COMPLETED", "title": "", "note": ""}
_STATES = ("logged",) * 60 + ("dismissed",) * 10 + ("not-in-crm",) * 24 + ("ignored",) * 4 + ("open", "dead-letter")


def fill(app: AppContext, now: datetime, calls: int, *, days: int, people: int, names: tuple[str, ...]) -> None:
    """Put calls of so many days before now into the ledger, and so many people into the mirror."""
    chance = random.Random(20)
    contacts = tuple(_contact(place, names) for place in range(people))
    app.mirror.update(app.region).put(Page(contacts=contacts))
    end = int(now.timestamp())
    starts = sorted(chance.randrange(end - int(timedelta(days=days).total_seconds()), end) for _ in range(calls))
    rows, followups, outbox = [], [], []
    for place, start in enumerate(starts):
        state, kind, sender = chance.choice(_STATES), chance.choice(_TYPES), chance.randrange(people)
        number = f"+35386{place // 3:07}" if state == "not-in-crm" else f"+35387{7_000_000 + sender:07}"
        duration = chance.randrange(10, 900) if kind in ("INCOMING", "OUTGOING") and chance.random() < 0.85 else 0
        key = f"{start}-{place}"
        rows.append((key, start, number, kind, duration, "1", 0, "", number, start + 1))
        followups.append((key, state, f"callerid-{key}", start + 60))
        if state == "logged":
            content = {"external_id": key, "start": start, "duration_ms": duration, "contact_id": str(10_000 + sender)} | _AS_SENT
            outbox.append((key, f"x:{key}", json.dumps(content), start + 30, start + 33))
    with writing(app.ledger.connection):
        db = app.ledger.connection
        db.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)", rows)
        db.executemany("INSERT INTO followups (call_key, state, notification_id, settled_at) VALUES (?, ?, ?, ?)", followups)
        db.executemany(
            "INSERT INTO outbox (call_key, kind, external_id, content, state, attempts, created_at, settled_at)"
            " VALUES (?, 'call', ?, ?, 'delivered', 1, ?, ?)",
            outbox,
        )


def _contact(place: int, names: tuple[str, ...]) -> Contact:
    return Contact(
        id=str(10_000 + place),
        first_name=f"Ana {place}" if place >= len(names) else "",
        last_name="López" if place >= len(names) else names[place],
        company_text=f"Company {place % 150}" if place >= len(names) else names[place],
        phones=(ContactPhone(property="phone", raw=f"+35387{7_000_000 + place:07}"),),
    )
