"""Calls and tasks are changed and withdrawn in HubSpot, never on the wrong record and never more than necessary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid import errors
from callerid.models import (
    EngagementKind,
    Outcome,
)
from tests.crm.conftest import NORA, NOW, OBJECTS

if TYPE_CHECKING:
    from tests.crm.conftest import Desk


def test_a_call_becomes_what_the_engagement_says_and_empty_values_are_cleared(desk: Desk) -> None:
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
    properties = desk.raw("tasks", task_id)
    assert (properties["hs_timestamp"], properties["hs_task_reminders"]) == (
        "2026-11-22T12:00:00Z",
        str(int(NOW.timestamp() * 1000)),
    )
    assert desk.linked("tasks", task_id) == {"contacts": [desk.ana], "companies": [desk.company], "deals": []}
    assert desk.client.find(desk.task(due=NOW)) == task_id


def test_a_completed_task_is_not_opened_again(desk: Desk) -> None:
    task_id = desk.client.create(desk.task())
    desk.records.edit("tasks", int(task_id), {"hs_task_status": "COMPLETED"})
    desk.client.update(task_id, desk.task(note="one more word"))
    assert desk.raw("tasks", task_id)["hs_task_status"] == "COMPLETED"


def test_a_record_that_is_deleted_while_a_call_is_associated_with_it_is_not_taken_for_the_call(desk: Desk) -> None:
    call_id = desk.client.create(desk.call())
    desk.portal.fault("status", f"PUT {OBJECTS}/calls/", times=1, status=404)
    changed = desk.call(company_id=str(desk.company))
    with pytest.raises(errors.CrmFault):
        desk.client.update(call_id, changed, (desk.call(),))
    desk.client.update(call_id, changed, (desk.call(), changed))
    assert desk.linked("calls", call_id)["companies"] == [desk.company]


@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "html", "truncated_json", "not_json_200", "redirect"])
@pytest.mark.parametrize("pattern", [f"PATCH {OBJECTS}", f"PUT {OBJECTS}", "batch/archive"])
def test_a_change_without_a_response_can_be_repeated(desk: Desk, fault: str, pattern: str) -> None:
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


def test_a_change_of_a_deleted_call_is_refused_in_plain_words_and_changes_nothing_else(desk: Desk) -> None:
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
    with pytest.raises(errors.Refused, match="allowed options") as raised:
        desk.client.update(call_id, desk.call(outcome="gone-since"))
    assert "callerid outbox" in raised.value.remedy


def test_the_missing_scope_is_named_for_every_way_of_writing(desk: Desk) -> None:
    call_id = desk.client.create(desk.call())
    desk.portal.scopes.discard("crm.objects.contacts.write")
    for do in (
        lambda: desk.client.create(desk.task()),
        lambda: desk.client.update(call_id, desk.call()),
        lambda: desk.client.withdraw(EngagementKind.CALL, call_id),
        lambda: desk.client.create_contact(NORA),
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
        desk.client.update(call_id, desk.call(note="later"))
        assert desk.linked("calls", call_id)["contacts"] == [survivor]
    assert desk.portal.held_calls()[0].note == "later"


def test_a_change_leaves_out_a_deal_that_was_deleted_meanwhile(desk: Desk) -> None:
    call_id = desk.client.create(desk.call(deal_id=str(desk.deal)))
    desk.records.archive("deals", desk.deal)
    desk.client.update(call_id, desk.call(deal_id=str(desk.deal), company_id=str(desk.company)))
    assert desk.linked("calls", call_id) == {"contacts": [desk.ana], "companies": [desk.company], "deals": []}


def test_a_change_writes_only_what_differs_from_what_may_be_there(desk: Desk) -> None:
    call_id = desk.client.create(desk.call())
    desk.records.edit("calls", int(call_id), {"hs_call_body": "a colleague's", "hs_call_title": "a colleague's"})
    desk.client.update(call_id, desk.call(outcome=Outcome.BUSY), (desk.call(),))
    desk.client.update(call_id, desk.call(title="mine"), (desk.call(outcome=Outcome.BUSY), desk.call(title="mine")))
    properties = desk.raw("calls", call_id)
    assert (properties["hs_call_body"], properties["hs_call_title"]) == ("a colleague's", "mine")
    assert [call.disposition for call in desk.portal.held_calls()] == ["Connected"]


def test_fixed_values_are_written_again_only_where_a_rule_requires_them(desk: Desk) -> None:
    client = desk.connect(call_fields=(("hs_activity_type", "Support call"), ("hs_call_body", "See the phone")))
    call_id = client.create(desk.call())
    desk.records.edit("calls", int(call_id), {"hs_activity_type": "a colleague's"})
    client.update(call_id, desk.call(title="mine"), (desk.call(),))
    assert desk.raw("calls", call_id)["hs_activity_type"] == "a colleague's"
    desk.portal.required["calls"] = ("hs_call_body",)
    client.update(call_id, desk.call(note=""), (desk.call(),))
    assert desk.raw("calls", call_id)["hs_call_body"] == "See the phone"
    with pytest.raises(errors.RequiredPropertiesMissing) as raised:
        desk.client.update(call_id, desk.call(note=""), (desk.call(),))
    assert "callerid config set log.fields" in raised.value.remedy
    client.close()


def test_what_is_withdrawn_is_deleted_and_withdrawing_it_again_is_not_an_error(desk: Desk) -> None:
    call_id, task_id = (desk.client.create(engagement) for engagement in desk.both())
    for _ in range(2):
        desk.client.withdraw(EngagementKind.CALL, call_id)
        desk.client.withdraw(EngagementKind.TASK, task_id)
    assert (desk.portal.held_calls(), desk.portal.held_tasks()) == ((), ())


@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "html", "not_json_200", "truncated_json"])
def test_a_withdrawal_without_a_response_can_be_repeated(desk: Desk, fault: str) -> None:
    call_id = desk.client.create(desk.call())
    desk.portal.fault(fault, f"DELETE {OBJECTS}/calls")
    with pytest.raises(errors.CrmFault):
        desk.client.withdraw(EngagementKind.CALL, call_id)
    desk.client.withdraw(EngagementKind.CALL, call_id)
    assert desk.portal.held_calls() == ()
