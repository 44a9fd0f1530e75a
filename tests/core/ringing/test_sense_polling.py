"""Which senses are polled and how often, which are lost, and what polling costs at most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callerid.core.ringing.hearing import Sense
from callerid.core.ringing.sense_polling import (
    AFTER_HANG,
    PollConditions,
    SenseAvailability,
    lost_senses,
    needs_registry,
    next_interval,
    senses_to_poll,
    wants_stream,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INBOX, STREAM, TELEPHONY, NOTIFICATIONS = Sense.INBOX, Sense.STREAM, Sense.TELEPHONY, Sense.NOTIFICATIONS
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def test_nothing_is_polled_while_the_stream_or_the_inbox_can_be_relied_on() -> None:
    assert senses_to_poll(SenseAvailability(registry_readable=True)) == (TELEPHONY,)
    assert senses_to_poll(SenseAvailability(registry_readable=True, stream_running=True)) == ()
    assert senses_to_poll(SenseAvailability(registry_readable=True, inbox_proven=True)) == ()
    both = (INBOX, TELEPHONY)
    assert senses_to_poll(SenseAvailability(configured=both, registry_readable=True, inbox_proven=True)) == ()


def test_an_automation_that_reported_calls_silences_no_sense_that_the_settings_name_without_the_inbox() -> None:
    named = SenseAvailability(configured=(TELEPHONY,), registry_readable=True, inbox_proven=True)
    assert senses_to_poll(named) == (TELEPHONY,)
    without_access = SenseAvailability(configured=(TELEPHONY,), inbox_proven=True)
    assert needs_registry(without_access)
    assert lost_senses(without_access, ()) == (TELEPHONY,)


def test_notifications_are_polled_only_when_they_are_readable_and_needed() -> None:
    assert senses_to_poll(SenseAvailability()) == ()
    assert senses_to_poll(SenseAvailability(notifications_readable=True)) == (NOTIFICATIONS,)
    assert senses_to_poll(SenseAvailability(registry_readable=True, notifications_readable=True)) == (TELEPHONY,)
    assert senses_to_poll(SenseAvailability(registry_readable=True, hides_number=True, notifications_readable=True)) == (
        TELEPHONY,
        NOTIFICATIONS,
    )
    assert senses_to_poll(
        SenseAvailability(registry_readable=True, hides_number=True, notifications_readable=True, stream_running=True)
    ) == (NOTIFICATIONS,)
    named = (NOTIFICATIONS,)
    assert senses_to_poll(SenseAvailability(configured=named, registry_readable=True)) == named
    assert senses_to_poll(SenseAvailability(configured=named, notifications_readable=False)) == ()


def test_a_way_to_the_registry_is_searched_only_while_no_other_sense_suffices() -> None:
    assert needs_registry(SenseAvailability())
    assert needs_registry(SenseAvailability(configured=(TELEPHONY,)))
    assert not needs_registry(SenseAvailability(configured=(INBOX,)))
    assert not needs_registry(SenseAvailability(stream_running=True))
    assert not needs_registry(SenseAvailability(inbox_proven=True))


def test_the_stream_is_wanted_if_it_is_configured_or_no_sense_is() -> None:
    assert wants_stream(())
    assert wants_stream((STREAM,))
    assert not wants_stream((INBOX,))


def test_polls_are_fast_during_calls_and_slower_with_the_hours_and_a_low_battery() -> None:
    def seconds(**more: object) -> float:
        return next_interval(PollConditions(interval=2 * SECOND, **more), NOW).total_seconds()  # type: ignore[arg-type]

    assert seconds(busy=True) == 1
    assert seconds(busy=True, last_call=NOW - timedelta(minutes=2), battery=5) == 1
    assert seconds(busy=True, last_call=NOW - timedelta(minutes=4), battery=5) == 4  # no ring lasts so long: the state is stuck
    assert seconds(last_call=NOW - timedelta(minutes=5)) == 2
    assert seconds(last_call=NOW - timedelta(hours=2)) == 3
    assert seconds(last_call=NOW - timedelta(hours=9)) == seconds() == 4
    assert seconds(last_call=NOW + timedelta(days=365)) == 4  # by a clock that was corrected since
    assert seconds(busy=True, last_call=NOW + timedelta(days=365)) == 4
    assert seconds(battery=15) == 8
    assert seconds(battery=80) == 4
    assert seconds(quiet_until=NOW + timedelta(hours=3)) == 3 * 3600
    assert seconds(faults=3) == 16
    assert seconds(faults=99) == 300
    assert next_interval(PollConditions(interval=timedelta(seconds=10), battery=5), NOW) == timedelta(seconds=15)
    assert next_interval(PollConditions(interval=timedelta(seconds=30)), NOW) == timedelta(seconds=30)


def test_a_stream_that_reported_nothing_of_the_last_calls_is_not_relied_on() -> None:
    silent = SenseAvailability(registry_readable=True, stream_running=True, stream_deaf=True)
    assert senses_to_poll(silent) == (TELEPHONY,)
    assert needs_registry(silent)
    assert not needs_registry(SenseAvailability(stream_running=True))


@pytest.mark.parametrize(
    ("available", "proven", "lost"),
    [
        (SenseAvailability(), (TELEPHONY,), (TELEPHONY,)),  # the grant is gone
        (SenseAvailability(), (STREAM, TELEPHONY), (STREAM, TELEPHONY)),  # Shizuku, which both used, is gone
        (SenseAvailability(registry_readable=True), (STREAM, TELEPHONY), (STREAM,)),
        (SenseAvailability(notifications_readable=False), (NOTIFICATIONS,), (NOTIFICATIONS,)),
        (SenseAvailability(notifications_readable=True), (TELEPHONY, NOTIFICATIONS), (TELEPHONY,)),
        (SenseAvailability(configured=(TELEPHONY, STREAM)), (), (STREAM, TELEPHONY)),  # configured, so they should work
        (SenseAvailability(), (), ()),
        (SenseAvailability(), (INBOX,), ()),  # the inbox is always there
        (SenseAvailability(stream_running=True), (STREAM, TELEPHONY), ()),  # with the stream the registry is not needed
        (SenseAvailability(registry_readable=True), (TELEPHONY, NOTIFICATIONS), ()),
        (SenseAvailability(inbox_proven=True), (STREAM, TELEPHONY), ()),
        (SenseAvailability(configured=(INBOX,)), (STREAM, TELEPHONY), ()),  # given up by the person
    ],
)
def test_a_sense_that_worked_once_and_cannot_be_used_any_more_is_lost(
    available: SenseAvailability, proven: tuple[Sense, ...], lost: tuple[Sense, ...]
) -> None:
    assert lost_senses(available, proven) == lost


def test_during_a_call_the_interval_stays_because_a_second_call_may_wait() -> None:
    long_ago = NOW - timedelta(hours=9)
    assert next_interval(PollConditions(interval=5 * SECOND, talking=True, last_call=long_ago), NOW) == 5 * SECOND
    assert next_interval(PollConditions(interval=5 * SECOND, talking=True, busy=True), NOW) == SECOND
    assert next_interval(PollConditions(interval=5 * SECOND, talking=True, battery=5), NOW) == 10 * SECOND


def test_a_list_that_hangs_is_read_later_and_later_and_given_up_after_several_times() -> None:
    pauses = [None if AFTER_HANG.is_exhausted(count) else AFTER_HANG.pause(count) for count in range(1, 7)]
    assert pauses == [MINUTE, 4 * MINUTE, 15 * MINUTE, 60 * MINUTE, None, None]
    assert next_interval(PollConditions(interval=SECOND, hangs=1, faults=1, busy=True), NOW) == MINUTE
    assert next_interval(PollConditions(interval=SECOND, hangs=9), NOW) == 60 * MINUTE
