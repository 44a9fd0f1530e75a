"""What the answers for lists and associations have in common: rows, cursors, and the reading of rows into records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from callerid.crm.hubspot.http.api_version import VERSION
from callerid.crm.hubspot.reading import records
from callerid.errors import CrmFault
from callerid.models import Kind, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import SyncRequest

Row = TypeVar("Row")
Linked = dict[str, tuple[str, ...]]
PAGE = 100
_ASSOCIATIONS_IN_A_BATCH = 1000
_GONE = "OBJECT_NOT_FOUND"
_NONE_FOUND = "crm.associations.NO_ASSOCIATIONS_FOUND"


def results(said: Any, place: str) -> list[Any]:
    """Given an answer, return its rows. Raise CrmFault when it has none."""
    found = said.get("results")
    if not isinstance(found, list):
        raise CrmFault(f"HubSpot's answer for {place} has no results.")
    return found


def after(said: Any) -> str:
    """Given an answer or a part of it, return the cursor of what follows, or ""."""
    paging = said.get("paging") if isinstance(said, dict) else None
    following = paging.get("next") if isinstance(paging, dict) else None
    return str(following.get("after") or "") if isinstance(following, dict) else ""


def read_rows(rows: Sequence[Any], kind: str, reader: Callable[[Any], Row], faults: Callable[[str], None]) -> Iterator[Row]:
    """Given rows, return the records that they are; one that is none is told to `faults` by its place."""
    for place, row in enumerate(rows, start=1):
        try:
            yield reader(row)
        except records.BadRow as bad:
            faults(f"{kind}, row {place} of its page: {bad}")


def properties(kind: Kind, sync_request: SyncRequest) -> tuple[str, ...]:
    """Given a kind, return the properties that are asked for."""
    if kind is Kind.CONTACTS:
        return (*records.CONTACT_PROPERTIES, *sync_request.contact_phone_properties, *records.TWINS.values())
    return (
        (*records.COMPANY_PROPERTIES, *sync_request.company_phone_properties) if kind is Kind.COMPANIES else records.DEAL_PROPERTIES
    )


def page_of(
    kind: Kind,
    rows: Sequence[Any],
    sync_request: SyncRequest,
    faults: Callable[[str], None],
    links: Mapping[str, Linked] | None = None,
) -> Page:
    """Given rows of a kind, and for deals what each is associated with, return a page."""
    if kind is Kind.CONTACTS:
        return Page(
            contacts=tuple(read_rows(rows, kind, lambda row: records.contact(row, sync_request.contact_phone_properties), faults))
        )
    if kind is Kind.COMPANIES:
        return Page(
            companies=tuple(read_rows(rows, kind, lambda row: records.company(row, sync_request.company_phone_properties), faults))
        )
    contacts, companies = ((links or {}).get(to, {}) for to in ("contacts", "companies"))

    def deal(row: Any) -> Any:
        record_id = records.id_of(row)
        return records.deal(row, contacts.get(record_id, ()), companies.get(record_id, ()), sync_request.time_zone)

    return Page(deals=tuple(read_rows(rows, kind, deal, faults)))


def inline_links(sender: HttpSender, rows: Sequence[Any]) -> dict[str, Linked]:
    """Given deals of a list, return their associations; those that do not fit inline are asked for."""
    return {to: _inline(sender, rows, to) for to in ("contacts", "companies")}


def _inline(sender: HttpSender, rows: Sequence[Any], to: str) -> Linked:
    found: Linked = {}
    unfinished: list[str] = []
    for row in rows:
        deal_id = str(row.get("id", "")) if isinstance(row, dict) else ""
        associations = row.get("associations") if deal_id else None
        said = associations.get(to) if isinstance(associations, dict) else None
        listed = said.get("results") if isinstance(said, dict) else None
        found[deal_id] = records.ids_in(listed, "id")  # an id comes once for each of its labels
        unfinished += [deal_id] if after(said) else []
    return found | associations_of(sender, "deals", to, unfinished)


def associations_of(sender: HttpSender, kind: str, to: str, ids: Sequence[str]) -> Linked:
    """Given ids, return what each is associated with. An id that has none is absent from the results: that is normal."""
    found: dict[str, list[str]] = {record_id: [] for record_id in ids}
    waiting: list[dict[str, str]] = [{"id": record_id} for record_id in ids]
    while waiting:
        batch, waiting = waiting[:_ASSOCIATIONS_IN_A_BATCH], waiting[_ASSOCIATIONS_IN_A_BATCH:]
        said = sender.read("POST", f"/crm/associations/{VERSION}/{kind}/{to}/batch/read", body={"inputs": batch})
        _expect_only(said, "subCategory", _NONE_FOUND)  # of a deal that is gone, too: it proves no record
        for row in results(said, f"associations {kind} to {to}"):
            record_id, linked = _linked(row)
            found.setdefault(record_id, []).extend(linked)
            following = after(row)
            waiting += [{"id": record_id, "after": following}] if following else []
    return {record_id: tuple(dict.fromkeys(to_ids)) for record_id, to_ids in found.items()}


def _linked(row: Any) -> tuple[str, list[str]]:
    """Given a row of associations, return whose they are and to which ids. Ids come as text or as numbers."""
    try:
        return str(row["from"]["id"]), list(records.ids_in(row.get("to"), "toObjectId"))
    except (KeyError, TypeError, AttributeError) as wrong:
        raise CrmFault("HubSpot's answer for associations is not as it should be.") from wrong


def only_gone(said: dict[str, Any]) -> None:
    """Raise CrmFault when the errors of a batch of records say more than that some are gone."""
    _expect_only(said, "category", _GONE)


def _expect_only(said: dict[str, Any], key: str, expected: str) -> None:
    errors = said.get("errors")
    for error in errors if isinstance(errors, list) else []:
        if not isinstance(error, dict) or error.get(key) != expected:
            message = error.get("message") if isinstance(error, dict) else error
            raise CrmFault(f"HubSpot could not read all of a batch: {str(message)[:200]}")
