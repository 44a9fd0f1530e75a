"""HubSpot's rows as values. Values are texts or null; a row that is none is skipped by name, the others are kept."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from callerid.models import Account, Company, Contact, ContactPhone, Deal, Kind, Owner, PhoneField, Stage

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
# What a sweep asks: the modified date comes with every record.
OUTLINE = {
    Kind.CONTACTS: ("associatedcompanyid", "hubspot_owner_id"),
    Kind.COMPANIES: ("hs_object_id",),
    Kind.DEALS: ("hs_object_id",),
}
# Calculated twins of phone properties hold digits only; one production report tells of raw values that came back masked.
TWINS = {
    "phone": "hs_searchable_calculated_international_phone_number",
    "mobilephone": "hs_searchable_calculated_international_mobile_number",
}
_LARGE = 2**31
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DIGITS = re.compile(r"[0-9]{1,18}")  # HubSpot's ids have twelve or more digits, and fit 64 bits
_LOOKS_LIKE_A_PHONE = re.compile(
    r"phone|mobil|\bcell|_cell|\btel|_tel|tele?fon|whatsapp|\bfax|_fax|handy|durchwahl|movil|móvil|portable|numero de t|電話|携帯",
    re.IGNORECASE,
)


_MASKED = re.compile(r"\*[-. ]?[*\d]|\d[-.]?\*")  # stars in the place of digits; a remark between stars is none


class BadRow(ValueError):
    """A row that cannot be used; its text says why."""


def text(value: object) -> str:
    """Given a property's value, return its text, "" for none. Half a surrogate pair is JSON but no text, and is replaced."""
    return "" if value is None else str(value).encode("utf-8", "replace").decode()


def id_of(row: object) -> str:
    """Given a row, return its id. Raise BadRow when it has none."""
    found = str(row.get("id", "")) if isinstance(row, dict) else ""
    if not _DIGITS.fullmatch(found):
        raise BadRow("it has no id")
    return found


