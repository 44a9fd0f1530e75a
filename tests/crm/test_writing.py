"""What is written to HubSpot, over HTTP on loopback: made once, found again, changed, withdrawn, and never on the wrong record."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from callerid import errors
from callerid.credentials import Token
from callerid.crm.hubspot.client import HubSpot
from callerid.crm.hubspot.outcomes import DISPOSITIONS
from callerid.models import (
    CallEngagement,
    CallOutcome,
    CallStatus,
    Direction,
    EngagementKind,
    NewContact,
    Outcome,
    SyncRequest,
    TaskEngagement,
)
from callerid.simulator.portal import SimulatedPortal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.models import Engagement

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
OBJECTS = "/crm/objects/2026-09"
SYNC_REQUEST = SyncRequest(contact_phone_properties=("phone", "mobilephone"))
MINE = NewContact(
    first_name="Nora", last_name="Neu", company="Neu KG", email="Nora@Example.com", number="+353879990000", owner_id="77001"
)


class Desk:
    """A portal with few people, a client, and engagements of Ana's call."""

    def __init__(self, portal: SimulatedPortal) -> None:
        self.portal, self.records = portal, portal.records
        self.now = portal.records.clock() + 1
        self.waited: list[float] = []
        self.ana, self.ben = sorted(portal.records.by_kind["contacts"])[:2]
        self.company, self.other_company = sorted(portal.records.by_kind["companies"])[:2]
        self.deal, self.other_deal = sorted(portal.records.by_kind["deals"])[:2]
        self.client = self.connect()

    def connect(self, **more: Any) -> HubSpot:
        return HubSpot(
            Token(self.portal.token),
            url=self.portal.url,
            wait=self.wait,
            clock=lambda: NOW,
            report_fault=print,
            monotonic=lambda: self.now,
            **more,
        )

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds

    def call(self, **changes: Any) -> CallEngagement:
        made = CallEngagement(
            external_id="0b9f5c1e-call",
            start=NOW,
            duration_ms=184_000,
            direction=Direction.INBOUND,
            status=CallStatus.COMPLETED,
            outcome=Outcome.CONNECTED,
            title="Call with Ana",
            note="a < b & c\nnext",
            from_number="+353871234567",
            to_number="",
            owner_id="77001",
            contact_id=str(self.ana),
        )
        return replace(made, **changes)

    def task(self, **changes: Any) -> TaskEngagement:
        made = TaskEngagement(
            external_id="0b9f5c1e-task",
            due=DUE,
            title="Call Ana back",
            note="about <b>the</b> offer\n& the price",
            owner_id="77001",
            contact_id=str(self.ana),
            company_id=str(self.company),
            deal_id=str(self.deal),
        )
        return replace(made, **changes)

    def both(self) -> tuple[Engagement, ...]:
        return self.call(), self.task()

    def raw(self, kind: str, remote_id: str) -> dict[str, str]:
        """The properties that the portal has under an id."""
        return self.records.by_kind[kind][int(remote_id)].properties

    def linked(self, kind: str, remote_id: str) -> dict[str, list[int]]:
        return {to: sorted(self.records.linked(kind, int(remote_id), to)) for to in ("contacts", "companies", "deals")}

    def sent(self, method: str) -> int:
        return sum(one == method for one, _, _ in self.portal.requests_seen)


@pytest.fixture
def desk() -> Iterator[Desk]:
    portal = SimulatedPortal()
    portal.populate(people=12, companies=4, deals=6)
    with portal:
        made = Desk(portal)
        portal.records.clock = portal.limits.clock = lambda: made.now
        yield made
        made.client.close()


# ------------------------------------------------------------------------------------------------ creating


