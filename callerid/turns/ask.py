"""Dialogs -> answer. One dialog at a time, across processes; whatever is left unanswered keeps its notification."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core import dialog_labels
from callerid.core.asking import Answer, Asked, NotThem, back, chosen, next_question
from callerid.core.followup import Ask, FollowUp, Situation, State, next_step
from callerid.core.health import Source
from callerid.errors import CommandHung, PhoneFault
from callerid.turns.answering import record_answer
from callerid.turns.house import log, policy, situation, voice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from callerid.core.asking import Draft
    from callerid.turns.house import House

_SILENT_IN_A_ROW = 3
_SILENT = "dialogs_not_answered"


class AskEnd(StrEnum):
    """How a dialog ended."""

    NOTHING_TO_ASK = "nothing to ask"
    BUSY = "another dialog is open"
    ANSWERED = "answered"
    LEFT = "left"  # Cancel, Back, or no answer in time: the notification stays


def ask(house: House, clock: Callable[[], datetime]) -> AskEnd:
    """Ask about the first follow-up that wants a dialog, to the end, and return how it ended.

    Raise PhoneFault when the dialog command is missing or talks nonsense; the follow-up is open again then.
    """
    wanted = _first_wanted(house, clock())
    if wanted is None:
        return AskEnd.NOTHING_TO_ASK
    with _only_dialog(house) as free:
        if not free:
            return AskEnd.BUSY
        before = wanted.followup
        begun = replace(before, asked=before.asked + 1, wanted_at=None)
        if not house.ledger.calls.change(before, begun, clock()):
            return AskEnd.NOTHING_TO_ASK
        return _converse(house, replace(wanted, followup=begun), clock)


def _first_wanted(house: House, now: datetime) -> Situation | None:
    """Return the follow-up to ask about: one that a person asked for by a button comes first, then the oldest."""
    seen = sorted(house.ledger.calls.at_work(), key=lambda followup: followup.wanted_at is None)
    for followup in seen:
        at_hand = situation(house, followup)
        if isinstance(next_step(at_hand, policy(house), house.local(now)), Ask):
            return at_hand
    return None


@contextmanager
def _only_dialog(house: House) -> Iterator[bool]:
    """A second dialog is not drawn and its command waits for ever (termux-api#200): whoever comes second must not try."""
    descriptor = os.open(house.places.dialog_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _converse(house: House, at_hand: Situation, clock: Callable[[], datetime]) -> AskEnd:
    """Ask question after question. Each answer is kept at once: whatever ends this, nothing that was said is lost."""
    followup = at_hand.followup
    try:
        while True:
            step = next_question(followup.call, at_hand.resolution, followup.draft, voice(house, clock()))
            if not isinstance(step, Asked):
                return _end(house, followup, step, clock())
            said = _show(house, step, followup.draft, clock())
            followup = _keep(house, followup, said or (), clock())
            if said is None:
                return _leave(house, followup, clock())
    except CommandHung:
        _count_silence(house, clock())
        return _leave(house, followup, clock())
    except PhoneFault as fault:
        _leave(house, followup, clock())
        house.report(Source.DIALOGS, fault, clock())
        raise


def _keep(house: House, followup: FollowUp, draft: Draft, now: datetime) -> FollowUp:
    """Keep the answers so far, and return the follow-up with them; somebody may have changed the rest of it meanwhile."""
    after = replace(followup, draft=draft)
    if house.ledger.calls.change(followup, after, now):
        return after
    fresh = house.ledger.calls.followup(followup.call.key) or followup
    after = replace(fresh, draft=draft)
    house.ledger.calls.change(fresh, after, now)
    return after


def _show(house: House, asked: Asked, draft: Draft, now: datetime) -> Draft | None:
    """Show a question and return the draft after it: longer by an answer, shorter after Back, None when left altogether."""
    reply = house.termux.dialog(asked.dialog, house.config.log.dialog_timeout.total_seconds())
    house.ledger.notebook.write(_SILENT, "0")
    house.report(Source.DIALOGS, None, now)
    choice = dialog_labels.chosen(reply, asked.dialog.widget)
    if choice is None:
        return back(draft)
    if not asked.values:
        return chosen(asked, None, choice, draft)
    index = dialog_labels.decode(choice, dialog_labels.encode(asked.dialog.labels)[1])
    return draft if index is None else chosen(asked, index, "", draft)


def _end(house: House, followup: FollowUp, step: Answer | NotThem, now: datetime) -> AskEnd:
    if isinstance(step, Answer):
        record_answer(house, followup, step, now)
    else:
        after = replace(followup, state=State.NOT_IN_CRM, reason="not whom the number suggests", token="")
        house.ledger.calls.change(followup, after, now)
    return AskEnd.ANSWERED


def _leave(house: House, followup: FollowUp, now: datetime) -> AskEnd:
    """Have the notification shown again, if nothing has settled the call meanwhile: a tap on its body has taken it away."""
    fresh = house.ledger.calls.followup(followup.call.key)
    if fresh and fresh.state in (State.OPEN, State.NOTIFIED):
        house.ledger.calls.change(fresh, replace(fresh, state=State.OPEN), now)
    log.info("call %s: the dialog was left", followup.call.key)
    return AskEnd.LEFT


def _count_silence(house: House, now: datetime) -> None:
    """After some dialogs in a row that nobody answered, suspect that Android does not show them."""
    silent = int(house.ledger.notebook.read(_SILENT) or 0) + 1
    house.ledger.notebook.write(_SILENT, str(silent))
    if silent >= _SILENT_IN_A_ROW:
        fault = CommandHung(
            "The last dialogs were not answered; perhaps Android does not show them.",
            remedy="If you saw none, allow Termux:API to draw over other apps:"
            " am start -a android.settings.action.MANAGE_OVERLAY_PERMISSION -d package:com.termux.api",
        )
        house.report(Source.DIALOGS, fault, now)
