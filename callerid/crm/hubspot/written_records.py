"""Write to a portal: calls and tasks, new contacts, and corrected values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.crm.hubspot.connection import Connection
from callerid.crm.hubspot.writing import contacts, engagements, values
from callerid.models import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callerid.models import Contact, Engagement, EngagementKind, NewContact, SyncRequest


class WrittenRecords(Connection):
    """What a delivery asks for."""

    # ---------------------------------------------------------------------------------------- calls and tasks

    def create(self, engagement: Engagement) -> str:
        """Create a call or task; see the port."""
        return engagements.create(self._sender, engagement, self._call_fields)

    def find(self, engagement: Engagement) -> str | None:
        """Find a call or task by our own id; see the port."""
        return engagements.find(self._sender, engagement)

    def find_all(self, possible: Sequence[Engagement], known_id: str) -> tuple[str, ...]:
        """Find every call or task with our own id; see the port."""
        return engagements.find_all(self._sender, possible, known_id)

    def update(self, remote_id: str, engagement: Engagement, before: Sequence[Engagement] = ()) -> None:
        """Change a call or task; see the port."""
        engagements.update(self._sender, remote_id, engagement, before, self._call_fields)

    def check_exists(self, kind: EngagementKind, remote_id: str) -> None:
        """Raise NotFound when a call or task no longer exists; see the port."""
        engagements.check_exists(self._sender, f"{kind}s", remote_id)

    def withdraw(self, kind: EngagementKind, remote_id: str) -> None:
        """Delete a call or task; see the port."""
        engagements.withdraw(self._sender, f"{kind}s", remote_id)

    def resolve_associations(self, engagement: Engagement) -> Engagement:
        """Return an engagement with records that exist; see the port."""
        return engagements.resolve_associations(self._sender, engagement)

    # ---------------------------------------------------------------------------------------- new contacts

    def possible_duplicates(self, new: NewContact, national: str, sync_request: SyncRequest) -> tuple[Contact, ...]:
        """Return contacts who may be the same person; see the port."""
        return contacts.possible_duplicates(self._sender, new, national, sync_request, self._report_fault)

    def create_contact(self, new: NewContact) -> str:
        """Create a contact; see the port."""
        return contacts.create_contact(self._sender, new)

    def twins(self, new: NewContact, known_id: str) -> tuple[str, ...]:
        """Return the contacts that a second post has made; see the port."""
        return contacts.twins(self._sender, new, known_id)

    def withdraw_contact(self, contact_id: str) -> None:
        """Delete a contact; see the port."""
        contacts.withdraw_contact(self._sender, contact_id)

    def set_phone_if_empty(self, contact_id: str, name: str, number: str) -> bool:
        """Write a number into an empty phone property; see the port."""
        return contacts.set_phone_if_empty(self._sender, contact_id, name, number)

    def contact_values(self, ids: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return properties of contacts; see the port."""
        return values.contact_values(self._sender, ids, names)

    def current_contact(self, contact_id: str) -> str | None:
        """Return the id under which a contact exists now; see the port."""
        return engagements.current_id(self._sender, Kind.CONTACTS, contact_id)

    def set_contact_values(self, of_contacts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """Write properties of contacts; see the port."""
        return values.set_contact_values(self._sender, of_contacts)
