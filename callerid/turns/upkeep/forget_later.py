"""Somebody who is forgotten while there is no mirror to tell who that is: what the phone knows goes at once, the rest when a sync
has filled the mirror. So does what was left of somebody whom a process was forgetting when it was killed. Until then their numbers
and names are kept as keyed hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.errors import AlreadyRunning
from callerid.logs import log
from callerid.store.ledger.block_list import Kind as BlockKind
from callerid.store.ledger.key_value import CONTACTS_REGION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from callerid.turns.context import AppContext

_PENDING = (BlockKind.PENDING_LINE, BlockKind.PENDING_NAME)


def learn_what_is_left(app: AppContext, now: datetime) -> None:
    """While there is no mirror, read the phone's own contacts, which were in it: they tell names and numbers of a person."""
    from callerid.turns.ringing.phone_contacts import read_phone_contacts

    if app.mirror.facts().built_at is None:
        app.ledger.key_values.write(CONTACTS_REGION, "")  # they are to be read, however lately they were
        read_phone_contacts(app, now, stale=True)


def finish_forgetting(app: AppContext, now: datetime) -> None:
    """After a sync, forget what is left of those who were not forgotten everywhere. What cannot be done yet is left for the next
    one. Raise StoreFault."""
    block_list = app.ledger.block_list
    if not any(map(block_list.count, _PENDING)) or app.mirror.facts().built_at is None:
        return
    from callerid.turns.upkeep.forget import ForgetTarget, find, forget  # after a sync, hardly ever anybody waits

    # A name with a comma waited for no mirror: it is as written there. Copies may be left of somebody of whom nothing else is.
    targets = [find(app, who, as_written="," in who) for who in _found(app)] or [ForgetTarget()]
    try:
        faults = [fault for target in targets for fault in forget(app, target, now).faults]
    except AlreadyRunning:
        return
    for fault in faults:
        log.warning("%s", fault)
    if not faults:
        block_list.clear(_PENDING)
        log.info("those who were not forgotten everywhere are so now")


def _found(app: AppContext) -> tuple[str, ...]:
    """Return the lines and names, of the mirror or of calls, by which somebody is yet to be forgotten."""
    block_list, calls = app.ledger.block_list, app.ledger.calls.callers()
    lines = {*app.mirror.keys(), *(app.line_of(number) for number, _ in calls)}
    names = {*_names(app), *(name for _, name in calls)} if block_list.count(BlockKind.PENDING_NAME) else set()
    return (*block_list.among(BlockKind.PENDING_LINE, lines), *block_list.among(BlockKind.PENDING_NAME, names))


def _names(app: AppContext) -> Iterator[str]:
    """Return the names that a phone may show for each contact, whichever word comes first, also of a script that separates none,
    with their commas and without."""
    from callerid.turns.upkeep.forget import plain_name

    for contact in app.mirror.all_contacts():
        written = contact.first_name, contact.last_name
        for first, last in {written, (plain_name(written[0]), plain_name(written[1]))}:
            yield from filter(None, {f"{first} {last}".strip(), f"{last} {first}".strip(), f"{last}{first}"})
