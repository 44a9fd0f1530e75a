"""The portal that the official clients are run against, and what they must get from it: by the portal's records, not by its API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from callerid.simulator.portal import SimulatedPortal

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.simulator.portal.records import Record

PEOPLE, COMPANIES, DEALS, TASKS = 230, 6, 12, 10_050
_CROWD, _BIG_CROWD = (
    130,
    510,
)  # contacts of a deal: more than a list shows of each; of another: more than a page of associations has
WRITE_SCOPES = ("crm.objects.companies.write", "crm.objects.deals.write", "crm.export", "tickets")


class Scenario:
    """A portal with something of everything, and `inputs`: the ids and texts that a run asks for."""

    def __init__(self) -> None:
        self.portal = SimulatedPortal()
        self.records = self.portal.records
        self.portal.populate(people=PEOPLE, companies=COMPANIES, deals=DEALS)
        self.portal.scopes.update(WRITE_SCOPES)
        self.portal.limits.burst = self.portal.limits.searches = 100_000
        self.portal.exports.seconds = 0.0
        self.records.owners.append(
            {"id": "77003", "email": "old@example.com", "type": "PERSON", "firstName": "Old", "lastName": "One", "userId": 9003}
            | {"archived": True}
        )
        contacts, deals = list(self.records.ids["contacts"]), list(self.records.ids["deals"])
        self._crowd(deals[0], contacts[:_CROWD])
        guests = [self.records.create("contacts", {"lastname": f"Guest {place}"}).id for place in range(_BIG_CROWD)]
        self._crowd(deals[1], guests)
        self.records.edit("contacts", contacts[5], {"lastname": "Changed"})
        self.records.edit("deals", deals[2], {"amount": "", "dealname": "Big renewal, 2028"})
        for contact in contacts[10:13]:
            self.records.archive("contacts", contact)
        self.survivor = self.records.merge("contacts", contacts[20], contacts[21]).id
        for place in range(TASKS):
            self.records.create("tasks", {"hs_task_subject": f"Task {place}", "hs_timestamp": "2026-11-24T09:30:00Z"})
        for subject, stage in (("Broken", "1"), ("Mended", "4")):
            ticket = {"subject": subject, "hs_pipeline": "0", "hs_pipeline_stage": stage}
            self.records.create("tickets", ticket, [("contacts", contacts[0], 16)])
        self.inputs = self._inputs(contacts, deals)

    def _crowd(self, deal: int, contacts: list[int]) -> None:
        for contact in contacts:
            self.records.link("deals", deal, "contacts", contact, 3)

    def _inputs(self, contacts: list[int], deals: list[int]) -> dict[str, Any]:
        return {
            "url": self.portal.url,
            "token": self.portal.token,
            "contacts": [str(contact) for contact in contacts[:10]],
            "merged": str(contacts[20]),
            "archived": str(contacts[10]),
            "victims": [str(contact) for contact in contacts[100:106]],
            "deals": [str(deal) for deal in deals],
            "companies": [str(company) for company in self.records.ids["companies"]],
            "emails": [self.email(contact) for contact in contacts[:3]],
        }

    def email(self, contact: int) -> str:
        """Return a contact's address."""
        return self.records.by_kind["contacts"][contact].properties["email"]

    def deal_name(self, deal: str) -> str:
        """Return a deal's name in lower case."""
        return (self.property_of("deals", deal, "dealname") or "").lower()

    def there(self, kind: str, where: Callable[[Record], bool] = lambda _: True) -> list[str]:
        """Return the ids of the records that are not archived, in order."""
        known = self.records.by_kind[kind]
        return [str(i) for i in self.records.ids[kind] if known[i].archived_at is None and where(known[i])]

    def links(self, kind: str, record_id: str, to: str) -> list[str]:
        """Return what a record is associated with, in order."""
        return [str(i) for i in sorted(self.records.linked(kind, int(record_id), to))]

    def property_of(self, kind: str, record_id: str, name: str) -> str | None:
        """Return a property's value."""
        return self.records.value(self.records.by_kind[kind][int(record_id)], name)


