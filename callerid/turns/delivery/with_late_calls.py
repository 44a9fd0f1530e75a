"""A round over the outbox, and another one for what the first has made possible: the calls of a contact that it added."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.turns.delivery.outbox_round import deliver
from callerid.turns.followup.late_matches import offer_late_matches

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.crm.port import Crm
    from callerid.turns.context import AppContext
    from callerid.turns.delivery.outbox_round import Delivered


def deliver_with_late_calls(app: AppContext, crm: Callable[[], Crm], clock: Callable[[], datetime]) -> Delivered:
    """Deliver what is due, then the calls that waited for a contact which is in the CRM only now. Return what both rounds did, as
    one. Raise StoreFault."""
    first = deliver(app, crm, clock)
    if not first.added:
        return first
    offer_late_matches(app, clock())
    second = deliver(app, crm, clock)
    return replace(
        second,
        delivered=first.delivered + second.delivered,
        settled=True,
        added=True,
        fault=second.fault or (first.fault if second.left else None),
    )