def test_a_task_is_created_with_due_date_reminder_and_links(desk: Desk) -> None:
    task_id = desk.client.create(desk.task())
    said = desk.raw("tasks", task_id)
    assert said["hs_timestamp"] == "2026-11-24T09:30:00Z"
    assert said["hs_task_reminders"] == str(int(DUE.timestamp() * 1000))
    assert (said["hs_task_subject"], said["hs_task_status"], said["hs_task_type"]) == ("Call Ana back", "NOT_STARTED", "CALL")
    (held,) = desk.portal.held_tasks()
    assert (held.owner, held.contacts, held.deals) == ("Max Own", ("Ana López",), ("Renewal 2027",))
    assert len(held.companies) == 1


def test_a_tasks_note_is_text_and_stays_apart_from_its_mark(desk: Desk) -> None:
    body = desk.raw("tasks", desk.client.create(desk.task()))["hs_task_body"]
    assert body.startswith("about &lt;b&gt;the&lt;/b&gt; offer<br>&amp; the price<br>[callerid ")
    assert body.endswith("]")
    assert "0b9f5c1e-task" not in body


def test_a_task_whose_note_is_enormous_still_has_its_mark(desk: Desk) -> None:
    task = desk.task(note="&" * 70_000)
    task_id = desk.client.create(task)
    body = desk.raw("tasks", task_id)["hs_task_body"]
    assert len(body) <= 65_536
    assert desk.client.find(task) == task_id


def test_a_note_that_looks_like_a_mark_is_not_taken_for_one(desk: Desk) -> None:
    mark = desk.raw("tasks", desk.client.create(desk.task()))["hs_task_body"].rsplit("<br>", 1)[1]
    impostor = desk.task(external_id="another", note=mark.replace("[", "< ["))
    assert desk.client.find(impostor) is None


@pytest.mark.parametrize(
    ("fault", "happened"), [("cut_after", 1), ("cut_before", 0), ("html", 0), ("truncated_json", 1), ("not_json_200", 1)]
)
def test_a_task_whose_answer_was_lost_is_looked_for_before_it_is_made_again(desk: Desk, fault: str, happened: int) -> None:
    desk.portal.search_lag = 600
    desk.portal.fault(fault, f"POST {OBJECTS}/tasks$")
    with pytest.raises(errors.OutcomeUnknown):
        desk.client.create(desk.task())
    assert len(desk.portal.held_tasks()) == happened
    assert bool(desk.client.find(desk.task())) == bool(happened)
    assert desk.sent("POST") >= 1


def test_a_portals_own_outcome_is_told_in_its_order_and_comes_back_as_it_was_chosen(desk: Desk) -> None:
    outcomes = desk.client.portal_info().outcomes
    assert [one.label for one in outcomes] == [
        *("Busy", "Connected", "Left live message", "Left voicemail", "No answer", "Wrong number", "Callback requested")
    ]
    assert outcomes[1] == CallOutcome(id=Outcome.CONNECTED, label="Connected")
    own = outcomes[-1]
    assert own.id not in set(Outcome)
    call_id = desk.client.create(desk.call(outcome=own.id))
    assert desk.raw("calls", call_id)["hs_call_disposition"] == own.id
    assert [call.disposition for call in desk.portal.held_calls()] == ["Callback requested"]


@pytest.mark.parametrize("fault", ["not_json_200", "status", "html"])
def test_a_portal_that_does_not_tell_its_outcomes_is_synced_all_the_same(desk: Desk, fault: str) -> None:
    desk.portal.fault(fault, "GET /crm/properties/2026-09/calls/", times=99)
    portal_info = desk.client.portal_info()
    assert (portal_info.outcomes, portal_info.totals.contacts) == ((), 12)


