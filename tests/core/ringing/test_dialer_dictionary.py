"""The known texts of dialers say what a notification is about, and which of them are not names."""

from __future__ import annotations

import pytest

from callerid.core.ringing.dialer_dictionary import build_dictionary
from callerid.core.ringing.dialer_notifications import ListedNotification, call_state, caller_info, state_and_rule
from callerid.core.ringing.dialer_texts import CallState
from callerid.core.ringing.senses import CallerInfo
from callerid.dialer_strings import load_dialer_strings
from tests.accuracy import dialers

DICTIONARY = build_dictionary(load_dialer_strings())


def shown(title: str, content: str, tag: str = "") -> ListedNotification:
    return ListedNotification(package="com.android.dialer", key="0|com.android.dialer|1", tag=tag, title=title, content=content)


@pytest.mark.parametrize(
    ("meaning", "expected_share"),
    [("ringing", 1.0), ("talking", 0.98), ("dialling", 0.98), ("missed", 1.0), ("nobody", 1.0), ("no name", 1.0)],
)
def test_the_texts_of_aosps_dialer_are_understood_in_every_language(meaning: str, expected_share: float) -> None:
    counts, wrong = dialers.tally()
    assert counts[meaning, True] >= expected_share * (counts[meaning, True] + counts[meaning, False]), wrong[meaning]


def test_a_tag_tells_the_state_without_words() -> None:
    assert call_state(shown("Ana", "Incoming call", "EXTERNAL_CALL")) is CallState.TALKING
    assert call_state(shown("Ana", "…", "MissedCall_12")) is CallState.MISSED


@pytest.mark.parametrize("title", ["Private number", "Número particular", "私密号码", "Nieznane", "Ana López"])
def test_the_number_of_a_sim_in_the_text_is_not_the_caller(title: str) -> None:
    caller = caller_info(shown(title, "Incoming call via 087 123 4567"), dictionary=DICTIONARY)
    assert caller == CallerInfo(name="Ana López" if title == "Ana López" else "")


def test_a_known_text_in_the_title_is_not_a_name() -> None:
    missed = shown("Missed call", "Ana López")
    assert call_state(missed, dictionary=DICTIONARY) is CallState.MISSED
    assert caller_info(missed, dictionary=DICTIONARY).name == "Ana López"
    assert caller_info(shown("Conference call", "Ongoing call"), dictionary=DICTIONARY) == CallerInfo()


def test_the_rule_is_reported() -> None:
    assert state_and_rule(shown("Ana", "Rufaufbau"), dictionary=DICTIONARY) == (CallState.DIALLING, "the dialer's text 'Rufaufbau'")
    assert state_and_rule(shown("Ana", "Mobile"), dictionary=DICTIONARY) == (CallState.RINGING, "a dialer's new notification")
    assert state_and_rule(shown("Ana", "00:12"), dictionary=DICTIONARY) == (CallState.TALKING, "a running time")
