"""How a ring is heard: what changed between two looks, lines of the system's log, the dialer's notifications, how often to look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.core.inbox_events import Dialled, Idle, Offhook, Ring
from callerid.core.ringing import dialer_notifications, sense_polling, telecom_log
from callerid.core.ringing.dialer_notifications import (
    DIALER_PACKAGES,
    CallState,
    ListedNotification,
    call_state,
    caller_info,
    parse,
    phone_state,
)
from callerid.core.ringing.find_dialer import TestCall
from callerid.core.ringing.sense_polling import (
    PollConditions,
    SenseAvailability,
    needs_registry,
    next_interval,
    senses_to_poll,
    wants_stream,
)
from callerid.core.ringing.senses import IDLE, CallerInfo, PhoneState, Sense, events_between
from callerid.core.ringing.telecom_log import Trigger

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANA, BEN = CallerInfo(number="+353871234567", slot=0), CallerInfo(number="+4989123", slot=1)
TELEPHONY = Sense.TELEPHONY


def happened(before: PhoneState, after: PhoneState) -> list[type]:
    return [type(event) for event in events_between(before, after, TELEPHONY, NOW)]


def test_between_two_looks_a_ring_begins_is_answered_and_ends() -> None:
    (ring,) = events_between(IDLE, PhoneState(ringing=(ANA,)), TELEPHONY, NOW)
    assert ring == Ring(at=NOW, number=ANA.number, slot=0, sense="telephony")
    assert happened(PhoneState(ringing=(ANA,)), PhoneState(ringing=(ANA,))) == []
    assert happened(PhoneState(ringing=(ANA,)), PhoneState(talking=True)) == [Offhook]
    assert happened(PhoneState(talking=True), IDLE) == [Idle]
    assert happened(IDLE, IDLE) == []


def test_a_call_that_waits_rings_and_its_end_is_told_though_one_still_talks() -> None:
    talking, waiting = PhoneState(talking=True), PhoneState(talking=True, ringing=(BEN,))
    assert happened(talking, waiting) == [Ring]
    assert happened(waiting, talking) == [Offhook]


def test_a_second_sim_rings_while_the_first_does() -> None:
    assert happened(PhoneState(ringing=(ANA,)), PhoneState(ringing=(ANA, BEN))) == [Ring]
    assert happened(PhoneState(ringing=(ANA, BEN)), PhoneState(ringing=(BEN,))) == [Offhook]


def test_a_number_that_comes_later_is_told_again() -> None:
    (ring,) = events_between(PhoneState(ringing=(CallerInfo(slot=0),)), PhoneState(ringing=(ANA,)), TELEPHONY, NOW)
    assert isinstance(ring, Ring)
    assert ring.number == ANA.number


def test_what_this_phone_dials_is_no_ring() -> None:
    (dialled,) = events_between(IDLE, PhoneState(dialling=(ANA,)), TELEPHONY, NOW)
    assert dialled == Dialled(at=NOW, number=ANA.number, slot=ANA.slot, sense=TELEPHONY)


# ------------------------------------------------------------------------------------------------ the system's log


@pytest.mark.parametrize(
    ("line", "trigger"),
    [
        ("I Telecom : CallsManager: setCallState RINGING -> ANSWERED, call: [Call id=TC@21, …]", Trigger.TALKING),
        ("I Telecom : CallsManager: setCallState NEW(NEW) -> RINGING(RINGING), call: [Call id=TC@2]", Trigger.RINGING),
        ("I Telecom : VivoCallsManager: setCallState DIALING -> ACTIVE", Trigger.TALKING),
        ("I Telecom : CallsManager: setCallState CONNECTING -> DIALING", Trigger.DIALLING),
        ("I Telecom : CallsManager: setCallState ACTIVE -> DISCONNECTED: CLCC.hA@E", Trigger.ENDED),
    ],
)
def test_a_line_of_the_systems_log_is_a_reason_to_look(line: str, trigger: Trigger) -> None:
    heard = telecom_log.parse_line(f"  {int(NOW.timestamp())}.123  1721  1873 {line}")
    assert heard
    assert (heard.trigger, heard.at) == (trigger, NOW)
    assert telecom_log.is_recent(heard, NOW + timedelta(seconds=30))
    assert not telecom_log.is_recent(heard, NOW + timedelta(minutes=5))


def test_lines_of_other_things_are_none_and_a_line_without_a_time_is_new() -> None:
    for line in ("--------- beginning of main", "I Telecom : CallsManager: setCallState ACTIVE -> ON_HOLD", "x" * 100_000, ""):
        assert telecom_log.parse_line(line) is None
    assert telecom_log.parse_line("I Other : setCallState NEW -> RINGING") is None
    heard = telecom_log.parse_line("11-24 09:00:00.123  1  2 I Telecom : CallsManager: setCallState NEW -> RINGING")
    assert heard
    assert telecom_log.is_recent(heard, NOW)


@given(st.text(max_size=200))
def test_no_line_makes_the_reading_fail(text: str) -> None:
    telecom_log.parse_line(text)
    telecom_log.parse_line(f"CallsManager: setCallState {text} -> RINGING")


# ------------------------------------------------------------------------------------------------ notifications

DIALER = "com.google.android.dialer"


def notice(title: str = "+353 87 123 4567", content: str = "Incoming call", **more: object) -> ListedNotification:
    said = {"package": DIALER, "key": f"0|{DIALER}|2|null|10120", "title": title, "content": content} | more
    return ListedNotification(**said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "is_about"),
    [
        ("Incoming call", CallState.RINGING),
        ("Eingehender Anruf", CallState.RINGING),
        ("Llamada entrante", CallState.RINGING),
        ("着信中", CallState.RINGING),
        ("来电", CallState.RINGING),
        ("Ongoing call", CallState.TALKING),
        ("通話中", CallState.TALKING),
        ("01:23", CallState.TALKING),
        ("Dialing", CallState.DIALLING),
        ("発信中", CallState.DIALLING),
        ("Missed call", CallState.MISSED),
        ("Verpasster Anruf", CallState.MISSED),
        ("不在着信", CallState.MISSED),
        ("something in a language that is not known", CallState.RINGING),
    ],
)
def test_what_a_dialers_notification_is_about_is_known_by_its_words(words: str, is_about: CallState) -> None:
    assert call_state(notice(content=words)) is is_about


@pytest.mark.parametrize("name", ["Persephone Kelly", "Perdita Persand", "Akira Dialing", "Missed Delivery Ltd"])
def test_a_callers_name_says_nothing_of_the_call(name: str) -> None:
    assert call_state(notice(title=name, content="Mobile")) is CallState.RINGING
    assert caller_info(notice(title=name, content="Mobile")).name == name


@pytest.mark.parametrize("title", ["Data roaming is on", "Call forwarding", "Import of contacts finished"])
def test_what_an_app_of_many_things_tells_is_a_call_only_by_its_words(title: str) -> None:
    assert call_state(notice(package="com.android.phone", title=title, content="")) is CallState.NONE
    assert call_state(notice(package="com.android.phone", title="Ana", content="Incoming call")) is CallState.RINGING


def test_missed_calls_and_voicemail_are_known_by_tag_and_group_in_any_language() -> None:
    assert call_state(notice(content="…", tag="MissedCall_123")) is CallState.MISSED
    assert call_state(notice(content="…", group="visual_voicemail")) is CallState.MISSED
    assert call_state(notice(title="", content="…")) is CallState.NONE


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ({"title": "+353 87 123 4567"}, CallerInfo(number="+353 87 123 4567")),
        ({"title": "Ana López"}, CallerInfo(name="Ana López")),
        ({"title": "Ana López", "content": "Incoming call · 087 123 4567"}, CallerInfo(number="087 123 4567", name="Ana López")),
        ({"title": "Incoming call", "content": "", "lines": ("(415) 555-2671",)}, CallerInfo(number="(415) 555-2671")),
        ({"title": "Ana", "key": "0|x|tel:+353871234567|1"}, CallerInfo(number="+353871234567", name="Ana")),
        ({"title": "Private number"}, CallerInfo()),
        ({"title": "Unbekannt"}, CallerInfo()),
        ({"title": "非通知設定"}, CallerInfo()),
        ({"title": "٠٨٧١٢٣٤٥٦٧"}, CallerInfo(number="٠٨٧١٢٣٤٥٦٧")),
        ({"title": "Ana", "content": "00:12:34"}, CallerInfo(name="Ana")),
    ],
)
def test_the_caller_is_a_number_from_anywhere_else_a_name(said: dict[str, object], who: CallerInfo) -> None:
    assert caller_info(notice(**said)) == who  # type: ignore[arg-type]


def test_only_dialers_count_and_their_calls_make_a_look() -> None:
    others = [notice(package="org.chat", title="+353 87 000 0000"), notice(title="Ana", content="Ongoing call")]
    seen = phone_state([notice(), *others, notice(title="Ben", content="Calling…")], DIALER_PACKAGES)
    assert seen == PhoneState(ringing=(CallerInfo(number="+353 87 123 4567"),), dialling=(CallerInfo(name="Ben"),), talking=True)


def test_what_termux_prints_is_read_whatever_it_is() -> None:
    row = {"id": 1, "packageName": DIALER, "key": "k", "title": "A\nna", "content": None, "lines": ["x", 3], "tag": 7}
    assert parse([row, "no row", 3, None]) == (ListedNotification(package=DIALER, key="k", title="A na", lines=("x",)),)
    assert parse([{"lines": "x"}]) == (ListedNotification(package="", key=""),)


@given(
    st.lists(st.dictionaries(st.sampled_from(["packageName", "title", "content", "lines", "tag", "key"]), st.text() | st.none()))
)
def test_no_notification_makes_the_reading_fail(rows: list[object]) -> None:
    phone_state(parse(rows), {"", DIALER})


def test_one_test_call_tells_which_app_is_the_dialer() -> None:
    stays = notice(package="org.chat", key="chat")
    test = TestCall(before=(stays,))
    test.saw((stays, notice(package="org.dialer", key="d"), notice(package="com.termux.api", key="t")))
    assert test.dialer((stays,)) == "org.dialer"
    test.saw((stays, notice(package="org.music", key="m", title="A song")))
    assert test.dialer((stays,)) == "org.dialer"
    assert test.dialer((stays, notice(package="org.dialer", key="d"))) == "org.music"
    assert TestCall(before=()).dialer(()) == ""


# ------------------------------------------------------------------------------------------------ which senses, and how often


def test_a_sense_that_looks_rests_while_one_that_is_told_is_alive() -> None:
    able = SenseAvailability(registry_readable=True)
    assert senses_to_poll(able) == (Sense.TELEPHONY,)
    assert senses_to_poll(SenseAvailability(registry_readable=True, stream_running=True)) == ()
    assert senses_to_poll(SenseAvailability(registry_readable=True, inbox_proven=True)) == ()
    assert senses_to_poll(SenseAvailability(configured=(Sense.TELEPHONY,), registry_readable=True, inbox_proven=True)) == ()


def test_notifications_are_looked_at_only_when_they_work_and_are_needed() -> None:
    assert senses_to_poll(SenseAvailability()) == ()
    assert senses_to_poll(SenseAvailability(notifications_readable=True)) == (Sense.NOTIFICATIONS,)
    assert senses_to_poll(SenseAvailability(registry_readable=True, notifications_readable=True)) == (Sense.TELEPHONY,)
    assert senses_to_poll(SenseAvailability(registry_readable=True, hides_number=True, notifications_readable=True)) == (
        Sense.TELEPHONY,
        Sense.NOTIFICATIONS,
    )
    assert senses_to_poll(
        SenseAvailability(registry_readable=True, hides_number=True, notifications_readable=True, stream_running=True)
    ) == (Sense.NOTIFICATIONS,)
    named = (Sense.NOTIFICATIONS,)
    assert senses_to_poll(SenseAvailability(configured=named, registry_readable=True)) == named
    assert senses_to_poll(SenseAvailability(configured=named, notifications_readable=False)) == ()


def test_a_way_to_the_registry_is_looked_for_only_while_nothing_tells() -> None:
    assert needs_registry(SenseAvailability())
    assert needs_registry(SenseAvailability(configured=(Sense.TELEPHONY,)))
    assert not needs_registry(SenseAvailability(configured=(Sense.INBOX,)))
    assert not needs_registry(SenseAvailability(stream_running=True))
    assert not needs_registry(SenseAvailability(inbox_proven=True))


def test_the_stream_is_wanted_when_it_is_named_or_nothing_is() -> None:
    assert wants_stream(())
    assert wants_stream((Sense.STREAM,))
    assert not wants_stream((Sense.INBOX,))


EVERY = timedelta(seconds=2)


def test_looks_are_fast_while_something_happens_and_slower_with_the_hours_and_a_low_battery() -> None:
    def wait(**more: object) -> float:
        return next_interval(PollConditions(interval=EVERY, **more), NOW).total_seconds()  # type: ignore[arg-type]

    assert wait(busy=True) == 1
    assert wait(busy=True, last_call=NOW - timedelta(minutes=2), battery=5) == 1
    assert wait(busy=True, last_call=NOW - timedelta(minutes=4), battery=5) == 4  # no ring lasts so long: that is stuck
    assert wait(last_call=NOW - timedelta(minutes=5)) == 2
    assert wait(last_call=NOW - timedelta(hours=2)) == 3
    assert wait(last_call=NOW - timedelta(hours=9)) == wait() == 4
    assert wait(battery=15) == 8
    assert wait(battery=80) == 4
    assert wait(quiet_until=NOW + timedelta(hours=3)) == 3 * 3600
    assert wait(faults=3) == 16
    assert wait(faults=99) == 300
    assert next_interval(PollConditions(interval=timedelta(seconds=10), battery=5), NOW) == timedelta(seconds=15)
    assert next_interval(PollConditions(interval=timedelta(seconds=30)), NOW) == timedelta(seconds=30)


def test_what_a_day_of_looks_costs_is_told() -> None:
    assert sense_polling.polls_a_day(EVERY) == 43_500
    assert sense_polling.battery_share(1800) == pytest.approx(1.0)


def test_the_dialers_of_the_large_makers_are_known() -> None:
    assert {
        "com.samsung.android.incallui",
        "com.android.incallui",
        "com.google.android.dialer",
    } <= dialer_notifications.DIALER_PACKAGES