@pytest.mark.parametrize("options", [None, "x", [None, 1, {}, {"value": 1}, {"label": "no value"}]])
def test_outcomes_that_are_nonsense_are_none(desk: Desk, options: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from callerid.simulator.portal import reading_api

    monkeypatch.setattr(reading_api, "one_property", lambda *_: {"name": "hs_call_disposition", "options": options})
    assert desk.client.portal_info().outcomes == ()


def test_what_a_portals_rule_wants_is_named_with_what_to_type_and_then_given(desk: Desk) -> None:
    desk.portal.required["calls"] = ("hs_activity_type",)
    with pytest.raises(errors.Refused, match="hs_activity_type") as told:
        desk.client.create(desk.call())
    assert 'callerid config set log.fields "hs_activity_type = ' in told.value.remedy
    assert "callerid outbox retry" in told.value.remedy
    generous = desk.connect(call_fields=(("hs_activity_type", "Support call"), ("hs_call_title", "not this one")))
    call_id = generous.create(desk.call())
    generous.update(call_id, desk.call(note="later"))
    said = desk.raw("calls", call_id)
    assert (said["hs_activity_type"], said["hs_call_title"], said["hs_call_body"]) == ("Support call", "Call with Ana", "later")
    generous.create(desk.task())  # the fields are those of calls
    generous.close()


def test_what_callerid_leaves_empty_of_a_call_has_the_fixed_value(desk: Desk) -> None:
    desk.portal.required["calls"] = ("hs_call_body", "hs_call_disposition")
    generous = desk.connect(call_fields=(("hs_call_body", "See the phone"), ("hs_call_disposition", DISPOSITIONS[Outcome.BUSY])))
    call_id = generous.create(desk.call(note="", outcome=None))
    assert desk.raw("calls", call_id)["hs_call_body"] == "See the phone"
    call_id = generous.create(desk.call(note="said", outcome=Outcome.CONNECTED))
    assert [(call.note, call.disposition) for call in desk.portal.held_calls()] == [
        ("See the phone", "Busy"),
        ("said", "Connected"),
    ]
    generous.close()


def test_the_remedy_for_a_rule_can_be_typed_and_names_everything_once(desk: Desk) -> None:
    desk.portal.required["calls"] = ("hs_activity_type",)
    stubborn = desk.connect(call_fields=(("hs_call_body", 'Sales, "EMEA"'), ("hs_activity_type", "")))
    with pytest.raises(errors.RequiredPropertiesMissing) as told:
        stubborn.create(desk.call())
    command, _, _ = told.value.remedy.partition("callerid config set log.fields ")[2].rpartition(", then: ")
    (typed,) = shlex.split(command)
    assert typed == 'hs_call_body = "Sales, \\"EMEA\\"", hs_activity_type = VALUE'
    stubborn.close()


def test_a_rule_for_our_own_number_is_met_by_its_setting(desk: Desk) -> None:
    desk.portal.required["calls"] = ("hs_call_to_number",)
    with pytest.raises(errors.RequiredPropertiesMissing) as told:
        desk.client.create(desk.call())
    assert "callerid config set log.own_number NUMBER, then" in told.value.remedy


def test_a_property_name_that_is_no_name_does_not_get_into_a_command(desk: Desk) -> None:
    desk.portal.required["calls"] = ('x"; rm -rf ~; "',)
    with pytest.raises(errors.Refused) as told:
        desk.client.create(desk.call())
    assert "rm -rf" not in told.value.remedy


# ------------------------------------------------------------------------------------------------ finding


def test_what_a_merged_contact_was_given_is_found_at_its_survivor(desk: Desk) -> None:
    desk.portal.search_lag = 600
    made = [desk.client.create(one) for one in desk.both()]
    desk.records.merge("contacts", desk.ana, desk.ben)
    assert [desk.client.find(one) for one in desk.both()] == made


@pytest.mark.parametrize("left", ["company", "deal"])
def test_what_has_no_contact_is_found_by_its_company_or_deal(desk: Desk, left: str) -> None:
    desk.portal.search_lag = 600
    of = {"contact_id": None, "company_id": None, "deal_id": None, f"{left}_id": str(getattr(desk, left))}
    for one in (desk.call(**of), desk.task(**of)):
        assert desk.client.find(one) is None
        assert desk.client.create(one) == desk.client.find(one)


def test_what_lost_its_links_is_found_by_search_when_the_index_has_it(desk: Desk) -> None:
    made = [desk.client.create(one) for one in desk.both()]
    desk.records.links.clear()
    assert [desk.client.find(one) for one in desk.both()] == made
    assert desk.client.find(desk.call(external_id="another")) is None
    assert desk.client.find(desk.task(external_id="another")) is None


def test_a_task_that_is_due_within_a_second_is_found_by_search(desk: Desk) -> None:
    task = desk.task(due=DUE.replace(microsecond=123_456))
    task_id = desk.client.create(task)
    desk.records.links.clear()
    assert desk.client.find(task) == task_id


def test_what_was_deleted_in_hubspot_is_not_found(desk: Desk) -> None:
    for one in desk.both():
        desk.client.withdraw(
            EngagementKind.CALL if isinstance(one, CallEngagement) else EngagementKind.TASK, desk.client.create(one)
        )
        assert desk.client.find(one) is None


def test_a_search_that_cannot_be_made_is_no_proof_that_there_is_nothing(desk: Desk) -> None:
    for one in desk.both():
        for pattern in ("/batch/read", "/search", f"GET {OBJECTS}/contacts"):
            desk.portal.fault("status", pattern, times=99, status=500)
            with pytest.raises(errors.CrmFault):
                desk.client.find(one)
            desk.portal.clear_faults()


# ------------------------------------------------------------------------------------------------ changing


def test_a_call_becomes_what_the_engagement_says_and_what_is_none_is_cleared(desk: Desk) -> None:
    call_id = desk.client.create(desk.call(company_id=str(desk.company), deal_id=str(desk.deal)))
    changed = desk.call(
        outcome=None, note="", title="Call with Ben", contact_id=str(desk.ben), company_id=None, deal_id=str(desk.other_deal)
    )
    for _ in range(2):  # doing it twice does no harm
        desk.client.update(call_id, changed)
        (held,) = desk.portal.held_calls()
        assert (held.title, held.note, held.disposition) == ("Call with Ben", "", "")
        assert desk.linked("calls", call_id) == {"contacts": [desk.ben], "companies": [], "deals": [desk.other_deal]}


def test_a_task_moves_to_another_day_with_its_reminder(desk: Desk) -> None:
    task_id = desk.client.create(desk.task())
    desk.client.update(task_id, desk.task(due=NOW, deal_id=None))
    said = desk.raw("tasks", task_id)
    assert (said["hs_timestamp"], said["hs_task_reminders"]) == ("2026-11-22T12:00:00Z", str(int(NOW.timestamp() * 1000)))
    assert desk.linked("tasks", task_id) == {"contacts": [desk.ana], "companies": [desk.company], "deals": []}
    assert desk.client.find(desk.task(due=NOW)) == task_id


def test_a_task_that_somebody_has_done_is_not_opened_again(desk: Desk) -> None:
    task_id = desk.client.create(desk.task())
    desk.records.edit("tasks", int(task_id), {"hs_task_status": "COMPLETED"})
    desk.client.update(task_id, desk.task(note="one more word"))
    assert desk.raw("tasks", task_id)["hs_task_status"] == "COMPLETED"


def test_a_record_that_goes_while_a_call_is_linked_with_it_does_not_pass_for_the_call(desk: Desk) -> None:
    call_id = desk.client.create(desk.call())
    desk.portal.fault("status", f"PUT {OBJECTS}/calls/", times=1, status=404)
    changed = desk.call(company_id=str(desk.company))
    with pytest.raises(errors.CrmFault):
        desk.client.update(call_id, changed, (desk.call(),))
    desk.client.update(call_id, changed, (desk.call(), changed))
    assert desk.linked("calls", call_id)["companies"] == [desk.company]


@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "html", "truncated_json", "not_json_200", "redirect"])
@pytest.mark.parametrize("pattern", [f"PATCH {OBJECTS}", f"PUT {OBJECTS}", "batch/archive"])
def test_a_change_without_an_answer_can_simply_be_made_again(desk: Desk, fault: str, pattern: str) -> None:
    call_id = desk.client.create(desk.call())
    changed = desk.call(note="new", contact_id=str(desk.ben), company_id=str(desk.company))
    desk.portal.fault(fault, pattern)
    with pytest.raises(errors.CrmFault):
        desk.client.update(call_id, changed)
    desk.client.update(call_id, changed)
    (held,) = desk.portal.held_calls()
    assert held.note == "new"
    assert desk.linked("calls", call_id) == {"contacts": [desk.ben], "companies": [desk.company], "deals": []}


