"""What a sync reads before the records: account, owners, stages, phone properties, call outcomes and totals. All in parallel."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.outcomes import OUTCOMES
from callerid.crm.hubspot.reading import records
from callerid.crm.hubspot.reading.property_values import text
from callerid.crm.hubspot.reading.rows import PAGE, next_cursor, read_rows, results
from callerid.crm.hubspot.reading.stretches import Extent
from callerid.errors import CrmFault, Refused, TokenFault
from callerid.models import CallOutcome, Kind, PhoneProperty, PortalInfo, Totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from callerid.credentials import Token
    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Owner, Stage

log = logging.getLogger("callerid")

_INTROSPECTION = "/oauth/v2/private-apps/get/access-token-info"
_KINDS_WITH_PHONES = (Kind.CONTACTS, Kind.COMPANIES)
_THREADS = 16
_LAST = 10**6


def read_portal_info(
    sender: HttpSender, token: Token, report_fault: Callable[[str], None]
) -> tuple[PortalInfo, dict[Kind, Extent]]:
    """Return the portal's info, and how far the ids of each kind reach. Raise CalleridError."""
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="callerid-portal-info") as pool:
        details = pool.submit(sender.read, "GET", f"/account-info/{API_VERSION}/details")
        user = pool.submit(_own_user_id, sender, token)
        owner_lists = [pool.submit(_owners, sender, archived, report_fault) for archived in ("false", "true")]
        stages = pool.submit(lambda: tuple(_stages(sender, report_fault)))
        phone_lists = [pool.submit(_phone_properties, sender, kind) for kind in _KINDS_WITH_PHONES]
        outcomes = pool.submit(_outcomes, sender)
        highest = {kind: pool.submit(end_of_ids, sender, kind, "DESCENDING") for kind in Kind}
        # only for contacts, which are the most: searches have a low limit
        lowest_contact = pool.submit(end_of_ids, sender, Kind.CONTACTS, "ASCENDING")
        account_details = details.result()  # the first to fail if the token is not valid
        user_id, owners = user.result(), tuple(owner for owner_list in owner_lists for owner in owner_list.result())
        own_owner_id = next((owner.id for owner in owners if user_id and owner.user_id == user_id), None)
        phones = [phone for phone_list in phone_lists for phone in phone_list.result()]
        ends = {kind: end.result() for kind, end in highest.items()}
        portal_info = PortalInfo(
            account=records.account(account_details, own_owner_id),
            owners=owners,
            stages=stages.result(),
            phone_properties=tuple(phone for phone, certain in phones if certain),
            suggested_phone_properties=tuple(phone for phone, certain in phones if not certain),
            outcomes=outcomes.result(),
            totals=Totals(**{kind.value: total for kind, (total, _) in ends.items()}),
        )
    sender.time_zone = portal_info.account.time_zone or sender.time_zone
    lowest = {Kind.CONTACTS: lowest_contact.result()[1] or 0}
    extents = {kind: Extent(high=high, low=lowest.get(kind, 0), count=count) for kind, (count, high) in ends.items() if high}
    return portal_info, extents


def _own_user_id(sender: HttpSender, token: Token) -> str:
    """Return the user of a private app's token; "" for a service key, for which HubSpot refuses this request."""
    try:
        body = sender.read("POST", _INTROSPECTION, body={"tokenKey": token.reveal()})
    except (Refused, TokenFault):
        return ""
    return text(body.get("userId"))


def _owners(sender: HttpSender, archived: str, report_fault: Callable[[str], None]) -> list[Owner]:
    pages = follow(sender, f"/crm/owners/{API_VERSION}", {"archived": archived})
    return [owner for rows in pages for owner in read_rows(rows, "owners", records.owner, report_fault)]


def follow(sender: HttpSender, path: str, query: dict[str, str]) -> Iterator[list[Any]]:
    """Return the rows of a list, page by page. Raise CrmFault for a cursor that does not move: it would go on forever."""
    cursor = ""
    while True:
        body = sender.read("GET", path, query=query | {"limit": str(PAGE)} | ({"after": cursor} if cursor else {}))
        yield results(body, path)
        following = next_cursor(body)
        if not following:
            return
        if following == cursor:
            raise CrmFault(f"HubSpot's list {path} does not move on from {cursor}.")
        cursor = following


def _stages(sender: HttpSender, report_fault: Callable[[str], None]) -> Iterator[Stage]:
    body = sender.read("GET", f"/crm/pipelines/{API_VERSION}/deals")
    for stages in read_rows(results(body, "pipelines"), "pipelines", records.stages, report_fault):
        yield from stages


def _outcomes(sender: HttpSender) -> tuple[CallOutcome, ...]:
    """Return the portal's own call outcomes; () when they cannot be read, because the usual ones are offered then."""
    try:
        body = sender.read("GET", f"/crm/properties/{API_VERSION}/calls/hs_call_disposition")
    except (CrmFault, Refused, TokenFault) as fault:
        log.info("sync: the portal's call outcomes cannot be read: %s", fault.sentence)
        return ()
    options = body.get("options")
    shown = [option for option in options if _is_shown(option)] if isinstance(options, list) else []
    pairs = [(text(option.get("value")), text(option.get("label"))) for option in sorted(shown, key=_order)]
    return tuple(CallOutcome(id=OUTCOMES.get(value, value), label=label) for value, label in pairs if value and label)


def _is_shown(option: object) -> bool:
    return isinstance(option, dict) and not option.get("hidden")


def _order(option: dict[str, Any]) -> int:
    order = option.get("displayOrder")
    return order if isinstance(order, int) and order >= 0 else _LAST


def _phone_properties(sender: HttpSender, kind: Kind) -> Sequence[tuple[PhoneProperty, bool]]:
    body = sender.read("GET", f"/crm/properties/{API_VERSION}/{kind}")
    phones = (records.phone_property(kind, row) for row in results(body, f"properties of {kind}"))
    return [(phone, certain) for phone, certain in phones if phone]


def end_of_ids(sender: HttpSender, kind: Kind, direction: str) -> tuple[int, int | None]:
    """Return how many records of a kind there are, and the first id in a direction (None when the search does not show it)."""
    query = {
        "filterGroups": [],
        "sorts": [{"propertyName": "hs_object_id", "direction": direction}],
        "properties": ["hs_object_id"],
        "limit": 1,
    }
    body = sender.read("POST", f"/crm/objects/{API_VERSION}/{kind}/search", body=query)
    rows, total = body.get("results"), body.get("total")
    try:
        first = int(records.id_of(rows[0])) if isinstance(rows, list) and rows else None
    except records.InvalidRow:
        first = None
    return (total if isinstance(total, int) and total >= 0 else 0), first
