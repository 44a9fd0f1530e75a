"""Which activities a sync reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from callerid.core.sync.activities import kind_to_relink, wanted_activities
from callerid.models import ActivityKind

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_only_what_a_card_shows_is_read() -> None:
    assert wanted_activities(("name", "deal", "last-call", "note", "facts")) == ()
    assert wanted_activities(("facts", "tasks")) == (ActivityKind.TASKS,)
    assert wanted_activities(("tickets", "crm-note")) == (ActivityKind.CALLS, ActivityKind.TICKETS)


def test_the_kind_whose_links_are_oldest_is_asked_for_all_of_them() -> None:
    linked_at = {ActivityKind.CALLS: NOW, ActivityKind.TASKS: NOW - timedelta(hours=2), ActivityKind.TICKETS: NOW}
    assert kind_to_relink(linked_at) is ActivityKind.TASKS
    assert kind_to_relink(dict.fromkeys(ActivityKind, NOW)) is ActivityKind.CALLS
    assert kind_to_relink({}) is None
