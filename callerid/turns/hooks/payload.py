"""What a hook's program is told, as one JSON object (docs/json.md)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.json_values import call_json, deal_json
from callerid.core.record_links import RecordType, record_url
from callerid.core.wording import safe_text
from callerid.core.wording.ring_card import RingCardDetails, ring_title
from callerid.core.wording.style import Discretion
from callerid.turns.context import local_clock
from callerid.turns.facts import turn_facts
from callerid.turns.ringing.resolve_caller import resolve_caller
from callerid.turns.views.listed_calls import caller_of, listed_call

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.callers.resolve import Resolution
    from callerid.core.followup.state import FollowUp
    from callerid.core.ringing.card_lifecycle import RingCard
    from callerid.turns.context import AppContext


def of_ring(app: AppContext, ring: RingCard, now: datetime) -> str:
    """Return what is told of a ring."""
    caller = resolve_caller(app, ring.number, ring.name)
    details = RingCardDetails(number_shown=numbers.display(ring.number, app.region))
    style = replace(turn_facts(app, now).style, discretion=Discretion.NAMES)  # whatever notifications show
    title = safe_text.title(ring_title(caller, style, details))
    return _text({"event": "ring", "at": ring.at.isoformat(), **_who(app, caller, ring.number, title), "call": None})


def of_call(app: AppContext, event: str, followup: FollowUp, at: datetime, now: datetime) -> str:
    """Return what is told of an event ("missed" or "logged") of a call, and when it was known."""
    facts = turn_facts(app, now)
    caller = caller_of(app, followup, facts)
    call = listed_call(app, followup, caller, facts, local_clock(app.ledger))
    delivery = app.ledger.outbox.of_call(call.key)
    more = {"answer": app.config.hooks.answer} if event == "missed" else {"crm_id": delivery.remote_id if delivery else ""}
    who = _who(app, caller, call.number, call.who)
    return _text({"event": event, "at": at.isoformat(), **who, "call": call_json(call), **more})


def _who(app: AppContext, caller: Resolution, number: str, title: str) -> dict[str, object]:
    only = caller.candidates[0] if len(caller.candidates) == 1 else None
    return {
        "number": number,
        "e164": numbers.e164(number, app.region),
        "line_type": numbers.line_type(number, app.region),
        "who": title,
        "company": only.company if only else caller.company,
        "contact_id": only.id if only else None,
        "certainty": caller.certainty.value,
        "deals": [deal_json(deal) for deal in only.deals] if only else [],
        "link": record_url(app.mirror.account(), RecordType.CONTACT, only.id) if only else "",
    }


def _text(values: dict[str, object]) -> str:
    """Return values as one line of JSON in ASCII, which a program reads whatever its locale is."""
    return json.dumps(values) + "\n"
