"""The kinds of records of the simulated portal, their properties and associations. Sources: HubSpot's API guides and OpenAPI
descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = ("contacts", "companies", "deals", "calls", "tasks", "tickets")
SINGULAR = {
    "contacts": "contact",
    "companies": "company",
    "deals": "deal",
    "calls": "call",
    "tasks": "task",
    "tickets": "ticket",
}
MODIFIED = {"contacts": "lastmodifieddate"}  # the others: hs_lastmodifieddate
DISPOSITIONS = {
    "9d9162e7-6cf3-4944-bf63-4dff82258764": "Busy",
    "f240bbac-87c9-4f6e-bf70-924b57d47db7": "Connected",
    "a4c4c377-d246-4b32-a13b-75a56a4cd0ff": "Left live message",
    "b2cf5968-551e-4856-9783-52b3da59a7d0": "Left voicemail",
    "73a0d17f-1163-4015-bdd5-ec830791da20": "No answer",
    "17b47fee-58de-441e-a44c-c6300d46f273": "Wrong number",
}
OWN_DISPOSITION = "0c5e9c2e-0000-4a11-9d3f-2f6f1f2a1b01"
OLD_DISPOSITION = "0c5e9c2e-0000-4a11-9d3f-2f6f1f2a1b02"
TASK_STATUSES = "COMPLETED DEFERRED IN_PROGRESS NOT_STARTED WAITING".split()
STATUSES = "BUSY CALLING_CRM_USER CANCELED COMPLETED CONNECTING FAILED IN_PROGRESS MISSED NO_ANSWER QUEUED RINGING".split()
TYPE_IDS = {
    ("calls", "contacts"): {194},
    ("calls", "companies"): {182},
    ("calls", "deals"): {206},
    ("tasks", "contacts"): {204},
    ("tasks", "companies"): {192},
    ("tasks", "deals"): {216},
    ("calls", "tickets"): {220},
    ("tasks", "tickets"): {230},
    ("tickets", "contacts"): {16},
    ("tickets", "companies"): {339},
    ("tickets", "deals"): {28},
    ("deals", "contacts"): {3},
    ("deals", "companies"): {341, 5},
    ("contacts", "companies"): {279, 1},
}
_REVERSE = {1: 2, 279: 280, 3: 4, 5: 6, 341: 342, 194: 193, 182: 181, 206: 205, 204: 203, 192: 191, 216: 215}
_REVERSE |= {220: 219, 230: 229, 16: 15, 339: 340, 28: 27}
REVERSE_TYPE = _REVERSE | {reverse: type_id for type_id, reverse in _REVERSE.items()}  # of the same link, seen from the other end
TYPE_IDS |= {(to, kind): {REVERSE_TYPE[type_id] for type_id in ids} for (kind, to), ids in TYPE_IDS.items()}
LABELS = {1: "Primary", 2: "Primary", 5: "Primary", 6: "Primary"}  # the others have none
OBJECT_TYPE_IDS = {"contacts": "0-1", "companies": "0-2", "deals": "0-3", "calls": "0-48", "tasks": "0-27", "tickets": "0-5"}
_KINDS = {name: kind for kind in KINDS for name in (kind, SINGULAR[kind], OBJECT_TYPE_IDS[kind])}
# What `query` looks into (CRM search guide, "Default searchable properties").
SEARCHED_BY_QUERY = {
    "contacts": ("firstname", "lastname", "email", "phone", "hs_additional_emails", "fax", "mobilephone", "company"),
    "companies": ("website", "phone", "name", "domain"),
    "deals": ("dealname", "pipeline", "dealstage", "description", "dealtype"),
    "calls": ("hs_call_title", "hs_call_body"),
    "tasks": ("hs_task_subject", "hs_task_body"),
    "tickets": ("subject", "content", "hs_pipeline_stage", "hs_ticket_category"),
}


def kind_of(object_type: str) -> str | None:
    """Return the kind that a path or a body names: by its plural, its singular or the id of its type, in any case."""
    return _KINDS.get(object_type.lower())


def _property(name: str, label: str, *, kind: str = "string", field_type: str = "text", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "type": kind,
        "fieldType": field_type,
        "groupName": "information",
        "options": [],
        "hidden": False,
        "calculated": False,
        "hubspotDefined": True,
        "hasUniqueValue": False,
        "description": "",
        "displayOrder": -1,
        "formField": False,
        "archived": False,
        "modificationMetadata": {"readOnlyValue": False},
    } | more


def _options(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"value": value, "label": label, "hidden": False, "displayOrder": place} for place, (value, label) in enumerate(pairs)]


def _choice(name: str, values: Iterable[str]) -> dict[str, Any]:
    return _property(name, name, kind="enumeration", options=_options(*((value, value.title()) for value in values)))


def _read_only(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return _property(name, name, kind=kind, modificationMetadata={"readOnlyValue": True}, **more)


_COMMON = [_read_only("hs_object_id"), _read_only("createdate", "datetime"), _property("hubspot_owner_id", "Owner")]
NUMBER_TWINS = {
    "phone": ("hs_searchable_calculated_phone_number", "hs_searchable_calculated_international_phone_number"),
    "mobilephone": ("hs_searchable_calculated_mobile_number", "hs_searchable_calculated_international_mobile_number"),
}


def _dispositions() -> list[dict[str, Any]]:
    """Return the usual outcomes in an order of the portal's own, one of its own, and one that it no longer shows."""
    shown = _options(*DISPOSITIONS.items(), (OWN_DISPOSITION, "Callback requested"), (OLD_DISPOSITION, "Old"))
    return [*shown[:-1], shown[-1] | {"hidden": True}]


