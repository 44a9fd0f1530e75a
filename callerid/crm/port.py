"""What callerid wants of a CRM. Every method blocks, and raises from callerid.errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from callerid.models import (
        Account,
        Background,
        Changes,
        Contact,
        Engagement,
        EngagementKind,
        Kind,
        NewContact,
        Page,
        Stretch,
        Wish,
    )


class Source(Protocol):
    """Whatever a mirror can be made of: everything at once."""

    name: str  # which source it is: "hubspot", the path of a file, or "phone"

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""

    @property
    def behind(self) -> frozenset[Kind]:
        """The kinds whose newest records `everything` may not have brought: they were read from an index that lags."""

    def stamp(self) -> str:
        """Return what changes whenever the records do; "" when it does not know."""

    @property
    def now(self) -> datetime:
        """The time there, when it last answered."""

    def background(self) -> Background:
        """Return what is read before the records: account, owners, stages, phone properties, totals."""

    def everything(self, wish: Wish, begun: Sequence[Stretch] = ()) -> Iterator[Page]:
        """Return all records, page by page, each page with how far it brings the reading.

        `begun` is how far an interrupted reading came; what it brought does not come again. `background` comes first, always.
        """

    def close(self) -> None:
        """Let go of connections."""


class Crm(Source, Protocol):
    """A CRM: it tells what changed, and calls are logged to it."""

    @property
    def key_mark(self) -> str:
        """What tells one token from another, and nothing else of it."""

    def account(self) -> Account:
        """Return which portal the token is for; whose token it is stays open."""

    def outline(self, wish: Wish, begun: Sequence[Stretch] = ()) -> Iterator[Page]:
        """Return all records with no more than their modified dates, contacts' companies and owners, and deals' associations."""

    def changes(
        self, kind: Kind, wish: Wish, since: datetime, after: int, known: Callable[[Page], frozenset[str]]
    ) -> Iterator[Changes]:
        """Return page by page, in the order of their ids, the records above the id `after` that were modified since a time.

        `known` is asked for each page which of its records need not come. Contacts come whatever the wish's scope is.
        """

    def archived(self, kind: Kind, after: str) -> tuple[tuple[int, ...], str]:
        """Return a page of the ids of deleted records that can still be restored, after a cursor ("" to begin), and the next
        cursor ("" at the end)."""

    def records(self, kind: Kind, ids: Sequence[str], wish: Wish) -> Iterator[Page]:
        """Return the records with these ids; those that are gone are left out, merged ones come under their new id."""

    def people_with(self, national: str, e164: str, wish: Wish, patience: float) -> tuple[Contact, ...]:
        """Return contacts who may have a number, given its national digits and E.164, within `patience` seconds.

        One request; what it finds must be compared.
        """

    def create(self, engagement: Engagement) -> str:
        """Create a call or a task with its associations and return its id. Never tries twice.

        Raise Offline (nothing can have happened), OutcomeUnknown (it may have), Refused, TokenFault, ScopeMissing, or
        CrmFault and RateLimited (it did not happen; later it may).
        """

    def find(self, engagement: Engagement) -> str | None:
        """Return the id under which the CRM has an engagement, known by our own id, or None when the CRM shows none. Raise when it
        could not be looked for."""

    def update(self, remote_id: str, engagement: Engagement, before: Sequence[Engagement] = ()) -> None:
        """Make a call or task of the CRM what `engagement` says, where that is another thing than any of what it may have been
        `before`: the rest may be others' by now, and so may contacts, companies or deals that it was not associated with
        `before`. Without `before` all of it, and no other contact, company or deal than these.
        Doing it twice does no harm. Raise NotFound when it no longer exists, and only then; PartiallyApplied when a part may be
        made that was not taken back, and Refused when none is."""

    def check_there(self, kind: EngagementKind, remote_id: str) -> None:
        """Raise NotFound when a call or task is not there any more, and only then; else as any request."""

    def withdraw(self, kind: EngagementKind, remote_id: str) -> None:
        """Delete a call or task. One that is gone already is no fault."""

    def with_living_targets(self, engagement: Engagement) -> Engagement:
        """Return an engagement with each contact, company or deal that was merged away replaced by its survivor, and each that was
        deleted dropped. Raise when it could not be found out."""

    def contacts_like(self, new: NewContact, national: str, wish: Wish) -> tuple[Contact, ...]:
        """Return contacts who may be that person, by e-mail or by number (`national`: its national digits); the number must be
        compared. The index may lag."""

    def create_contact(self, new: NewContact) -> str:
        """Create a contact and return its id; raises as `create` does, and AlreadyExists when the e-mail is taken."""

    def set_phone(self, contact_id: str, name: str, number: str) -> bool:
        """Write a number into a phone property of a contact, if it is empty; say whether it was."""
