"""Dialogs -> answer. One dialog at a time, across processes; a call that is left unanswered keeps its notification."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from callerid import files
from callerid.core.followup import dialog_labels
from callerid.core.followup.conversation import with_answer, without_last
from callerid.core.followup.next_step import OpenDialog, next_step
from callerid.core.followup.state import FollowUp, Situation
from callerid.core.followup.states import AWAITING_ANSWER, State
from callerid.core.followup.unfinished import unfinished
from callerid.core.upkeep.health import Source
from callerid.errors import CommandHung, Forgotten, PhoneFault, StoreFault
from callerid.logs import log
from callerid.messages import message
from callerid.models import Notification, Widget
from callerid.store.faults import store_errors
from callerid.store.ledger.reading.fact_names import DIALOG_TRIED
from callerid.turns.facts import turn_facts
from callerid.turns.followup.conversation import ask_all
from callerid.turns.followup.dialogs_as_cards import ask_by_card
from callerid.turns.followup.situation import followup_policy, read_situation
from callerid.turns.followup.unfinished import needs_typing
from callerid.turns.note_cards import note_card_id
from callerid.turns.retry_on_conflict import change_followup, retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from callerid.core.followup.conversation import Draft
    from callerid.core.followup.questions import AskedQuestion
    from callerid.core.followup.state import FollowUp, Situation
    from callerid.paths import Paths
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext

_CANCELLED = -2
_NOTICED_WITHIN, _LOOK_EVERY = 2.5, 0.05  # seconds; a dialog looks once a second whom it is about
_MOST_UNANSWERED = 3  # dialogs in a row; then Android may not show them
_UNANSWERED = "dialogs_not_answered"  # in the key values: how many dialogs in a row were not answered


class AskResult(StrEnum):
    """How the attempt to ask ended."""

    NOTHING_TO_ASK = "nothing to ask"
    BUSY = "another dialog is open"
    ANSWERED = "answered"
    LEFT = "left"  # Cancel, Back, no answer in time, or its person was forgotten: the notification stays, if there still is one
    ON_A_CARD = "the card asks"  # where Android shows no dialogs


def ask(app: AppContext, clock: Callable[[], datetime]) -> AskResult:
    """Ask about the first follow-up that wants a dialog, question by question, and return how that ended.

    Raise PhoneFault when the dialog command is missing or its output cannot be read; the follow-up is open again then.
    """
    if _next_wanted(app, clock()) is None:
        return AskResult.NOTHING_TO_ASK
    with dialog_lock(app.paths) as is_ours:
        if not is_ours:
            return AskResult.BUSY
        followup = _claim(app, clock)
        if followup is None:
            return AskResult.NOTHING_TO_ASK
        facts = turn_facts(app, clock())
        if not facts.dialogs_work and not needs_typing(app, followup, facts):
            return AskResult.ANSWERED if ask_by_card(app, followup, facts) else AskResult.ON_A_CARD
        return _ask_by_dialog(app, followup, clock)


def _claim(app: AppContext, clock: Callable[[], datetime]) -> FollowUp | None:
    """Count a dialog for the follow-up that wants one first, and return it; None when none does. The dialog stays wanted until it
    ends: a process that dies before asks again."""

    def store(wanted: Situation) -> FollowUp | None:
        before = wanted.followup
        return app.ledger.calls.change(before, replace(before, dialogs_opened=before.dialogs_opened + 1), clock())

    return retry_on_conflict(lambda: _next_wanted(app, clock()), store, "the next dialog")


def _next_wanted(app: AppContext, now: datetime) -> Situation | None:
    """Return the follow-up to ask about: first one whose dialog was requested by a button, then the oldest."""
    facts = turn_facts(app, now)
    followups = sorted(app.ledger.calls.active(), key=lambda followup: followup.dialog_wanted_at is None)
    for followup in followups:
        situation = read_situation(app, followup, facts)
        if isinstance(next_step(situation, followup_policy(app.config, facts), facts.local), OpenDialog):
            return situation
    return None


@contextmanager
def dialog_lock(paths: Paths) -> Iterator[bool]:
    """Hold the lock of the one dialog at a time; False when another process has it. A second dialog is not drawn, and its command
    waits forever (termux-api#200)."""
    with store_errors(paths.dialog_lock):
        descriptor = files.opened(paths.dialog_lock, os.O_RDWR | os.O_CREAT)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def is_open(paths: Paths) -> bool:
    """Return whether a process has a dialog on the screen. Raise StoreFault."""
    with dialog_lock(paths) as is_ours:
        return not is_ours


def has_ended_soon(paths: Paths) -> bool:
    """Return whether an open dialog ends now: whoever shows it notices within two seconds that it is about somebody who was
    forgotten. Raise StoreFault."""
    until = time.monotonic() + _NOTICED_WITHIN
    while is_open(paths):
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_EVERY)
    return True