def test_a_change_that_cannot_leave_the_phone_is_offline(desk: Desk) -> None:
    call_id = desk.client.create(desk.call())
    desk.portal.go_offline()
    with pytest.raises(errors.Offline):
        desk.client.update(call_id, desk.call(note="new"))
    with pytest.raises(errors.Offline):
        desk.client.withdraw(EngagementKind.CALL, call_id)
    desk.portal.go_online()


def test_a_call_that_somebody_deleted_is_refused_in_plain_words_and_touches_nothing_else(desk: Desk) -> None:
    call_id = desk.client.create(desk.call())
    desk.records.archive("calls", int(call_id))
    with pytest.raises(errors.Refused, match="HubSpot no longer has this call"):
        desk.client.update(call_id, desk.call(note="new"))
    task_id = desk.client.create(desk.task())
    desk.records.purge("tasks", int(task_id))
    with pytest.raises(errors.Refused, match="HubSpot no longer has this task"):
        desk.client.update(task_id, desk.task(note="new"))
    assert desk.sent("PUT") == 0


def test_a_refused_change_points_to_the_outbox(desk: Desk) -> None:
    call_id = desk.client.create(desk.call())
    with pytest.raises(errors.Refused, match="allowed options") as told:
        desk.client.update(call_id, desk.call(outcome="gone-since"))
    assert "callerid outbox" in told.value.remedy


