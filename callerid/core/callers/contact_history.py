"""What the ledger has of earlier calls with one contact, as a card tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from callerid.core.callers.past import PastCall, PastNote


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHistory:
    """The last call with a contact, the last one that was a talk, as far as it is known, and the last note about one."""

    last_call: PastCall | None = None
    last_talk: PastCall | None = None
    last_note: PastNote | None = None


NO_HISTORY = ContactHistory()


def latest_talk(on_line: PastCall | None, with_contact: PastCall | None) -> PastCall | None:
    """Return the later one of two such calls in which the two spoke."""
    talks = [call for call in (on_line, with_contact) if call and call.connected]
    return max(talks, key=lambda talk: talk.start, default=None)


def latest_call(on_line: PastCall | None, with_contact: PastCall | None) -> PastCall | None:
    """Return the later one of the last call on a line and the last one that was logged with its contact, from whatever number.
    Where both are the same call, the logged one has the outcome."""
    if on_line is None or with_contact is None:
        return on_line or with_contact
    return on_line if on_line.start > with_contact.start else with_contact