def ids_in(rows: object, key: str) -> tuple[str, ...]:
    """Given rows that each name a record, return the ids under a key, each once; what is no id names nobody."""
    found = (str(row.get(key, "")) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
    return tuple(dict.fromkeys(record_id for record_id in found if _DIGITS.fullmatch(record_id)))


def properties_of(row: Any) -> dict[str, Any]:
    """Given a row, return its properties. Raise BadRow when it has none."""
    found = row.get("properties")
    if not isinstance(found, dict):
        raise BadRow("it has no properties")
    return found


def moment(value: object) -> datetime | None:
    """Given a datetime as HubSpot writes it (ISO with or without fraction, or epoch milliseconds), return it; None for none."""
    said = text(value)
    try:
        if said.isdigit():
            return datetime.fromtimestamp(int(said) / 1000, UTC)
        found = datetime.fromisoformat(said) if said else None
    except (ValueError, OverflowError, OSError):
        return None
    return found.replace(tzinfo=found.tzinfo or UTC) if found else None


def day(value: object, zone: str) -> date | None:
    """Given a date or datetime as HubSpot writes it, and the account's time zone, return its day there; None for none."""
    found = moment(value)
    if found is None:
        return None
    if _DATE.fullmatch(text(value)):
        return found.date()
    try:
        return found.astimezone(_zone(zone)).date()
    except OverflowError:  # at either end of the calendar
        return found.date()


@lru_cache(maxsize=4)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return UTC


def number(value: object) -> Decimal | None:
    """Given a number as HubSpot writes it, return it; None for none, and for what is no finite number."""
    try:
        found = Decimal(text(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < 30 else None  # noqa: PLR2004


def ids(value: object) -> tuple[str, ...]:
    """Given ids as HubSpot joins them (with semicolons), return them."""
    return tuple(found for found in text(value).split(";") if _DIGITS.fullmatch(found))


def yes(value: object) -> bool | None:
    """Given a bool as HubSpot writes it, return it; None when it says neither."""
    return {"true": True, "false": False}.get(text(value).lower())


def phones(properties: dict[str, Any], names: Sequence[str]) -> tuple[ContactPhone, ...]:
    """Given a record's properties and which of them are phones, return the numbers; a masked one by its calculated twin."""
    found = []
    for name in names:
        raw = text(properties.get(name)).strip()
        if _MASKED.search(raw):
            twin = text(properties.get(TWINS.get(name, ""))).strip()
            raw = f"+{twin.lstrip('+')}" if twin else ""
        if raw:
            found.append(ContactPhone(property=name, raw=raw))
    return tuple(found)


def contact(row: Any, phone_names: Sequence[str]) -> Contact:
    """Given a row of contacts, return the contact. Raise BadRow."""
    contact_id, said = id_of(row), properties_of(row)
    return Contact(
        id=contact_id,
        first_name=text(said.get("firstname")).strip(),
        last_name=text(said.get("lastname")).strip(),
        email=text(said.get("email")).strip(),
        company_text=text(said.get("company")).strip(),
        company_id=text(said.get("associatedcompanyid")) or None,
        owner_id=text(said.get("hubspot_owner_id")) or None,
        last_contacted=moment(said.get("notes_last_contacted")),
        modified=moment(said.get("lastmodifieddate")),
        phones=phones(said, phone_names),
        merged_ids=ids(said.get("hs_merged_object_ids")),
    )


def company(row: Any, phone_names: Sequence[str]) -> Company:
    """Given a row of companies, return the company. Raise BadRow."""
    company_id, said = id_of(row), properties_of(row)
    return Company(
        id=company_id,
        name=text(said.get("name")).strip(),
        domain=text(said.get("domain")).strip(),
        owner_id=text(said.get("hubspot_owner_id")) or None,
        modified=moment(said.get("hs_lastmodifieddate")),
        phones=phones(said, phone_names),
        merged_ids=ids(said.get("hs_merged_object_ids")),
    )


def deal(row: Any, contact_ids: Sequence[str], company_ids: Sequence[str], zone: str = "") -> Deal:
    """Given a row of deals, its associations and the account's time zone, return the deal. Raise BadRow."""
    deal_id, said = id_of(row), properties_of(row)
    return Deal(
        id=deal_id,
        name=text(said.get("dealname")).strip(),
        amount=number(said.get("amount")),
        currency=text(said.get("deal_currency_code")),
        pipeline_id=text(said.get("pipeline")),
        stage_id=text(said.get("dealstage")),
        close_date=day(said.get("closedate"), zone),
        is_closed=yes(said.get("hs_is_closed")),
        owner_id=text(said.get("hubspot_owner_id")) or None,
        modified=moment(said.get("hs_lastmodifieddate")),
        contact_ids=tuple(contact_ids),
        company_ids=tuple(company_ids),
        merged_ids=ids(said.get("hs_merged_object_ids")),
    )


def owner(row: Any) -> Owner:
    """Given a row of owners, return the owner. Raise BadRow."""
    return Owner(
        id=id_of(row),
        email=text(row.get("email")),
        first_name=text(row.get("firstName")),
        last_name=text(row.get("lastName")),
        user_id=text(row.get("userId")) or None,
        archived=row.get("archived") is True,
    )


def stages(pipeline: Any) -> tuple[Stage, ...]:
    """Given a row of pipelines, return its stages. Stage ids are opaque: a stage is closed when its metadata say so."""
    if not isinstance(pipeline, dict) or not isinstance(pipeline.get("stages"), list):
        raise BadRow("it has no stages")
    return tuple(
        Stage(
            pipeline_id=text(pipeline.get("id")),
            stage_id=text(said.get("id")),
            pipeline_label=text(pipeline.get("label")),
            label=text(said.get("label")),
            order=order if isinstance(order := said.get("displayOrder"), int) and abs(order) < _LARGE else 0,
            is_closed=isinstance(metadata := said.get("metadata"), dict) and yes(metadata.get("isClosed")) is True,
        )
        for said in pipeline["stages"]
        if isinstance(said, dict)
    )


def account(said: dict[str, Any], own_owner_id: str | None) -> Account:
    """Given account-info's details, return the account."""
    return Account(
        portal_id=text(said.get("portalId")),
        ui_domain=text(said.get("uiDomain")) or "app.hubspot.com",
        time_zone=text(said.get("timeZone")),
        currency=text(said.get("companyCurrency")),
        own_owner_id=own_owner_id,
    )


def phone_field(kind: Kind, said: Any) -> tuple[PhoneField | None, bool]:
    """Given a property's definition, return it if it holds phone numbers as people entered them, and whether that is certain.

    A property of field type phone number does, one with that hint does; a text whose name looks like one may. Calculated twins do
    not count: they hold digits only.
    """
    if not isinstance(said, dict) or said.get("calculated") or text(said.get("name")).startswith("hs_searchable_calculated"):
        return None, False
    field = PhoneField(kind=kind, name=text(said.get("name")), label=text(said.get("label")))
    if said.get("fieldType") == "phonenumber" or said.get("textDisplayHint") == "phone_number":
        return (field if field.name else None), True
    plain = said.get("type") == "string" and said.get("fieldType") == "text" and said.get("hubspotDefined") is not True
    looks = plain and _LOOKS_LIKE_A_PHONE.search(f"{field.name} {field.label}")
    return (field if field.name and looks else None), False
