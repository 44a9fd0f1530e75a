"""The checks on a portal. Those that are tried create a contact, a call and a task of a test account, and delete them."""

from __future__ import annotations

import uuid
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from callerid.errors import CalleridError, NotFound
from callerid.models import (
    ActivityKind,
    ActivityRequest,
    CallEngagement,
    CallStatus,
    Direction,
    EngagementKind,
    Kind,
    NewContact,
    Outcome,
    SyncRequest,
    TaskEngagement,
)
from tests.device.tick_file import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callerid.crm.hubspot.client import HubSpot
    from tests.device.tester import Tester

_NO_PORTAL = Verdict(is_so=None, says="needs --portal and a test account")


def _on_portal(check: Callable[[HubSpot], Verdict]) -> Callable[[Tester], Verdict]:
    return lambda tester: check(tester.client) if tester.client else _NO_PORTAL


@contextmanager
def _test_contact(client: HubSpot) -> Iterator[str]:
    """Give the id of a new contact that is deleted at the end."""
    mark = uuid.uuid4().hex[:8]
    new = NewContact(first_name="callerid", last_name=f"test {mark}", company="", email="", number="+15005550006", owner_id=None)
    contact_id = client.create_contact(new)
    try:
        yield contact_id
    finally:
        with suppress(CalleridError):
            client.withdraw_contact(contact_id)


def _call(contact_id: str) -> CallEngagement:
    return CallEngagement(
        external_id=str(uuid.uuid4()),
        start=datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1),
        duration_ms=60_000,
        direction=Direction.INBOUND,
        status=CallStatus.COMPLETED,
        outcome=Outcome.CONNECTED,
        title="callerid test",
        note="a < b & c",
        from_number="+15005550006",
        to_number="",
        owner_id=None,
        contact_id=contact_id,
        company_id=None,
        deal_id=None,
    )


def version_accepted(client: HubSpot) -> Verdict:
    """The portal answers about itself, and takes a call."""
    client.account()
    with _test_contact(client) as contact_id:
        call_id = client.create(_call(contact_id))
        client.withdraw(EngagementKind.CALL, call_id)
    return Verdict(is_so=True, says="a call was posted and deleted")


def search_sorts(client: HubSpot) -> Verdict:
    """A search for changes comes in the order that was asked for (another order raises), and passes over as many as is asked."""
    since = datetime.now(UTC) - timedelta(days=30)
    pages = client.changes(Kind.CONTACTS, SyncRequest(), since, 0, lambda _: frozenset())
    count = sum(changes.rows for _, changes in zip(range(2), pages, strict=False))
    first, passed = (client.ids_between(Kind.CONTACTS, SyncRequest(), 0, None, passed).ids for passed in (0, 1))
    is_passed = tuple(passed[:10]) == tuple(first[1:11])
    return Verdict(is_so=is_passed, says=f"{count} contacts in order; one that is passed over is not shown: {is_passed}")


def change_and_delete(client: HubSpot) -> Verdict:
    """A call is found by its association, changed, and deleted."""
    with _test_contact(client) as contact_id:
        call = _call(contact_id)
        call_id = client.create(call)
        found = client.find(call)
        client.update(call_id, replace(call, note="changed"), (call,))
        client.withdraw(EngagementKind.CALL, call_id)
        try:
            client.check_exists(EngagementKind.CALL, call_id)
        except NotFound:
            return Verdict(is_so=found == call_id, says="found, changed, deleted" if found == call_id else "not found at once")
    return Verdict(is_so=False, says="it is still there")


def task_properties(client: HubSpot) -> Verdict:
    """A task is taken with its reminder, and found again by the id in its text."""
    with _test_contact(client) as contact_id:
        due = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
        task = TaskEngagement(
            external_id=str(uuid.uuid4()), due=due, title="callerid test", note="", owner_id=None, contact_id=contact_id,
            company_id=None, deal_id=None,
        )  # fmt: skip
        task_id = client.create(task)
        found = client.find(task)
        client.withdraw(EngagementKind.TASK, task_id)
    return Verdict(is_so=found == task_id, says="found again" if found == task_id else "not found again")


def own_outcomes(client: HubSpot) -> Verdict:
    """The portal's outcomes come with the properties."""
    outcomes = client.portal_info().outcomes
    return Verdict(is_so=bool(outcomes), says=f"{len(outcomes)} outcomes")


def open_activities(client: HubSpot) -> Verdict:
    """Searches find notes of calls and open tasks by our filters, newest first, and their contacts are told."""
    noted_since = datetime.now(UTC) - timedelta(days=365)
    counted = []
    for kind in (ActivityKind.CALLS, ActivityKind.TASKS):
        page = client.open_activities(ActivityRequest(kind=kind, noted_since=noted_since), None)
        client.contacts_of_activities(kind, [one.id for one in page.activities][:10])
        counted.append(f"{page.total} {kind}")
    return Verdict(is_so=True, says=", ".join(counted))


TRIED: dict[str, Callable[[Tester], Verdict]] = {
    "version-accepted": _on_portal(version_accepted),
    "search-sorts": _on_portal(search_sorts),
    "change-and-delete": _on_portal(change_and_delete),
    "task-properties": _on_portal(task_properties),
    "own-outcomes": _on_portal(own_outcomes),
    "open-activities": _on_portal(open_activities),
}
ASKED = {
    "search-takes-list": "With an empty mirror, did callerid sync say how many recent callers can be named already?",
    "scope-refused": "With a key that has crm.objects.contacts.read alone, did callerid sync name the scopes that are missing?",
    "exports": "With sync.via export, did callerid sync --full take about 20 requests?",
    "linking-scope": "Is the logged call on the deal's timeline?",
    "no-owner": "With a service key and without crm.owner, does the call in the CRM have no owner?",
    "deleted-record": "After the contact was deleted, does callerid outbox show what the portal answered?",
    "lost-answer": "After an answer was lost, is the call in the CRM once?",
    "list-from-any-id": "Did callerid sync --full report about one request for each 100 records?",
    "open-tickets": "With tickets in card.lines and the scope tickets, does callerid show NAME list the open tickets, and no closed one?",
    "deleted-task": "After the task was deleted and callerid sync, was it gone from callerid show NAME?",
    "close-date": "Is the deal's close date in callerid lookup the day that the portal shows?",
    "search-lag": "Did the sync after the deal was unlinked notice it?",
    "no-429": "Does HubSpot's log of API calls show no 429 after callerid sync --full over the mobile network?",
    "retry-after": "Did the log say how long it waits after a 429?",
}
