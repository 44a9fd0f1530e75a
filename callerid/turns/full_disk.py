"""A full disk: what a person said gets the reserved space, one notification says what is wrong, and the next process that finds
room reserves it again."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeVar

from callerid.core.upkeep.health import Source
from callerid.errors import DiskFull, PhoneFault
from callerid.logs import log
from callerid.messages import message
from callerid.store.reserve import Reserve, has_room

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.catalogue import Catalogue
    from callerid.core.upkeep.troubles import Trouble
    from callerid.paths import Paths
    from callerid.phone.termux import Termux
    from callerid.turns.context import AppContext

T = TypeVar("T")

NOTIFICATION = "callerid-disk"
_SENTENCE = message("The phone is full: what was tapped is kept, and goes on when there is room.")
_REMEDY = message("Free some space; see how much there is: df -h")


def with_reserve(app: AppContext, store: Callable[[], T]) -> T:
    """Return what `store` returns, which stores what a person said. If there is no room, give the reserved space back, and store it
    once more. Raise DiskFull if that is not enough."""
    try:
        return store()
    except DiskFull as fault:
        log.debug("%s", fault)
        app.ledger.reuse_journal()
        if not Reserve(app.paths.reserve).give_back():
            raise
        return store()


def keep_reserve(paths: Paths, termux: Termux) -> bool:
    """Reserve the space if it is not, and there is room; return whether the phone was found full before and is not any more. The
    notification that said so is then removed."""
    reserve = Reserve(paths.reserve)
    was_full = reserve.is_wanting
    with contextlib.suppress(OSError):
        if (was_full and not has_room(paths.ledger.parent)) or not reserve.keep() or not was_full:
            return False
    log.info("there is room on the phone again")
    with contextlib.suppress(PhoneFault):
        termux.remove_notification(NOTIFICATION)
    return True


def full_disk_trouble(paths: Paths) -> Trouble | None:
    """Return the trouble that the phone was found full and not yet found to have room again; None otherwise."""
    since = Reserve(paths.reserve).wanting_since
    if since is None:
        return None
    from callerid.core.upkeep.troubles import Trouble

    return Trouble(source=Source.DISK, since=since, sentence=_SENTENCE, remedy=_REMEDY)


def report_full_disk(paths: Paths, termux: Termux, texts: Catalogue) -> None:
    """Say once, to the person and in the log, that the phone is full. Nothing is stored for that."""
    from callerid.models import Notification

    Reserve(paths.reserve).mark_full()
    log.warning("%s %s", _SENTENCE, _REMEDY)
    said = Notification(id=NOTIFICATION, title=texts.say("disk.full"), body=texts.say("disk.free"), urgent=True, alert_once=True)
    with contextlib.suppress(PhoneFault):
        termux.notify_without_actions(said)
