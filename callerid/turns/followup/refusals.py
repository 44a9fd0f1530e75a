"""Refused tasks and contacts -> notifications. A call that was refused says so on its own card, and that its caller was; a task
has none, and neither has a contact that no call waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.delivery.outbox_row import Kind
from callerid.core.followup.next_step import RETRY_CARD_AFTER
from callerid.core.followup.state import State
from callerid.models import NewContact, Notification
from callerid.turns.context import quiet_until
from callerid.turns.followup.record_answer import adding_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Content, Delivery
    from callerid.turns.context import AppContext, TurnFacts


def notify_refusals(app: AppContext, facts: TurnFacts) -> Iterator[datetime]:
    """Tell of what was refused and nobody has been told of, once the quiet hours are over, take away what tells of a refusal that
    is none any more, and return when to look again."""
    now, until = facts.now, quiet_until(app.config, facts.local)
    for row in app.ledger.outbox.outdated_refusals():
        if not _taken_away(app, row, now):
            yield now + RETRY_CARD_AFTER
    for row in app.ledger.outbox.unreported_refusals():
        has_card = _has_card(app, row)
        if until and not has_card:
            yield until
        elif has_card or _shown(app, row, now):
            app.ledger.outbox.mark_reported(row)
        else:
            yield now + RETRY_CARD_AFTER


def _has_card(app: AppContext, row: Delivery) -> bool:
    """Does the card of a call tell that its caller was refused?"""
    if row.kind is not Kind.CONTACT:
        return False
    waiting = app.ledger.calls.in_state(State.ADDING, State.DEAD)
    return any(adding and adding.id == row.id for adding in (adding_of(app, followup) for followup in waiting))


def _taken_away(app: AppContext, row: Delivery, now: datetime) -> bool:
    if not app.remove_card(_refusal_id(row), now):
        return False
    app.ledger.outbox.mark_shown(row, out=False)
    return True


def _shown(app: AppContext, row: Delivery, now: datetime) -> bool:
    if not app.ledger.outbox.mark_shown(row, out=True):
        return True  # it has changed meanwhile, or was forgotten
    return app.show_card(_notification(app, row), now)


def _notification(app: AppContext, row: Delivery) -> Notification:
    title = app.texts.say("status.change_refused" if row.remote_id else "status.not_in_crm", name=_named(app, row.content))
    return Notification(id=_refusal_id(row), title=title, body=row.fault)


def _named(app: AppContext, content: Content) -> str:
    say, is_open = app.texts.say, app.config.privacy.lock_screen == "names"
    if not isinstance(content, NewContact):
        return content.title if is_open else say("status.the_task")
    name = say("name.full", first=content.first_name, last=content.last_name).strip()
    return name if is_open and name else say("status.the_contact")


def _refusal_id(row: Delivery) -> str:
    return f"callerid-dead-{row.id}"
