"""Look for a row once more, when no request that was given up can be carried out any more: of what has come twice only the oldest
stays, what was withdrawn is withdrawn again, and what an earlier correction has overwritten is written again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.delivery import certainty
from callerid.core.delivery.states import DeliveryState, Intent
from callerid.core.delivery.transitions import possible_others
from callerid.errors import CalleridError, NotFound, Refused
from callerid.logs import log
from callerid.models import EngagementKind, NewContact
from callerid.turns.delivery.side_by_side import answer_to
from callerid.turns.retry_on_conflict import change_delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Content, Delivery
    from callerid.crm.port import Crm
    from callerid.models import Engagement
    from callerid.turns.context import AppContext
    from callerid.turns.delivery.side_by_side import Steps


def look_last(app: AppContext, port: Crm, row: Delivery, clock: Callable[[], datetime]) -> Steps[int]:
    """Look for all that the CRM has of a row, put it right, and return how many rows have proved to be there: 0 or 1."""
    if not certainty.is_due(row, clock()):  # a clock that was ahead has set the time
        app.ledger.outbox.change(row, certainty.wait_again(row, clock()), clock())
        return 0
    try:
        return (yield from _correct(app, port, row, clock))
    except Refused as refused:
        log.warning("call %s: it cannot be looked for: %s", row.call_key, app.masked_text(refused.sentence))
        now = clock()
        change_delivery(app.ledger, row, lambda newest: _if_unchanged(row, newest, lambda same: certainty.certain(same, now)), now)
        return 0
    except CalleridError as fault:
        now, failed = clock(), fault
        change_delivery(app.ledger, row, lambda newest: certainty.check_failed(newest, failed, now), now)
        raise


def _correct(app: AppContext, port: Crm, row: Delivery, clock: Callable[[], datetime]) -> Steps[int]:
    ids = yield from answer_to(port, lambda: _all_ids(port, row))
    kept = certainty.kept(row, ids)
    if kept and kept != row.remote_id:  # stored before another is withdrawn: whoever goes on after a crash must know this one
        log.info("call %s: is in the CRM by an earlier request", row.call_key)
        adopted = change_delivery(
            app.ledger, row, lambda newest: _if_unchanged(row, newest, lambda same: certainty.adopted(same, kept)), clock()
        )
        if adopted is None:
            return 0
        has_arrived, row = not row.remote_id, adopted
    else:
        has_arrived = False
    for twin in ids:
        if twin != kept:
            yield from answer_to(port, lambda twin=twin: _withdraw(port, row, twin))  # type: ignore[misc]
            log.info("call %s: what a late request has brought is withdrawn", row.call_key)
    if row.remote_id and not kept and row.intent is Intent.KEEP and not isinstance(row.content, NewContact):
        now = clock()
        change_delivery(
            app.ledger, row, lambda newest: _if_unchanged(row, newest, lambda same: certainty.deleted_late(same, now)), now
        )
        return 0
    late = engagements(certainty.late_contents(row))
    content = row.content
    if kept and late and not isinstance(content, NewContact):
        yield from _rewrite(app, port, row, lambda: port.update(kept, content, late), clock)
    else:
        now = clock()
        change_delivery(app.ledger, row, lambda newest: _if_unchanged(row, newest, lambda same: certainty.certain(same, now)), now)
    return int(has_arrived)


def _rewrite(app: AppContext, port: Crm, row: Delivery, write: Callable[[], None], clock: Callable[[], datetime]) -> Steps[None]:
    """Write the newest answer over what may have come late."""
    now = clock()
    begun = change_delivery(
        app.ledger, row, lambda newest: _if_unchanged(row, newest, lambda same: certainty.before_rewriting(same, now)), now
    )
    if begun is None:
        return
    yield from answer_to(port, write)
    done = clock()
    change_delivery(
        app.ledger, begun, lambda newest: _if_unchanged(begun, newest, lambda same: certainty.rewritten(same, row, done)), done
    )


def engagements(contents: Sequence[Content]) -> tuple[Engagement, ...]:
    """Return those contents that are calls or tasks."""
    return tuple(content for content in contents if not isinstance(content, NewContact))


def _all_ids(port: Crm, row: Delivery) -> tuple[str, ...]:
    content = row.content
    if not isinstance(content, NewContact):
        return port.find_all((content, *engagements(possible_others(row, content))), row.remote_id)
    if row.state is not DeliveryState.DELIVERED or not row.remote_id:
        return ()  # it is looked for before it is added, and nothing is known of it by which another could be told from it
    return (row.remote_id, *port.twins(content, row.remote_id))


def _withdraw(port: Crm, row: Delivery, remote_id: str) -> None:
    try:
        if isinstance(row.content, NewContact):
            port.withdraw_contact(remote_id)
        else:
            port.withdraw(EngagementKind(row.kind.value), remote_id)
    except NotFound:
        return


def _if_unchanged(row: Delivery, newest: Delivery, change: Callable[[Delivery], Delivery]) -> Delivery | None:
    """Return a row after a change; None, so that it is looked for again, if the person has changed it since it was read."""
    is_same = (newest.revision, newest.state, newest.intent) == (row.revision, row.state, row.intent)
    return change(newest) if is_same else None