def test_the_missing_right_to_write_is_named_for_every_way_of_writing(desk: Desk) -> None:
    call_id = desk.client.create(desk.call())
    desk.portal.scopes.discard("crm.objects.contacts.write")
    for do in (
        lambda: desk.client.create(desk.task()),
        lambda: desk.client.update(call_id, desk.call()),
        lambda: desk.client.withdraw(EngagementKind.CALL, call_id),
        lambda: desk.client.create_contact(MINE),
        lambda: desk.client.set_phone_if_empty(str(desk.ana), "fax", "1"),
    ):
        with pytest.raises(errors.ScopeMissing, match=r"crm\.objects\.contacts\.write"):
            do()


@pytest.mark.parametrize("keeps_id", [False, True])
def test_a_change_after_a_merge_leaves_the_call_with_the_survivor(desk: Desk, *, keeps_id: bool) -> None:
    desk.records.merge_keeps_id = keeps_id
    call_id = desk.client.create(desk.call())
    survivor = desk.records.merge("contacts", desk.ben, desk.ana).id
    for _ in range(2):
        desk.client.update(call_id, desk.call(note="said later"))
        assert desk.linked("calls", call_id)["contacts"] == [survivor]
    assert desk.portal.held_calls()[0].note == "said later"


def test_a_change_leaves_out_a_deal_that_was_deleted_meanwhile(desk: Desk) -> None:
    call_id = desk.client.create(desk.call(deal_id=str(desk.deal)))
    desk.records.archive("deals", desk.deal)
    desk.client.update(call_id, desk.call(deal_id=str(desk.deal), company_id=str(desk.company)))
    assert desk.linked("calls", call_id) == {"contacts": [desk.ana], "companies": [desk.company], "deals": []}


def test_a_change_sends_what_differs_from_anything_that_may_be_there(desk: Desk) -> None:
    call_id = desk.client.create(desk.call())
    desk.records.edit("calls", int(call_id), {"hs_call_body": "a colleague's", "hs_call_title": "a colleague's"})
    desk.client.update(call_id, desk.call(outcome=Outcome.BUSY), (desk.call(),))
    desk.client.update(call_id, desk.call(title="mine"), (desk.call(outcome=Outcome.BUSY), desk.call(title="mine")))
    said = desk.raw("calls", call_id)
    assert (said["hs_call_body"], said["hs_call_title"]) == ("a colleague's", "mine")
    assert [call.disposition for call in desk.portal.held_calls()] == ["Connected"]


