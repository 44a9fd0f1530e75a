"""Rows of HubSpot's lists and associations: taken from a response, with their cursors, and read into pages of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.reading import records
from callerid.crm.hubspot.reading.property_values import CALCULATED_TWINS
from callerid.errors import CrmFault
from callerid.messages import message
from callerid.models import Kind, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Deal, SyncRequest

Record = TypeVar("Record")
Associations = dict[str, tuple[str, ...]]  # the ids of associated records, by the id of a record
Links = dict[str, dict[str, bool]]  # the same, each with whether it is the primary one
PAGE = 100
_ASSOCIATIONS_IN_A_BATCH = 1000
_PRIMARY = (1, 2, 5, 6)  # types of contact to company, deal to company, and back (HubSpot associations guide)
_OBJECT_NOT_FOUND = "OBJECT_NOT_FOUND"
_NO_ASSOCIATIONS = "crm.associations.NO_ASSOCIATIONS_FOUND"


def results(body: Any, place: str) -> list[Any]:
    """Return the rows of a response. Raise CrmFault, which names the place, when it has none."""
    rows = body.get("results")
    if not isinstance(rows, list):
        raise CrmFault(message("HubSpot's answer for {place} has no results.", place=place))
    return rows


def next_cursor(body: Any) -> str:
    """Return the cursor of what follows a response or a part of it, "" at the end."""
    paging = body.get("paging") if isinstance(body, dict) else None
    following = paging.get("next") if isinstance(paging, dict) else None
    return str(following.get("after") or "") if isinstance(following, dict) else ""


def read_rows(
    rows: Sequence[Any], kind: str, read: Callable[[Any], Record], report_fault: Callable[[str], None]
) -> Iterator[Record]:
    """Return the records in rows; a row that is not valid is reported by its place."""
    for place, row in enumerate(rows, start=1):
        try:
            yield read(row)
        except records.InvalidRow as invalid:
            report_fault(message("{kind}, row {place} of its page: {fault}", kind=kind, place=place, fault=invalid))


def requested_properties(kind: Kind, sync_request: SyncRequest) -> tuple[str, ...]:
    """Return the properties that are requested for records of a kind."""
    if kind is Kind.CONTACTS:
        return (*records.CONTACT_PROPERTIES, *sync_request.contact_phone_properties, *CALCULATED_TWINS.values())
    return (
        (*records.COMPANY_PROPERTIES, *sync_request.company_phone_properties) if kind is Kind.COMPANIES else records.DEAL_PROPERTIES
    )


def page_of(
    kind: Kind,
    rows: Sequence[Any],
    sync_request: SyncRequest,
    report_fault: Callable[[str], None],
    associations: Mapping[str, Associations] | None = None,
) -> Page:
    """Return the page of the records in rows; for deals with their associations, by the kind that they lead to."""
    if kind is Kind.CONTACTS:
        phones = sync_request.contact_phone_properties
        return Page(contacts=tuple(read_rows(rows, kind, lambda row: records.contact(row, phones), report_fault)))
    if kind is Kind.COMPANIES:
        phones = sync_request.company_phone_properties
        return Page(companies=tuple(read_rows(rows, kind, lambda row: records.company(row, phones), report_fault)))
    contacts, companies = ((associations or {}).get(to, {}) for to in ("contacts", "companies"))

    def deal(row: Any) -> Deal:
        deal_id = records.id_of(row)
        return records.deal(row, contacts.get(deal_id, ()), companies.get(deal_id, ()), sync_request.time_zone)

    return Page(deals=tuple(read_rows(rows, kind, deal, report_fault)))


def linked_kinds(sync_request: SyncRequest) -> tuple[str, ...]:
    """Return the kinds of records whose associations with deals are requested: those that the token may read."""
    return tuple(kind.value for kind in (Kind.CONTACTS, Kind.COMPANIES) if kind not in sync_request.unreadable)


def inline_associations(sender: HttpSender, rows: Sequence[Any], to_kinds: Sequence[str]) -> dict[str, Associations]:
    """Return the associations of deals in rows of a list; those that do not fit inline are requested."""
    return {to: _inline(sender, rows, to) for to in to_kinds}


def _inline(sender: HttpSender, rows: Sequence[Any], to: str) -> Associations:
    listed: Associations = {}
    unfinished: list[str] = []
    for row in rows:
        deal_id = str(row.get("id", "")) if isinstance(row, dict) else ""
        associations = row.get("associations") if deal_id else None
        part = associations.get(to) if isinstance(associations, dict) else None
        associated = part.get("results") if isinstance(part, dict) else None
        listed[deal_id] = records.ids_in(associated, "id")  # an id comes once for each of its labels
        unfinished += [deal_id] if next_cursor(part) else []
    return listed | associations_of(sender, "deals", to, unfinished)


def associations_of(sender: HttpSender, kind: str, to: str, ids: Sequence[str]) -> Associations:
    """Return the ids of what each record is associated with. A record without associations is absent from the response."""
    return {record_id: tuple(linked) for record_id, linked in links_of(sender, kind, to, ids).items()}


def links_of(sender: HttpSender, kind: str, to: str, ids: Sequence[str]) -> Links:
    """Return, for each record, the ids of what it is associated with, each with whether it is labelled as the primary one."""
    associated: Links = {record_id: {} for record_id in ids}
    waiting: list[dict[str, str]] = [{"id": record_id} for record_id in ids]
    while waiting:
        batch, waiting = waiting[:_ASSOCIATIONS_IN_A_BATCH], waiting[_ASSOCIATIONS_IN_A_BATCH:]
        body = sender.read("POST", f"/crm/associations/{API_VERSION}/{kind}/{to}/batch/read", body={"inputs": batch})
        _expect_only(body, "subCategory", _NO_ASSOCIATIONS)  # for a deleted deal, too: it does not prove that the record exists
        for row in results(body, message("the associations of {kind} with {to}", kind=kind, to=to)):
            record_id, linked = _associated(row)
            associated.setdefault(record_id, {}).update(linked)
            following = next_cursor(row)
            waiting += [{"id": record_id, "after": following}] if following else []
    return associated


def _associated(row: Any) -> tuple[str, dict[str, bool]]:
    """Return a record's id and what it is associated with. HubSpot sends ids as texts or as numbers."""
    try:
        listed = row.get("to")
        linked = dict.fromkeys(records.ids_in(listed, "toObjectId"), False)
        primary = [entry for entry in listed if _is_primary(entry)] if linked else []
        return str(row["from"]["id"]), linked | dict.fromkeys(records.ids_in(primary, "toObjectId"), True)
    except (KeyError, TypeError, AttributeError) as wrong:
        raise CrmFault(message("HubSpot's answer for associations is not valid.")) from wrong


def _is_primary(entry: object) -> bool:
    types = entry.get("associationTypes") if isinstance(entry, dict) else None
    return any(kind.get("typeId") in _PRIMARY for kind in types if isinstance(kind, dict)) if isinstance(types, list) else False


def expect_only_missing(body: dict[str, Any]) -> None:
    """Raise CrmFault when the response to a batch of records has other errors than that some do not exist."""
    _expect_only(body, "category", _OBJECT_NOT_FOUND)


def _expect_only(body: dict[str, Any], key: str, expected: str) -> None:
    errors = body.get("errors")
    for error in errors if isinstance(errors, list) else []:
        if not isinstance(error, dict) or error.get(key) != expected:
            says = error.get("message") if isinstance(error, dict) else error
            raise CrmFault(message("HubSpot could not read all of a batch: {says}", says=str(says)[:200]))
