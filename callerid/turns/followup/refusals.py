"""Refused tasks and contacts -> notifications. A refused call is shown on its own card, and so is its refused caller; a task has no
card, and neither has a contact for which no call waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.delivery.states import Kind
from callerid.core.followup.next_step import RETRY_CARD_AFTER
from callerid.core.followup.states import State
from callerid.models import NewContact, Notification
from callerid.models.name_order import in_order
from callerid.translation import in_language
from callerid.turns.context import quiet_until
from callerid.turns.followup.record_answer import contact_delivery

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from callerid.catalogue import Catalogue
    from callerid.config.settings import Config
    from callerid.core.delivery.outbox_row import Content, Delivery
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts


def notify_refusals(app: AppContext, facts: TurnFacts) -> Iterator[datetime]:
    """Show what was refused and not reported yet, except in quiet hours; remove the notifications of refusals that hold no longer;
    return the times (UTC) at which this is due again."""
    now, quiet_end = facts.now, quiet_until(app.config, facts.local)
    for row in app.ledger.outbox.outdated_refusals():
        if not _remove(app, row, now):
            yield now + RETRY_CARD_AFTER
    for row in app.ledger.outbox.unreported_refusals():
        has_card = _is_on_call_card(app.ledger, row)
        if quiet_end and not has_card:
            yield quiet_end
        elif has_card or _show(app, row, now):
            app.ledger.outbox.mark_reported(row)
        else:
            yield now + RETRY_CARD_AFTER


def _is_on_call_card(ledger: Ledger, row: Delivery) -> bool:
    """Return whether the card of a call shows that its caller was refused."""
    if row.kind is not Kind.CONTACT:
        return False
    calls = ledger.calls.in_state(State.ADDING, State.DEAD)
    contacts = (contact_delivery(ledger, followup) for followup in calls)
    return any(contact and contact.id == row.id for contact in contacts)


def _remove(app: AppContext, row: Delivery, now: datetime) -> bool:
    if not app.remove_card(_notification_id(row), now):
        return False
    app.ledger.outbox.mark_shown(row, out=False)
    return True


def _show(app: AppContext, row: Delivery, now: datetime) -> bool:
    if not app.ledger.outbox.mark_shown(row, out=True):
        return True  # changed or forgotten in the meantime
    is_shown = app.show_card(_notification(app.config, app.texts, row), now)
    if app.ledger.outbox.by_id(row.id) is None:
        app.remove_card(_notification_id(row), now)  # forgotten in the meantime
    return is_shown


def _notification(config: Config, texts: Catalogue, row: Delivery) -> Notification:
    title = texts.say("status.change_refused" if row.remote_id else "status.not_in_crm", name=_subject(config, texts, row.content))
    return Notification(id=_notification_id(row), title=title, body=in_language(row.fault, texts.language))


def _subject(config: Config, texts: Catalogue, content: Content) -> str:
    say, shows_names = texts.say, config.privacy.lock_screen == "names"
    if not isinstance(content, NewContact):
        return content.title if shows_names else say("status.the_task")
    name = in_order(content.first_name, content.last_name)
    return name if shows_names and name else say("status.the_contact")


def _notification_id(row: Delivery) -> str:
    return f"callerid-dead-{row.id}"
