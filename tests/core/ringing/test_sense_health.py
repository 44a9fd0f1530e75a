"""A sense that has gone deaf is noticed, and one that has nothing to hear is not blamed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from callerid.core.ringing import sense_health
from callerid.core.ringing.sense_health import SenseHealth
from callerid.core.ringing.senses import Sense
from callerid.models import Call, CallType

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CALL = Call(key="k", start=NOW, number="+4989", type=CallType.MISSED, duration=0, sim=None, ordinal=0, name="")


@pytest.mark.parametrize("heard", [False, True])
def test_only_calls_that_rang_while_somebody_listened_count(*, heard: bool) -> None:
    began = NOW - timedelta(hours=1)
    assert sense_health.counts_for_health(CALL, began, NOW, heard=heard)
    for kind in (CallType.OUTGOING, CallType.BLOCKED, CallType.VOICEMAIL, CallType.UNKNOWN):
        assert not sense_health.counts_for_health(replace(CALL, type=kind), began, NOW, heard=heard)
    assert sense_health.counts_for_health(CALL, NOW + timedelta(minutes=1), NOW, heard=heard) == heard
    assert not sense_health.counts_for_health(CALL, began - timedelta(days=9), NOW + timedelta(days=3), heard=heard)


def test_one_call_unheard_may_be_chance_and_two_are_told() -> None:
    once = sense_health.health_after_call(SenseHealth(ever_heard=True), heard=False)
    assert not sense_health.is_deaf(once)
    twice = sense_health.health_after_call(once, heard=False)
    assert sense_health.is_deaf(twice)
    assert sense_health.health_after_call(twice, heard=True) == SenseHealth(missed=0, ever_heard=True)
    told = sense_health.health_after_call(twice, heard=True, identified=True)
    assert told.identifies_callers
    assert not sense_health.health_after_call(told, heard=True, identified=False).identifies_callers


def test_the_words_name_the_senses_and_never_change_with_the_count() -> None:
    assert (
        sense_health.deaf_sentence({Sense.INBOX, Sense.STREAM})
        == "Calls rang one after the other, and inbox and stream heard nothing."
    )
    assert "nothing here heard them ring" in sense_health.deaf_sentence(())


@pytest.mark.parametrize(
    ("maker", "says"),
    [
        ("Xiaomi", "Autostart"),
        ("Redmi", "Autostart"),
        ("samsung", "Never sleeping"),
        ("HUAWEI", "App launch"),
        ("Google", "battery optimisation"),
        ("", "battery optimisation"),
    ],
)
def test_what_to_do_is_said_for_this_maker(maker: str, says: str) -> None:
    assert says in sense_health.remedy(Sense.TELEPHONY, maker)
    assert "automation app" in sense_health.remedy(Sense.INBOX, maker)
    assert all(sense_health.remedy(sense, maker) for sense in Sense)


def test_what_is_gone_is_to_be_brought_back_and_no_battery_setting_does_that() -> None:
    assert "Start Shizuku again" in sense_health.remedy(Sense.STREAM, "Xiaomi", lost=True)
    assert "pm grant" in sense_health.remedy(Sense.TELEPHONY, "", lost=True)
    assert "callerid doctor --notifications" in sense_health.remedy(Sense.NOTIFICATIONS, "", lost=True)
    assert "Autostart" not in sense_health.remedy(Sense.STREAM, "Xiaomi", lost=True)
    assert "automation app" in sense_health.remedy(Sense.INBOX, "", lost=True)
