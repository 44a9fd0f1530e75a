"""A row of the outbox: what is to be delivered to the CRM, and how far that is.

HubSpot has no idempotency key. So the intention to post is stored before the post; whoever finds such a row later looks in the
CRM for our own id before posting again, and posts only when two look-ups, the second long enough after the post, have found
nothing. Even that is no proof: HubSpot has been seen to carry out a request minutes after its connection was given up. So such a
row is looked for once more when the latest such time is over, whatever became of it meanwhile: `certain_at`. What is done next with
a row is in `next_move`, what an attempt's end means for it in `transitions`, and in `certainty` what the last look does.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from callerid.core.delivery.retry_policy import Attempts
from callerid.core.delivery.states import SETTLED, DeliveryState, Intent, Kind
from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.backoff import Deadline
    from callerid.models import CallEngagement, NewContact, TaskEngagement

    Content = CallEngagement | TaskEngagement | NewContact


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row of the outbox.

    `revision` counts how often the content was changed; `posted_revision` is the one that the newest request carried. `posted` is
    what the newest post carried, by which the CRM knows the row until it is changed there; None in a row of an earlier version,
    and then it is `content`. `unconfirmed` are the contents of changes whose outcome is not known: each may be in the CRM, whole
    or in part. While a row waits for certainty, `unconfirmed` also has what a late request may still bring.
    """

    id: int
    call_key: str  # "" for a contact that was added without a call
    content: Content
    posted: Content | None = None
    unconfirmed: tuple[Content, ...] = ()
    withdrawal_begun: bool = False  # we have begun to delete it in the CRM, and do not know the outcome
    kind: Kind = Kind.CALL
    state: DeliveryState
    intent: Intent = Intent.KEEP
    revision: int = 0
    posted_revision: int = 0
    attempts: Attempts = field(default_factory=Attempts)
    posted_at: datetime | None = None
    not_before: Deadline | None = None
    remote_id: str = ""
    fault: str = ""
    certain_at: Deadline | None = None  # the next look for what a request that was given up may bring; None: nothing can come
    unreported: bool = False  # it was refused, no card of a call says so, and no notification has said so yet


def posted_content(row: Delivery) -> Content:
    """Return as what a row's post, if it arrived, is in the CRM, whatever the person has answered since."""
    return row.posted or row.content


def possible_contents(row: Delivery) -> tuple[Content, ...]:
    """Return what the CRM may have of a row that is in it; () when that is not known.

    A field that is the same in all of these and in the content wanted now need not be changed.
    """
    return (row.posted, *row.unconfirmed) if row.posted else ()


def may_be_in_crm(row: Delivery) -> bool:
    """Return whether a row's content is in the CRM, or may be or come there."""
    may_arrive = row.state is DeliveryState.WAITING and row.certain_at is not None
    return bool(row.remote_id) or row.state is DeliveryState.UNSURE or may_arrive


def is_settled(row: Delivery) -> bool:
    """Return whether there is nothing to be done with a row any more, as long as nobody changes it, but perhaps a last look."""
    return row.state in SETTLED


def is_failing(row: Delivery) -> bool:
    """Return whether the CRM has failed at the latest attempts to deliver a row."""
    return bool(row.attempts.failures or row.attempts.lost)
