"""A call or task that was created is found by our own id, and its associations are resolved to records that exist."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from callerid import errors
from callerid.models import (
    CallEngagement,
    EngagementKind,
)
from callerid.simulator.portal.reading import search
from tests.crm.conftest import DUE, OBJECTS

if TYPE_CHECKING:
    from tests.crm.conftest import Desk


def test_a_call_of_a_merged_contact_is_found_at_its_survivor(desk: Desk) -> None:
    desk.portal.search_lag = 600
    created = [desk.client.create(engagement) for engagement in desk.both()]
    desk.records.merge("contacts", desk.ana, desk.ben)
    assert [desk.client.find(engagement) for engagement in desk.both()] == created


@pytest.mark.parametrize("left", ["company", "deal"])
def test_a_call_without_a_contact_is_found_by_its_company_or_deal(desk: Desk, left: str) -> None:
    desk.portal.search_lag = 600
    of = {"contact_id": None, "company_id": None, "deal_id": None, f"{left}_id": str(getattr(desk, left))}
    for engagement in (desk.call(**of), desk.task(**of)):
        assert desk.client.find(engagement) is None
        assert desk.client.create(engagement) == desk.client.find(engagement)


def test_a_call_that_lost_its_associations_is_found_by_search_when_the_index_has_it(desk: Desk) -> None:
    created = [desk.client.create(engagement) for engagement in desk.both()]
    desk.records.links.clear()
    assert [desk.client.find(engagement) for engagement in desk.both()] == created
    assert desk.client.find(desk.call(external_id="another")) is None
    assert desk.client.find(desk.task(external_id="another")) is None


def test_a_task_that_is_due_within_a_second_is_found_by_search(desk: Desk) -> None:
    task = desk.task(due=DUE.replace(microsecond=123_456))
    task_id = desk.client.create(task)
    desk.records.links.clear()
    assert desk.client.find(task) == task_id


def test_what_colleagues_logged_with_the_same_contact_is_not_taken_for_ours(desk: Desk) -> None:
    desk.portal.search_lag = 600
    for engagement in desk.both():
        desk.client.create(replace(engagement, external_id="a colleague's"))
        assert desk.client.find(engagement) is None


def test_an_index_that_counts_what_it_does_not_show_yet_proves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    real = search.search

    def lagging(*arguments: Any) -> dict[str, Any]:
        return real(*arguments) | {"results": []}

    for engagement in desk.both():
        desk.client.create(engagement)
        desk.records.links.clear()
        assert desk.client.find(engagement)
        with monkeypatch.context() as lag:
            lag.setattr(search, "search", lagging)
            with pytest.raises(errors.CrmFault, match="does not show it yet"):
                desk.client.find(engagement)


def test_a_call_that_was_deleted_in_hubspot_is_not_found(desk: Desk) -> None:
    for engagement in desk.both():
        desk.client.withdraw(
            EngagementKind.CALL if isinstance(engagement, CallEngagement) else EngagementKind.TASK, desk.client.create(engagement)
        )
        assert desk.client.find(engagement) is None


def test_a_search_that_fails_is_an_error_and_not_an_empty_result(desk: Desk) -> None:
    for engagement in desk.both():
        for pattern in ("/batch/read", "/search", f"GET {OBJECTS}/contacts"):
            desk.portal.fault("status", pattern, times=99, status=500)
            with pytest.raises(errors.CrmFault):
                desk.client.find(engagement)
            desk.portal.clear_faults()


@pytest.mark.parametrize("dead_target", [400, 404])
def test_a_deleted_deal_is_dropped_and_the_rest_is_written(desk: Desk, dead_target: int) -> None:
    desk.portal.dead_target = dead_target
    desk.records.archive("deals", desk.deal)
    desk.records.purge("companies", desk.company)
    task = desk.task()
    with pytest.raises(errors.Refused, match="does not exist"):
        desk.client.create(task)
    resolved = desk.client.resolve_associations(task)
    assert resolved == replace(task, deal_id=None, company_id=None)
    assert desk.linked("tasks", desk.client.create(resolved)) == {"contacts": [desk.ana], "companies": [], "deals": []}


@pytest.mark.parametrize("keeps_id", [False, True])
def test_a_merged_contact_is_replaced_by_its_survivor(desk: Desk, *, keeps_id: bool) -> None:
    desk.records.merge_keeps_id = keeps_id
    survivor = desk.records.merge("contacts", desk.ben, desk.ana).id
    assert desk.client.resolve_associations(desk.call()).contact_id == str(survivor)


@pytest.mark.parametrize("fault", ["html", "not_json_200", "truncated_json", "redirect", "cut_before"])
def test_a_network_error_is_never_taken_for_a_deletion(desk: Desk, fault: str) -> None:
    desk.portal.fault(fault, f"GET {OBJECTS}/contacts", times=99)
    with pytest.raises(errors.CrmFault):
        desk.client.resolve_associations(desk.call())


def test_a_404_of_a_gateway_is_never_taken_for_a_deletion(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from callerid.simulator.portal.server import Handler

    real = Handler._send

    def replaced(self: Handler, status: int, content: bytes, headers: dict[str, str]) -> None:
        real(self, 404, b"<html>404 page not found</html>", headers) if self.command == "GET" else real(
            self, status, content, headers
        )

    monkeypatch.setattr(Handler, "_send", replaced)
    with pytest.raises(errors.CrmFault):
        desk.client.resolve_associations(desk.call())
