"""HubSpot behind the port. Lists are paged by the record's id (`after`), which neither repeats nor skips when rows change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from callerid.crm.hubspot import reading
from callerid.crm.hubspot.engagement import call_body
from callerid.crm.hubspot.sending import Sender
from callerid.crm.hubspot.version import VERSION
from callerid.errors import CrmFault, OutcomeUnknown, Refused, TokenFault
from callerid.models import Page, Totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from callerid.credentials import Token
    from callerid.models import Account, CallEngagement, Deal

Row = TypeVar("Row")
_PAGE = "100"
_IDS_IN_A_BATCH = 100
_ASSOCIATIONS_IN_A_BATCH = 1000
_NONE_FOUND = "crm.associations.NO_ASSOCIATIONS_FOUND"
_INTROSPECTION = "/oauth/v2/private-apps/get/access-token-info"


class HubSpot:
    """A portal. `faults` hears of each row that could not be used."""

    def __init__(
        self,
        token: Token,
        *,
        url: str,
        wait: Callable[[float], None],
        clock: Callable[[], datetime],
        faults: Callable[[str], None],
    ) -> None:
        self._sender = Sender(token, url=url, wait=wait, clock=clock)
        self._token, self._faults = token, faults

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self._sender.requests

    def close(self) -> None:
        """Let go of connections."""
        self._sender.close()

    # ---------------------------------------------------------------------------------------- the mirror's source

    def totals(self) -> Totals:
        """Return how many contacts, companies and deals there are."""
        found = {kind: self._total(kind) for kind in ("contacts", "companies", "deals")}
        return Totals(**found)

    def _total(self, kind: str) -> int:
        said = self._sender.read("POST", f"/crm/objects/{VERSION}/{kind}/search", body={"filterGroups": [], "limit": 1})
        total = said.get("total")
        return total if isinstance(total, int) else 0

    def snapshot(self) -> Iterator[Page]:
        """Return everything page by page. A row that cannot be used is told to `faults`; a page that cannot raises CrmFault."""
        account = self.account()
        self._sender.zone = account.time_zone
        yield Page(account=account, owners=tuple(self._owners()), stages=tuple(self._stages()))
        yield from self._companies()
        yield from self._contacts()
        yield from self._deals()

    def account(self) -> Account:
        """Return the portal, with the owner behind the token when HubSpot tells."""
        details = self._sender.read("GET", f"/account-info/{VERSION}/details")
        return reading.account(details, self._own_owner_id())

    def _own_owner_id(self) -> str | None:
        """Private-app tokens can be asked for their user; service keys cannot, and the request then fails, which is no fault."""
        try:
            said = self._sender.read("POST", _INTROSPECTION, body={"tokenKey": self._token.reveal()})
            user = reading.text(said.get("userId"))
            if not user.isdigit():
                return None
            owner = self._sender.read("GET", f"/crm/owners/{VERSION}/{user}", query={"idProperty": "userId"})
            return reading.id_of(owner)
        except (Refused, TokenFault, reading.BadRow):
            return None

    def _owners(self) -> Iterator[Any]:
        for archived in ("false", "true"):
            for rows in self._list(f"/crm/owners/{VERSION}", {"archived": archived}):
                yield from self._read(rows, "owners", reading.owner)

    def _stages(self) -> Iterator[Any]:
        said = self._sender.read("GET", f"/crm/pipelines/{VERSION}/deals")
        for stages in self._read(_results(said, "pipelines"), "pipelines", reading.stages):
            yield from stages

    def _phone_names(self, kind: str) -> tuple[str, ...]:
        said = self._sender.read("GET", f"/crm/properties/{VERSION}/{kind}")
        found = _results(said, f"properties of {kind}")
        return tuple(reading.text(row["name"]) for row in found if reading.is_phone_property(row) and row.get("name"))

    def _companies(self) -> Iterator[Page]:
        names = self._phone_names("companies")
        for rows in self._list_objects("companies", (*reading.COMPANY_PROPERTIES, *names)):
            yield Page(companies=tuple(self._read(rows, "companies", lambda row: reading.company(row, names))))

    def _contacts(self) -> Iterator[Page]:
        names = self._phone_names("contacts")
        for rows in self._list_objects("contacts", (*reading.CONTACT_PROPERTIES, *names, *reading.TWINS.values())):
            yield Page(contacts=tuple(self._read(rows, "contacts", lambda row: reading.contact(row, names))))

    def _deals(self) -> Iterator[Page]:
        for rows in self._list_objects("deals", reading.DEAL_PROPERTIES, associations="contacts,companies"):
            contacts, companies = (self._associated(rows, kind) for kind in ("contacts", "companies"))

            def read(row: Any, contacts: Any = contacts, companies: Any = companies) -> Deal:
                deal_id = reading.id_of(row)
                return reading.deal(row, contacts[deal_id], companies[deal_id])

            yield Page(deals=tuple(self._read(rows, "deals", read)))

    def _list_objects(self, kind: str, properties: Sequence[str], **more: str) -> Iterator[list[Any]]:
        asked = {"limit": _PAGE, "properties": ",".join(dict.fromkeys(properties)), "archived": "false"}
        return self._list(f"/crm/objects/{VERSION}/{kind}", asked | more)

    def _list(self, path: str, query: dict[str, str]) -> Iterator[list[Any]]:
        """Follow a list to its end. A cursor that does not move would go round for ever."""
        after = ""
        while True:
            said = self._sender.read("GET", path, query=query | {"limit": _PAGE} | ({"after": after} if after else {}))
            yield _results(said, path)
            following = _after(said)
            if not following:
                return
            if following == after:
                raise CrmFault(f"HubSpot's list {path} does not move on from {after}.")
            after = following

    def _read(self, rows: list[Any], kind: str, reader: Callable[[Any], Row]) -> Iterator[Row]:
        for place, row in enumerate(rows, start=1):
            try:
                yield reader(row)
            except reading.BadRow as bad:
                self._faults(f"{kind}, row {place} of its page: {bad}")

    # ---------------------------------------------------------------------------------------- associations

    def _associated(self, rows: list[Any], kind: str) -> dict[str, tuple[str, ...]]:
        """Given rows of deals, return the ids of their contacts or companies: inline ones, and by batch where there are more."""
        found: dict[str, tuple[str, ...]] = {}
        unfinished: list[str] = []
        for row in rows:
            deal_id = str(row.get("id", "")) if isinstance(row, dict) else ""
            associations = row.get("associations") if deal_id else None
            said = associations.get(kind) if isinstance(associations, dict) else None
            results = said.get("results") if isinstance(said, dict) else None
            ids = (str(one["id"]) for one in results or [] if isinstance(one, dict) and one.get("id"))
            found[deal_id] = tuple(dict.fromkeys(ids))  # an id comes once for each of its labels
            unfinished += [deal_id] if _after(said) else []
        return found | self._batch_associations("deals", kind, unfinished)

    def _batch_associations(self, kind: str, to: str, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Given ids, return what each is associated with. An id that has none is absent from the results: that is normal."""
        found: dict[str, list[str]] = {record_id: [] for record_id in ids}
        waiting: list[dict[str, str]] = [{"id": record_id} for record_id in ids]
        while waiting:
            batch, waiting = waiting[:_ASSOCIATIONS_IN_A_BATCH], waiting[_ASSOCIATIONS_IN_A_BATCH:]
            said = self._sender.read("POST", f"/crm/associations/{VERSION}/{kind}/{to}/batch/read", body={"inputs": batch})
            _only_missing(said)
            for row in _results(said, f"associations {kind} to {to}"):
                record_id, linked = _linked(row)
                found.setdefault(record_id, []).extend(linked)
                following = _after(row)
                waiting += [{"id": record_id, "after": following}] if following else []
        return {record_id: tuple(dict.fromkeys(to_ids)) for record_id, to_ids in found.items()}

    # ---------------------------------------------------------------------------------------- calls

    def create_call(self, engagement: CallEngagement) -> str:
        """Create the call with its associations; see the port for what each error means."""
        said = self._sender.write(f"/crm/objects/{VERSION}/calls", call_body(engagement))
        try:
            return reading.id_of(said)
        except reading.BadRow as bad:
            raise OutcomeUnknown("HubSpot did not say under which id it keeps the call.") from bad

    def find_call(self, external_id: str, contact_id: str) -> str | None:
        """Look for our own id: among the contact's calls, which is consistent, and by search, whose index lags."""
        return self._among_calls(external_id, contact_id) or self._by_search(external_id)

    def _among_calls(self, external_id: str, contact_id: str) -> str | None:
        ids = self._batch_associations("contacts", "calls", [contact_id]).get(contact_id, ())
        newest = sorted(ids, key=lambda call_id: (len(call_id), call_id), reverse=True)
        for start in range(0, len(newest), _IDS_IN_A_BATCH):
            inputs = [{"id": call_id} for call_id in newest[start : start + _IDS_IN_A_BATCH]]
            body = {"inputs": inputs, "properties": ["hs_call_external_id"], "propertiesWithHistory": []}
            found = _with_external_id(self._sender.read("POST", f"/crm/objects/{VERSION}/calls/batch/read", body=body), external_id)
            if found:
                return found
        return None

    def _by_search(self, external_id: str) -> str | None:
        criterion = {"propertyName": "hs_call_external_id", "operator": "EQ", "value": external_id}
        body = {"filterGroups": [{"filters": [criterion]}], "properties": ["hs_call_external_id"], "limit": 2}
        said = self._sender.read("POST", f"/crm/objects/{VERSION}/calls/search", body=body)
        if said.get("total") and not said.get("results"):  # seen of an index that lags: it counts what it cannot show yet
            raise CrmFault("HubSpot's search has found the call but does not show it yet.")
        return _with_external_id(said, external_id)


