"""What callerid wants of a CRM. Every method blocks, and raises from callerid.errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.models import CallEngagement, Page, Totals


class Crm(Protocol):
    """A CRM."""

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""

    def totals(self) -> Totals:
        """Return how many records there are, for a progress bar."""

    def snapshot(self) -> Iterator[Page]:
        """Return the whole CRM page by page: the account, owners and stages first."""

    def create_call(self, engagement: CallEngagement) -> str:
        """Create a call with its associations and return its id. Never tries twice.

        Raise Offline (nothing can have happened), OutcomeUnknown (it may have), Refused, TokenFault, ScopeMissing, or
        CrmFault and RateLimited (it did not happen; later it may).
        """

    def find_call(self, external_id: str, contact_id: str) -> str | None:
        """Return the id of the call with our own id, or None when the CRM shows none. Raise when it could not be looked for."""

    def close(self) -> None:
        """Let go of connections."""
