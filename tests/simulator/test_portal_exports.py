"""Exports of the simulated portal: queued, approved, made, downloaded for some minutes, and as HubSpot's files are."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import requests

from callerid.simulator.portal import SimulatedPortal

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "/crm/exports/2026-09/export"
WANTED: dict[str, Any] = {
    "exportType": "VIEW",
    "format": "CSV",
    "exportName": "All deals",
    "objectType": "DEAL",
    "objectProperties": ["dealname", "dealstage", "hs_lastmodifieddate"],
    "associatedObjectType": ["CONTACT", "COMPANY"],
    "language": "EN",
    "exportInternalValuesOptions": ["NAMES", "VALUES"],
    "includeLabeledAssociations": False,
    "includePrimaryDisplayPropertyForAssociatedObjects": False,
    "overrideAssociatedObjectsPerDefinitionPerRowLimit": True,
}


class Desk:
    """A portal whose clock the test moves."""

    def __init__(self, portal: SimulatedPortal, now: list[float]) -> None:
        self.portal, self.now, self.session = portal, now, requests.Session()
        self.session.headers["Authorization"] = f"Bearer {portal.token}"

    def later(self, seconds: float) -> None:
        self.now[0] += seconds

    def start(self, **changes: Any) -> requests.Response:
        return self.session.post(f"{self.portal.url}{PATH}/async", json=WANTED | changes, timeout=10)

    def started(self, **changes: Any) -> str:
        answer = self.start(**changes)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def get(self, path: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.session.get(f"{self.portal.url}{PATH}{path}", timeout=10).json()
        return answer

    def state(self, export: str) -> tuple[str, str]:
        return self.get(f"/async/tasks/{export}/status")["status"], self.get(f"/{export}")["exportState"]

    def link(self, export: str) -> str:
        return str(self.get(f"/async/tasks/{export}/status")["result"])

    def rows(self, **changes: Any) -> list[list[str]]:
        export = self.started(**changes)
        self.later(10)
        return rows_of(requests.get(self.link(export), timeout=10).content)


def rows_of(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def desk() -> Iterator[Desk]:
    now = [2_000_000_000.0]
    portal = SimulatedPortal(clock=lambda: now[0])
    portal.populate(people=30, companies=4, deals=9)
    portal.scopes.add("crm.export")
    portal.exports.seconds = 5.0
    with portal:
        made = Desk(portal, now)
        yield made
        made.session.close()


def test_an_export_needs_its_scope_and_all_that_the_specification_requires(desk: Desk) -> None:
    for key in WANTED:
        body = {name: value for name, value in WANTED.items() if name != key}
        refused = desk.session.post(f"{desk.portal.url}{PATH}/async", json=body, timeout=10)
        assert (refused.status_code, key in refused.json()["message"]) == (400, True)
    assert desk.start(objectProperties=["mood"]).status_code == 400
    assert desk.start(exportType="LIST").status_code == 400
    assert desk.start(publicCrmSearchRequest={"filterGroups": [{"filters": []}] * 4}).status_code == 400
    desk.portal.scopes.discard("crm.export")
    refused = desk.start()
    assert (refused.status_code, refused.json()["errors"][0]["context"]["requiredGranularScopes"]) == (403, ["crm.export"])


def test_exports_are_made_one_at_a_time_in_their_order(desk: Desk) -> None:
    first, second = desk.started(), desk.started(objectType="0-1", objectProperties=["email"], associatedObjectType=[])
    assert (desk.state(first), desk.state(second)) == (("PROCESSING", "PROCESSING"), ("PENDING", "ENQUEUED"))
    desk.later(5)
    assert (desk.state(first), desk.state(second)) == (("COMPLETE", "DONE"), ("PROCESSING", "PROCESSING"))
    assert (desk.get(f"/{first}")["recordCount"], "recordCount" in desk.get(f"/{second}")) == (9, False)
    desk.later(5)
    assert (desk.state(second), desk.get(f"/{second}")["recordCount"]) == (("COMPLETE", "DONE"), 30)


def test_an_export_that_needs_approval_waits_for_it_and_holds_up_no_other(desk: Desk) -> None:
    desk.portal.exports.needs_approval = True
    waiting = desk.started()
    desk.portal.exports.needs_approval = False
    other = desk.started()
    desk.later(3600)
    assert (desk.state(waiting), desk.state(other)) == (("PENDING", "PENDING_APPROVAL"), ("COMPLETE", "DONE"))
    desk.portal.exports.approve()
    desk.later(5)
    assert desk.state(waiting) == ("COMPLETE", "DONE")


@pytest.mark.parametrize(
    ("end", "status"), [("FAILED", "CANCELED"), ("CANCELED", "CANCELED"), ("CONFLICT", "CANCELED"), ("DELETED", "CANCELED")]
)
def test_an_export_may_end_without_a_file(desk: Desk, end: str, status: str) -> None:
    desk.portal.exports.end_state = end
    export = desk.started()
    desk.later(60)
    assert desk.state(export) == (status, end)
    assert "result" not in desk.get(f"/async/tasks/{export}/status")


def test_a_deferred_export_never_ends(desk: Desk) -> None:
    desk.portal.exports.end_state = "DEFERRED"
    export = desk.started()
    desk.later(7 * 86400)
    assert desk.state(export) == ("PENDING", "DEFERRED")


def test_a_link_is_for_whoever_has_it_for_five_minutes_and_takes_no_token(desk: Desk) -> None:
    export = desk.started()
    desk.later(5)
    link = desk.link(export)
    assert requests.get(link, timeout=10).status_code == 200
    assert desk.session.get(link, timeout=10).status_code == 400
    desk.later(300)
    assert requests.get(link, timeout=10).status_code == 403
    assert requests.get(desk.link(export), timeout=10).status_code == 200
    assert requests.get(f"{link}x", timeout=10).status_code == 403
    assert desk.portal.exports.downloads == 2


def test_a_day_has_thirty_exports(desk: Desk) -> None:
    for _ in range(30):
        desk.started()
    assert desk.start().status_code == 429
    desk.later(86400)
    assert desk.start().status_code == 202


def test_a_file_has_the_ids_the_properties_and_a_column_of_ids_for_each_associated_kind(desk: Desk) -> None:
    records, (deal, *_) = desk.portal.records, desk.portal.records.ids["deals"]
    tricky = 'Said "yes",\r\nthen; "no" — ünï'
    records.edit("deals", deal, {"dealname": tricky})
    contacts = desk.portal.records.ids["contacts"][:3]
    for contact in contacts:
        records.link("deals", deal, "contacts", contact, 3)
    header, first, *others = desk.rows()
    assert header == [
        "hs_object_id",
        "dealname",
        "dealstage",
        "hs_lastmodifieddate",
        "Associated Contact IDs",
        "Associated Company IDs",
    ]
    assert first[:3] == [str(deal), tricky, "contractsent"]
    assert first[4] == ";".join(map(str, sorted(records.linked("deals", deal, "contacts"))))
    assert first[5] == ";".join(map(str, records.linked("deals", deal, "companies")))
    assert [row[0] for row in others] == [str(deal) for deal in records.ids["deals"][1:]]


def test_without_internal_names_a_file_has_labels_and_with_labels_the_primary_ids(desk: Desk) -> None:
    wanted = {"includeLabeledAssociations": True, "includePrimaryDisplayPropertyForAssociatedObjects": True}
    contacts = {"objectType": "contacts", "objectProperties": ["direct_line"], "associatedObjectType": ["companies"]}
    header, ana, *_ = desk.rows(**contacts, **wanted, exportInternalValuesOptions=[])
    assert header[:2] == ["Record ID", "Direct line"]
    assert header[2:] == ["Associated Company IDs", "Associated Company IDs (Primary)", "Associated Company"]
    company = next(iter(desk.portal.records.linked("contacts", int(ana[0]), "companies")))
    assert ana[2:] == [str(company), str(company), desk.portal.records.by_kind["companies"][company].properties["name"]]


@pytest.mark.parametrize(
    ("times", "written"), [("minutes", "2033-05-18 05:33"), ("iso", "2033-05-18T03:33:20Z"), ("ms", "2000000000000")]
)
def test_times_are_written_in_one_of_the_ways_that_may_be(desk: Desk, times: str, written: str) -> None:
    desk.portal.exports.times = times
    assert desk.rows()[-1][3] == written


def test_a_view_may_be_filtered_and_sorted(desk: Desk) -> None:
    records, deals = desk.portal.records, desk.portal.records.ids["deals"]
    records.archive("deals", deals[0])
    large = [deal for deal in deals[1:] if float(records.by_kind["deals"][deal].properties["amount"]) >= 10_000]
    condition = {"propertyName": "amount", "operator": "GTE", "value": "10000"}
    search = {"filters": [condition], "sorts": [{"propertyName": "hs_object_id", "order": "DES"}]}
    assert [row[0] for row in desk.rows(publicCrmSearchRequest=search)[1:]] == [str(deal) for deal in large[::-1]]


def test_a_large_file_is_zipped_and_a_very_large_one_has_parts_with_a_header_each(desk: Desk) -> None:
    desk.portal.exports.rows_a_part = 4
    export = desk.started()
    desk.later(5)
    answer = requests.get(desk.link(export), timeout=10)
    assert answer.headers["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    parts = [rows_of(archive.read(name)) for name in archive.namelist()]
    assert [len(part) for part in parts] == [5, 5, 2]
    assert len({tuple(part[0]) for part in parts}) == 1
    assert [row[0] for part in parts for row in part[1:]] == [str(deal) for deal in desk.portal.records.ids["deals"]]
    desk.portal.exports.rows_a_part, desk.portal.exports.zipped_above = 1_000_000, 100
    export = desk.started()
    desk.later(5)
    assert zipfile.ZipFile(io.BytesIO(requests.get(desk.link(export), timeout=10).content)).namelist() == [
        "hubspot-crm-exports-all-deals-1.csv"
    ]