def _ask_by_dialog(app: AppContext, followup: FollowUp, clock: Callable[[], datetime]) -> AskResult:
    app.ledger.key_values.write_time(DIALOG_TRIED, clock())

    typed = ""

    def ask_one(question: AskedQuestion, draft: Draft) -> Draft | None:
        nonlocal typed
        answered = _ask_one(app, followup, question, draft, clock())
        typed = answered[-1][1] if answered and not question.values else ""
        return None if answered is None else unfinished(answered)

    try:
        if ask_all(app, followup, ask_one, clock):
            app.ledger.calls.renew_dialog_requests(followup.batch, clock())
            return AskResult.ANSWERED
        return _leave(app.ledger, followup, clock())
    except Forgotten as fault:
        log.info("%s", fault)
        return _leave(app.ledger, followup, clock())
    except StoreFault:
        if typed:  # the dialog has gone with it, so it is shown again
            unstored = Notification(
                id=note_card_id(app.ledger, followup.call.key, "dialog"), title=app.texts.say("disk.not_stored"), body=typed
            )
            with suppress(PhoneFault):
                app.termux.notify(unstored, app.actions)
        raise
    except CommandHung:
        _count_unanswered(app, clock())
        return _leave(app.ledger, followup, clock(), unfinished)
    except PhoneFault as fault:
        _break_off(app.ledger, followup, clock())
        app.report(Source.DIALOGS, fault, clock())
        raise


def _ask_one(app: AppContext, followup: FollowUp, question: AskedQuestion, draft: Draft, now: datetime) -> Draft | None:
    """Show a question about a follow-up and return the draft after it: longer by an answer, shorter after Back, None when the
    dialog was left. Raise Forgotten, also while it is shown, when it is about somebody who was forgotten."""
    check = partial(_require_known, app.ledger, followup.call.key, question)
    check()
    reply = app.termux.dialog(question.dialog, app.config.log.dialog_timeout.total_seconds(), check)
    with suppress(StoreFault):  # what the person has answered matters more, and is stored next
        app.ledger.key_values.write(_UNANSWERED, "0")
        app.report(Source.DIALOGS, None, now)
    choice = dialog_labels.reply_text(reply, question.dialog.widget)
    if choice is None:
        if question.dialog.widget is Widget.SPEECH and reply.code != _CANCELLED:
            # nothing was understood, or there is no recognizer: the text can be typed
            return _ask_one(app, followup, replace(question, dialog=replace(question.dialog, widget=Widget.TEXT)), draft, now)
        return without_last(draft)
    if not question.values:
        return with_answer(question, None, choice, draft)
    index = dialog_labels.decode(choice, dialog_labels.encode(question.dialog.labels)[1])
    return draft if index is None else with_answer(question, index, "", draft)


def _require_known(ledger: Ledger, call_key: str, question: AskedQuestion) -> None:
    """Raise Forgotten if a call is gone, or a question names a contact who was forgotten."""
    if ledger.calls.followup(call_key) is None:
        raise Forgotten
    ledger.block_list.require_known(question.people)


def _break_off(ledger: Ledger, followup: FollowUp, now: datetime) -> None:
    """Record that a dialog gives no answers: the call's card asks for the rest. A change goes on there at once, because the card of
    a logged call asks nothing."""
    if followup.state in AWAITING_ANSWER or not change_followup(ledger, followup, partial(_go_on_by_card, ledger, now)):
        _leave(ledger, followup, now, unfinished)


def _go_on_by_card(ledger: Ledger, now: datetime, before: FollowUp) -> object:
    return ledger.calls.change(before, replace(before, draft=unfinished(before.draft), dialog_wanted_at=now), now)


def _leave(ledger: Ledger, followup: FollowUp, now: datetime, draft: Callable[[Draft], Draft] = tuple) -> AskResult:
    """Record that a dialog was left, with what becomes of its draft. Its card is shown again, because a tap on the card has removed
    it, unless the call was settled in the meantime. With one dialog of a batch, the others are left too."""
    if followup.batch:
        ledger.calls.request_dialogs(followup.batch, None)

    def store(before: FollowUp) -> object:
        shows_again = before.state in AWAITING_ANSWER and before.state is not State.GATHERED
        after = replace(before, state=State.OPEN if shows_again else before.state, draft=draft(before.draft), dialog_wanted_at=None)
        return ledger.calls.change(before, after, now)

    if change_followup(ledger, followup, store):
        log.info("call %s: the dialog was left", followup.call.key)
    return AskResult.LEFT


def _count_unanswered(app: AppContext, now: datetime) -> None:
    """Count a dialog that was not answered. After some in a row, report that Android may not show them."""
    count = int(app.ledger.key_values.read(_UNANSWERED) or 0) + 1
    app.ledger.key_values.write(_UNANSWERED, str(count))
    if count >= _MOST_UNANSWERED:
        fault = CommandHung(
            message(
                "The last dialogs were not answered; perhaps Android does not show them. Until one is, notifications ask instead."
            ),
            remedy=message(
                "If you saw none, allow Termux:API to draw over other apps: am start -a "
                "android.settings.action.MANAGE_OVERLAY_PERMISSION -d package:com.termux.api"
            ),
        )
        app.report(Source.DIALOGS, fault, now)