def test_the_fixed_values_are_put_again_only_where_a_rule_asks_for_them(desk: Desk) -> None:
    generous = desk.connect(call_fields=(("hs_activity_type", "Support call"), ("hs_call_body", "See the phone")))
    call_id = generous.create(desk.call())
    desk.records.edit("calls", int(call_id), {"hs_activity_type": "a colleague's"})
    generous.update(call_id, desk.call(title="mine"), (desk.call(),))
    assert desk.raw("calls", call_id)["hs_activity_type"] == "a colleague's"
    desk.portal.required["calls"] = ("hs_call_body",)
    generous.update(call_id, desk.call(note=""), (desk.call(),))
    assert desk.raw("calls", call_id)["hs_call_body"] == "See the phone"
    with pytest.raises(errors.RequiredPropertiesMissing) as told:
        desk.client.update(call_id, desk.call(note=""), (desk.call(),))
    assert "callerid config set log.fields" in told.value.remedy
    generous.close()


# ------------------------------------------------------------------------------------------------ withdrawing


def test_what_is_withdrawn_is_gone_and_withdrawing_it_again_is_no_fault(desk: Desk) -> None:
    call_id, task_id = (desk.client.create(one) for one in desk.both())
    for _ in range(2):
        desk.client.withdraw(EngagementKind.CALL, call_id)
        desk.client.withdraw(EngagementKind.TASK, task_id)
    assert (desk.portal.held_calls(), desk.portal.held_tasks()) == ((), ())


@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "html", "not_json_200", "truncated_json"])
def test_a_withdrawal_without_an_answer_can_simply_be_made_again(desk: Desk, fault: str) -> None:
    call_id = desk.client.create(desk.call())
    desk.portal.fault(fault, f"DELETE {OBJECTS}/calls")
    with pytest.raises(errors.CrmFault):
        desk.client.withdraw(EngagementKind.CALL, call_id)
    desk.client.withdraw(EngagementKind.CALL, call_id)
    assert desk.portal.held_calls() == ()


# ------------------------------------------------------------------------------------------------ living targets


@pytest.mark.parametrize("dead_target", [400, 404])
def test_a_deleted_deal_is_dropped_and_the_rest_is_written(desk: Desk, dead_target: int) -> None:
    desk.portal.dead_target = dead_target
    desk.records.archive("deals", desk.deal)
    desk.records.purge("companies", desk.company)
    task = desk.task()
    with pytest.raises(errors.Refused, match="does not exist"):
        desk.client.create(task)
    living = desk.client.resolve_associations(task)
    assert living == replace(task, deal_id=None, company_id=None)
    assert desk.linked("tasks", desk.client.create(living)) == {"contacts": [desk.ana], "companies": [], "deals": []}


@pytest.mark.parametrize("keeps_id", [False, True])
def test_a_merged_contact_is_replaced_by_its_survivor(desk: Desk, *, keeps_id: bool) -> None:
    desk.records.merge_keeps_id = keeps_id
    survivor = desk.records.merge("contacts", desk.ben, desk.ana).id
    assert desk.client.resolve_associations(desk.call()).contact_id == str(survivor)


@pytest.mark.parametrize("fault", ["html", "not_json_200", "truncated_json", "redirect", "cut_before"])
def test_trouble_on_the_way_never_passes_for_a_deletion(desk: Desk, fault: str) -> None:
    desk.portal.fault(fault, f"GET {OBJECTS}/contacts", times=99)
    with pytest.raises(errors.CrmFault):
        desk.client.resolve_associations(desk.call())


