"""An answered call is in the CRM once: what each outcome of an attempt means for its outbox row."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from callerid import errors
from callerid.core.delivery import transitions
from callerid.core.delivery.certainty import certain
from callerid.core.delivery.manual import request_withdrawal, retry_now
from callerid.core.delivery.next_move import Move, next_move, next_try
from callerid.core.delivery.outbox_row import is_failing, may_be_in_crm, possible_contents, posted_content
from callerid.core.delivery.states import DeliveryState, Intent, Kind
from callerid.core.delivery.transitions import (
    before_post,
    before_update,
    before_withdraw,
    change_failed,
    delivered,
    lookup_failed,
    not_found,
    post_failed,
    updated,
    withdrawn,
)
from tests.core.delivery.rows import ENGAGEMENT, NOW, ROW, after, waits_until

BUSY, WRONG_NUMBER = replace(ENGAGEMENT, outcome="busy"), replace(ENGAGEMENT, outcome="wrong-number")


# ------------------------------------------------------------------------------------------------ posts


def test_a_row_whose_post_had_begun_is_looked_up_before_anything_else() -> None:
    begun = before_post(ROW, NOW)
    assert begun.state is DeliveryState.UNSURE
    assert next_move(begun, NOW) is Move.WAIT
    assert next_move(begun, after(3)) is Move.LOOK_UP


def test_a_row_is_posted_again_only_after_two_look_ups_the_second_long_after_the_post() -> None:
    row = before_post(ROW, NOW)
    row = not_found(row, after(3))
    row = not_found(row, after(33))
    assert row.state is DeliveryState.UNSURE
    row = not_found(row, after(89))
    assert row.state is DeliveryState.UNSURE
    row = not_found(row, after(149))
    assert row.state is DeliveryState.WAITING
    assert next_move(row, after(149)) is Move.POST


def test_one_late_look_up_is_not_enough() -> None:
    """After a night asleep the first look-up may meet a search index that lags."""
    row = not_found(before_post(ROW, NOW), after(40_000))
    assert row.state is DeliveryState.UNSURE
    assert not_found(row, after(40_031)).state is DeliveryState.WAITING


def test_a_row_that_a_look_up_found_is_delivered() -> None:
    row = delivered(before_post(ROW, NOW), "9001")
    assert (row.state, row.remote_id) == (DeliveryState.DELIVERED, "9001")
    assert next_move(row, after(1e6)) is Move.WAIT


def test_a_post_whose_outcome_is_unknown_leaves_its_row_unsure() -> None:
    row = post_failed(before_post(ROW, NOW), errors.OutcomeUnknown("cut"), NOW)
    assert (row.state, row.attempts.posts, waits_until(row)) == (DeliveryState.UNSURE, 1, after(3))
    told_when = post_failed(before_post(ROW, NOW), errors.OutcomeUnknown("503", retry_after=600.0), NOW)
    assert waits_until(told_when) == after(600)


def test_a_refused_post_is_a_dead_letter_in_the_crms_words() -> None:
    row = post_failed(before_post(ROW, NOW), errors.Refused("The portal wants a campaign."), NOW)
    assert (row.state, row.fault) == (DeliveryState.DEAD, "The portal wants a campaign.")
    assert not row.unreported
    assert post_failed(before_post(replace(ROW, kind=Kind.CONTACT), NOW), errors.Refused("no"), NOW).unreported


def test_a_look_up_that_failed_proves_nothing() -> None:
    begun = before_post(ROW, NOW)
    row = lookup_failed(begun, errors.Offline("no network"), NOW)
    assert (row.state, row.attempts.lookups, row.attempts.offline) == (DeliveryState.UNSURE, 0, 1)
    assert lookup_failed(begun, errors.CrmFault("503"), NOW).attempts.offline == 0


def test_a_post_that_the_clock_dates_in_the_future_is_waited_for_from_now() -> None:
    row = not_found(not_found(before_post(ROW, after(90_000)), NOW), after(30))
    assert (row.state, row.posted_at) == (DeliveryState.UNSURE, NOW)
    assert not_found(row, after(121)).state is DeliveryState.WAITING


def test_a_call_that_is_lost_again_and_again_is_posted_less_and_less_often_and_given_up_after_a_day() -> None:
    row, now, posts = ROW, NOW, 0
    for _ in range(1000):
        if row.state is DeliveryState.DEAD:
            break
        now = next_try(row, now)
        if next_move(row, now) is Move.POST:
            posts += 1
            row = post_failed(before_post(row, now), errors.OutcomeUnknown("500"), now)
        else:
            row = certain(row, now) if next_move(row, now) is Move.CHECK else not_found(row, now)
    assert posts == transitions.MOST_POSTS
    assert timedelta(hours=23) < now - NOW < timedelta(hours=30)
    assert "callerid outbox retry" in row.fault
    assert is_failing(row)
    again = retry_now(row)
    assert (next_move(again, now), is_failing(again)) == (Move.POST, False)


FAULTS = st.sampled_from(
    [
        errors.Offline("o"),
        errors.OutcomeUnknown("u"),
        errors.RateLimited("r", retry_after=1.0),
        errors.CrmFault("c"),
        errors.TokenFault("t"),
    ]
)


@given(st.lists(st.tuples(st.booleans(), FAULTS, st.booleans(), st.floats(0, 100_000)), max_size=40))
def test_after_any_history_a_second_post_follows_only_on_certainty(
    steps: list[tuple[bool, errors.CalleridError, bool, float]],
) -> None:
    """A post whose outcome is unknown is never followed by another within two minutes, nor without two look-ups that found
    nothing."""
    row, now, lookups = ROW, NOW, 0
    unsure_since: datetime | None = None
    for dies, fault, lookup_works, pause in steps:
        now += timedelta(seconds=pause)
        move = next_move(row, now)
        if move is Move.POST:
            if unsure_since is not None:
                assert now - unsure_since >= transitions.SURE_AFTER
                assert lookups >= 2
            row = before_post(row, now)
            unsure_since, lookups = now, 0
            if not dies:
                row = post_failed(row, fault, now)
                unsure_since = now if isinstance(fault, errors.OutcomeUnknown) else None
        elif move is Move.LOOK_UP:
            lookups += lookup_works
            row = not_found(row, now) if lookup_works else lookup_failed(row, fault, now)


# ------------------------------------------------------------------------------------------------ answers that change meanwhile


def test_a_call_that_was_withdrawn_during_its_post_is_dropped_or_deleted() -> None:
    row = request_withdrawal(before_post(ROW, NOW))
    assert (row.state, row.intent) == (DeliveryState.UNSURE, Intent.WITHDRAW)
    for fault in (errors.Offline("o"), errors.Refused("r"), errors.CrmFault("c")):
        assert post_failed(row, fault, NOW).state is DeliveryState.DROPPED
    in_crm = delivered(row, "9001")
    assert next_move(in_crm, NOW) is Move.WITHDRAW
    assert withdrawn(in_crm).state is DeliveryState.DROPPED


def test_a_withdrawn_call_that_was_not_found_is_dropped() -> None:
    row = request_withdrawal(before_post(ROW, NOW))
    assert may_be_in_crm(row)
    dropped = not_found(not_found(row, after(3)), after(150))
    assert (dropped.state, dropped.attempts.lost, may_be_in_crm(dropped)) == (DeliveryState.DROPPED, 0, False)


def test_a_call_that_was_changed_during_its_post_is_changed_afterwards() -> None:
    changed = replace(before_post(ROW, NOW), revision=1)
    known = delivered(changed, "9001")
    assert next_move(known, NOW) is Move.UPDATE
    assert post_failed(changed, errors.Refused("the old answer"), NOW).state is DeliveryState.WAITING
    assert updated(known, known, NOW).state is DeliveryState.DELIVERED


def test_a_change_that_fails_is_tried_again_and_one_that_is_refused_is_a_dead_letter() -> None:
    row = delivered(replace(before_post(ROW, NOW), revision=1), "9001")
    assert change_failed(row, row, errors.Offline("o"), NOW).attempts.posts == 1
    assert change_failed(row, row, errors.CrmFault("c"), NOW).attempts.posts == 2
    assert change_failed(row, row, errors.Refused("r"), NOW).state is DeliveryState.DEAD
    gone = change_failed(row, row, errors.NotFound("g"), NOW)
    assert (gone.state, gone.remote_id, gone.fault) == (DeliveryState.DEAD, "", "g")
    assert next_move(retry_now(gone), NOW) is Move.POST


def test_a_row_is_looked_up_by_what_was_posted() -> None:
    changed = replace(before_post(ROW, NOW), content=replace(ENGAGEMENT, contact_id="502"), revision=1)
    assert posted_content(changed) == ENGAGEMENT
    assert posted_content(replace(changed, posted=None)) == changed.content  # written by an earlier version
    known = delivered(changed, "9001")
    assert updated(known, known, NOW).posted == changed.content


def test_the_crm_may_have_each_change_whose_outcome_is_unknown() -> None:
    row = before_update(replace(delivered(before_post(ROW, NOW), "9001"), content=BUSY, revision=1))
    requested = before_update(replace(row, content=WRONG_NUMBER, revision=2))
    row = before_update(requested)
    assert possible_contents(row) == (ENGAGEMENT, BUSY, WRONG_NUMBER)
    both = updated(row, requested, NOW)  # the first change was given up, and may come after the second
    assert possible_contents(both) == (WRONG_NUMBER, ENGAGEMENT, BUSY)
    assert possible_contents(certain(both, after(240))) == (WRONG_NUMBER,)
    assert possible_contents(replace(row, posted=None)) == ()


def test_an_answer_that_came_while_a_change_was_refused_is_delivered() -> None:
    row = replace(delivered(before_post(ROW, NOW), "9001"), state=DeliveryState.WAITING, revision=1)
    for fault in (errors.Refused("r"), errors.NotFound("g")):
        newer = change_failed(replace(row, revision=2), row, fault, NOW)
        assert (next_move(newer, NOW), newer.fault) == (Move.UPDATE, "")
    undone = request_withdrawal(row)
    assert next_move(change_failed(undone, row, errors.Refused("r"), NOW), NOW) is Move.WITHDRAW
    assert change_failed(undone, row, errors.NotFound("g"), NOW).state is DeliveryState.DROPPED


def test_a_call_that_we_deleted_ourselves_is_posted_again_when_it_is_wanted_again() -> None:
    row = request_withdrawal(delivered(before_post(ROW, NOW), "9001"))
    cut = change_failed(before_withdraw(row), row, errors.CrmFault("cut"), NOW)
    assert (cut.withdrawal_begun, next_move(cut, after(60))) == (True, Move.WITHDRAW)
    wanted = replace(cut, intent=Intent.KEEP, revision=9, not_before=None)
    posted_again = change_failed(wanted, wanted, errors.NotFound("deleted"), NOW)
    assert (next_move(posted_again, NOW), posted_again.fault, posted_again.withdrawal_begun) == (Move.POST, "", False)
    assert not change_failed(cut, cut, errors.Refused("no"), NOW).withdrawal_begun
    again = updated(wanted, wanted, NOW)  # it may still be deleted, late
    assert (again.withdrawal_begun, certain(again, after(240)).withdrawal_begun) == (True, False)
