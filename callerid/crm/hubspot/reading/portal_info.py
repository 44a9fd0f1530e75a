"""What a sync reads before the records: account, owners, stages, phone properties, call outcomes and totals. All in parallel."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.outcomes import OUTCOMES
from callerid.crm.hubspot.reading import records
from callerid.crm.hubspot.reading.property_values import text
from callerid.crm.hubspot.reading.rows import PAGE, next_cursor, read_rows, results
from callerid.crm.hubspot.reading.search_body import ASCENDING, DESCENDING, search_body
from callerid.errors import CrmFault, Refused, ScopeMissing, TokenFault
from callerid.logs import log
from callerid.messages import message
from callerid.models import CallOutcome, IdRange, Kind, PhoneProperty, PortalInfo, Totals
from callerid.records import dataclass
from callerid.token_scopes import (
    CONTACTS_WRITE,
    DEALS_READ,
    EXPORT,
    OWNERS_READ,
    SCOPES,
    SCOPES_WITH_TICKETS,
    TICKETS,
    TO_READ,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from callerid.credentials import Token
    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Owner, Stage

_PIPELINES = message("pipelines")

# The one path that is in no published specification: what a private app's token may do, and whose it is. Nothing else tells that.
# It is not needed: without an answer each kind of records is tried, and the setting crm.owner says who logs.
_INTROSPECTION = "/oauth/v2/private-apps/get/access-token-info"
_KINDS_WITH_PHONES = (Kind.CONTACTS, Kind.COMPANIES)
_THREADS = 16
_LAST = 10**6
_EMPTY: dict[str, Any] = {"results": []}

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenInfo:
    """What HubSpot tells of a token: its user, and its scopes; nothing of a service key."""

    user_id: str = ""
    scopes: tuple[str, ...] = ()

    def lacks(self, scope: str) -> bool:
        """Return whether the token surely lacks a scope."""
        return bool(self.scopes) and scope not in self.scopes


def read_portal_info(sender: HttpSender, token: Token, report_fault: Callable[[str], None], *, briefly: bool = False) -> PortalInfo:
    """Return the portal's info. Raise CalleridError.

    What the token may not read is left out, and its scope is in `missing_scopes`. Only contacts must be readable. `briefly` leaves
    out former owners and what only lists need, for `read_rest`: the counts of companies and deals, the lowest id of contacts.
    """
    missing: set[str] = set()
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="callerid-portal-info") as pool:
        details = pool.submit(sender.read, "GET", f"/account-info/{API_VERSION}/details")
        info = pool.submit(_token_info, sender, token)
        archived = ("false",) if briefly else ("false", "true")
        owner_lists = [pool.submit(_owners, sender, which, report_fault, missing) for which in archived]
        untold = missing if briefly else set()  # by the counts it is known surely
        stages = pool.submit(lambda: tuple(_stages(sender, report_fault, untold)))
        phone_lists = [pool.submit(_phone_properties, sender, kind, untold) for kind in _KINDS_WITH_PHONES]
        outcomes = pool.submit(_outcomes, sender)
        ends = _submit_ends(pool, sender, [Kind.CONTACTS] if briefly else list(Kind), missing)
        lowest_contact = None if briefly else _submit_lowest_contact(pool, sender)
        account_details = details.result()  # the first to fail if the token is not valid
        token_info = info.result() or TokenInfo()
        owners = tuple(owner for owner_list in owner_lists for owner in owner_list.result())
        own_owner_id = next((owner.id for owner in owners if token_info.user_id and owner.user_id == token_info.user_id), None)
        phones = [phone for phone_list in phone_lists for phone in phone_list.result()]
        counts = {kind: end.result() for kind, end in ends.items()}
        missing |= {CONTACTS_WRITE} if token_info.lacks(CONTACTS_WRITE) else set()
        lowest = lowest_contact.result() if lowest_contact else 0
        return PortalInfo(
            account=records.account(account_details, own_owner_id),
            owners=owners,
            stages=stages.result(),
            phone_properties=tuple(phone for phone, certain in phones if certain),
            suggested_phone_properties=tuple(phone for phone, certain in phones if not certain),
            outcomes=outcomes.result(),
            totals=_totals(counts),
            id_ranges=_id_ranges(counts, lowest),
            missing_scopes=tuple(scope for scope in SCOPES if scope in missing),
            may_export=EXPORT in token_info.scopes if token_info.scopes else None,
        )


def former_owners(sender: HttpSender, report_fault: Callable[[str], None]) -> tuple[Owner, ...]:
    """Return the owners who are no users any more; () if the token may not read them. Raise CalleridError."""
    return tuple(_owners(sender, "true", report_fault, set()))


def read_rest(sender: HttpSender, portal_info: PortalInfo, report_fault: Callable[[str], None]) -> PortalInfo:
    """Return a brief portal info with what was left out of it. Raise CalleridError."""
    missing = set(portal_info.missing_scopes)
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="callerid-portal-info") as pool:
        former = pool.submit(former_owners, sender, report_fault) if OWNERS_READ not in missing else None
        readable = [kind for kind in (Kind.COMPANIES, Kind.DEALS) if TO_READ[kind] not in missing]
        ends = _submit_ends(pool, sender, readable, missing)
        lowest_contact = _submit_lowest_contact(pool, sender)
        counts = {kind: end.result() for kind, end in ends.items()}
        lowest = lowest_contact.result()
    highest = next((ids.high for ids in portal_info.id_ranges if ids.kind is Kind.CONTACTS), None)
    counts |= {Kind.CONTACTS: (portal_info.totals.contacts, highest)}
    scopes = tuple(scope for scope in SCOPES if scope in missing)
    return replace(
        portal_info,
        owners=(*portal_info.owners, *(former.result() if former else ())),
        totals=_totals(counts),
        missing_scopes=scopes,
        id_ranges=_id_ranges(counts, lowest),
    )


def _submit_ends(
    pool: ThreadPoolExecutor, sender: HttpSender, kinds: Collection[Kind], missing: set[str]
) -> dict[Kind, Future[tuple[int, int | None]]]:
    return {kind: pool.submit(_end_if_readable, sender, kind, missing) for kind in kinds}


def _submit_lowest_contact(pool: ThreadPoolExecutor, sender: HttpSender) -> Future[int]:
    """Ask for the lowest id of contacts only, which are the most: searches have a low limit."""
    return pool.submit(lambda: end_of_ids(sender, Kind.CONTACTS, ASCENDING)[1] or 0)


def _totals(counts: Mapping[Kind, tuple[int, int | None]]) -> Totals:
    return Totals(**{kind.value: total for kind, (total, _) in counts.items()})


def _id_ranges(counts: Mapping[Kind, tuple[int, int | None]], lowest: int) -> tuple[IdRange, ...]:
    return tuple(
        IdRange(kind=kind, high=high, low=lowest if kind is Kind.CONTACTS else 0) for kind, (_, high) in counts.items() if high
    )


def missing_of(sender: HttpSender, token: Token, scopes: Collection[str], before: Collection[str]) -> tuple[str, ...]:
    """Return which of these scopes the token lacks, by one small request for each of them; of one that HubSpot does not tell about
    now, whether it lacked it `before`. Raise CalleridError."""
    missing: set[str] = set()
    for kind in Kind:
        if TO_READ[kind] in scopes:
            _end_if_readable(sender, kind, missing)
    if OWNERS_READ in scopes:
        query = {"archived": "false", "limit": "1"}
        _if_allowed(lambda: sender.read("GET", f"/crm/owners/{API_VERSION}", query=query), OWNERS_READ, missing)
    if CONTACTS_WRITE in scopes:
        info = _token_info(sender, token)
        lacks = CONTACTS_WRITE in before if info is None else info.lacks(CONTACTS_WRITE)
        missing |= {CONTACTS_WRITE} if lacks else set()
    if TICKETS in scopes:
        query_one = search_body([], ["hs_object_id"], 1, ASCENDING)
        _if_allowed(lambda: sender.read("POST", f"/crm/objects/{API_VERSION}/tickets/search", body=query_one), TICKETS, missing)
    return tuple(scope for scope in SCOPES_WITH_TICKETS if scope in missing)


def _if_allowed(read: Callable[[], Read], scope: str, missing: set[str]) -> Read | None:
    """Return what is read; if the token may not, note the scope that is missing, and return None."""
    try:
        return read()
    except ScopeMissing as fault:
        if not fault.by_crm:
            raise
        missing.add(scope)
        return None


def _end_if_readable(sender: HttpSender, kind: Kind, missing: set[str]) -> tuple[int, int | None]:
    """Return how many records of a kind there are, and the highest id. Without contacts there is nothing to mirror: raise
    ScopeMissing."""
    if kind is Kind.CONTACTS:
        return end_of_ids(sender, kind, DESCENDING)
    return _if_allowed(lambda: end_of_ids(sender, kind, DESCENDING), TO_READ[kind], missing) or (0, None)


def _token_info(sender: HttpSender, token: Token) -> TokenInfo | None:
    """Return what HubSpot tells of a private app's token, nothing of a service key; None when it is in trouble."""
    try:
        body = sender.read("POST", _INTROSPECTION, body={"tokenKey": token.reveal()})
    except (Refused, TokenFault):
        return TokenInfo()
    except CrmFault as fault:
        log.info("sync: HubSpot does not say whose token this is: %s", fault.sentence)
        return None
    scopes = body.get("scopes")
    return TokenInfo(user_id=text(body.get("userId")), scopes=tuple(map(str, scopes)) if isinstance(scopes, list) else ())


