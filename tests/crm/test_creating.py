"""Calls and tasks are created once in HubSpot, over HTTP on loopback, with the portal's own outcomes and rules."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import pytest

from callerid import errors
from callerid.crm.hubspot.outcomes import DISPOSITIONS
from callerid.models import (
    CallOutcome,
    Outcome,
)
from tests.crm.conftest import DUE, OBJECTS

if TYPE_CHECKING:
    from tests.crm.conftest import Desk


def test_a_task_is_created_with_due_date_reminder_and_associations(desk: Desk) -> None:
    task_id = desk.client.create(desk.task())
    properties = desk.raw("tasks", task_id)
    assert properties["hs_timestamp"] == "2026-11-24T09:30:00Z"
    assert properties["hs_task_reminders"] == str(int(DUE.timestamp() * 1000))
    assert (properties["hs_task_subject"], properties["hs_task_status"], properties["hs_task_type"]) == (
        "Call Ana back",
        "NOT_STARTED",
        "CALL",
    )
    (held,) = desk.portal.held_tasks()
    assert (held.owner, held.contacts, held.deals) == ("Max Own", ("Ana López",), ("Renewal 2027",))
    assert len(held.companies) == 1


def test_a_tasks_note_is_plain_text_and_separate_from_its_mark(desk: Desk) -> None:
    body = desk.raw("tasks", desk.client.create(desk.task()))["hs_task_body"]
    assert body.startswith("about &lt;b&gt;the&lt;/b&gt; offer<br>&amp; the price<br>[callerid ")
    assert body.endswith("]")
    assert "0b9f5c1e-task" not in body


def test_a_task_with_a_very_long_note_still_has_its_mark(desk: Desk) -> None:
    task = desk.task(note="&" * 70_000)
    task_id = desk.client.create(task)
    body = desk.raw("tasks", task_id)["hs_task_body"]
    assert len(body) <= 65_536
    assert desk.client.find(task) == task_id


def test_a_note_that_looks_like_a_mark_is_not_a_mark(desk: Desk) -> None:
    mark = desk.raw("tasks", desk.client.create(desk.task()))["hs_task_body"].rsplit("<br>", 1)[1]
    impostor = desk.task(external_id="another", note=mark.replace("[", "< ["))
    assert desk.client.find(impostor) is None


@pytest.mark.parametrize(
    ("fault", "happened"), [("cut_after", 1), ("cut_before", 0), ("html", 0), ("truncated_json", 1), ("not_json_200", 1)]
)
def test_a_task_whose_response_was_lost_is_found_if_it_was_created(desk: Desk, fault: str, happened: int) -> None:
    desk.portal.search_lag = 600
    desk.portal.fault(fault, f"POST {OBJECTS}/tasks$")
    with pytest.raises(errors.OutcomeUnknown):
        desk.client.create(desk.task())
    assert len(desk.portal.held_tasks()) == happened
    assert bool(desk.client.find(desk.task())) == bool(happened)
    assert desk.sent("POST") >= 1


def test_a_portals_own_outcomes_are_read_in_its_order_and_written_as_chosen(desk: Desk) -> None:
    outcomes = desk.client.portal_info().outcomes
    assert [outcome.label for outcome in outcomes] == [
        *("Busy", "Connected", "Left live message", "Left voicemail", "No answer", "Wrong number", "Callback requested")
    ]
    assert outcomes[1] == CallOutcome(id=Outcome.CONNECTED, label="Connected")
    own = outcomes[-1]
    assert own.id not in set(Outcome)
    call_id = desk.client.create(desk.call(outcome=own.id))
    assert desk.raw("calls", call_id)["hs_call_disposition"] == own.id
    assert [call.disposition for call in desk.portal.held_calls()] == ["Callback requested"]


@pytest.mark.parametrize("fault", ["not_json_200", "status", "html"])
def test_a_portal_whose_outcomes_cannot_be_read_is_synced_anyway(desk: Desk, fault: str) -> None:
    desk.portal.fault(fault, "GET /crm/properties/2026-09/calls/", times=99)
    portal_info = desk.client.portal_info()
    assert (portal_info.outcomes, portal_info.totals.contacts) == ((), 12)


@pytest.mark.parametrize("options", [None, "x", [None, 1, {}, {"value": 1}, {"label": "no value"}]])
def test_invalid_outcomes_are_left_out(desk: Desk, options: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from callerid.simulator.portal.reading import about

    monkeypatch.setattr(about, "one_property", lambda *_: {"name": "hs_call_disposition", "options": options})
    assert desk.client.portal_info().outcomes == ()


def test_a_property_that_a_rule_requires_is_named_with_what_to_type_and_then_written(desk: Desk) -> None:
    desk.portal.required["calls"] = ("hs_activity_type",)
    with pytest.raises(errors.Refused, match="hs_activity_type") as raised:
        desk.client.create(desk.call())
    assert 'callerid config set log.fields "hs_activity_type = ' in raised.value.remedy
    assert "callerid outbox retry" in raised.value.remedy
    client = desk.connect(call_fields=(("hs_activity_type", "Support call"), ("hs_call_title", "not this one")))
    call_id = client.create(desk.call())
    client.update(call_id, desk.call(note="later"))
    properties = desk.raw("calls", call_id)
    assert (properties["hs_activity_type"], properties["hs_call_title"], properties["hs_call_body"]) == (
        "Support call",
        "Call with Ana",
        "later",
    )
    client.create(desk.task())  # the fields are those of calls
    client.close()


def test_a_property_that_callerid_leaves_empty_gets_the_fixed_value(desk: Desk) -> None:
    desk.portal.required["calls"] = ("hs_call_body", "hs_call_disposition")
    client = desk.connect(call_fields=(("hs_call_body", "See the phone"), ("hs_call_disposition", DISPOSITIONS[Outcome.BUSY])))
    call_id = client.create(desk.call(note="", outcome=None))
    assert desk.raw("calls", call_id)["hs_call_body"] == "See the phone"
    call_id = client.create(desk.call(note="agreed", outcome=Outcome.CONNECTED))
    assert [(call.note, call.disposition) for call in desk.portal.held_calls()] == [
        ("See the phone", "Busy"),
        ("agreed", "Connected"),
    ]
    client.close()


def test_the_remedy_for_a_rule_can_be_typed_and_names_each_property_once(desk: Desk) -> None:
    desk.portal.required["calls"] = ("hs_activity_type",)
    client = desk.connect(call_fields=(("hs_call_body", 'Sales, "EMEA"'), ("hs_activity_type", "")))
    with pytest.raises(errors.RequiredPropertiesMissing) as raised:
        client.create(desk.call())
    command, _, _ = raised.value.remedy.partition("callerid config set log.fields ")[2].rpartition(", then: ")
    (typed,) = shlex.split(command)
    assert typed == 'hs_call_body = "Sales, \\"EMEA\\"", hs_activity_type = VALUE'
    client.close()


def test_a_rule_that_requires_our_own_number_names_its_setting(desk: Desk) -> None:
    desk.portal.required["calls"] = ("hs_call_to_number",)
    with pytest.raises(errors.RequiredPropertiesMissing) as raised:
        desk.client.create(desk.call())
    assert "callerid config set log.own_number NUMBER, then" in raised.value.remedy


def test_an_invalid_property_name_does_not_get_into_a_command(desk: Desk) -> None:
    desk.portal.required["calls"] = ('x"; rm -rf ~; "',)
    with pytest.raises(errors.Refused) as raised:
        desk.client.create(desk.call())
    assert "rm -rf" not in raised.value.remedy


def test_a_new_connection_waits_for_the_accounts_midnight_when_the_days_limit_is_used_up(desk: Desk) -> None:
    """A connection that only writes has not read the account's time zone itself."""
    desk.portal.limits.daily = 0
    tokyo = desk.connect(time_zone="Asia/Tokyo")  # 21:00 there
    for write in (lambda: tokyo.create(desk.call()), lambda: tokyo.update("1", desk.call())):
        with pytest.raises(errors.RateLimited) as raised:
            write()
        assert raised.value.retry_after == 3 * 3600
    with pytest.raises(errors.RateLimited) as raised:
        desk.client.create(desk.call())
    assert raised.value.retry_after == 12 * 3600
    tokyo.close()
