"""A disk that takes no writes, because Linux has mounted it read-only after an error, or because permissions are gone: one
notification says so, and nothing can be stored about it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from callerid.core.upkeep.health import Source
from callerid.errors import PhoneFault
from callerid.logs import log
from callerid.messages import as_typed, message
from callerid.store.faults import WHEN_READ_ONLY, takes_no_writes

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.catalogue import Catalogue
    from callerid.core.upkeep.troubles import Trouble
    from callerid.errors import DiskReadOnly
    from callerid.paths import Paths
    from callerid.phone.termux import Termux

NOTIFICATION = "callerid-read-only"


def read_only_trouble(paths: Paths, now: datetime) -> Trouble | None:
    """Return the trouble that nothing may be written into the ledger's folder; None otherwise. Since when is stored nowhere."""
    folder = paths.ledger.parent
    if not takes_no_writes(folder):
        return None
    from callerid.core.upkeep.troubles import Trouble

    remedy = message(WHEN_READ_ONLY, folder=as_typed(folder))
    return Trouble(
        source=Source.DISK, since=now, sentence=message("Nothing can be written into {folder}.", folder=folder), remedy=remedy
    )


def report_read_only_disk(termux: Termux, texts: Catalogue, fault: DiskReadOnly) -> None:
    """Say once, to the person and in the log, that nothing can be written."""
    from callerid.models import Notification

    log.warning("%s %s", fault.sentence, fault.remedy)
    title, body = texts.say("disk.read_only"), texts.say("disk.restart")
    with contextlib.suppress(PhoneFault):
        termux.notify_without_actions(Notification(id=NOTIFICATION, title=title, body=body, urgent=True, alert_once=True))


def end_read_only_report(termux: Termux) -> None:
    """Take the notification away, and log that the disk can be written again."""
    log.info("the disk can be written again")
    with contextlib.suppress(PhoneFault):
        termux.remove_notification(NOTIFICATION)
