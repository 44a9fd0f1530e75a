"""The steps of the official client for Python that write nothing."""

from __future__ import annotations

from functools import partial
from typing import Any

from hubspot.crm.associations.models import BatchInputPublicObjectId
from hubspot.crm.associations.v4.models import BatchInputPublicFetchAssociationsBatchRequest
from hubspot.crm.contacts.models import BatchReadInputSimplePublicObjectId, PublicObjectSearchRequest
from hubspot.crm.properties.models import BatchReadInputPropertyName

from tests.simulator.official.python_client import Run, ids, refusal
from tests.simulator.official.steps import BOUND, PAGE_PROPERTIES, SEARCHES


class Reads(Run):
    """A run that only reads."""

    def take(self) -> dict[str, Any]:
        """Take the steps that write nothing."""
        self._lists()
        self._single()
        self._searches()
        self._batches()
        self._associations()
        self._about()
        return self.got

    def _raw(self, path: str, method: str = "GET", body: Any = None) -> Any:
        return self.client.api_request({"path": path, "method": method, "body": body})

    def _lists(self) -> None:
        api, got = self.client.crm.contacts.basic_api, self.got
        first = api.get_page(limit=100, properties=PAGE_PROPERTIES, archived=False)
        got["page first"], got["page properties"] = ids(first.results), sorted(first.results[0].properties)
        got["page second"] = ids(api.get_page(limit=100, after=first.paging.next.after).results)
        link = first.paging.next.link.removeprefix(self.inputs["url"])
        got["page linked"] = [row["id"] for row in self._raw(link).json()["results"]]
        everybody = self.client.crm.contacts.get_all(properties=["firstname", "lastname"])
        got["all contacts"] = ids(everybody)
        got["all names"] = [row.properties["lastname"] or "" for row in everybody]
        got["archived contacts"] = ids(self.client.crm.contacts.get_all(archived=True))
        deals = self.client.crm.deals.get_all(associations=["contacts", "companies"])
        for kind in ("contacts", "companies"):
            linked = {row.id: (row.associations or {}).get(kind) for row in deals}
            got[f"deals with {kind}"] = {
                deal: list(dict.fromkeys(row.id for row in found.results)) if found else [] for deal, found in linked.items()
            }
        histories = api.get_page(limit=50, properties_with_history=["lastname"]).results[5].properties_with_history
        got["history"] = [value.value for value in histories["lastname"]]

    def _single(self) -> None:
        api, got, inputs = self.client.crm.contacts.basic_api, self.got, self.inputs
        got["by email"] = api.get_by_id(inputs["emails"][0], id_property="email").id
        got["by merged id"] = api.get_by_id(inputs["merged"]).id
        got["archived one"] = api.get_by_id(inputs["archived"], archived=True).id
        got["not there"] = refusal(lambda: api.get_by_id("1"))
        got["limit 101"] = refusal(lambda: api.get_page(limit=101))
        got["unknown parameter"] = refusal(lambda: self._raw("/crm/v3/objects/contacts?offset=100"))

    def _search(self, kind: str, **body: Any) -> Any:
        return getattr(self.client.crm, kind).search_api.do_search(PublicObjectSearchRequest(**body))

    def _searches(self) -> None:
        got = self.got
        for name, groups in SEARCHES.items():
            got[f"search {name}"] = sorted(ids(self._search("deals", filter_groups=groups, limit=200).results))
        got["query zzzz"] = ids(self._search("contacts", query="zzzz").results)
        got["query lópez"] = ids(self._search("contacts", query="lópez", limit=200).results)
        by_phone = self._search("contacts", query="123 4567", properties=["phone"], limit=5).results
        got["query phone"] = [row.properties["phone"] for row in by_phone]
        down = {"propertyName": "amount", "direction": "DESCENDING"}
        got["search down"] = ids(self._search("deals", sorts=[down], limit=5).results)
        got["search up"] = ids(self._search("deals", sorts=["amount"], limit=3).results)
        got["search pages"], after = [], None
        while True:
            page = self._search("contacts", limit=200, after=after, sorts=["hs_object_id"])
            got["search pages"] += ids(page.results)
            if not page.paging:
                break
            after = page.paging.next.after
        got["search total"] = page.total
        got["search 201"] = refusal(lambda: self._search("contacts", limit=201))
        tasks = self.client.crm.objects.search_api
        near = tasks.do_search("tasks", PublicObjectSearchRequest(limit=50, after=str(BOUND - 50)))
        got["search near the bound"] = [near.total, len(near.results)]
        closed = {"propertyName": "hs_pipeline_stage", "operator": "NOT_IN", "values": ["4"]}
        open_tickets = PublicObjectSearchRequest(filter_groups=[{"filters": [closed]}], properties=["subject"], limit=200)
        got["open tickets"] = [row.properties["subject"] for row in tasks.do_search("tickets", open_tickets).results]
        beyond = PublicObjectSearchRequest(limit=50, after=str(BOUND))
        got["search beyond the bound"] = refusal(lambda: tasks.do_search("tasks", beyond))
        got["search six groups"] = refusal(lambda: self._search("deals", filter_groups=SEARCHES["EQ"] * 6))
        for name, faulty in (("a value", {"operator": "EQ"}), ("an operator", {"value": "1"})):
            body = {"filterGroups": [{"filters": [{"propertyName": "amount"} | faulty]}]}
            got[f"search without {name}"] = refusal(partial(self._raw, "/crm/v3/objects/deals/search", "POST", body))

    def _batches(self) -> None:
        api, got, inputs = self.client.crm.contacts.batch_api, self.got, self.inputs

        def read(keys: list[str], **more: Any) -> Any:
            wanted = {"inputs": [{"id": key} for key in keys], "properties": ["email"], "properties_with_history": []} | more
            return api.read(BatchReadInputSimplePublicObjectId(**wanted))

        got["batch by ids"] = ids(read(inputs["contacts"][:3]).results)
        by_email = read([*inputs["emails"], "nobody@example.com"], id_property="email")
        got["batch by email"] = [ids(by_email.results), by_email.errors[0].context["ids"]]
        got["batch by phone"] = refusal(lambda: read(["+353 87 123 4567"], id_property="phone"))

    def _associations(self) -> None:
        got, inputs, v4 = self.got, self.inputs, self.client.crm.associations.v4

        def read(*wanted: dict[str, Any]) -> dict[str, list[str]]:
            body = BatchInputPublicFetchAssociationsBatchRequest(inputs=list(wanted))
            results = v4.batch_api.get_page("deals", "contacts", body).results
            pages.update({row._from.id: row.paging for row in results if row.paging})
            return {row._from.id: [str(to.to_object_id) for to in row.to] for row in results}

        pages: dict[str, Any] = {}
        got["batch associations"] = read(*({"id": deal} for deal in inputs["deals"][:4]))
        crowded = inputs["deals"][1]
        (following,) = pages.values()
        after = following.next.after
        got["batch associations, next page"] = read({"id": crowded, "after": after})[crowded]
        link = following.next.link.removeprefix(inputs["url"])
        got["associations by link"] = [str(row["toObjectId"]) for row in self._raw(link).json()["results"]]
        wanted = BatchInputPublicObjectId(inputs=[{"id": inputs["deals"][2]}])
        legacy = self.client.crm.associations.batch_api.read("deals", "contacts", wanted).results[0]
        got["batch associations, version 3"] = list(dict.fromkeys(ids(legacy.to)))
        one = v4.basic_api.get_page("deals", inputs["deals"][0], "contacts", limit=500)
        got["associations of one"] = [str(row.to_object_id) for row in one.results]
        labels = self.client.crm.associations.v4.schema.definitions_api.get_all("deals", "companies").results
        got["types"] = sorted(row.type_id for row in labels)

    def _about(self) -> None:
        got, crm = self.got, self.client.crm
        owners = crm.owners.owners_api
        got["owners"] = ids(owners.get_page().results)
        one = owners.get_page(limit=1)
        got["owners by pages"] = ids([*one.results, *owners.get_page(limit=1, after=one.paging.next.after).results])
        got["owner by e-mail"] = ids(owners.get_page(email="eva@example.com").results)
        got["owners who left"] = ids(owners.get_page(archived=True).results)
        got["owner by user"] = owners.get_by_id(9001, id_property="userId").id
        got["pipelines"] = ids(crm.pipelines.pipelines_api.get_all("deals").results)
        got["stages"] = ids(crm.pipelines.pipeline_stages_api.get_all("deals", "default").results)
        got["stages of tickets"] = ids(crm.pipelines.pipeline_stages_api.get_all("tickets", "0").results)
        got["one stage"] = crm.pipelines.pipeline_stages_api.get_by_id("deals", "default", "closedwon").id
        names = [row.name for row in crm.properties.core_api.get_all("contacts").results]
        got["properties"] = {"firstname", "email", "hs_object_id"} <= set(names)
        got["one property"] = crm.properties.core_api.get_by_name("contacts", "email").name
        got["groups"] = [row.name for row in crm.properties.groups_api.get_all("contacts").results]
        wanted = BatchReadInputPropertyName(archived=False, inputs=[{"name": "email"}, {"name": "phone"}])
        got["properties in a batch"] = [row.name for row in crm.properties.batch_api.read("contacts", wanted).results]
