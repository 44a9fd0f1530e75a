"""A note was typed into a call's notification: log the call with it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.followup.conversation import answers_so_far, ends_with_lines
from callerid.core.followup.outcomes import likely_outcome
from callerid.core.followup.questions import Question
from callerid.core.followup.states import AWAITING_ANSWER, State
from callerid.logs import log
from callerid.models import Notification
from callerid.turns.facts import turn_facts
from callerid.turns.followup import inline_reply
from callerid.turns.inbox.quick_log import quick_log
from callerid.turns.note_cards import note_card_id
from callerid.turns.retry_on_conflict import retry_on_conflict
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.followup.state import FollowUp
    from callerid.core.inbox_events import Reply
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts

_LAST_REPLY = "last_reply"  # in the key values: the token of the card into which a note was typed last


def receive_reply(app: AppContext, reply: Reply, now: datetime) -> Wake:
    """Log a call with the note that was typed into its notification, which Android has removed by then. A note for a call that does
    not await an answer any more is shown again, so that it is not lost."""

    def read() -> FollowUp | None:
        followup = app.ledger.calls.by_token(reply.token)
        return followup if followup and followup.state in AWAITING_ANSWER else None

    def store(followup: FollowUp) -> Wake | None:
        inline_reply.release(app.ledger, followup.call.key, now)
        log.info("call %s: a note was typed", followup.call.key)
        app.ledger.key_values.write(_LAST_REPLY, reply.token)
        return _log_with_note(app, followup, reply.text, turn_facts(app, now))

    wake = retry_on_conflict(read, store, "a typed note")
    is_forgotten = app.ledger.block_list.has_token(reply.token)
    if wake is None and not is_forgotten and not _is_stored(app.ledger, reply):
        _show_unused_note(app, reply, now)
    return wake or Wake(attend=True)


def _log_with_note(app: AppContext, followup: FollowUp, note: str, facts: TurnFacts) -> Wake | None:
    if note:
        outcome = dict(answers_so_far(followup)).get(Question.OUTCOME, likely_outcome(followup.call).value)
        return quick_log(app, followup, outcome, _with_earlier_note(followup, note), facts)
    shown_again = app.ledger.calls.change(followup, replace(followup, state=State.OPEN), facts.now)
    return Wake(attend=True) if shown_again else None


def _with_earlier_note(followup: FollowUp, note: str) -> str:
    """Return a typed note after the one that was left in a dialog. The same reply may be received twice, and is added once."""
    earlier = dict(answers_so_far(followup)).get(Question.NOTE, "")
    return earlier if ends_with_lines(earlier, note) else f"{earlier}\n{note}".strip()


def _is_stored(ledger: Ledger, reply: Reply) -> bool:
    """Return whether a note was stored already, by a process that died before it removed the event's file."""
    if ledger.key_values.read(_LAST_REPLY) != reply.token:
        return False
    notes = (getattr(row.content, "note", "") for row in ledger.outbox.all(settled=True))
    return any(ends_with_lines(note, reply.text) for note in notes)


def _show_unused_note(app: AppContext, reply: Reply, now: datetime) -> None:
    log.info("a note was typed into a card that is gone")
    notification_id = note_card_id(app.ledger, "", secrets.token_hex(4))  # its token is of a question that is over
    app.show_card(Notification(id=notification_id, title=app.texts.say("status.note_unused"), body=reply.text), now)
