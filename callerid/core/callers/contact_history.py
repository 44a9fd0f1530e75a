"""What the ledger has of earlier calls with one contact, as a card tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callerid.core.callers.past import PastCall, PastNote


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHistory:
    """The last call with a contact, and the last note about one."""

    last_call: PastCall | None = None
    last_note: PastNote | None = None


NO_HISTORY = ContactHistory()


def latest_call(on_line: PastCall | None, with_contact: PastCall | None) -> PastCall | None:
    """Return the later one of the last call on a line and the last one that was logged with its contact, from whatever number.
    Where both are the same call, the logged one has the outcome."""
    if on_line is None or with_contact is None:
        return on_line or with_contact
    return on_line if on_line.start > with_contact.start else with_contact
