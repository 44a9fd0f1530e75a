"""The cards on the screen, as a person tells them apart: by how their titles begin."""

from __future__ import annotations

from enum import StrEnum


class CardKind(StrEnum):
    """What a card is about."""

    ASKS = "asks"
    MISSED = "missed"
    OFFERS = "offers"  # to add the caller
    QUESTION = "question"  # asks what a dialog would
    STATUS = "status"
    WITHDRAWN = "withdrawn"  # says that nothing is logged, or will not be when the CRM has been told, and asks nothing
    DEAD = "dead"


_BEGINNINGS = {
    "Log call with": CardKind.ASKS,
    "Missed": CardKind.MISSED,
    "Add ": CardKind.OFFERS,
    "Call with": CardKind.QUESTION,
    "Which deal?": CardKind.QUESTION,
    "Follow up?": CardKind.QUESTION,
    "On its way": CardKind.STATUS,
    "Logged:": CardKind.STATUS,
    "To be withdrawn": CardKind.WITHDRAWN,
    "Undone, not logged:": CardKind.WITHDRAWN,
    "Not logged:": CardKind.DEAD,
}
ASKING = frozenset({CardKind.ASKS, CardKind.MISSED, CardKind.OFFERS, CardKind.QUESTION})


def kind_of(title: str) -> CardKind | None:
    """Return what a card with this title is about; None for a card that is not of one call."""
    return next((kind for begins, kind in _BEGINNINGS.items() if title.startswith(begins)), None)
