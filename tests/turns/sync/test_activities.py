"""What the CRM has of a contact besides records: notes of calls, open tasks and open tickets, as far as card.lines shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from callerid.config.load import parse_config
from callerid.core.inbox_events import Ring
from callerid.core.sync.plan import SyncKind
from callerid.models import ActivityKind, Kind
from callerid.token_scopes import TICKETS
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.sync.pull import pull
from callerid.turns.upkeep.forget import find, forget
from tests.turns.sync.portal_and_world import NOW, PortalAndWorld

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANA, BEN = "+353871230001", "+353871230002"
DAY = 86_400_000
EVERY_LINE = '["crm-note", "tasks", "tickets"]'


class Case(PortalAndWorld):
    """A portal with Ana and Ben, and a mirror of it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, people=3)
        records = self.portal.records
        self.portal.scopes.add(TICKETS)
        self.ana = records.create("contacts", {"firstname": "Ana", "phone": ANA}).id
        self.ben = records.create("contacts", {"firstname": "Ben", "phone": BEN}).id
        self.lines(EVERY_LINE)

    def lines(self, lines: str) -> None:
        self.world.config = parse_config(f'region = "IE"\n[card]\nlines = {lines}\n')
        self.world.app = replace(self.world.app, config=self.world.config)

    def at(self, days: float) -> str:
        return str(int(NOW.timestamp() * 1000 + days * DAY))

    def task(self, subject: str, days: float, who: int = 0, **more: str) -> int:
        links = [("contacts", who or self.ana, 204)]
        told = {"hs_task_subject": subject, "hs_timestamp": self.at(days), "hs_task_status": "NOT_STARTED"}
        return self.portal.records.create("tasks", told | more, links).id

    def ticket(self, subject: str, stage: str = "1", who: int = 0) -> int:
        told = {"subject": subject, "hs_pipeline": "0", "hs_pipeline_stage": stage}
        return self.portal.records.create("tickets", told, [("contacts", who or self.ana, 16)]).id

    def note(self, body: str, days: float, who: int = 0) -> int:
        told = {"hs_call_body": body, "hs_timestamp": self.at(days), "hubspot_owner_id": "77002"}
        return self.portal.records.create("calls", told, [("contacts", who or self.ana, 194)]).id

    def edit(self, kind: str, record_id: int, **values: str) -> None:
        self.portal.records.edit(kind, record_id, values)

    def known(self, kind: ActivityKind, number: str = ANA) -> list[str]:
        (found,) = self.world.who(number)
        return [activity.text for activity in found.activities if activity.kind is kind]

    def tasks(self, number: str = ANA) -> list[str]:
        return self.known(ActivityKind.TASKS, number)

    def requests_of(self) -> dict[str, int]:
        """Sync as the hour does, and return how many requests of this part there were, by their last words."""
        self.world.later(hours=1)
        self.portal.requests_seen.clear()
        self.sync()
        counted: dict[str, int] = {}
        for _, path, _ in self.portal.requests_seen:
            for kind in ActivityKind:
                if f"/{kind}/" in path or path.endswith(f"/{kind}"):
                    name = f"{kind} {'links' if 'associations' in path else path.rsplit('/', 1)[-1]}"
                    counted[name] = counted.get(name, 0) + 1
        return counted


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    made = Case(tmp_path)
    yield made
    made.close()


def test_a_full_sync_brings_the_newest_note_the_open_tasks_and_the_open_tickets(case: Case) -> None:
    case.note("<p>Asked for the <b>offer</b></p><p>Call&nbsp;back</p>", -9)
    case.note("Older", -20)
    case.note("", -1)  # a call without a note says nothing
    case.note("Of two years ago", -700, case.ben)
    case.task("Later", 9)
    case.task("Overdue", -2)
    case.task("Done", -1, hs_task_status="COMPLETED")
    case.ticket("Broken", "3")
    case.ticket("Closed", "4")
    case.sync()
    (found,) = case.world.who(ANA)
    told = [(one.text, one.stage, one.owner.first_name if one.owner else "") for one in found.activities]
    assert told == [
        ("Asked for the offer Call back", "", "Eva"),
        ("Overdue", "", ""),
        ("Later", "", ""),
        ("Broken", "Waiting on us", ""),
    ]
    assert case.known(ActivityKind.CALLS, BEN) == []