def _owners(sender: HttpSender, archived: str, report_fault: Callable[[str], None], missing: set[str]) -> list[Owner]:
    path, query = f"/crm/owners/{API_VERSION}", {"archived": archived}
    pages = _if_allowed(lambda: list(follow(sender, path, query)), OWNERS_READ, missing) or []
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
            raise CrmFault(message("HubSpot's list {path} does not move on from {cursor}.", path=path, cursor=cursor))
        cursor = following


def _stages(sender: HttpSender, report_fault: Callable[[str], None], missing: set[str]) -> Iterator[Stage]:
    body = _if_allowed(lambda: sender.read("GET", f"/crm/pipelines/{API_VERSION}/deals"), DEALS_READ, missing) or _EMPTY
    for stages in read_rows(results(body, _PIPELINES), _PIPELINES, records.stages, report_fault):
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


def _phone_properties(sender: HttpSender, kind: Kind, missing: set[str]) -> Sequence[tuple[PhoneProperty, bool]]:
    body = _if_allowed(lambda: sender.read("GET", f"/crm/properties/{API_VERSION}/{kind}"), TO_READ[kind], missing) or _EMPTY
    phones = (records.phone_property(kind, row) for row in results(body, message("the properties of {kind}", kind=kind)))
    return [(phone, certain) for phone, certain in phones if phone]


def end_of_ids(sender: HttpSender, kind: Kind, sort: str) -> tuple[int, int | None]:
    """Return how many records of a kind there are, and the first id as sorted (None when the search does not show it)."""
    query = search_body([], ["hs_object_id"], 1, sort)
    body = sender.read("POST", f"/crm/objects/{API_VERSION}/{kind}/search", body=query)
    rows, total = body.get("results"), body.get("total")
    try:
        first = int(records.id_of(rows[0])) if isinstance(rows, list) and rows else None
    except records.InvalidRow:
        first = None
    return (total if isinstance(total, int) and total >= 0 else 0), first