def test_a_gateways_own_404_never_passes_for_a_deletion(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from callerid.simulator.portal.server import Handler

    real = Handler._send

    def replaced(self: Handler, status: int, content: bytes, headers: dict[str, str]) -> None:
        real(self, 404, b"<html>404 page not found</html>", headers) if self.command == "GET" else real(
            self, status, content, headers
        )

    monkeypatch.setattr(Handler, "_send", replaced)
    with pytest.raises(errors.CrmFault):
        desk.client.resolve_associations(desk.call())


# ------------------------------------------------------------------------------------------------ new people


def test_a_new_person_is_created_with_what_was_told_and_no_more(desk: Desk) -> None:
    contact_id = desk.client.create_contact(replace(MINE, company=""))
    said = {name: value for name, value in desk.raw("contacts", contact_id).items() if not name.startswith("hs_searchable")}
    assert said == {
        "firstname": "Nora",
        "lastname": "Neu",
        "email": "Nora@Example.com",
        "phone": "+353879990000",
        "hubspot_owner_id": "77001",
    }


def test_a_person_whose_e_mail_is_taken_is_there_already_under_an_id(desk: Desk) -> None:
    taken = desk.raw("contacts", str(desk.ben))["email"]
    with pytest.raises(errors.AlreadyExists) as told:
        desk.client.create_contact(replace(MINE, email=taken.upper()))
    assert told.value.remote_id == str(desk.ben)


@pytest.mark.parametrize("fault", ["cut_after", "html", "truncated_json", "not_json_200"])
def test_a_person_whose_answer_was_lost_may_be_there(desk: Desk, fault: str) -> None:
    desk.portal.fault(fault, f"POST {OBJECTS}/contacts$")
    with pytest.raises(errors.OutcomeUnknown):
        desk.client.create_contact(MINE)
    found = desk.client.possible_duplicates(MINE, "879990000", SYNC_REQUEST)
    assert len(found) == (0 if fault == "html" else 1)


def test_a_person_is_looked_for_by_e_mail_and_by_number_in_one_request(desk: Desk) -> None:
    email = desk.raw("contacts", str(desk.ben))["email"]
    before = len(desk.portal.requests_seen)
    found = desk.client.possible_duplicates(replace(MINE, email=email.upper(), number="+353871234567"), "871234567", SYNC_REQUEST)
    assert len(desk.portal.requests_seen) == before + 1
    assert {contact.id for contact in found} == {str(desk.ana), str(desk.ben)}


def test_a_person_of_whom_nothing_is_told_is_like_nobody(desk: Desk) -> None:
    assert desk.client.possible_duplicates(replace(MINE, email="", number=""), "", SYNC_REQUEST) == ()


def test_a_portal_with_a_hundred_phone_properties_can_be_searched(desk: Desk) -> None:
    many = SyncRequest(contact_phone_properties=("phone", *(f"a_rather_long_property_name_{n:03}" for n in range(120))))
    assert desk.client.possible_duplicates(replace(MINE, number="+353871234567"), "871234567", many)


def test_a_contact_gets_a_number_in_the_property_that_was_chosen(desk: Desk) -> None:
    for _ in range(2):
        desk.client.set_phone_if_empty(str(desk.ana), "mobilephone", "+353861112222")
    assert desk.raw("contacts", str(desk.ana))["mobilephone"] == "+353861112222"
    desk.records.archive("contacts", desk.ana)
    with pytest.raises(errors.Refused):
        desk.client.set_phone_if_empty(str(desk.ana), "mobilephone", "1")


# ------------------------------------------------------------------------------------------------ limits


def test_a_fresh_connection_waits_out_a_used_up_day_until_the_accounts_midnight(desk: Desk) -> None:
    """A connection that only writes has never read the account's zone by itself."""
    desk.portal.limits.daily = 0
    tokyo = desk.connect(time_zone="Asia/Tokyo")  # 21:00 there
    for write in (lambda: tokyo.create(desk.call()), lambda: tokyo.update("1", desk.call())):
        with pytest.raises(errors.RateLimited) as told:
            write()
        assert told.value.retry_after == 3 * 3600
    with pytest.raises(errors.RateLimited) as told:
        desk.client.create(desk.call())
    assert told.value.retry_after == 12 * 3600
    tokyo.close()
