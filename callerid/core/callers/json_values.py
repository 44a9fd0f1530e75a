"""Calls and deals as `--json` and hooks give them (docs/json.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.core.callers.candidate import OpenDeal
    from callerid.core.callers.contact_activity import ContactActivity
    from callerid.core.callers.listed_call import ListedCall


def call_json(call: ListedCall) -> dict[str, object]:
    """Return a call of a list."""
    return {
        "key": call.key,
        "start": call.start.isoformat(),
        "local": f"{call.local:%Y-%m-%d %H:%M}",
        "number": call.number,
        "type": call.type.value,
        "duration": call.duration,
        "sim": call.sim,
        "who": call.who,
        "company": call.company,
        "contact_id": call.contact_id or None,
        "certainty": call.certainty,
        "state": call.state,
        "reason": call.reason,
        "outcome": call.outcome,
        "note": call.note,
    }


def activity_json(activity: ContactActivity, when: str) -> dict[str, object]:
    """Return a note, a task or a ticket that the CRM has, with its time under the name `when`."""
    return {
        "id": activity.id,
        when: activity.at.isoformat() if activity.at else None,
        "text": activity.text,
        "owner": activity.owner.email if activity.owner else None,
    }


def deal_json(deal: OpenDeal) -> dict[str, object]:
    """Return a deal."""
    return {
        "id": deal.id,
        "name": deal.name,
        "amount": None if deal.amount is None else str(deal.amount),
        "currency": deal.currency,
        "stage": deal.stage_label,
        "pipeline": deal.pipeline_label,
        "closes": deal.closes.isoformat() if deal.closes else None,
    }


def linked_deal_json(deal: OpenDeal, urls: Mapping[str, str], *, is_open: bool) -> dict[str, object]:
    """Return a deal of a person, with its address from those by deals' ids."""
    return deal_json(deal) | {"is_open": is_open, "link": urls.get(deal.id, "")}
