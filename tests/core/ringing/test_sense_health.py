"""A sense that has gone deaf is noticed, and one that had nothing to hear is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from callerid.core.ringing import sense_health
from callerid.core.ringing.hearing import Sense, SenseHealth, is_deaf
from callerid.models import Call, CallType

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CALL = Call(key="k", start=NOW, number="+4989", type=CallType.MISSED, duration=0, sim=None, ordinal=0, name="")


@pytest.mark.parametrize("heard", [False, True])
def test_only_calls_that_rang_while_a_sense_listened_count(*, heard: bool) -> None:
    began = NOW - timedelta(hours=1)
    assert sense_health.counts_for_health(CALL, began, NOW, heard=heard)
    for kind in (CallType.OUTGOING, CallType.BLOCKED, CallType.VOICEMAIL, CallType.UNKNOWN):
        assert not sense_health.counts_for_health(replace(CALL, type=kind), began, NOW, heard=heard)
    assert sense_health.counts_for_health(CALL, NOW + timedelta(minutes=1), NOW, heard=heard) == heard
    assert not sense_health.counts_for_health(CALL, began - timedelta(days=9), NOW + timedelta(days=3), heard=heard)


def test_one_missed_call_may_be_chance_and_two_are_reported() -> None:
    once = sense_health.health_after_call(SenseHealth(ever_heard=True), heard=False)
    assert not is_deaf(once)
    twice = sense_health.health_after_call(once, heard=False)
    assert is_deaf(twice)
    assert sense_health.health_after_call(twice, heard=True) == SenseHealth(missed=0, ever_heard=True)
    identified = sense_health.health_after_call(twice, heard=True, identified=True)
    assert identified.identifies_callers
    assert not sense_health.health_after_call(identified, heard=True, identified=False).identifies_callers


def test_the_sentence_names_the_senses_and_does_not_change_with_the_count() -> None:
    assert sense_health.deaf_sentence({Sense.INBOX, Sense.STREAM}) == "Calls rang, and inbox and stream did not report them."
    assert "no sense reported them" in sense_health.deaf_sentence(())


@pytest.mark.parametrize(
    ("maker", "text"),
    [
        ("Xiaomi", "Autostart"),
        ("Redmi", "Autostart"),
        ("samsung", "Never sleeping"),
        ("HUAWEI", "App launch"),
        ("Google", "battery optimisation"),
        ("", "battery optimisation"),
    ],
)
def test_the_remedy_is_for_the_phones_maker(maker: str, text: str) -> None:
    assert text in sense_health.remedy(Sense.TELEPHONY, maker)
    assert "automation app" in sense_health.remedy(Sense.INBOX, maker)
    assert all(sense_health.remedy(sense, maker) for sense in Sense)


def test_the_remedy_for_a_lost_sense_is_to_restore_its_access() -> None:
    assert "Start Shizuku again" in sense_health.remedy(Sense.STREAM, "Xiaomi", lost=True)
    assert "pm grant" in sense_health.remedy(Sense.TELEPHONY, "", lost=True)
    assert "callerid doctor --notifications" in sense_health.remedy(Sense.NOTIFICATIONS, "", lost=True)
    assert "Autostart" not in sense_health.remedy(Sense.STREAM, "Xiaomi", lost=True)
    assert "automation app" in sense_health.remedy(Sense.INBOX, "", lost=True)
