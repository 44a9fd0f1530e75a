"""What callerid needs from a CRM. Every method blocks, and raises errors of callerid.errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from callerid.core.sync.narrowing import Shown
    from callerid.core.sync.recent_callers import Line
    from callerid.models import (
        Account,
        ActivityKind,
        ActivityPage,
        ActivityRequest,
        Changes,
        Contact,
        Engagement,
        EngagementKind,
        Kind,
        NewContact,
        Owner,
        Page,
        PortalInfo,
        Stage,
        Stretch,
        SyncRequest,
    )


class Source(Protocol):
    """Whatever a mirror can be built from: all its records at once."""

    name: str  # which source it is: "hubspot", the path of a file, or "phone"

    @property
    def requests(self) -> int:
        """The number of requests sent so far."""

    @property
    def lagging_kinds(self) -> frozenset[Kind]:
        """The kinds of which `all_records` may have missed the newest records, because it read them from an index that lags."""

    def fingerprint(self) -> str:
        """Return a text that changes whenever the records do; "" when the source does not know."""

    @property
    def now(self) -> datetime:
        """The source's own time (UTC): that of its last response, since the phone's clock may be wrong."""

    def portal_info(self) -> PortalInfo:
        """Return what is read before the records: account, owners, stages, phone properties, totals. Must be called first."""

    def all_records(self, sync_request: SyncRequest, begun: Sequence[Stretch] = ()) -> Iterator[Page]:
        """Return all records, page by page; each page says how far it brings the reading.

        `begun` is how far an interrupted reading came; its records are not read again. Call `portal_info` first.
        """

    def report(self) -> tuple[str, ...]:
        """Return a report on the newest reading of all records, line by line; () when there is nothing to report."""

    def close(self) -> None:
        """Close the connections."""


class Exported(Protocol):
    """All records of some kinds by exports. Iterating over it, once, waits for them.

    It raises ScopeMissing without the scope, and ExportUnusable when an export cannot be had in time, or is not what the CRM says
    elsewhere of the same records.
    """

    is_exact: bool  # afterwards: there are as many records as the CRM counts, with all that changed since the exports began

    def __iter__(self) -> Iterator[Page]:
        """Return the pages, kind after kind. The last one of a kind says that it was read: it has passed."""


class Crm(Source, Protocol):
    """A CRM: it can also tell what changed, and calls are logged to it."""

    @property
    def token_fingerprint(self) -> str:
        """A text that differs between tokens and reveals nothing of them."""

    def time_budget(self, seconds: float) -> AbstractContextManager[None]:
        """Return a context in which no request of this thread is tried again when so many seconds have passed since it began."""

    def recall(self, portal_info: PortalInfo) -> None:
        """Take what `portal_info` returned a while ago, so that it need not be called."""

    def account(self) -> Account:
        """Return the portal that the token is for. `own_owner_id` is not filled."""

    def missing_of(self, scopes: Collection[str], before: Collection[str]) -> tuple[str, ...]:
        """Return which of these scopes the token lacks; of one that the CRM does not tell about now, whether it lacked it
        `before`."""

    def brief_portal_info(self) -> PortalInfo:
        """Return what `portal_info` does, but for what only lists need (how many companies and deals there are), and without
        former owners."""

    def complete(self, portal_info: PortalInfo) -> PortalInfo:
        """Return the brief portal info that was read last with what lists need, so that `all_records` may be called."""

    def former_owners(self) -> tuple[Owner, ...]:
        """Return the owners who are no users any more, whom a brief portal info lacks; () if the token may not read owners."""

    def seconds_for(self, requests: int) -> float:
        """Return about how many seconds so many requests take by the CRM's limit."""

    def exported_records(
        self,
        sync_request: SyncRequest,
        done: Collection[Kind],
        started: Mapping[Kind, str],
        record: Callable[[Kind, str], None],
        *,
        began: datetime,
        longest: float,
    ) -> Exported:
        """Return all records of the kinds that are not `done`, as they were at `began` or later, by exports.

        An interrupted sync may have `started` some (their ids); `record` gets the id of each that is started now. They are waited
        for `longest` seconds.
        """

    def all_outlines(self, sync_request: SyncRequest, begun: Sequence[Stretch] = ()) -> Iterator[Page]:
        """Return all records with only their modified dates, contacts' companies and owners, and deals' associations."""

    def changes(
        self,
        kind: Kind,
        sync_request: SyncRequest,
        since: datetime,
        after: int,
        known: Callable[[Page], frozenset[str]],
        *,
        counting: bool = False,
    ) -> Iterator[Changes]:
        """Return the records modified since a time with an id above `after`, page by page in the order of their ids.

        `known` returns for a page the ids of its records that the mirror has as they are; those are left out. Contacts outside of
        the scope are included, because one that leaves the scope has to leave the mirror. Deals come without what they are
        associated with: `links` tells. With `counting`, the first page says how many records of the kind there are, of contacts
        with those outside of the scope, which takes a request less than to count them by itself.
        """

    def archived_ids(self, kind: Kind, after: str) -> tuple[tuple[int, ...], str]:
        """Return a page of the ids of deleted records that can still be restored, and the cursor of the next page ("" at the end).

        `after` is the cursor of the page, "" for the first.
        """

    def ids_between(
        self, kind: Kind, sync_request: SyncRequest, low: int, stop: int | None, passed: int, *, without_company: bool = False
    ) -> Shown:
        """Return the ids, at most 200, of the records from id `low` to before `stop` (None: to the end) that come after so many
        `passed` ones, and how many there are of all. Of contacts, only those of the scope count, or of these those without a
        company. The index may lag."""

    def links(self, kind: Kind, to: Kind, ids: Sequence[str]) -> dict[str, dict[str, bool]]:
        """Return, for each of these records of a kind, the ids of what it is associated with of another, each with whether it is
        labelled as the primary one. A thousand records take one request. A record that does not exist has no associations."""

    def records_by_id(self, kind: Kind, ids: Sequence[str], sync_request: SyncRequest) -> Iterator[Page]:
        """Return the records with these ids. Deleted records are left out; merged ones come under the id of their survivor."""

    def existing_ids(self, kind: Kind, ids: Sequence[str]) -> frozenset[str]:
        """Return which of these ids records have. That of a deleted record, or of one that was merged into another, is left out. A
        hundred take one request."""

    def contacts_by_number(self, national: str, e164: str, sync_request: SyncRequest, timeout: float) -> tuple[Contact, ...]:
        """Return contacts who may have a number, in one request, within `timeout` seconds. Their numbers must be compared.

        `national` is the number's national digits.
        """

    def contacts_by_lines(self, lines: Sequence[Line], sync_request: SyncRequest) -> tuple[Contact, ...]:
        """Return contacts who have one of these lines, by few requests: those whose numbers the CRM can search for, not all."""

    def open_activities(self, request: ActivityRequest, below: int | None) -> ActivityPage:
        """Return the page of the activities that a card may show with the highest ids below one (None: of all), highest first. The
        index may lag. Raise ScopeMissing where the token may not read them."""

    def changed_activities(self, request: ActivityRequest, since: datetime, after: int) -> ActivityPage:
        """Return the page of the activities, open or not, that were modified since a time, with the lowest ids above `after`."""

    def contacts_of_activities(self, kind: ActivityKind, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the ids of the contacts of each of these activities. A thousand activities take one request."""

    def ticket_stages(self) -> tuple[Stage, ...]:
        """Return the stages of tickets."""

    def create(self, engagement: Engagement) -> str:
        """Create a call or task with its associations, and return its id. Sent once, never repeated.

        Raise Offline (nothing happened), OutcomeUnknown (it may have happened), Refused, TokenFault, ScopeMissing, or CrmFault and
        RateLimited (it did not happen, and may work later).
        """

    def find(self, engagement: Engagement) -> str | None:
        """Return the id of an engagement that was created earlier, found by our own id; None when the CRM shows none.

        Raise when the search failed.
        """

    def find_all(self, possible: Sequence[Engagement], known_id: str) -> tuple[str, ...]:
        """Return the ids of all engagements that have our own id, oldest first. `possible` is what each may say, and `known_id` the
        id of one that is among them if it exists still ("" for none). Raise when the search failed."""

    def update(self, remote_id: str, engagement: Engagement, before: Sequence[Engagement] = ()) -> None:
        """Change a call or task to what `engagement` says.

        Only what differs from any of the engagements that it may have been `before` is written: colleagues may have changed the
        rest, or associated other contacts, companies or deals. Without `before` everything is written, and every other association
        is removed. It can be repeated.
        Raise NotFound only when it no longer exists, PartiallyApplied when a part may be written, Refused when none is.
        """

    def check_exists(self, kind: EngagementKind, remote_id: str) -> None:
        """Raise NotFound only when a call or task no longer exists; other errors as any request."""

    def withdraw(self, kind: EngagementKind, remote_id: str) -> None:
        """Delete a call or task. One that no longer exists is not an error."""

    def resolve_associations(self, engagement: Engagement) -> Engagement:
        """Return an engagement with each contact, company or deal that was merged replaced by its survivor, and deleted ones
        dropped. Raise when it could not be checked."""

    def possible_duplicates(self, new: NewContact, national: str, sync_request: SyncRequest) -> tuple[Contact, ...]:
        """Return contacts who may be the person of `new`, by e-mail or number. Their numbers must be compared. The index may lag.

        `national` is the new number's national digits.
        """

    def create_contact(self, new: NewContact) -> str:
        """Create a contact and return its id. Raise as `create` does, and AlreadyExists when the e-mail address is taken."""

    def twins(self, new: NewContact, known_id: str) -> tuple[str, ...]:
        """Return the ids of contacts that nobody but a second post of the known one can have made, and nobody has used."""

    def withdraw_contact(self, contact_id: str) -> None:
        """Delete a contact so that it can be restored. One that no longer exists is not an error."""

    def set_phone_if_empty(self, contact_id: str, name: str, number: str) -> bool:
        """Write a number into a contact's phone property if that is empty; return whether it was."""

    def contact_values(self, ids: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return, for each of at most a hundred contacts that exist, the values of these properties ("" for an empty one)."""

    def current_contact(self, contact_id: str) -> str | None:
        """Return the id under which a contact exists now: its own, or that of the one into which it was merged; None when it was
        deleted."""

    def set_contact_values(self, values: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """Write properties of at most a hundred contacts, all of one contact's at once, and return why the CRM refused those that
        were not written, by their ids. It can be repeated. Raise Offline, TokenFault, ScopeMissing, CrmFault, RateLimited."""


def is_crm(source: Source) -> TypeGuard[Crm]:
    """Return whether a source can also report what changed. A file cannot."""
    return hasattr(source, "changes")
