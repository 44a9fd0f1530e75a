"""What is on the simulated phone's screen, as values: from the state that the commands keep, or from an entry of the journal."""

from __future__ import annotations

from typing import Any

from callerid.records import dataclass
from callerid.simulator.phone.notifications import is_reply


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNotification:
    """A notification on the screen."""

    id: str
    title: str
    content: str
    buttons: tuple[str, ...]
    priority: str
    group: str
    replies: tuple[str, ...] = ()  # those of the buttons into which one types


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDialog:
    """The dialog on the screen."""

    id: int
    widget: str
    title: str
    labels: tuple[str, ...]
    hint: str


def notification_of(shown: dict[str, Any]) -> ShownNotification:
    """Return what a person sees of a notification in the state, or in the journal."""
    return ShownNotification(
        id=shown["id"],
        title=shown["title"],
        content=shown["content"],
        buttons=tuple(button["label"] for button in shown["buttons"]),
        priority=shown["priority"],
        group=shown["group"],
        replies=tuple(button["label"] for button in shown["buttons"] if is_reply(button)),
    )


def dialog_of(shown: dict[str, Any]) -> ShownDialog:
    """Return what a person sees of a dialog in the state, or in the journal."""
    return ShownDialog(
        id=shown["id"], widget=shown["widget"], title=shown["title"], labels=tuple(shown["labels"]), hint=shown["hint"]
    )