def test_the_card_of_a_ring_says_them(case: Case) -> None:
    case.note("Sends the offer", -1)
    case.task("Send the price list", -3)
    case.task("Second", 3)
    case.ticket("Printer is broken")
    case.sync()
    show_ring(case.world.app, Ring(number=ANA, name="", at=case.world.now), case.world.now)
    body = case.world.shown("Ana").content.splitlines()
    assert body == [
        "noted yesterday by Eva Else: Sends the offer",
        "task: Send the price list · overdue since 20 Nov (+1 task)",
        "ticket: Printer is broken · New",
    ]


def test_what_is_closed_changed_deleted_or_reopened_is_so_within_the_hour(case: Case) -> None:
    closed, deleted, purged, renamed = (case.task(name, n) for n, name in enumerate(("Closed", "Deleted", "Purged", "Renamed"), 1))
    reopened = case.task("Reopened", 5, hs_task_status="COMPLETED")
    case.sync()
    assert case.tasks() == ["Closed", "Deleted", "Purged", "Renamed"]
    case.world.later(hours=1)
    case.edit("tasks", closed, hs_task_status="COMPLETED")
    case.edit("tasks", renamed, hs_task_subject="Named anew", hs_timestamp=case.at(0.5))
    case.edit("tasks", reopened, hs_task_status="WAITING")
    case.portal.records.archive("tasks", deleted)
    case.portal.records.purge("tasks", purged)
    assert case.sync().changed == 5
    assert case.tasks() == ["Named anew", "Reopened"]


def test_a_link_that_is_moved_is_followed_although_it_changes_no_date(case: Case) -> None:
    task, ticket = case.task("Call", 1), case.ticket("Broken")
    case.sync()
    for kind, record_id, type_id in (("tasks", task, 204), ("tickets", ticket, 16)):
        case.portal.records.unlink(kind, record_id, "contacts", case.ana)
        case.portal.records.link(kind, record_id, "contacts", case.ben, type_id)
    for _ in range(3):  # one kind in each sync
        case.world.later(hours=1)
        case.sync()
    assert (case.tasks(ANA), case.tasks(BEN)) == ([], ["Call"])
    assert case.known(ActivityKind.TICKETS, BEN) == ["Broken"]


def test_a_contact_who_comes_later_has_the_tasks_that_were_there_before(case: Case) -> None:
    case.task("Of Ben", 1, case.ben)
    case.portal.records.archive("contacts", case.ben)
    case.sync()
    case.world.later(hours=1)
    case.portal.records.restore("contacts", case.ben)
    case.sync()
    assert case.tasks(BEN) == ["Of Ben"]


def test_a_delta_sync_costs_one_search_a_line_and_the_links_of_one_of_them(case: Case) -> None:
    for n in range(5):
        case.task(f"Task {n}", n)
        case.note(f"Note {n}", -n)
        case.ticket(f"Ticket {n}")
    case.sync()
    counted = case.requests_of()
    assert {name: n for name, n in counted.items() if "links" not in name} == {
        "calls search": 1,
        "tasks search": 1,
        "tickets search": 1,
    }
    assert sum(n for name, n in counted.items() if "links" in name) == 1
    case.lines('["tasks"]')
    assert case.requests_of() == {"tasks search": 1, "tasks links": 1}
    case.lines('["name", "deal", "last-call", "note", "facts"]')
    assert case.requests_of() == {}
    (found,) = case.world.who(ANA)
    assert found.activities == ()


def test_without_the_scope_of_tickets_only_they_are_missing(case: Case) -> None:
    case.portal.scopes.discard(TICKETS)
    case.task("There", 1)
    case.ticket("Broken")
    assert TICKETS in {missing.scope for missing in case.sync().missing}
    assert (case.tasks(), case.known(ActivityKind.TICKETS)) == (["There"], [])
    assert "tickets search" in case.requests_of()  # asks whether it may now, and no more
    case.portal.scopes.add(TICKETS)
    case.world.later(hours=1)
    assert case.sync().missing == ()
    assert case.known(ActivityKind.TICKETS) == ["Broken"]
    case.portal.scopes.discard(TICKETS)
    case.world.later(hours=1)
    assert TICKETS in {missing.scope for missing in case.sync().missing}
    assert case.known(ActivityKind.TICKETS) == ["Broken"]  # as it was when it could last be read
    case.world.later(hours=1)
    case.lines('["tasks"]')
    assert case.sync().missing == ()


