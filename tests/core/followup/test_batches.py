"""When the notification of a batch is shown, and when it goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from callerid.core.backoff import Deadline
from callerid.core.followup.batches import Batch, End, Hide, Show, Wait, next_for_batch

NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
BATCH = Batch(name="evening", notification_id="n", shown=1)


def test_a_batch_is_shown_for_as_many_calls_as_there_are_and_ends_with_the_last() -> None:
    assert next_for_batch(BATCH, 2, None, NOW) == Show()
    assert next_for_batch(BATCH, 1, None, NOW) is None
    assert next_for_batch(BATCH, 0, None, NOW) == End()


def test_a_batch_that_could_not_be_shown_waits_and_so_does_one_in_the_quiet_hours() -> None:
    until = NOW + timedelta(seconds=30)
    paused = replace(BATCH, not_before=Deadline(until=until))
    assert next_for_batch(paused, 2, None, NOW) == Wait(until=until)
    assert next_for_batch(paused, 2, None, until) == Show()
    assert next_for_batch(paused, 2, NOW + timedelta(hours=9), NOW) == Wait(until=NOW + timedelta(hours=9))


def test_a_batch_that_a_wrong_clock_put_off_for_years_is_shown_now() -> None:
    assert next_for_batch(replace(BATCH, not_before=Deadline(until=NOW + timedelta(days=900))), 2, None, NOW) == Show()


def test_off_hides_the_card_of_a_batch_until_callerid_is_on_again() -> None:
    shown = replace(BATCH, shown=2)
    assert next_for_batch(shown, 2, None, NOW, enabled=False) == Hide()
    hidden = replace(shown, shown=0)
    assert next_for_batch(hidden, 2, None, NOW, enabled=False) is None
    assert next_for_batch(hidden, 2, None, NOW) == Show()
    assert next_for_batch(hidden, 0, None, NOW, enabled=False) == End()
