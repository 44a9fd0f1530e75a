"""How long the rest of a dialog is awaited whose answer did not arrive."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callerid.core.followup.conversation import dialog_answers, without_last
from callerid.core.followup.next_step import Wait, next_step
from callerid.core.followup.state import Policy
from callerid.core.followup.states import State
from callerid.core.followup.unanswered import LogUnfinished
from callerid.core.followup.unfinished import is_unfinished, reopened, unfinished
from tests.core.followup.test_next_step import POLICY, situation_with
from tests.core.people import NOBODY, NOW

DRAFT = unfinished((("outcome", "busy"),))
DAY = timedelta(days=1)


@pytest.mark.parametrize("policy", [POLICY, Policy(enabled=False)])
@pytest.mark.parametrize("state", [State.NOTIFIED, State.GATHERED])
def test_the_rest_of_a_dialog_is_awaited_for_a_day_after_its_card_was_shown_last(state: State, policy: Policy) -> None:
    if state is State.NOTIFIED and not policy.enabled:
        state = State.OPEN  # its card was taken away
    asked = situation_with(state=state, notified_at=NOW, dialogs_opened=1, draft=DRAFT)
    assert next_step(asked, policy, NOW + timedelta(hours=23)) == Wait(until=NOW + DAY)
    assert next_step(asked, policy, NOW + DAY) == LogUnfinished()


def test_a_card_that_is_shown_again_and_again_puts_that_off_for_a_week_at_most() -> None:
    now = NOW + 7 * DAY
    asked = situation_with(state=State.NOTIFIED, notified_at=now, dialogs_opened=1, draft=DRAFT)
    assert next_step(asked, POLICY, now) == LogUnfinished()


def test_the_rest_of_a_dialog_is_awaited_while_only_a_mirror_could_say_who_that_was() -> None:
    asked = situation_with(who=NOBODY, built=False, state=State.NOTIFIED, notified_at=NOW, dialogs_opened=1, draft=DRAFT)
    assert next_step(asked, POLICY, NOW + 30 * DAY) is None


def test_back_takes_every_answer_of_an_unfinished_dialog_away_and_nothing_more() -> None:
    assert without_last(DRAFT) == unfinished(DRAFT)[:1]
    assert without_last(DRAFT[:1]) is None
    assert dialog_answers(DRAFT) == DRAFT[1:]


def test_a_dialog_that_is_opened_again_is_still_unfinished() -> None:
    followup = situation_with(draft=DRAFT).followup
    assert reopened(followup) == DRAFT
    assert is_unfinished(followup)
    assert not is_unfinished(situation_with(draft=DRAFT[1:]).followup)