def _results(said: Any, place: str) -> list[Any]:
    found = said.get("results")
    if not isinstance(found, list):
        raise CrmFault(f"HubSpot's answer for {place} has no results.")
    return found


def _after(said: Any) -> str:
    """Given an answer or a part of it, return the cursor of what follows, or ""."""
    paging = said.get("paging") if isinstance(said, dict) else None
    following = paging.get("next") if isinstance(paging, dict) else None
    return str(following.get("after") or "") if isinstance(following, dict) else ""


def _linked(row: Any) -> tuple[str, list[str]]:
    """Given a row of associations, return whose they are and to which ids. Ids come as text or as numbers."""
    try:
        return str(row["from"]["id"]), [str(one["toObjectId"]) for one in row.get("to") or []]
    except (KeyError, TypeError, AttributeError) as wrong:
        raise CrmFault("HubSpot's answer for associations is not as it should be.") from wrong


def _only_missing(said: dict[str, Any]) -> None:
    """Raise CrmFault when a batch's errors say more than that some records have no associations."""
    for error in said.get("errors") or []:
        if not isinstance(error, dict) or error.get("subCategory") != _NONE_FOUND:
            message = error.get("message") if isinstance(error, dict) else error
            raise CrmFault(f"HubSpot could not read all associations: {str(message)[:200]}")


def _with_external_id(said: dict[str, Any], external_id: str) -> str | None:
    for row in _results(said, "calls"):
        properties = row.get("properties") if isinstance(row, dict) else None
        if isinstance(properties, dict) and properties.get("hs_call_external_id") == external_id:
            return reading.id_of(row)
    return None
