"""Cards on the screen that name somebody who is forgotten: they go, and those that are about others too come again without the
name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.followup.states import State
from callerid.records import dataclass
from callerid.turns.followup import inline_reply
from callerid.turns.followup.attend import attend
from callerid.turns.ringing.resolve_caller import resolve_call, resolve_caller

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from callerid.core.callers.resolve import Resolution
    from callerid.core.followup.state import FollowUp
    from callerid.core.ringing.card_lifecycle import RingCard
    from callerid.store.erase import ErasedCalls
    from callerid.turns.context import AppContext


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsNaming:
    """The cards that may name a person: of calls and rings that may have been theirs, for all that is known."""

    followups: tuple[FollowUp, ...]
    rings: tuple[RingCard, ...]

    @property
    def batches(self) -> frozenset[str]:
        """The names of the batches whose cards may name them."""
        return frozenset(followup.batch for followup in self.followups if followup.state is State.GATHERED)


def cards_naming(app: AppContext, contacts: Collection[str]) -> CardsNaming:
    """Return the cards on the screen that may name one of some contacts (ids), while the mirror has them."""

    def names(resolution: Resolution) -> bool:
        return any(candidate.id in contacts for candidate in resolution.candidates)

    if not contacts:
        return CardsNaming(followups=(), rings=())
    active = (followup for followup in app.ledger.calls.active() if followup.notification_shown or followup.state is State.GATHERED)
    return CardsNaming(
        followups=tuple(followup for followup in active if names(resolve_call(app, followup))),
        rings=tuple(card for card in app.ledger.rings.open_cards() if names(resolve_caller(app, card.number, card.name))),
    )


def renew_cards(app: AppContext, naming: CardsNaming, deleted: ErasedCalls, now: datetime) -> None:
    """Remove the cards about what was erased and those that name the person, and show again what they asked about others."""
    holder = inline_reply.holder(app.ledger)
    if holder in deleted.keys:
        inline_reply.release(app.ledger, holder, now)
    shown = {followup.notification_id for followup in naming.followups if followup.notification_shown}
    rings = {card.notification_id for card in naming.rings}
    batches = {batch.notification_id for batch in app.ledger.batches.all() if batch.name in naming.batches}
    for notification in sorted({*deleted.notifications, *shown, *rings, *batches}):
        app.remove_card(notification, now)
    for card in naming.rings:
        app.ledger.rings.close(card)
    for name in naming.batches:
        app.ledger.batches.show_again(name)
    if shown:
        app.ledger.calls.show_again()
    if deleted.keys or shown or batches:
        attend(app, now)
