"""Which missed calls count as returned."""

from __future__ import annotations

import pytest

from callerid.core.followup.called_back import not_called_back
from callerid.models import Call, CallType
from tests.core.people import call

MISSED = call(CallType.MISSED, 0, minutes_ago=60, key="missed")
AGAIN = call(CallType.VOICEMAIL, 9, minutes_ago=30, key="again")


def waiting(*calls: tuple[str, Call]) -> dict[str, list[str]]:
    return {caller: [each.key for each in missed] for caller, missed in not_called_back(calls).items()}


def test_missed_calls_of_a_caller_wait_newest_first_whatever_order_they_come_in() -> None:
    assert waiting(("ana", AGAIN), ("ana", MISSED), ("ben", MISSED)) == {"ana": ["again", "missed"], "ben": ["missed"]}


@pytest.mark.parametrize(("kind", "duration"), [(CallType.OUTGOING, 0), (CallType.OUTGOING, 60), (CallType.INCOMING, 60)])
def test_a_later_call_to_them_or_with_them_returns_the_call(kind: CallType, duration: int) -> None:
    assert waiting(("ana", MISSED), ("ana", call(kind, duration, minutes_ago=20))) == {}
    assert waiting(("ana", MISSED), ("ben", call(kind, duration, minutes_ago=20))) == {"ana": ["missed"]}
    assert waiting(("ana", MISSED), ("ana", call(kind, duration, minutes_ago=90))) == {"ana": ["missed"]}


def test_a_hidden_number_cannot_be_called_back() -> None:
    assert waiting(("", MISSED), ("ana", call(CallType.INCOMING, 0))) == {}
