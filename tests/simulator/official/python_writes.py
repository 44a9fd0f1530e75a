"""The steps of the official client for Python that write, or are refused."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.request import urlopen

import hubspot
from hubspot.crm.associations.v4.models import (
    AssociationSpec,
    BatchInputPublicAssociationMultiArchive,
    BatchInputPublicAssociationMultiPost,
    BatchInputPublicDefaultAssociationMultiPost,
)
from hubspot.crm.contacts.models import (
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputForCreate,
    BatchInputSimplePublicObjectBatchInputUpsert,
    BatchInputSimplePublicObjectId,
    PublicGdprDeleteInput,
    PublicMergeInput,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)

from tests.simulator.official.python_client import Run, ids, refusal
from tests.simulator.official.steps import CALL_TO_CONTACT, DEAL_TO_COMPANY, NEW


class Writes(Run):
    """A run that writes."""

    def take(self) -> dict[str, Any]:
        """Take the steps."""
        self._one_contact()
        self._many_contacts()
        self._merged_and_purged()
        self._linked()
        self._exported()
        self._refused()
        return self.got

    def _one_contact(self) -> None:
        api, got = self.client.crm.contacts.basic_api, self.got
        new = SimplePublicObjectInputForCreate(properties=NEW, associations=[])
        made = api.create(new)
        got["new contact"] = made.id
        got["second of an address"] = refusal(lambda: api.create(new))
        changed = api.update(made.id, SimplePublicObjectInput(properties={"lastname": "Neuer", "phone": ""}))
        got["changed"] = [changed.id, changed.properties["lastname"], changed.properties["phone"]]
        by_email = api.update(NEW["email"], SimplePublicObjectInput(properties={"firstname": "N."}), id_property="email")
        got["changed by address"] = by_email.id
        got["wrong property"] = refusal(lambda: api.update(made.id, SimplePublicObjectInput(properties={"mood": "good"})))
        links = [{"to": {"id": made.id}, "types": [CALL_TO_CONTACT]}]
        call = SimplePublicObjectInputForCreate(properties={"hs_timestamp": "2026-11-22T09:40:00Z"}, associations=links)
        got["new call"] = self.client.crm.objects.basic_api.create("calls", call).id
        api.archive(self.inputs["victims"][0])
        got["archived is gone"] = refusal(lambda: api.get_by_id(self.inputs["victims"][0]))

    def _many_contacts(self) -> None:
        api, got, inputs = self.client.crm.contacts.batch_api, self.got, self.inputs
        many = [{"properties": {"email": f"batch{place}@example.com"}, "associations": []} for place in range(3)]
        got["new contacts"] = ids(api.create(BatchInputSimplePublicObjectBatchInputForCreate(inputs=many)).results)
        again = BatchInputSimplePublicObjectBatchInputForCreate(inputs=[*many[:1], {"properties": {"email": "x@example.com"}}])
        got["new contacts, one known"] = refusal(lambda: api.create(again))
        traced: list[dict[str, Any]] = [
            {"properties": {"email": email}, "associations": [], "objectWriteTraceId": email}
            for email in ("batch0@example.com", "batch9@example.com")
        ]
        partly = api.create(BatchInputSimplePublicObjectBatchInputForCreate(inputs=traced))
        got["new contacts, traced"] = [len(partly.results), partly.num_errors, partly.errors[0].category]
        changes = [{"id": contact, "properties": {"company": "Batch GmbH"}} for contact in [*got["new contacts"], "1"]]
        changed = api.update(BatchInputSimplePublicObjectBatchInput(inputs=changes))
        got["contacts changed"] = [ids(changed.results), changed.errors[0].context["ids"]]
        upserts = [
            {"id": email, "idProperty": "email", "properties": {"lastname": "Upserted"}}
            for email in ("batch0@example.com", "new@example.com")
        ]
        upserted = api.upsert(BatchInputSimplePublicObjectBatchInputUpsert(inputs=upserts)).results
        got["upserted"] = [row.new for row in upserted]
        api.archive(BatchInputSimplePublicObjectId(inputs=[{"id": contact} for contact in inputs["victims"][1:3]]))

    def _merged_and_purged(self) -> None:
        api, (first, second, purged) = self.client.crm.contacts.basic_api, self.inputs["victims"][3:]
        merged = api.merge(PublicMergeInput(primary_object_id=first, object_id_to_merge=second))
        self.got["merged"] = merged.id
        self.got["found by both"] = [api.get_by_id(first).id, api.get_by_id(second).id]
        api.purge(PublicGdprDeleteInput(object_id=purged))
        self.got["purged is gone"] = refusal(lambda: api.get_by_id(purged))

    def _linked(self) -> None:
        got, v4, inputs = self.got, self.client.crm.associations.v4, self.inputs
        deal, company = inputs["deals"][5], inputs["companies"][0]
        contacts = [{"from": {"id": deal}, "to": {"id": contact}} for contact in inputs["contacts"][6:9]]
        default = v4.batch_api.create_default("deals", "contacts", BatchInputPublicDefaultAssociationMultiPost(inputs=contacts))
        got["linked by default"] = len(default.results)
        pair = {"from": {"id": inputs["deals"][6]}, "to": {"id": company}, "types": [DEAL_TO_COMPANY]}
        created = v4.batch_api.create("deals", "companies", BatchInputPublicAssociationMultiPost(inputs=[pair]))
        got["linked by type"] = created.results[0].to_object_id
        spec = AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=5)
        got["primary"] = v4.basic_api.create("deals", deal, "companies", company, [spec]).labels
        archived = BatchInputPublicAssociationMultiArchive(inputs=[{"from": {"id": deal}, "to": [contacts[0]["to"]]}])
        v4.batch_api.archive("deals", "contacts", archived)
        v4.basic_api.archive("deals", deal, "contacts", contacts[1]["to"]["id"])
        got["a wrong type"] = refusal(lambda: v4.basic_api.create("deals", deal, "companies", company, [CALL_TO_CONTACT]))

    def _exported(self) -> None:
        wanted: dict[str, Any] = {
            "exportType": "VIEW",
            "format": "CSV",
            "exportName": "Everybody",
            "objectType": "CONTACT",
            "language": "EN",
        }
        wanted |= {"objectProperties": ["firstname", "email"], "associatedObjectType": "COMPANY"}
        wanted |= {"exportInternalValuesOptions": ["NAMES", "VALUES"], "overrideAssociatedObjectsPerDefinitionPerRowLimit": True}
        api = self.client.crm.exports.public_exports_api
        task = api.start(wanted)
        status = api.get_status(int(task.id))
        self.got["export"] = status.status
        with urlopen(status.result) as file:
            rows = csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline=""))
        self.got["export header"] = next(rows)
        self.got["exported"] = [row[0] for row in rows]
        self.got["half an export"] = refusal(lambda: api.start({"exportType": "VIEW"}))

    def _refused(self) -> None:
        stranger = hubspot.HubSpot(access_token="pat-eu1-wrong", host=self.inputs["url"])
        self.got["a wrong token"] = refusal(stranger.crm.contacts.basic_api.get_page)
        self.got["no such kind"] = refusal(lambda: self.client.crm.objects.basic_api.get_page("parcels"))
