"""What a sync asks before the records: account, owners, stages, phone properties, and how many records there are. All at once."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from callerid.crm.hubspot.http.api_version import VERSION
from callerid.crm.hubspot.outcomes import WORDS
from callerid.crm.hubspot.reading import records
from callerid.crm.hubspot.reading.answers import PAGE, after, read_rows, results
from callerid.crm.hubspot.reading.stretches import Extent
from callerid.errors import CrmFault, Refused, TokenFault
from callerid.models import CallOutcome, Kind, PhoneField, PortalInfo, Totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from callerid.credentials import Token
    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Owner, Stage

log = logging.getLogger("callerid")

_INTROSPECTION = "/oauth/v2/private-apps/get/access-token-info"
_PHONED = (Kind.CONTACTS, Kind.COMPANIES)  # deals have no numbers
_AT_ONCE = 16
_LAST = 10**6


def read_portal_info(sender: HttpSender, token: Token, faults: Callable[[str], None]) -> tuple[PortalInfo, dict[Kind, Extent]]:
    """Return the portal's own data that a sync reads first, and how far the ids of each kind reach. Raise CalleridError."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="callerid-portal-info") as pool:
        details = pool.submit(sender.read, "GET", f"/account-info/{VERSION}/details")
        user = pool.submit(_own_user_id, sender, token)
        owners = [pool.submit(_owners, sender, archived, faults) for archived in ("false", "true")]
        stages = pool.submit(lambda: tuple(_stages(sender, faults)))
        fields = [pool.submit(_phone_fields, sender, kind) for kind in _PHONED]
        outcomes = pool.submit(_outcomes, sender)
        tops = {kind: pool.submit(end_of_ids, sender, kind, "DESCENDING") for kind in Kind}
        low = pool.submit(end_of_ids, sender, Kind.CONTACTS, "ASCENDING")  # of those that are many; searches are few a second
        said = details.result()  # the first to fail if the token is no good
        user_id, people = user.result(), tuple(owner for asked in owners for owner in asked.result())
        own = next((owner.id for owner in people if user_id and owner.user_id == user_id), None)
        known = [field for found in fields for field in found.result()]
        found = {kind: asked.result() for kind, asked in tops.items()}
        portal_info = PortalInfo(
            account=records.account(said, own),
            owners=people,
            stages=stages.result(),
            phone_fields=tuple(field for field, sure in known if sure),
            suggested_phone_fields=tuple(field for field, sure in known if not sure),
            outcomes=outcomes.result(),
            totals=Totals(**{kind.value: total for kind, (total, _) in found.items()}),
        )
    sender.zone = portal_info.account.time_zone or sender.zone
    lows = {Kind.CONTACTS: low.result()[1] or 0}
    extents = {kind: Extent(high=high, low=lows.get(kind, 0), count=count) for kind, (count, high) in found.items() if high}
    return portal_info, extents


def _own_user_id(sender: HttpSender, token: Token) -> str:
    """Private-app tokens can be asked for their user; service keys cannot, and the request then fails, which is no fault."""
    try:
        said = sender.read("POST", _INTROSPECTION, body={"tokenKey": token.reveal()})
    except (Refused, TokenFault):
        return ""
    return records.text(said.get("userId"))


def _owners(sender: HttpSender, archived: str, faults: Callable[[str], None]) -> list[Owner]:
    pages = follow(sender, f"/crm/owners/{VERSION}", {"archived": archived})
    return [owner for rows in pages for owner in read_rows(rows, "owners", records.owner, faults)]


def follow(sender: HttpSender, path: str, query: dict[str, str]) -> Iterator[list[Any]]:
    """Follow a list to its end, page by page. A cursor that does not move would go round for ever."""
    cursor = ""
    while True:
        said = sender.read("GET", path, query=query | {"limit": str(PAGE)} | ({"after": cursor} if cursor else {}))
        yield results(said, path)
        following = after(said)
        if not following:
            return
        if following == cursor:
            raise CrmFault(f"HubSpot's list {path} does not move on from {cursor}.")
        cursor = following


def _stages(sender: HttpSender, faults: Callable[[str], None]) -> Iterator[Stage]:
    said = sender.read("GET", f"/crm/pipelines/{VERSION}/deals")
    for stages in read_rows(results(said, "pipelines"), "pipelines", records.stages, faults):
        yield from stages


def _outcomes(sender: HttpSender) -> tuple[CallOutcome, ...]:
    """The portal's own outcomes of calls. Without them the usual ones are offered, so whatever it says instead is no fault."""
    try:
        said = sender.read("GET", f"/crm/properties/{VERSION}/calls/hs_call_disposition")
    except (CrmFault, Refused, TokenFault) as fault:
        log.info("sync: the portal's outcomes of calls are not to be had: %s", fault.sentence)
        return ()
    options = said.get("options")
    shown = [one for one in options if isinstance(one, dict) and not one.get("hidden")] if isinstance(options, list) else []
    pairs = [(records.text(one.get("value")), records.text(one.get("label"))) for one in sorted(shown, key=_order)]
    return tuple(CallOutcome(id=WORDS.get(value, value), label=label) for value, label in pairs if value and label)


def _order(option: dict[str, Any]) -> int:
    order = option.get("displayOrder")
    return order if isinstance(order, int) and order >= 0 else _LAST


def _phone_fields(sender: HttpSender, kind: Kind) -> Sequence[tuple[PhoneField, bool]]:
    said = sender.read("GET", f"/crm/properties/{VERSION}/{kind}")
    fields = (records.phone_field(kind, row) for row in results(said, f"properties of {kind}"))
    return [(field, sure) for field, sure in fields if field]


def end_of_ids(sender: HttpSender, kind: Kind, direction: str) -> tuple[int, int | None]:
    """Return how many records of a kind there are, and the first id in a direction (None when the search does not show it)."""
    body = {
        "filterGroups": [],
        "sorts": [{"propertyName": "hs_object_id", "direction": direction}],
        "properties": ["hs_object_id"],
        "limit": 1,
    }
    said = sender.read("POST", f"/crm/objects/{VERSION}/{kind}/search", body=body)
    rows, total = said.get("results"), said.get("total")
    try:
        first = int(records.id_of(rows[0])) if isinstance(rows, list) and rows else None
    except records.BadRow:
        first = None
    return (total if isinstance(total, int) and total >= 0 else 0), first
