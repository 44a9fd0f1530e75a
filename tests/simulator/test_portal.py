"""The simulated portal answers as HubSpot answers, and is as strict."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
import requests

from callerid.simulator.portal import SimulatedPortal
from callerid.simulator.portal.records import national_digits

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

    def send(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.session.request(method, self.portal.url + path, json=body, timeout=10)

    def task(self, **properties: Any) -> requests.Response:
        made = {"hs_timestamp": "2026-11-24T09:30:00Z", "hs_task_subject": "Call Ana back"} | properties
        return self.post(f"/crm/objects/{V}/tasks", {"properties": made})

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
    types = [item["type"] for item in deal["associations"]["contacts"]["results"]]
    assert types == ["deal_to_contact", "deal_to_contact_unlabeled"]


def test_search_has_its_limits_and_lags(api: Api) -> None:
    group = {"filters": [{"propertyName": "email", "operator": "EQ", "value": "PERSON3@example.com"}]}
    response = api.search("contacts", filterGroups=[group]).json()
    assert (response["total"], response["results"][0]["properties"]["hs_object_id"]) == (1, response["results"][0]["id"])
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
    answered = answer.json()
    assert (answer.status_code, answered["numErrors"]) == (207, 1)
    assert answered["errors"][0]["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert (answered["results"][0]["from"]["id"], answered["results"][0]["to"][0]["toObjectId"]) == (str(contact), company)
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
    listed = api.get(f"/crm/objects/{V}/contacts", limit=100, after=merged, properties="hs_merged_object_ids").json()["results"]
    assert listed[0]["properties"]["hs_merged_object_ids"] == f"{first};{second}"
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
    answered = api.post("/oauth/v2/private-apps/get/access-token-info", {"tokenKey": api.portal.token}).json()
    assert api.get(f"/crm/owners/{V}/{answered['userId']}", idProperty="userId").json()["id"] == "77001"
    assert api.get(f"/crm/owners/{V}/1").status_code == 404
    assert api.get(f"/crm/owners/{V}", limit=1).json()["paging"]["next"]["after"] == "1"


def test_the_same_seed_is_the_same_portal() -> None:
    first, second = (SimulatedPortal(clock=lambda: 2e9) for _ in range(2))
    for portal in (first, second):
        portal.populate(people=50, companies=3, deals=5, seed=7)
    contacts = [[r.properties for r in p.records.by_kind["contacts"].values()] for p in (first, second)]
    assert contacts[0] == contacts[1]


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        ({"hs_timestamp": ""}, "REQUIRED_FIELD"),
        ({"hs_task_subject": ""}, "REQUIRED_FIELD"),
        ({"hs_task_status": "OPEN"}, "INVALID_OPTION"),
        ({"hs_task_type": "LETTER"}, "INVALID_OPTION"),
        ({"hs_task_priority": "URGENT"}, "INVALID_OPTION"),
        ({"hs_task_reminders": "2026-11-24T09:30:00Z"}, "INVALID_LONG"),
        ({"hs_task_reminders": "1795340400"}, "INVALID_LONG"),
        ({"hs_task_external_id": "mine"}, "PROPERTY_DOESNT_EXIST"),
    ],
)
def test_tasks_are_validated_when_they_are_made_and_when_they_are_changed(api: Api, properties: dict[str, str], says: str) -> None:
    made = api.task(hs_task_type="CALL", hs_task_priority="HIGH", hs_task_reminders="1795512600000").json()["id"]
    for answer in (api.task(**properties), api.send("PATCH", f"/crm/objects/{V}/tasks/{made}", {"properties": properties})):
        assert answer.status_code == 400
        assert says in answer.text
    assert len(api.portal.held_tasks()) == 1


def test_one_property_lists_its_options_with_one_of_the_portals_own_and_a_hidden_one(api: Api) -> None:
    answered = api.get(f"/crm/properties/{V}/calls/hs_call_disposition").json()
    assert {item["label"]: item["hidden"] for item in answered["options"][-2:]} == {"Callback requested": False, "Old": True}
    assert api.get(f"/crm/properties/{V}/calls/hs_call_mood").status_code == 404
    assert [api.call(hs_call_disposition=item["value"]).status_code for item in answered["options"]] == [201] * 8
    assert api.portal.held_calls()[-2].disposition == "Callback requested"


def test_a_change_may_clear_but_not_what_must_be_there(api: Api) -> None:
    api.portal.required["calls"] = ("hs_call_title",)
    call = api.call(hs_call_title="Call", hs_call_body="note").json()["id"]
    path = f"/crm/objects/{V}/calls/{call}"
    assert api.send("PATCH", path, {"properties": {"hs_call_body": ""}}).json()["properties"]["hs_call_body"] is None
    refused = api.send("PATCH", path, {"properties": {"hs_call_title": ""}})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "MISSING_REQUIRED_PROPERTY")
    assert refused.json()["errors"][0]["context"] == {"propertyName": ["hs_call_title"]}
    assert api.portal.held_calls()[0].title == "Call"


def test_what_is_deleted_is_in_the_recycle_bin_and_nowhere_else(api: Api) -> None:
    call, task = api.call().json()["id"], api.task().json()["id"]
    for kind, record_id in (("calls", call), ("tasks", task)):
        path = f"/crm/objects/{V}/{kind}/{record_id}"
        deleted = api.send("DELETE", path)
        assert (deleted.status_code, deleted.content) == (204, b"")
        for method in ("GET", "PATCH", "DELETE"):
            assert api.send(method, path, {"properties": {}} if method == "PATCH" else None).status_code == 404
        assert api.search(kind).json()["total"] == 0
        assert api.post(f"/crm/objects/{V}/{kind}/batch/read", {"inputs": [{"id": record_id}]}).status_code == 207
    assert (api.portal.held_calls(), api.portal.held_tasks()) == ((), ())


def test_associations_are_put_and_archived_one_by_one(api: Api) -> None:
    first, second = sorted(api.portal.records.by_kind["contacts"])[:2]
    call = api.call().json()["id"]
    for contact in (first, first, second):
        put = api.send("PUT", f"/crm/objects/{V}/calls/{call}/associations/default/contacts/{contact}")
        assert put.status_code == 200
    assert api.send("PUT", f"/crm/objects/{V}/calls/{call}/associations/default/contacts/1").status_code == 404
    body = {"inputs": [{"from": {"id": call}, "to": [{"id": str(first)}, {"id": "1"}]}]}
    archived = api.post(f"/crm/associations/{V}/calls/contacts/batch/archive", body)
    assert (archived.status_code, archived.json()["status"]) == (200, "COMPLETE")
    assert list(api.portal.records.linked("calls", int(call), "contacts")) == [second]
    assert list(api.portal.records.linked("contacts", first, "calls")) == []
    assert api.post(f"/crm/associations/{V}/calls/contacts/batch/archive", {"inputs": [{}] * 101}).status_code == 400


def test_a_batch_does_not_know_an_id_that_was_merged_away(api: Api) -> None:
    first, second = sorted(api.portal.records.by_kind["contacts"])[:2]
    survivor = api.portal.records.merge("contacts", first, second).id
    answer = api.post(f"/crm/objects/{V}/contacts/batch/read", {"inputs": [{"id": str(first)}, {"id": str(survivor)}]})
    assert (answer.status_code, [row["id"] for row in answer.json()["results"]]) == (207, [str(survivor)])


@pytest.mark.parametrize(
    ("email", "status"), [("person3@EXAMPLE.com", 409), ("no address", 400), ("new@example", 400), ("new@example.com", 201)]
)
def test_a_contacts_e_mail_is_an_address_and_the_only_one(api: Api, email: str, status: int) -> None:
    answer = api.post(f"/crm/objects/{V}/contacts", {"properties": {"email": email}})
    assert answer.status_code == status
    contacts = sorted(api.portal.records.by_kind["contacts"])
    if status == 409:
        assert answer.json()["message"] == f"Contact already exists. Existing ID: {contacts[3]}"
        own = api.send("PATCH", f"/crm/objects/{V}/contacts/{contacts[3]}", {"properties": {"email": email}})
        assert own.status_code == 200


def test_a_time_is_searched_for_however_it_is_written(api: Api) -> None:
    made = api.task().json()["id"]
    for written, count in (
        ("1795512600000", 1),
        ("2026-11-24T09:30:00Z", 1),
        ("2026-11-24T10:30:00+01:00", 1),
        ("1795512601000", 0),
    ):
        filters = [{"propertyName": "hs_timestamp", "operator": "EQ", "value": written}]
        rows = api.search("tasks", filterGroups=[{"filters": filters}]).json()["results"]
        assert [row["id"] for row in rows] == [made] * count


@pytest.mark.parametrize(("fault", "happened"), [("cut_before", False), ("cut_after", True)])
@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_every_way_of_writing_can_be_cut_off(api: Api, method: str, fault: str, *, happened: bool) -> None:
    contact, call = min(api.portal.records.by_kind["contacts"]), api.call(hs_call_title="before").json()["id"]
    path = f"/crm/objects/{V}/calls/{call}" + (f"/associations/default/contacts/{contact}" if method == "PUT" else "")
    api.portal.fault(fault, f"^{method} ")
    with pytest.raises(requests.ConnectionError):
        api.send(method, path, {"properties": {"hs_call_title": "after"}} if method == "PATCH" else None)
    held = api.portal.held_calls()
    done = {"PATCH": held and held[0].title == "after", "PUT": held and held[0].contacts != (), "DELETE": not held}
    assert bool(done[method]) is happened


def status_of(portal: SimulatedPortal, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{portal.url}/account-info/{V}/details", headers=headers, timeout=10).status_code


def test_a_portal_that_is_offline_is_refused_and_keeps_its_port_from_every_other() -> None:
    with contextlib.ExitStack() as opened:
        first, second = (opened.enter_context(SimulatedPortal()) for _ in range(2))
        assert first.token != second.token
        assert status_of(first, first.token) == 200
        first.go_offline()
        with pytest.raises(requests.ConnectionError):
            status_of(first, first.token)
        others = [opened.enter_context(SimulatedPortal()) for _ in range(50)]
        assert first.url not in {other.url for other in (second, *others)}
        with pytest.raises(requests.ConnectionError):
            status_of(first, first.token)
        assert [other.requests_seen for other in (second, *others)] == [[]] * 51
        first.go_online()
        assert status_of(first, first.token) == 200
        assert status_of(first, second.token) == status_of(second, first.token) == 401


def test_a_connection_that_is_open_is_cut_when_the_portal_goes_offline(api: Api) -> None:
    assert api.get(f"/account-info/{V}/details").status_code == 200
    api.portal.go_offline()
    api.portal.go_offline()
    with pytest.raises(requests.ConnectionError):
        api.get(f"/account-info/{V}/details")
    api.portal.go_online()
    api.portal.go_online()
    assert api.get(f"/account-info/{V}/details").status_code == 200


def test_a_port_that_was_kept_is_given_up_in_the_end() -> None:
    with SimulatedPortal() as portal:
        portal.go_offline()
    with SimulatedPortal(token=portal.token, port=int(portal.url.rpartition(":")[2])) as again:
        assert again.url == portal.url
        assert status_of(again, portal.token) == 200


@pytest.mark.parametrize(
    ("raw", "national"),
    [
        ("+33655555555", "655555555"),
        ("513-227-1572", "5132271572"),
        ("08180854296", "8180854296"),
        ("+5511999999999", "11999999999"),
        ("00004", "4"),
        ("(877) 829-06966777", "87782906966777"),
    ],
)
def test_a_number_can_be_searched_for_by_the_digits_that_people_have_recorded_of_hubspot(raw: str, national: str) -> None:
    assert national_digits(raw) == national
