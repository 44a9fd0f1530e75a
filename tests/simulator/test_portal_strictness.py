"""The simulated portal refuses what HubSpot's specification does not have, with HubSpot's body of an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from callerid.simulator.portal import SimulatedPortal

if TYPE_CHECKING:
    from collections.abc import Iterator

V = "2026-09"
OBJECTS, ASSOCIATIONS = f"/crm/objects/{V}", f"/crm/associations/{V}"
LINK = {"to": {"id": "1"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}]}


class Api:
    def __init__(self, portal: SimulatedPortal) -> None:
        self.portal, self.session = portal, requests.Session()
        self.session.headers["Authorization"] = f"Bearer {portal.token}"

    def send(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.session.request(method, self.portal.url + path, json=body, timeout=10)


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    portal = SimulatedPortal()
    portal.populate(people=20, companies=3, deals=4)
    portal.scopes.add("crm.objects.deals.write")
    portal.limits.burst = portal.limits.searches = 10_000
    with portal:
        made = Api(portal)
        yield made
        made.session.close()


@pytest.mark.parametrize(
    "path",
    [
        f"{OBJECTS}/contacts?offset=1",
        f"{OBJECTS}/contacts?archived=yes",
        f"{OBJECTS}/contacts?limit=0",
        f"{OBJECTS}/contacts?limit=51&propertiesWithHistory=email",
        f"{OBJECTS}/contacts?associations=nonsense",
        f"{OBJECTS}/contacts?after=x",
        f"{OBJECTS}/contacts/1?limit=1",
        f"{OBJECTS}/contacts/1?idProperty=phone",
        f"{OBJECTS}/nonsense",
        f"/crm/owners/{V}?limit=501",
        f"/crm/owners/{V}/77001?idProperty=email",
        f"/crm/pipelines/{V}/deals?archived=true",
        f"/crm/properties/{V}/contacts?dataSensitivity=secret",
        f"/account-info/{V}/details?limit=1",
    ],
)
def test_a_parameter_that_is_not_known_or_not_of_its_type_is_refused(api: Api, path: str) -> None:
    answer = api.send("GET", path)
    assert (answer.status_code, answer.json()["status"], answer.json()["category"]) == (400, "error", "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("/contacts/search", {"filters": []}, 'Unrecognized field "filters"'),
        ("/contacts/search", {"limit": "10"}, "limit must be an integer, not a string"),
        ("/contacts/search", {"after": 10}, "after must be a string"),
        ("/contacts/search", {"sorts": [{"direction": "ASCENDING"}]}, "not set: [propertyName]"),
        ("/contacts/search", {"filterGroups": [{}]}, "not set: [filters]"),
        ("/contacts/search", [], "the body must be an object, not an array"),
        ("/calls", {}, "not set: [properties]"),
        ("/calls", {"properties": {"hs_timestamp": ["x"]}}, "properties.hs_timestamp must be a string"),
        ("/calls", {"properties": {}, "associations": [LINK | {"to": {}}]}, "not set: [id] of associations[0].to"),
        ("/calls", {"properties": {}, "associations": [LINK | {"to": {"id": 1}}]}, "associations[0].to.id must be a string"),
        ("/contacts/merge", {"primaryObjectId": "1"}, "not set: [objectIdToMerge]"),
        ("/contacts/batch/read", {"inputs": [{"id": "1"}] * 101}, "supported in a batch request is 100"),
        ("/contacts/batch/read", {"inputs": [{"id": "1"}] * 51, "propertiesWithHistory": ["email"]}, "histories is 50"),
        ("/contacts/batch/create", {"inputs": [{"associations": []}]}, "not set: [properties] of inputs[0]"),
        ("/contacts/batch/upsert", {"inputs": [{"id": "1", "properties": {}}]}, "idProperty is not set"),
    ],
)
def test_a_body_that_is_not_of_its_shape_is_refused_and_says_where(api: Api, path: str, body: Any, says: str) -> None:
    answer = api.send("POST", OBJECTS + path, body)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
    assert says in answer.json()["message"]


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ({"propertyName": "amount", "operator": "BETWEEN", "value": "1"}, "requires highValue"),
        ({"propertyName": "amount", "operator": "IN", "value": "1"}, "requires values"),
        ({"propertyName": "mood", "operator": "EQ", "value": "good"}, "mood does not exist"),
        ({"propertyName": "amount", "operator": "GT", "value": "much"}, "is not a number"),
        ({"propertyName": "amount", "operator": "LIKE", "value": "1"}, "not one of the values of"),
    ],
)
def test_a_filter_that_cannot_be_used_is_refused(api: Api, condition: dict[str, Any], says: str) -> None:
    answer = api.send("POST", f"{OBJECTS}/deals/search", {"filterGroups": [{"filters": [condition]}]})
    assert answer.status_code == 400
    assert says in answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/crm/v4/objects/contacts"),
        ("GET", f"{OBJECTS}/contacts/1/associations/companies"),
        ("POST", f"{OBJECTS}/calls/merge"),
        ("POST", f"{OBJECTS}/deals/gdpr-delete"),
        ("GET", f"{ASSOCIATIONS}/contacts/companies/batch/read"),
        ("PUT", f"/crm/owners/{V}/77001"),
        ("GET", "/crm/objects/2027-03/contacts"),
        ("GET", f"/crm/limits/{V}/pipelines"),
    ],
)
def test_what_is_in_no_specification_of_a_version_is_not_found(api: Api, method: str, path: str) -> None:
    assert api.send(method, path, {} if method == "POST" else None).status_code == 404


def test_a_body_that_is_not_json_is_refused(api: Api) -> None:
    url = f"{api.portal.url}{OBJECTS}/contacts/search"
    for content_type, status in (("application/json", 400), ("text/plain", 415)):
        assert api.session.post(url, data="{", headers={"Content-Type": content_type}, timeout=10).status_code == status


def test_properties_may_be_repeated_or_written_with_commas_or_both(api: Api) -> None:
    always = {"createdate", "hs_object_id", "lastmodifieddate"}
    path = f"{OBJECTS}/contacts?limit=1&properties=email,phone&properties=lastname"
    assert set(api.send("GET", path).json()["results"][0]["properties"]) == always | {"email", "phone", "lastname"}


def test_records_are_counted_for_the_kinds_that_the_token_may_read(api: Api) -> None:
    path = f"/crm/limits/{V}/records"

    def counts() -> dict[str, int]:
        return {row["objectTypeId"]: row["usage"] for row in api.send("GET", path).json()["hubspotDefinedObjectTypes"]}

    assert counts() == {"0-1": 20, "0-2": 3, "0-3": 4, "0-48": 0, "0-27": 0}
    contact = api.portal.records.ids["contacts"][3]
    api.portal.records.archive("contacts", contact)
    api.portal.scopes.discard("crm.objects.deals.read")
    try:
        assert counts() == {"0-1": 19, "0-2": 3, "0-48": 0, "0-27": 0}
    finally:
        api.portal.records.restore("contacts", contact)
        api.portal.scopes.add("crm.objects.deals.read")


def test_each_part_of_a_batch_of_associations_that_is_not_there_is_an_error(api: Api) -> None:
    deal, contact = (str(api.portal.records.ids[kind][0]) for kind in ("deals", "contacts"))
    pairs = [{"from": {"id": deal}, "to": {"id": to}} for to in (contact, "1")]
    answer = api.send("POST", f"{ASSOCIATIONS}/deals/contacts/batch/associate/default", {"inputs": pairs})
    assert (answer.status_code, len(answer.json()["results"]), answer.json()["numErrors"]) == (207, 1, 1)
    typed = {"inputs": [pair | {"types": LINK["types"]} for pair in pairs]}
    assert api.send("POST", f"{ASSOCIATIONS}/deals/contacts/batch/create", typed).status_code == 400
    api.portal.scopes.discard("crm.objects.deals.write")
    refused = api.send("POST", f"{ASSOCIATIONS}/deals/contacts/batch/create", typed)
    api.portal.scopes.add("crm.objects.deals.write")
    assert (refused.status_code, refused.json()["category"]) == (403, "MISSING_SCOPES")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/contacts/search", {}, 400),
        ("/contacts/search", {"filterGroups": [], "sorts": ["-email"], "properties": [], "limit": 1, "after": "0"}, 200),
        (
            "/contacts/search",
            {"filterGroups": [], "sorts": [{"propertyName": "email"}], "properties": [], "limit": 1, "after": "0"},
            400,
        ),
        ("/contacts/batch/read", {"inputs": []}, 400),
        ("/contacts/batch/read", {"inputs": [], "properties": [], "propertiesWithHistory": []}, 200),
        ("/calls", {"properties": {"hs_timestamp": "2026-11-22T09:40:00Z"}}, 400),
        ("/calls", {"properties": {"hs_timestamp": "2026-11-22T09:40:00Z"}, "associations": []}, 201),
    ],
)
def test_a_portal_may_be_set_to_take_bodies_by_the_letter_of_the_specification_only(
    api: Api, path: str, body: Any, status: int
) -> None:
    api.portal.to_the_letter = True
    try:
        assert api.send("POST", OBJECTS + path, body).status_code == status
    finally:
        api.portal.to_the_letter = False


def test_a_mistake_of_the_simulator_is_told_and_not_taken_for_a_refusal(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.portal.records, "owners", None)
    answer = api.send("GET", f"/crm/owners/{V}")
    assert (answer.status_code, answer.json()["category"]) == (500, "INTERNAL_ERROR")
    assert "TypeError" in answer.json()["message"]
