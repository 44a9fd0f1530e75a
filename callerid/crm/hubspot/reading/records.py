"""HubSpot's rows as records. A row that is not valid raises InvalidRow; the reader of a page reports it and keeps the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from callerid.crm.hubspot.reading.property_values import boolean, day, ids, is_id, masked_phones, moment, number, phones, text
from callerid.messages import message
from callerid.models import Account, Company, Contact, Deal, Kind, Owner, PhoneProperty, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTACT_PROPERTIES = (
    "firstname",
    "lastname",
    "email",
    "company",
    "associatedcompanyid",
    "hubspot_owner_id",
    "notes_last_contacted",
    "hs_merged_object_ids",
)
COMPANY_PROPERTIES = ("name", "domain", "hubspot_owner_id", "hs_merged_object_ids")
DEAL_PROPERTIES = (
    "dealname",
    "amount",
    "deal_currency_code",
    "pipeline",
    "dealstage",
    "closedate",
    "hs_is_closed",
    "hubspot_owner_id",
    "hs_merged_object_ids",
)
# What a sweep compares; the modified date comes with every record.
OUTLINE_PROPERTIES = {
    Kind.CONTACTS: ("associatedcompanyid", "hubspot_owner_id"),
    Kind.COMPANIES: ("hs_object_id",),
    Kind.DEALS: ("hs_object_id",),
}
_LARGEST_ORDER = 2**31
_PHONE_NAME = re.compile(
    r"phone|mobil|\bcell|_cell|\btel|_tel|tele?fon|whatsapp|\bfax|_fax|handy|durchwahl|movil|móvil|portable|numero de t|電話|携帯",
    re.IGNORECASE,
)


class InvalidRow(ValueError):
    """A row that cannot be used; its text says why."""


def id_of(row: object) -> str:
    """Return a row's id. Raise InvalidRow when it has none."""
    record_id = str(row.get("id", "")) if isinstance(row, dict) else ""
    if not is_id(record_id):
        raise InvalidRow(message("it has no id"))
    return record_id


