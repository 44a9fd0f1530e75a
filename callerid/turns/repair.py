"""Go on after damage of a database: the mirror is put aside and filled again, the ledger is restored from its backups."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeVar

from callerid.core.upkeep.health import Source
from callerid.errors import DatabaseDamaged, StoreFault
from callerid.logs import log
from callerid.messages import message
from callerid.store.derived_file import what_became_of
from callerid.store.ledger.database import restore_ledger
from callerid.store.ledger.key_value import CONTACTS_REGION, MIRROR_FILLED

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


def note_filled_mirror(app: AppContext) -> None:
    """Record that the mirror is filled, so that it is noticed when it is empty again, whoever has opened it first since then."""
    if app.ledger.key_values.read(MIRROR_FILLED) != "1":
        app.ledger.key_values.write(MIRROR_FILLED, "1")


def report_replaced_mirror(app: AppContext, now: datetime) -> bool:
    """Report, once, that the mirror was put aside, deleted or emptied, and return whether it was. A sync is then due, and the
    phone's own contacts, which were in it, are to be read."""
    file, sentence = app.mirror.file, ""
    with contextlib.suppress(StoreFault):
        file.notice_replaced()
        if file.is_open and _is_lost(app):
            sentence = what_became_of(file.path, message("{path} was deleted or emptied.", path=file.path))
    sentence, file.replacement = file.replacement or sentence, ""
    if not sentence:
        return False
    with contextlib.suppress(StoreFault):
        app.ledger.key_values.write(CONTACTS_REGION, "")
    if app.mirror.facts().built_at:
        log.warning("%s", message("{sentence} It was put aside and has been filled again.", sentence=sentence))
        return False
    fault = StoreFault(
        message("{sentence} Until the next sync has filled it, cards show numbers only.", sentence=sentence),
        remedy=message("To fill it now, type: callerid sync"),
    )
    with contextlib.suppress(StoreFault):  # a ledger that cannot be written reports itself
        app.report(Source.MIRROR, fault, now)
        app.ledger.key_values.write(MIRROR_FILLED, "")
    return True


def _is_lost(app: AppContext) -> bool:
    """Return whether the mirror is empty that a sync had filled. Nobody may have seen its file go: a new one is created by whoever
    reads it first, even if it was not open before. Raise StoreFault."""
    return app.mirror.facts().built_at is None and app.ledger.key_values.read(MIRROR_FILLED) == "1"