PROPERTIES: dict[str, list[dict[str, Any]]] = {
    "contacts": [
        *_COMMON,
        *(_property(n, n) for n in ("firstname", "lastname", "company", "associatedcompanyid")),
        _property("email", "email", hasUniqueValue=True),
        *(_property(n, n, field_type="phonenumber") for n in ("phone", "mobilephone", "fax", "hs_whatsapp_phone_number")),
        _property("direct_line", "Direct line", field_type="phonenumber", hubspotDefined=False),
        _property("cellphonenumber", "Cell phone (old)", hubspotDefined=False),
        *(_read_only(n, "phone_number", fieldType="phonenumber", calculated=True) for pair in NUMBER_TWINS.values() for n in pair),
        *(_read_only(n, "datetime") for n in ("lastmodifieddate", "notes_last_contacted")),
        _read_only("hs_merged_object_ids"),
        _property("billing_phone_text", "Billing telephone", hubspotDefined=False),
        _property("notes_text", "Cancelled because", hubspotDefined=False),
    ],
    "companies": [
        *_COMMON,
        _property("name", "Name"),
        _property("domain", "Domain"),
        _property("phone", "Phone", field_type="phonenumber"),
        _read_only("hs_lastmodifieddate", "datetime"),
        _read_only("hs_merged_object_ids"),
    ],
    "deals": [
        *_COMMON,
        *(_property(n, n) for n in ("dealname", "deal_currency_code", "dealstage", "pipeline")),
        _property("amount", "Amount", kind="number", field_type="number"),
        _property("closedate", "Close date", kind="datetime", field_type="date"),
        *(_read_only(n, "bool") for n in ("hs_is_closed", "hs_is_closed_won")),
        _read_only("hs_merged_object_ids"),
        _read_only("hs_lastmodifieddate", "datetime"),
    ],
    "calls": [
        *_COMMON,
        _property("hs_timestamp", "Time", kind="datetime", field_type="date"),
        *(
            _property(n, n)
            for n in (
                "hs_call_title hs_call_body hs_call_duration hs_call_from_number hs_call_to_number hs_call_external_id "
                "hs_call_external_account_id hs_call_app_id hs_call_recording_url hs_activity_type hs_attachment_ids hs_call_source"
            ).split()
        ),
        _property(
            "hs_call_direction",
            "Direction",
            kind="enumeration",
            options=_options(("INBOUND", "In"), ("OUTBOUND", "Out")),
        ),
        _property("hs_call_status", "Status", kind="enumeration", options=_options(*((s, s.title()) for s in STATUSES))),
        _property("hs_call_disposition", "Outcome", kind="enumeration", options=_dispositions()),
        _read_only("hs_lastmodifieddate", "datetime"),
    ],
    "tasks": [
        *_COMMON,
        _property("hs_timestamp", "Due", kind="datetime", field_type="date"),
        *(_property(n, n) for n in ("hs_task_subject", "hs_task_body", "hs_task_reminders")),
        _choice("hs_task_status", TASK_STATUSES),
        _choice("hs_task_priority", ("LOW", "MEDIUM", "HIGH")),
        _choice("hs_task_type", ("TODO", "CALL", "EMAIL")),
        _read_only("hs_lastmodifieddate", "datetime"),
    ],
    "tickets": [
        *_COMMON,
        *(_property(n, n) for n in ("subject", "content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_category")),
        _choice("hs_ticket_priority", ("LOW", "MEDIUM", "HIGH", "URGENT")),
        _property("closed_date", "Close date", kind="datetime", field_type="date"),
        _read_only("hs_lastmodifieddate", "datetime"),
    ],
}
_TICKET_STAGES = (
    ("1", "New", "OPEN"),
    ("2", "Waiting on contact", "OPEN"),
    ("3", "Waiting on us", "OPEN"),
    ("4", "Closed", "CLOSED"),
)
TICKET_PIPELINE: dict[str, Any] = {  # the one that every portal has at first (HubSpot's guide to tickets)
    "id": "0",
    "label": "Support pipeline",
    "displayOrder": 0,
    "archived": False,
    "stages": [
        {
            "id": stage_id,
            "label": label,
            "displayOrder": place,
            "archived": False,
            "metadata": {"ticketState": state, "isClosed": str(state == "CLOSED").lower()},
        }
        for place, (stage_id, label, state) in enumerate(_TICKET_STAGES)
    ],
}
DATETIMES = {kind: {p["name"] for p in properties if p["type"] == "datetime"} for kind, properties in PROPERTIES.items()}
