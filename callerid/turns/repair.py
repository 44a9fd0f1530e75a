"""Go on after damage of a database: the mirror is put aside and filled again, the ledger is restored from its backups."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeVar

from callerid.core.upkeep.health import Source
from callerid.errors import DatabaseDamaged, StoreFault
from callerid.store.ledger.database import restore_ledger
from callerid.store.ledger.key_value import CONTACTS_REGION
from callerid.turns.context import log

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.turns.context import AppContext

T = TypeVar("T")


def repair(app: AppContext, fault: DatabaseDamaged, now: datetime) -> bool:
    """Repair the database that a fault is about, and return whether this context can be used on. It cannot when it was the
    ledger: the context is then to be closed and opened anew. Raise StoreFault."""
    if fault.path == app.paths.mirror:
        return app.mirror.file.replace_if_damaged(fault)
    sentence = restore_ledger(app.paths.ledger, app.paths.block_list_key, now)
    if sentence:
        log.warning("%s", sentence)
    return False


def retry_if_damaged(app: AppContext, turn: Callable[[], T], now: datetime) -> T:
    """Take a turn; when it meets a damaged mirror, once more with an empty one in its place. Raise as the turn does."""
    try:
        return turn()
    except DatabaseDamaged as fault:
        if not repair(app, fault, now):
            raise
    return turn()


def report_replaced_mirror(app: AppContext, now: datetime) -> bool:
    """Report, once, that this context has put the mirror aside, and return whether it has. A sync is then due, and the phone's own
    contacts, which were in it, are to be read."""
    with contextlib.suppress(StoreFault):
        app.mirror.file.notice_replaced()
        if app.mirror.file.is_open:
            app.mirror.facts()  # notices one that was emptied
    sentence, app.mirror.file.replacement = app.mirror.file.replacement, ""
    if not sentence:
        return False
    with contextlib.suppress(StoreFault):
        app.ledger.key_values.write(CONTACTS_REGION, "")
    if app.mirror.facts().built_at:
        log.warning("%s It was put aside and has been filled again.", sentence)
        return False
    fault = StoreFault(
        f"{sentence} Until the next sync has filled it, cards show numbers only.", remedy="To fill it now, type: callerid sync"
    )
    with contextlib.suppress(StoreFault):  # a ledger that cannot be written reports itself
        app.report(Source.MIRROR, fault, now)
    return True
