"""What is on the simulated phone's screen, as values: from the state that the commands keep, or from an entry of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from callerid.simulator.phone.notifications import is_reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A notification on the screen."""

    id: str
    title: str
    content: str
    buttons: tuple[str, ...]
    priority: str
    group: str
    replies: tuple[str, ...] = ()  # those of the buttons into which one types


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The dialog on the screen."""

    id: int
    widget: str
    title: str
    labels: tuple[str, ...]
    hint: str


def notification_of(said: dict[str, Any]) -> Shown:
    """Given what termux-notification left, return what a person sees of it."""
    return Shown(
        id=said["id"],
        title=said["title"],
        content=said["content"],
        buttons=tuple(button["label"] for button in said["buttons"]),
        priority=said["priority"],
        group=said["group"],
        replies=tuple(button["label"] for button in said["buttons"] if is_reply(button)),
    )


def dialog_of(said: dict[str, Any]) -> Asked:
    """Given what termux-dialog left, return what a person sees of it."""
    return Asked(id=said["id"], widget=said["widget"], title=said["title"], labels=tuple(said["labels"]), hint=said["hint"])
