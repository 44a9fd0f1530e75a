"""Maintain both databases, at the start and once a day: look whether they are whole, back the ledger up, and tell the person what
was restored."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import is_due
from callerid.core.upkeep.health import Source
from callerid.errors import DatabaseDamaged, StoreFault
from callerid.messages import message
from callerid.models import Notification
from callerid.store import journal
from callerid.store.damage import find_damage, opening
from callerid.store.ledger.backups import generations
from callerid.store.ledger.database import back_up, take_over_journal
from callerid.store.ledger.key_value import LAST_POLL
from callerid.store.ledger.outbox import RESTORED_AT
from callerid.store.ledger.replay.take_over import PUT_ASIDE, TOLD

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from callerid.turns.context import AppContext

EVERY = timedelta(days=1)
LAST_BACKUP = "last_backup"
_TOLD_FOR = timedelta(days=7)  # as long a restoration stays in `callerid status`
_BIG_JOURNAL = 2 * 1024 * 1024  # bytes
RESTORED = "callerid-restored"


def maintain_databases(app: AppContext, now: datetime) -> None:
    """Look whether both databases are whole, and back the ledger up if that is due. Raise DatabaseDamaged for one that is not. The
    mirror comes last: no fault of it keeps the ledger from being backed up."""
    _check(app.paths.ledger)
    take_over_journal(app.ledger, app.paths.ledger, app.paths.block_list_key, now)
    tell_restoration(app, now)
    _back_up_if_due(app, now)
    _check(app.paths.mirror)


def _check(path: Path) -> None:
    with opening(path):
        damage = find_damage(path) if path.exists() else ""
    if damage:
        raise DatabaseDamaged(message("{path} is damaged: {damage}.", path=path, damage=damage), path=path)


def _back_up_if_due(app: AppContext, now: datetime) -> None:
    path, last = app.paths.ledger, app.ledger.key_values.read_time(LAST_BACKUP)
    if app.ledger.key_values.read(LAST_POLL) is None:
        return  # a ledger without a look at the phone's log would take the calls until its restoration for earlier ones
    if generations(path)[0].exists() and not is_due(last, EVERY, now) and journal.size(path) < _BIG_JOURNAL:
        return
    try:
        back_up(app.ledger, path, now)
    except DatabaseDamaged:
        raise
    except StoreFault as fault:
        app.report(Source.BACKUP, fault, now)
        return
    app.ledger.key_values.write_time(LAST_BACKUP, now)
    app.report(Source.BACKUP, None, now)


def tell_restoration(app: AppContext, now: datetime) -> None:
    """Tell the person, once and by a notification, what a restoration of the ledger has kept and lost, and which journal was put
    aside; it stays in the status for a week."""
    restored_at = app.ledger.key_values.read_time(RESTORED_AT)
    told = [_tell(app, fact, title, now) for fact, title in ((TOLD, "ledger.restored"), (PUT_ASIDE, "ledger.put_aside"))]
    if not any(told) and restored_at and is_due(restored_at, _TOLD_FOR, now):
        app.report(Source.LEDGER, None, now)


def _tell(app: AppContext, fact: str, title: str, now: datetime) -> bool:
    """Tell the person a sentence that a fact has, and return whether there is one."""
    sentence = app.ledger.key_values.read(fact)
    if not sentence:
        return False
    if not any(trouble.sentence == sentence for trouble in app.ledger.key_values.troubles()):
        app.report(Source.LEDGER, StoreFault(sentence), now)
    card = RESTORED if fact == TOLD else f"{RESTORED}-{fact}"
    if app.show_card(Notification(id=card, title=app.texts.say(title), body=app.say(sentence)), now):
        app.ledger.key_values.write(fact, "")
    return True
