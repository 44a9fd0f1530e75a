"""Taps on our notifications, and what was typed into them. A token names one live notification: an old one changes nothing."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.backoff import Deadline
from callerid.core.followup import cards
from callerid.core.followup.conversation import answers_so_far, dialog_answers, ends_with_lines, initial_draft, merged
from callerid.core.followup.outcomes import likely_outcome
from callerid.core.followup.questions import Question
from callerid.core.followup.state import AWAITING_ANSWER, EVENING_BATCH, REFUSED, CardStatus, FollowUp, State
from callerid.core.hours import next_evening, snooze_until
from callerid.core.upkeep.health import Source
from callerid.errors import PhoneFault
from callerid.models import Notification, Outcome
from callerid.turns.context import log, turn_facts
from callerid.turns.followup import inline_reply
from callerid.turns.followup.conversation import answer_without_asking
from callerid.turns.followup.dialogs_as_cards import answer_by_button
from callerid.turns.followup.record_answer import record_answer
from callerid.turns.followup.situation import read_situation
from callerid.turns.followup.withdraw import discard_refused_change, retry_refused, withdraw
from callerid.turns.inbox.batch_taps import receive_batch_tap
from callerid.turns.inbox.view_contact import open_chosen_contact, open_contact, open_contact_and_settle, restore_card
from callerid.turns.retry_on_conflict import retry_on_conflict
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.inbox_events import Reply, Tap
    from callerid.turns.context import AppContext, TurnFacts

    _Does = Callable[[AppContext, FollowUp, TurnFacts], Wake | None]

_LAST_REPLY = "last_reply"  # in the notebook: the token of the card into which a note was typed last
_SPANS = {"quarter": timedelta(minutes=15), "hour": timedelta(hours=1)}


def receive_tap(app: AppContext, tap: Tap, now: datetime) -> Wake:
    """Do what a receive_tap button says, if its token is that of a live notification."""
    facts = turn_facts(app, now)
    batch = app.ledger.batches.of_token(tap.token)
    if batch:
        return receive_batch_tap(app, batch, tap.word, facts)

    def read() -> FollowUp | None:
        followup = app.ledger.calls.followup_of_token(tap.token)
        if followup is None:
            log.info("tap %r on a notification that is no longer live", tap.word)
        return followup

    def do(followup: FollowUp) -> Wake | None:
        log.info("call %s: tap %r", followup.call.key, tap.word)
        return _do(app, followup, tap.word, facts)

    return retry_on_conflict(read, do, f"tap {tap.word!r}") or Wake(attend=True)


def _do(app: AppContext, followup: FollowUp, word: str, facts: TurnFacts) -> Wake | None:
    """Do what a word says; None when somebody has changed the follow-up since it was read, and nothing was done."""
    if word.startswith(("pick-", "more-")):
        return answer_by_button(app, followup, word, facts)
    if word.startswith(("view-", "whom-")) and followup.state in AWAITING_ANSWER:
        return open_chosen_contact(app, followup, word, facts)
    does = (_ASKED if followup.state in AWAITING_ANSWER else _ANSWERED).get(word)
    if does is None:
        log.info("call %s: tap %r means nothing now", followup.call.key, word)
        return Wake(attend=True)
    return does(app, followup, facts)


def _seen(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake:
    return open_contact_and_settle(app, followup, facts, lambda newest, reason: _settle(app, newest, reason, facts.now))


def _dismiss(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake | None:
    people = read_situation(app, followup, facts).resolution.candidates
    if people:
        done = _settle(app, followup, "swiped away", facts.now)
    else:  # it was offered to add them; the swipe, or "No", says that they are nobody for the CRM
        after = replace(followup, state=State.NOT_IN_CRM, reason="not to be added", token="", late_match_settled=False)
        done = app.ledger.calls.change(followup, after, facts.now)
    return Wake(attend=True) if done else None


def _settle(app: AppContext, followup: FollowUp, reason: str, now: datetime) -> FollowUp | None:
    """The touch has taken the notification away already, unless it is just being shown: then it is taken away after that."""
    is_being_shown = followup.state is State.OPEN
    gone = replace(followup, state=State.DISMISSED, reason=reason, token="", notification_shown=is_being_shown)
    return app.ledger.calls.change(followup, gone, now)


def _call_back(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake:
    number = numbers.dialable(followup.call.number)
    if number is None:
        log.warning("call %s: its number cannot be dialled", followup.call.key)
        return Wake()
    try:
        app.termux.telephony_call(number)
    except PhoneFault as fault:
        app.report(Source.NOTIFICATIONS, fault, facts.now)
    return Wake(call_under_way=True)


def _connected(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake | None:
    return _quick(app, followup, Outcome.CONNECTED, "", facts)


def _guess(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake | None:
    return _quick(app, followup, likely_outcome(followup.call), "", facts)


def _quick(app: AppContext, followup: FollowUp, outcome: Outcome, note: str, facts: TurnFacts) -> Wake | None:
    said = merged(answers_so_far(followup), ((Question.OUTCOME, outcome.value), *(((Question.NOTE, note),) if note else ())))
    answer = answer_without_asking(app, followup, said, facts)
    if answer is None:  # somebody or some deal must be chosen first: the rest is known
        preset = replace(followup, answers=said, draft=initial_draft(said), dialog_wanted_at=facts.now)
        return Wake(ask=True) if app.ledger.calls.change(followup, preset, facts.now) else None
    record_answer(app, followup, answer, facts.now)
    return Wake(attend=True, deliver=True)


def _want_dialog(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake | None:
    draft = dialog_answers(followup.draft) if followup.state in AWAITING_ANSWER else ()  # a change begins with what is logged
    told = (
        CardStatus.DUE if followup.state in REFUSED and followup.card_status else followup.card_status
    )  # the tap took the refusal's card away
    wanted = app.ledger.calls.change(
        followup, replace(followup, dialog_wanted_at=facts.now, draft=draft, card_status=told), facts.now
    )
    return Wake(ask=True) if wanted else None


# ------------------------------------------------------------------------------------------------ not now


def _later(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake | None:
    """Put it off until the evening, or in the evening for an hour, and offer other times on its card."""
    now, local, evening = facts.now, facts.local, app.config.log.evening
    until, is_evening = snooze_until(local, evening)
    after = app.ledger.calls.change(followup, _put_off(followup, until, EVENING_BATCH if is_evening else "", now), now)
    if after is None:
        return None
    inline_reply.release(app, followup.call.key, now)
    card = cards.snooze_card(read_situation(app, after, facts), until, next_evening(local, evening), facts.style)
    app.show_card(card, now)
    return Wake(attend=True)


def _put_off(followup: FollowUp, until: datetime, batch: str, now: datetime) -> FollowUp:
    put_off = replace(
        followup,
        state=State.OPEN,
        not_before=Deadline(until=until, set_at=now),
        batch=batch,
        notified_at=now,
        notification_shown=True,
    )
    return replace(put_off, dialogs_opened=followup.dialogs_opened + 1, dialog_wanted_at=None)


def _later_by(word: str) -> _Does:
    def put_off(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake | None:
        span, now = _SPANS.get(word), facts.now
        until = now + span if span else next_evening(facts.local, app.config.log.evening)
        after = replace(_put_off(followup, until, "" if span else EVENING_BATCH, now), notification_shown=False)
        if not app.ledger.calls.change(followup, after, now):
            return None
        app.remove_card(followup.notification_id, now)
        return Wake(attend=True)

    return put_off


# ------------------------------------------------------------------------------------------------ after the answer


def _undo(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake:
    withdraw(app, followup, facts.now, CardStatus.WITHDRAWING)
    return Wake(attend=True, deliver=True)


def _retry(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake:
    retry_refused(app, followup, facts.now)
    return Wake(attend=True, deliver=True)


def _keep(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake:
    discard_refused_change(app, followup, facts.now)
    return Wake(attend=True, deliver=True)


_ASKED: dict[str, _Does] = {
    "view": open_contact,
    "seen": _seen,
    "back": restore_card,
    "call": _call_back,
    "connected": _connected,
    "guess": _guess,
    "log": _want_dialog,
    "later": _later,
    "dismiss": _dismiss,
    **{word: _later_by(word) for word in ("quarter", "hour", "evening")},
}
_ANSWERED: dict[str, _Does] = {"log": _want_dialog, "undo": _undo, "retry": _retry, "keep": _keep}


# ------------------------------------------------------------------------------------------------ typed into the notification


def receive_reply(app: AppContext, reply: Reply, now: datetime) -> Wake:
    """Take what was typed into a notification for the note of its call, and log the call. Android has taken the card away by
    then."""

    def read() -> FollowUp | None:
        followup = app.ledger.calls.followup_of_token(reply.token)
        return followup if followup and followup.state in AWAITING_ANSWER else None

    def store(followup: FollowUp) -> Wake | None:
        inline_reply.release(app, followup.call.key, now)
        log.info("call %s: a note was typed", followup.call.key)
        app.ledger.key_values.write(_LAST_REPLY, reply.token)
        return _take_note(app, followup, reply.text, turn_facts(app, now))

    done = retry_on_conflict(read, store, "a typed note")
    if done is None and not _was_taken(app, reply):
        _give_back(app, reply, now)
    return done or Wake(attend=True)


def _take_note(app: AppContext, followup: FollowUp, note: str, facts: TurnFacts) -> Wake | None:
    if note:
        return _quick(app, followup, likely_outcome(followup.call), _with_earlier(followup, note), facts)
    shown_again = app.ledger.calls.change(followup, replace(followup, state=State.OPEN), facts.now)
    return Wake(attend=True) if shown_again else None


def _with_earlier(followup: FollowUp, note: str) -> str:
    """A note that was left in a dialog is not lost over one that is typed into the card. A reply may be met twice."""
    earlier = dict(answers_so_far(followup)).get(Question.NOTE, "")
    return earlier if ends_with_lines(earlier, note) else f"{earlier}\n{note}".strip()


def _was_taken(app: AppContext, reply: Reply) -> bool:
    """Was it stored already, by a process that died before the event's file went?"""
    was_met = app.ledger.key_values.read(_LAST_REPLY) == reply.token
    return was_met and any(
        ends_with_lines(getattr(row.content, "note", ""), reply.text) for row in app.ledger.outbox.all(settled=True)
    )


def _give_back(app: AppContext, reply: Reply, now: datetime) -> None:
    """The call was answered otherwise meanwhile. What was typed is not lost: it is shown again."""
    log.info("a note came for a card that is no longer live")
    shown = Notification(id=f"callerid-note-{secrets.token_hex(4)}", title=app.texts.say("status.note_unused"), body=reply.text)
    app.show_card(shown, now)
