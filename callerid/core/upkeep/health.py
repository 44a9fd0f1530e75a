"""What can be out of order."""

from __future__ import annotations

from enum import StrEnum

from callerid.messages import message


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
    ADDRESS_BOOK = "address book"  # the one that the settings name
    RING_HOOK = "hooks.ring"
    MISSED_HOOK = "hooks.missed"
    LOGGED_HOOK = "hooks.logged"


HOOKS = {"ring": Source.RING_HOOK, "missed": Source.MISSED_HOOK, "logged": Source.LOGGED_HOOK}  # by the events that they tell of

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
    Source.ADDRESS_BOOK: message("address book"),
    Source.RING_HOOK: Source.RING_HOOK.value,
    Source.MISSED_HOOK: Source.MISSED_HOOK.value,
    Source.LOGGED_HOOK: Source.LOGGED_HOOK.value,
}