def wanted_before(scenario: Scenario) -> dict[str, Any]:
    """Return what a run must get while nothing is written yet, by the name of its step."""
    contacts, deals, inputs = scenario.there("contacts"), scenario.there("deals"), scenario.inputs
    amounts = {deal: float(scenario.property_of("deals", deal, "amount") or "nan") for deal in deals}
    by_amount = sorted(deals, key=lambda deal: amounts[deal] if amounts[deal] == amounts[deal] else -1)
    stage = {deal: scenario.property_of("deals", deal, "dealstage") for deal in deals}
    names = {contact: (scenario.property_of("contacts", contact, "lastname") or "") for contact in contacts}
    archived = [str(i) for i, r in sorted(scenario.records.by_kind["contacts"].items()) if r.archived_at is not None]
    limits = ["first", "second", "linked"]
    pages = dict(zip(limits, (contacts[:100], contacts[100:200], contacts[100:200]), strict=True))
    searches = {
        "GT": [d for d in deals if amounts[d] > 12000],
        "GTE": [d for d in deals if amounts[d] >= 12000],
        "LT": [d for d in deals if amounts[d] < 12000],
        "LTE": [d for d in deals if amounts[d] <= 12000],
        "EQ": [d for d in deals if amounts[d] == 12000],
        "NEQ": [d for d in deals if amounts[d] != 12000],
        "BETWEEN": [d for d in deals if 5000 <= amounts[d] <= 20000],
        "HAS_PROPERTY": [d for d in deals if amounts[d] == amounts[d]],
        "NOT_HAS_PROPERTY": [d for d in deals if amounts[d] != amounts[d]],
        "IN": [d for d in deals if stage[d] in ("closedwon", "closedlost")],
        "NOT_IN": [d for d in deals if stage[d] not in ("closedwon", "closedlost")],
        "CONTAINS_TOKEN": [d for d in deals if re.search(r"\brenew", scenario.deal_name(d))],
        "NOT_CONTAINS_TOKEN": [d for d in deals if not re.search(r"\brenew", scenario.deal_name(d))],
        "OR": [d for d in deals if stage[d] == "closedwon" or amounts[d] == 12000],
        "AND": [d for d in deals if stage[d] == "closedwon" and amounts[d] > 0],
    }
    return {
        **{f"page {name}": ids for name, ids in pages.items()},
        "page properties": ["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "phone"],
        "all contacts": contacts,
        "all names": list(names.values()),
        "archived contacts": archived,
        "deals with contacts": {deal: scenario.links("deals", deal, "contacts")[:100] for deal in deals},
        "deals with companies": {deal: scenario.links("deals", deal, "companies") for deal in deals},
        "history": ["Changed", *_earlier_names(scenario, inputs["contacts"][5])],
        "by email": inputs["contacts"][0],
        "by merged id": str(scenario.survivor),
        "archived one": inputs["archived"],
        "not there": [404, "OBJECT_NOT_FOUND"],
        "limit 101": [400, "VALIDATION_ERROR"],
        "unknown parameter": [400, "VALIDATION_ERROR"],
        **{f"search {name}": sorted(ids) for name, ids in searches.items()},
        "query zzzz": [],
        "query lópez": [c for c in contacts if "lópez" in names[c].lower()],
        "query phone": ["+353 87 123 4567"],
        "search down": by_amount[::-1][:5],
        "search up": by_amount[:3],
        "search pages": contacts,
        "search total": len(contacts),
        "search 201": [400, "VALIDATION_ERROR"],
        "search near the bound": [TASKS, 50],
        "open tickets": ["Broken"],
        "search beyond the bound": [400, "VALIDATION_ERROR"],
        "search six groups": [400, "VALIDATION_ERROR"],
        "search without a value": [400, "VALIDATION_ERROR"],
        "search without an operator": [400, "VALIDATION_ERROR"],
        "batch by ids": inputs["contacts"][:3],
        "batch by email": [inputs["contacts"][:3], ["nobody@example.com"]],
        "batch by phone": [400, "VALIDATION_ERROR"],
        "batch associations": {deal: scenario.links("deals", deal, "contacts")[:500] for deal in inputs["deals"][:4]},
        "batch associations, next page": scenario.links("deals", inputs["deals"][1], "contacts")[500:],
        "batch associations, version 3": scenario.links("deals", inputs["deals"][2], "contacts"),
        "associations by link": scenario.links("deals", inputs["deals"][1], "contacts")[500:],
        "associations of one": scenario.links("deals", inputs["deals"][0], "contacts"),
        "types": sorted([341, 5]),
        "owners": ["77001", "77002"],
        "owners by pages": ["77001", "77002"],
        "owner by e-mail": ["77002"],
        "owners who left": ["77003"],
        "owner by user": "77001",
        "pipelines": ["default"],
        "stages": [stage["id"] for stage in scenario.records.pipelines[0]["stages"]],
        "one stage": "closedwon",
        "stages of tickets": ["1", "2", "3", "4"],
        "properties": True,
        "one property": "email",
        "groups": ["information"],
        "properties in a batch": ["email", "phone"],
    }


def _earlier_names(scenario: Scenario, contact: str) -> list[str]:
    history = scenario.records.by_kind["contacts"][int(contact)].history
    return [(properties or {})["lastname"] for _, properties in history[:1]]


def wanted_after(scenario: Scenario, got: dict[str, Any]) -> dict[str, Any]:
    """Return what a run must get from what it wrote: ids that the portal gave are taken from `got` and looked up."""
    inputs, records = scenario.inputs, scenario.records
    victims, nora = inputs["victims"], int(got["new contact"])
    deal, company = inputs["deals"][5], inputs["companies"][0]
    contacts = scenario.there("contacts")
    by_email = {record.properties.get("email"): record for record in records.by_kind["contacts"].values()}
    survivor = records.merged["contacts", int(victims[3])]
    assert records.by_kind["contacts"][nora].properties["firstname"] == "N."
    assert scenario.links("calls", got["new call"], "contacts") == [str(nora)]
    assert set(victims).isdisjoint(contacts)
    assert by_email["batch0@example.com"].properties["lastname"] == "Upserted"
    assert inputs["contacts"][8] in scenario.links("deals", deal, "contacts")
    assert set(inputs["contacts"][6:8]).isdisjoint(scenario.links("deals", deal, "contacts"))
    assert company in scenario.links("deals", inputs["deals"][6], "companies")
    batch = [str(by_email[f"batch{place}@example.com"].id) for place in range(3)]
    assert all(scenario.property_of("contacts", contact, "company") == "Batch GmbH" for contact in batch)
    return {
        "new contact": str(by_email["nora@example.com"].id),
        "second of an address": [409, "CONFLICT"],
        "changed": [str(nora), "Neuer", None],
        "changed by address": str(nora),
        "wrong property": [400, "VALIDATION_ERROR"],
        "new call": str(max(records.by_kind["calls"])),
        "archived is gone": [404, "OBJECT_NOT_FOUND"],
        "new contacts": batch,
        "new contacts, one known": [409, "CONFLICT"],
        "new contacts, traced": [1, 1, "CONFLICT"],
        "contacts changed": [batch, ["1"]],
        "upserted": [False, True],
        "merged": str(survivor),
        "found by both": [str(survivor)] * 2,
        "purged is gone": [404, "OBJECT_NOT_FOUND"],
        "linked by default": 3,
        "linked by type": company,
        "primary": ["Primary"],
        "a wrong type": [400, "VALIDATION_ERROR"],
        "export": "COMPLETE",
        "export header": ["hs_object_id", "firstname", "email", "Associated Company IDs"],
        "exported": contacts,
        "half an export": [400, "VALIDATION_ERROR"],
        "a wrong token": [401, "INVALID_AUTHENTICATION"],
        "no such kind": [400, "VALIDATION_ERROR"],
    }