def ids_in(rows: object, key: str) -> tuple[str, ...]:
    """Return the ids that rows have under a key, each once; invalid ones are left out."""
    values = (str(row.get(key, "")) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
    return tuple(dict.fromkeys(value for value in values if is_id(value)))


def properties_of(row: Any) -> dict[str, Any]:
    """Return a row's properties. Raise InvalidRow when it has none."""
    properties = row.get("properties")
    if not isinstance(properties, dict):
        raise InvalidRow(message("it has no properties"))
    return properties


def contact(row: Any, phone_names: Sequence[str]) -> Contact:
    """Return the contact in a row, with the numbers of these phone properties. Raise InvalidRow."""
    contact_id, values = id_of(row), properties_of(row)
    return Contact(
        id=contact_id,
        first_name=text(values.get("firstname")).strip(),
        last_name=text(values.get("lastname")).strip(),
        email=text(values.get("email")).strip(),
        company_text=text(values.get("company")).strip(),
        company_id=text(values.get("associatedcompanyid")) or None,
        owner_id=text(values.get("hubspot_owner_id")) or None,
        last_contacted=moment(values.get("notes_last_contacted")),
        modified=moment(values.get("lastmodifieddate")),
        phones=phones(values, phone_names),
        other_texts=masked_phones(values, phone_names),
        merged_ids=ids(values.get("hs_merged_object_ids")),
    )


def company(row: Any, phone_names: Sequence[str]) -> Company:
    """Return the company in a row, with the numbers of these phone properties. Raise InvalidRow."""
    company_id, values = id_of(row), properties_of(row)
    return Company(
        id=company_id,
        name=text(values.get("name")).strip(),
        domain=text(values.get("domain")).strip(),
        owner_id=text(values.get("hubspot_owner_id")) or None,
        modified=moment(values.get("hs_lastmodifieddate")),
        phones=phones(values, phone_names),
        merged_ids=ids(values.get("hs_merged_object_ids")),
    )


def deal(row: Any, contact_ids: Sequence[str], company_ids: Sequence[str], zone: str = "") -> Deal:
    """Return the deal in a row, with its associations; `zone` is the account's time zone. Raise InvalidRow."""
    deal_id, values = id_of(row), properties_of(row)
    return Deal(
        id=deal_id,
        name=text(values.get("dealname")).strip(),
        amount=number(values.get("amount")),
        currency=text(values.get("deal_currency_code")),
        pipeline_id=text(values.get("pipeline")),
        stage_id=text(values.get("dealstage")),
        close_date=day(values.get("closedate"), zone),
        is_closed=boolean(values.get("hs_is_closed")),
        owner_id=text(values.get("hubspot_owner_id")) or None,
        modified=moment(values.get("hs_lastmodifieddate")),
        contact_ids=tuple(contact_ids),
        company_ids=tuple(company_ids),
        merged_ids=ids(values.get("hs_merged_object_ids")),
    )


def owner(row: Any) -> Owner:
    """Return the owner in a row. Raise InvalidRow."""
    return Owner(
        id=id_of(row),
        email=text(row.get("email")),
        first_name=text(row.get("firstName")),
        last_name=text(row.get("lastName")),
        user_id=text(row.get("userId")) or None,
        archived=row.get("archived") is True,
    )


def stages(pipeline: Any) -> tuple[Stage, ...]:
    """Return the stages in a row of pipelines. Its metadata say whether a stage is closed, not its id."""
    if not isinstance(pipeline, dict) or not isinstance(pipeline.get("stages"), list):
        raise InvalidRow(message("it has no stages"))
    return tuple(
        Stage(
            pipeline_id=text(pipeline.get("id")),
            stage_id=text(row.get("id")),
            pipeline_label=text(pipeline.get("label")),
            label=text(row.get("label")),
            order=order if isinstance(order := row.get("displayOrder"), int) and abs(order) < _LARGEST_ORDER else 0,
            is_closed=isinstance(metadata := row.get("metadata"), dict) and _is_closed(metadata),
        )
        for row in pipeline["stages"]
        if isinstance(row, dict)
    )


def _is_closed(metadata: dict[str, Any]) -> bool:
    """Return whether a stage is closed; one of tickets says it in words of its own."""
    return boolean(metadata.get("isClosed")) is True or metadata.get("ticketState") == "CLOSED"


def account(details: dict[str, Any], own_owner_id: str | None) -> Account:
    """Return the account in the details of account-info."""
    return Account(
        portal_id=text(details.get("portalId")),
        ui_domain=text(details.get("uiDomain")) or "app.hubspot.com",
        time_zone=text(details.get("timeZone")),
        currency=text(details.get("companyCurrency")),
        own_owner_id=own_owner_id,
    )


def phone_property(kind: Kind, definition: Any) -> tuple[PhoneProperty | None, bool]:
    """Return a property, given its definition, if it holds phone numbers as people enter them; and whether that is certain.

    It is certain of a property with the field type or the display hint of phone numbers; a text may be one if its name looks like
    it. Calculated twins do not count: they hold digits only.
    """
    if not isinstance(definition, dict) or definition.get("calculated"):
        return None, False
    phone = PhoneProperty(kind=kind, name=text(definition.get("name")), label=text(definition.get("label")))
    if not phone.name or phone.name.startswith("hs_searchable_calculated"):
        return None, False
    if definition.get("fieldType") == "phonenumber" or definition.get("textDisplayHint") == "phone_number":
        return phone, True
    is_text = definition.get("type") == "string" and definition.get("fieldType") == "text"
    is_custom = definition.get("hubspotDefined") is not True
    looks_like_it = is_text and is_custom and _PHONE_NAME.search(f"{phone.name} {phone.label}")
    return (phone if looks_like_it else None), False
