"""Which activities a sync reads: what the setting card.lines shows of a contact, and no more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.wording.ring_card import CardLine
from callerid.models import ActivityKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

NOTED_WITHIN = timedelta(days=365)  # an older note says little of a caller
_SHOWN_BY = {
    CardLine.CRM_NOTE: ActivityKind.CALLS,
    CardLine.TASKS: ActivityKind.TASKS,
    CardLine.TICKETS: ActivityKind.TICKETS,
}


def wanted_activities(lines: Collection[str]) -> tuple[ActivityKind, ...]:
    """Return the kinds of activities that a card with these lines shows."""
    return tuple(kind for line, kind in _SHOWN_BY.items() if line in lines)


def kind_to_relink(linked_at: Mapping[ActivityKind, datetime]) -> ActivityKind | None:
    """Return the kind whose links were read longest ago: a link changes no date, and one kind in each sync is asked for all of
    them."""
    return min(linked_at, key=lambda kind: (linked_at[kind], kind), default=None)