def test_more_than_a_sync_reads_is_followed_all_the_same(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    from callerid.crm.hubspot import activities as reading
    from callerid.turns.sync import activities

    monkeypatch.setattr(activities, "_ROWS", 4)
    monkeypatch.setattr(reading, "_MOST_IN_PAGE", 2)
    tasks = [case.task(f"Task {n}", n) for n in range(1, 12)]
    case.world.later(hours=3)
    case.sync()
    assert len(case.tasks()) == 11
    case.world.later(hours=1)
    case.edit("tasks", tasks[0], hs_task_status="COMPLETED")  # below what this sync compares: a change is seen at once
    case.portal.records.archive("tasks", tasks[10])  # among the first that are compared
    case.portal.records.archive("tasks", tasks[1])  # among the last: its turn comes
    case.sync()
    assert case.tasks() == [f"Task {n}" for n in range(2, 11)]
    for _ in range(2):
        case.world.later(hours=1)
        case.sync()
    assert case.tasks() == [f"Task {n}" for n in range(3, 11)]
    case.world.later(hours=1)
    for task in tasks[2:10]:
        case.edit("tasks", task, hs_task_subject="Same for all")
    case.sync()
    assert case.tasks() == ["Same for all"] * 8


def test_a_search_that_hides_what_it_counts_removes_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.task("Stays", 1)
    case.sync()
    from callerid.simulator.portal.reading import search

    found = search.search
    monkeypatch.setattr(search, "search", lambda *given: found(*given) | ({"results": []} if given[1] == "tasks" else {}))
    case.world.later(hours=1)
    case.sync()
    assert case.tasks() == ["Stays"]


def test_a_new_stage_has_its_name_at_once(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    from callerid.simulator.portal.schema import TICKET_PIPELINE

    case.ticket("Old", "1")
    case.sync()
    stage = TICKET_PIPELINE["stages"][0] | {"id": "77", "label": "Escalated"}
    monkeypatch.setitem(TICKET_PIPELINE, "stages", [*TICKET_PIPELINE["stages"], stage])
    case.world.later(hours=1)
    case.ticket("New", "77")
    case.sync()
    (found,) = case.world.who(ANA)
    assert [(one.text, one.stage) for one in found.activities] == [("New", "Escalated"), ("Old", "New")]


def test_nothing_of_a_forgotten_person_stays_or_comes_back(case: Case) -> None:
    case.note("Secret of Ana", -1)
    shared = case.task("Both of them", 1)
    case.portal.records.link("tasks", shared, "contacts", case.ben, 204)
    case.sync()
    app = case.world.app
    forget(app, find(app, ANA), case.world.now)
    case.world.later(hours=1)
    case.sync()
    assert case.tasks(BEN) == ["Both of them"]
    app.mirror.close()
    assert all(b"Secret of Ana" not in path.read_bytes() for path in case.world.where.mirror.parent.glob("mirror*"))


def test_what_a_removed_contact_had_is_gone_at_once_and_what_was_shared_stays_the_others(case: Case) -> None:
    case.note("Of Ana alone", -1)
    shared = case.task("Both of them", 1)
    case.portal.records.link("tasks", shared, "contacts", case.ben, 204)
    case.sync()
    mirror = case.world.app.mirror
    assert mirror.activities.count() == 2
    mirror.update("IE").remove(Kind.CONTACTS, [case.ana])
    assert (mirror.activities.count(), case.tasks(BEN)) == (1, ["Both of them"])


def test_a_sweep_reads_them_anew_and_a_dry_run_leaves_them(case: Case) -> None:
    case.task("First", 1)
    case.sync()
    case.task("Second", 2)
    case.world.later(hours=1)
    pull(case.world.app, case.world.hub, case.world.clock, dry_run=True)
    assert case.tasks() == ["First"]
    case.sync(SyncKind.SWEEP)
    assert case.tasks() == ["First", "Second"]


@pytest.mark.parametrize(("fault", "more"), [("status", {"status": 400}), ("status", {"status": 503}), ("not_json_200", {})])
def test_a_portal_that_refuses_these_searches_fails_no_sync(case: Case, fault: str, more: dict[str, int]) -> None:
    case.task("Stays", 1)
    case.ticket("Broken")
    case.sync()
    case.world.later(hours=1)
    case.edit("contacts", case.ben, firstname="Benno")
    case.ticket("Newer")
    case.portal.fault(fault, "/tasks/search", times=99, **more)
    assert case.sync().changed == 2
    assert (case.tasks(), len(case.known(ActivityKind.TICKETS)), case.world.who(BEN)[0].first_name) == (["Stays"], 2, "Benno")
