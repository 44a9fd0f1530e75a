"""What is out of order: one line in the log when a source breaks and one when it recovers, however often it is tried."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.messages import message

if TYPE_CHECKING:
    from datetime import datetime


class Source(StrEnum):
    """The sources and effects whose health `callerid status` shows."""

    CALL_LOG = "call log"
    NOTIFICATIONS = "notifications"
    RINGS = "rings"  # whether the senses still hear
    STREAM = "stream"
    TELEPHONY = "telephony"
    NOTIFICATION_LIST = "notification list"
    PHONE_CONTACTS = "phone contacts"
    DIALOGS = "dialogs"
    CALL_BACK = "call back"  # placing a call
    SYNC = "sync"
    OWNER = "owner"  # the setting crm.owner
    DELIVERY = "delivery"
    SETTINGS = "settings"
    DISK = "disk"
    LEDGER = "ledger"
    BACKUP = "backup"
    BLOCK_LIST = "block list"  # whom the person ignores, and who is forgotten
    MIRROR = "mirror"
    RING_HOOK = "hooks.ring"
    MISSED_HOOK = "hooks.missed"
    LOGGED_HOOK = "hooks.logged"


SOURCE_NAMES = {
    Source.CALL_LOG: message("call log"),
    Source.NOTIFICATIONS: message("notifications"),
    Source.RINGS: message("rings"),
    Source.STREAM: message("stream"),
    Source.TELEPHONY: message("telephony"),
    Source.NOTIFICATION_LIST: message("notification list"),
    Source.PHONE_CONTACTS: message("phone contacts"),
    Source.DIALOGS: message("dialogs"),
    Source.CALL_BACK: message("call back"),
    Source.SYNC: message("sync"),
    Source.OWNER: message("owner"),
    Source.DELIVERY: message("delivery"),
    Source.SETTINGS: message("settings"),
    Source.DISK: message("disk"),
    Source.LEDGER: message("ledger"),
    Source.BACKUP: message("backup"),
    Source.MIRROR: message("mirror"),
    Source.BLOCK_LIST: message("block list"),
    Source.RING_HOOK: Source.RING_HOOK.value,
    Source.MISSED_HOOK: Source.MISSED_HOOK.value,
    Source.LOGGED_HOOK: Source.LOGGED_HOOK.value,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A source that does not work: since when (UTC), why, and with which remedy."""

    source: Source
    since: datetime
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The trouble to be stored (None: the source works) and the line for the log."""

    trouble: Trouble | None
    line: str


def change(source: Source, before: Trouble | None, fault: tuple[str, str] | None, now: datetime) -> Change | None:
    """Return what changed for a source, from its stored trouble and its newest result (None, or sentence and remedy)."""
    if fault is None:
        return None if before is None else Change(trouble=None, line=f"{source}: works again")
    sentence, remedy = fault
    if before and before.sentence == sentence:
        return None
    since = before.since if before else now
    trouble = Trouble(source=source, since=since, sentence=sentence, remedy=remedy)
    return Change(trouble=trouble, line=f"{source}: {sentence} {remedy}".rstrip())
