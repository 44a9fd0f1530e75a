"""The simulated portal answers as HubSpot answers, and is as strict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from callerid.simulator.portal import SimulatedPortal

if TYPE_CHECKING:
    from collections.abc import Iterator

V = "2026-09"


class Api:
    def __init__(self, portal: SimulatedPortal) -> None:
        self.portal, self.session = portal, requests.Session()
        self.session.headers["Authorization"] = f"Bearer {portal.token}"

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.session.get(self.portal.url + path, params=query, timeout=10)

    def post(self, path: str, body: Any) -> requests.Response:
        return self.session.post(self.portal.url + path, json=body, timeout=10)

    def search(self, kind: str, **body: Any) -> requests.Response:
        return self.post(f"/crm/objects/{V}/{kind}/search", body)

    def call(self, associations: list[Any] | None = None, **properties: Any) -> requests.Response:
        made = {"hs_timestamp": "2026-11-22T09:40:00Z"} | properties
        return self.post(f"/crm/objects/{V}/calls", {"properties": made, "associations": associations or []})


@pytest.fixture
def api() -> Iterator[Api]:
    now = [2_000_000_000.0]
    portal = SimulatedPortal(clock=lambda: now[0])
    portal.populate(people=120, companies=6, deals=8)
    now[0] += 100
    with portal:
        made = Api(portal)
        made.now = now  # type: ignore[attr-defined]
        yield made
        made.session.close()


def test_lists_are_paged_by_the_id_of_the_next_record(api: Api) -> None:
    first = api.get(f"/crm/objects/{V}/contacts", limit=100, properties="firstname,nonsense").json()
    ids = [int(row["id"]) for row in first["results"]]
    after = int(first["paging"]["next"]["after"])
    assert after > ids[-1]
    records = api.portal.records
    records.archive("contacts", ids[0])
    rest = api.get(f"/crm/v3/objects/contacts", limit=100, after=after).json()  # noqa: F541
    assert int(rest["results"][0]["id"]) == after
    assert len(rest["results"]) == 20
    assert "paging" not in rest
    assert set(first["results"][0]["properties"]) == {"firstname", "createdate", "lastmodifieddate", "hs_object_id"}
    assert api.get(f"/crm/objects/{V}/contacts", archived="true").json()["results"][0]["id"] == str(ids[0])


@pytest.mark.parametrize(("query", "status"), [({"limit": 101}, 400), ({"limit": "x"}, 400), ({"properties": "p" * 9000}, 414)])
def test_lists_have_their_limits(api: Api, query: dict[str, Any], status: int) -> None:
    assert api.get(f"/crm/objects/{V}/contacts", **query).status_code == status


def test_inline_associations_name_an_id_once_for_each_type(api: Api) -> None:
    (deal, *_) = api.get(f"/crm/objects/{V}/deals", associations="contacts,companies").json()["results"]
    types = [one["type"] for one in deal["associations"]["contacts"]["results"]]
    assert types == ["deal_to_contact", "deal_to_contact_unlabeled"]


def test_search_has_its_limits_and_lags(api: Api) -> None:
    group = {"filters": [{"propertyName": "email", "operator": "EQ", "value": "PERSON3@example.com"}]}
    found = api.search("contacts", filterGroups=[group]).json()
    assert (found["total"], found["results"][0]["properties"]["hs_object_id"]) == (1, found["results"][0]["id"])
    assert api.search("contacts", filterGroups=[group] * 6).status_code == 400
    assert api.search("contacts", limit=201).status_code == 400
    assert api.search("contacts", filterGroups=[], limit=200, after="9900").status_code == 400
    api.portal.search_lag = 60
    created = api.call(hs_call_external_id="mine").json()["id"]
    look = {"filterGroups": [{"filters": [{"propertyName": "hs_call_external_id", "operator": "EQ", "value": "mine"}]}]}
    api.now[0] += 2  # type: ignore[attr-defined]
    assert api.search("calls", **look).json()["total"] == 0
    api.now[0] += 60  # type: ignore[attr-defined]
    assert api.search("calls", **look).json()["results"][0]["id"] == created


def test_the_modified_date_of_contacts_has_its_own_name(api: Api) -> None:
    def count(name: str) -> int:
        return int(
            api.search("contacts", filterGroups=[{"filters": [{"propertyName": name, "operator": "GTE", "value": "1"}]}]).json()[
                "total"
            ]
        )

    assert (count("lastmodifieddate"), count("hs_lastmodifieddate")) == (120, 0)


@pytest.mark.parametrize(
    ("operator", "value", "count"),
    [("GT", "5000", 8), ("LT", "0", 0), ("HAS_PROPERTY", "", 8), ("NEQ", "12000", 7), ("EQ", "12000", 1), ("WRONG", "1", None)],
)
def test_search_knows_hubspots_operators(api: Api, operator: str, value: str, count: int | None) -> None:
    for deal in list(api.portal.records.by_kind["deals"])[1:]:
        api.portal.records.edit("deals", deal, {"amount": "6000"})
    answer = api.search("deals", filterGroups=[{"filters": [{"propertyName": "amount", "operator": operator, "value": value}]}])
    assert answer.status_code == (400 if count is None else 200)
    assert answer.json().get("total") == count


def test_missing_associations_are_a_207_and_ids_come_as_live_answers_have_them(api: Api) -> None:
    contact, company = min(api.portal.records.by_kind["contacts"]), min(api.portal.records.by_kind["companies"])
    answer = api.post(f"/crm/associations/{V}/contacts/companies/batch/read", {"inputs": [{"id": str(contact)}, {"id": "1"}]})
    said = answer.json()
    assert (answer.status_code, said["numErrors"]) == (207, 1)
    assert said["errors"][0]["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert (said["results"][0]["from"]["id"], said["results"][0]["to"][0]["toObjectId"]) == (str(contact), company)
    assert api.post(f"/crm/associations/{V}/contacts/companies/batch/read", {"inputs": [{"id": "1"}] * 1001}).status_code == 400


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        ({"hs_timestamp": ""}, "REQUIRED_FIELD"),
        ({"hs_call_mood": "x"}, "PROPERTY_DOESNT_EXIST"),
        ({"hs_call_direction": "SIDEWAYS"}, "INVALID_OPTION"),
        ({"hs_call_disposition": "Connected"}, "INVALID_OPTION"),
        ({"hs_timestamp": "1795340400"}, "INVALID_DATE"),
        ({"hs_call_duration": "1 000"}, "INVALID_NUMBER"),
        ({"hs_object_id": "1"}, "READ_ONLY_VALUE"),
    ],
)
def test_written_properties_are_validated(api: Api, properties: dict[str, str], says: str) -> None:
    answer = api.call(None, **properties)
    assert answer.status_code == 400
    assert says in answer.text


def test_associations_are_checked_when_a_call_is_written(api: Api) -> None:
    contact = str(min(api.portal.records.by_kind["contacts"]))
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}
    assert api.call([{"to": {"id": contact}, "types": [kind | {"associationTypeId": 4}]}]).status_code == 400
    assert api.call([{"to": {"id": "1"}, "types": [kind]}]).status_code == 400
    assert api.call([{"to": {"id": contact}, "types": []}]).status_code == 201
    assert api.call([{"to": {"id": contact}, "types": [kind]}]).status_code == 201
    assert [len(call.contacts) for call in api.portal.held_calls()] == [0, 1]


def test_a_wrong_token_and_a_missing_scope_have_the_real_bodies(api: Api) -> None:
    api.portal.scopes.discard("crm.objects.owners.read")
    refused = api.get(f"/crm/owners/{V}").json()
    assert (refused["category"], refused["errors"][0]["context"]["requiredGranularScopes"]) == (
        "MISSING_SCOPES",
        ["crm.objects.owners.read"],
    )
    api.session.headers["Authorization"] = "Bearer wrong"
    assert api.get(f"/account-info/{V}/details").json()["category"] == "INVALID_AUTHENTICATION"


def test_the_ten_second_limit_has_its_real_body_and_headers(api: Api) -> None:
    api.portal.limits.burst = 2
    last = [api.get(f"/account-info/{V}/details") for _ in range(3)][-1]
    assert (last.status_code, last.json()["policyName"]) == (429, "TEN_SECONDLY_ROLLING")
    assert last.json()["message"] == "You have reached your ten_secondly_rolling limit."
    assert last.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    api.now[0] += 10  # type: ignore[attr-defined]
    assert api.get(f"/account-info/{V}/details").status_code == 200


def test_search_has_its_own_limit_without_headers_and_a_day_has_one_too(api: Api) -> None:
    last = [api.search("contacts") for _ in range(6)][-1]
    assert (last.status_code, last.json()["policyName"]) == (429, "SECONDLY")
    assert "X-HubSpot-RateLimit-Max" not in last.headers
    api.portal.limits.daily = 1
    assert api.get(f"/account-info/{V}/details").json()["policyName"] == "DAILY"


def test_a_merge_leaves_a_new_id_to_which_the_old_ones_lead(api: Api) -> None:
    first, second = sorted(api.portal.records.by_kind["contacts"])[:2]
    merged = api.post(f"/crm/objects/{V}/contacts/merge", {"primaryObjectId": str(first), "objectIdToMerge": str(second)}).json()[
        "id"
    ]
    assert api.get(f"/crm/objects/{V}/contacts/{first}").json()["id"] == merged
    found = api.get(f"/crm/objects/{V}/contacts", limit=100, after=merged, properties="hs_merged_object_ids").json()["results"]
    assert found[0]["properties"]["hs_merged_object_ids"] == f"{first};{second}"
    assert api.get(f"/crm/objects/{V}/contacts", archived="true").json()["results"] == []


@pytest.mark.parametrize(("fault", "happened"), [("cut_before", 0), ("cut_after", 1)])
def test_a_connection_is_cut_before_or_after_the_effect(api: Api, fault: str, happened: int) -> None:
    api.portal.fault(fault, "POST /crm/objects")
    with pytest.raises(requests.ConnectionError):
        api.call()
    assert len(api.portal.held_calls()) == happened


def test_offline_refuses_connections_and_online_is_the_same_address(api: Api) -> None:
    url = api.portal.url
    api.portal.go_offline()
    with pytest.raises(requests.ConnectionError):
        api.get("/")
    api.portal.go_online()
    assert api.portal.url == url
    assert api.get(f"/account-info/{V}/details").status_code == 200


def test_owners_and_introspection(api: Api) -> None:
    said = api.post("/oauth/v2/private-apps/get/access-token-info", {"tokenKey": api.portal.token}).json()
    assert api.get(f"/crm/owners/{V}/{said['userId']}", idProperty="userId").json()["id"] == "77001"
    assert api.get(f"/crm/owners/{V}/1").status_code == 404
    assert api.get(f"/crm/owners/{V}", limit=1).json()["paging"]["next"]["after"] == "1"


def test_the_same_seed_is_the_same_portal() -> None:
    one, other = (SimulatedPortal(clock=lambda: 2e9) for _ in range(2))
    for portal in (one, other):
        portal.populate(people=50, companies=3, deals=5, seed=7)
    told = [[r.properties for r in p.records.by_kind["contacts"].values()] for p in (one, other)]
    assert told[0] == told[1]
