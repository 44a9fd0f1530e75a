"""An answered call is in the CRM once: what each end of an attempt means for its outbox row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid import errors
from callerid.core.delivery import outbox_row
from callerid.core.delivery.by_hand import given_up, is_changed_back, not_wanted, tried_again
from callerid.core.delivery.outbox_row import Delivery, DeliveryState, Move
from callerid.core.delivery.retry_policy import ends_turn
from callerid.models import CallEngagement, CallStatus, Direction

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ENGAGEMENT = CallEngagement(
    external_id="6f1c2b0e-0000-5000-8000-000000000000",
    start=NOW,
    duration_ms=1000,
    direction=Direction.INBOUND,
    status=CallStatus.COMPLETED,
    outcome=None,
    title="Call",
    note="",
    from_number="+4989",
    to_number="",
    owner_id=None,
    contact_id="501",
)
ROW = Delivery(id=1, call_key="k", content=ENGAGEMENT, state=DeliveryState.WAITING)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_waiting_row_is_posted_when_its_time_has_come() -> None:
    assert outbox_row.next_move(ROW, NOW) is Move.POST
    later = outbox_row.failed(outbox_row.begun(ROW, NOW), errors.Offline("no network"), NOW)
    assert outbox_row.next_move(later, NOW) is Move.WAIT
    assert outbox_row.next_move(later, after(6)) is Move.POST


def test_a_clock_that_was_years_ahead_holds_nothing_up() -> None:
    assert outbox_row.next_move(replace(ROW, not_before=NOW + timedelta(days=2)), NOW) is Move.WAIT
    assert outbox_row.next_move(replace(ROW, not_before=NOW + timedelta(days=900)), NOW) is Move.POST


def test_a_row_whose_post_had_begun_is_looked_for_before_anything_else() -> None:
    begun = outbox_row.begun(ROW, NOW)
    assert begun.state is DeliveryState.UNSURE
    assert outbox_row.next_move(begun, NOW) is Move.WAIT
    assert outbox_row.next_move(begun, after(3)) is Move.LOOK


def test_it_is_posted_again_only_after_two_looks_the_last_long_after_the_post() -> None:
    row = outbox_row.begun(ROW, NOW)
    row = outbox_row.not_found(row, after(3))
    row = outbox_row.not_found(row, after(33))
    assert row.state is DeliveryState.UNSURE
    row = outbox_row.not_found(row, after(119))
    assert row.state is DeliveryState.UNSURE
    row = outbox_row.not_found(row, after(149))
    assert row.state is DeliveryState.WAITING
    assert outbox_row.next_move(row, after(149)) is Move.POST


def test_one_late_look_is_not_enough() -> None:
    """After a night asleep the first look may meet a search index that lags: look twice."""
    row = outbox_row.not_found(outbox_row.begun(ROW, NOW), after(40_000))
    assert row.state is DeliveryState.UNSURE
    assert outbox_row.not_found(row, after(40_031)).state is DeliveryState.WAITING


def test_found_is_delivered() -> None:
    row = outbox_row.found(outbox_row.begun(ROW, NOW), "9001")
    assert (row.state, row.remote_id) == (DeliveryState.DELIVERED, "9001")
    assert outbox_row.next_move(row, after(1e6)) is Move.WAIT


def test_offline_is_not_an_attempt_and_is_tried_less_and_less_often() -> None:
    row, waits = ROW, []
    for _ in range(9):
        row = outbox_row.failed(outbox_row.begun(row, NOW), errors.Offline("no network"), NOW)
        assert row.not_before
        waits.append((row.not_before - NOW).total_seconds())
    assert (row.attempts, row.offline, row.state) == (0, 9, DeliveryState.WAITING)
    assert waits == [5, 10, 20, 40, 60, 120, 300, 300, 300]


def test_an_unknown_outcome_stays_unsure() -> None:
    row = outbox_row.failed(outbox_row.begun(ROW, NOW), errors.OutcomeUnknown("cut"), NOW)
    assert (row.state, row.attempts, row.not_before) == (DeliveryState.UNSURE, 1, after(3))
    asked = outbox_row.failed(outbox_row.begun(ROW, NOW), errors.OutcomeUnknown("503", retry_after=600.0), NOW)
    assert asked.not_before == after(600)


def test_a_refusal_is_a_dead_letter_in_the_crms_words() -> None:
    row = outbox_row.failed(outbox_row.begun(ROW, NOW), errors.Refused("The portal wants a campaign."), NOW)
    assert (row.state, row.fault) == (DeliveryState.DEAD, "The portal wants a campaign.")
    assert not row.untold
    assert outbox_row.failed(outbox_row.begun(replace(ROW, kind=outbox_row.Kind.CONTACT), NOW), errors.Refused("no"), NOW).untold


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (errors.RateLimited("slow down", retry_after=77.0), 77),
        (errors.Moving("moving", retry_after=3600.0), 3600),
        (errors.CrmFault("trouble"), 30),
        (errors.CrmFault("trouble", retry_after=77.0), 77),
        (errors.CrmFault("trouble", retry_after=1.0), 30),
        (errors.UnseenToken("another token"), 10),
        (errors.TokenFault("wrong token"), 60),
        (errors.ScopeMissing("no scope"), 30),
    ],
)
def test_the_crms_own_word_says_when_to_try_again(fault: errors.CalleridError, seconds: float) -> None:
    row = outbox_row.failed(outbox_row.begun(ROW, NOW), fault, NOW)
    assert row.state is DeliveryState.WAITING
    assert row.not_before == after(seconds)
    assert ends_turn(fault, 2)


def test_a_look_that_could_not_be_taken_proves_nothing() -> None:
    begun = outbox_row.begun(ROW, NOW)
    row = outbox_row.look_failed(begun, errors.Offline("no network"), NOW)
    assert (row.state, row.looks, row.offline) == (DeliveryState.UNSURE, 0, 1)
    assert outbox_row.look_failed(begun, errors.CrmFault("503"), NOW).offline == 0


def test_one_refused_or_unsure_call_does_not_hold_up_the_others() -> None:
    for own in (errors.Refused("no"), errors.OutcomeUnknown("cut"), errors.Locked("locked", retry_after=2.0)):
        assert not ends_turn(own, 9)
    for common in (errors.CrmFault("503"), errors.ScopeMissing("no scope")):
        assert not ends_turn(common, 1)
        assert ends_turn(common, 2)
    for fault in (errors.Offline("no network"), errors.TokenFault("no"), errors.RateLimited("slow down", retry_after=1.0)):
        assert ends_turn(fault, 0)


def test_a_trouble_that_goes_on_is_met_less_and_less_often_and_after_all_others() -> None:
    row, waits = replace(ROW, remote_id="9001"), []
    for _ in range(7):
        row = replace(outbox_row.put_off(row, row, errors.Locked("locked", retry_after=2.0), NOW), attempts=0)
        assert row.not_before
        waits.append((row.not_before - NOW).total_seconds())
    assert waits == [10, 30, 60, 120, 300, 900, 900]
    assert outbox_row.in_order([row, replace(ROW, id=2), replace(ROW, id=3)])[-1] is row
    assert outbox_row.found(row, "9001").troubles == 0


def test_a_limit_that_is_met_again_and_again_lasts_longer_than_is_said() -> None:
    row, waits = outbox_row.begun(ROW, NOW), []
    for _ in range(6):
        row = outbox_row.look_failed(row, errors.RateLimited("slow down", retry_after=1.0), NOW)
        assert row.not_before
        waits.append((row.not_before - NOW).total_seconds())
    assert waits == [1, 1, 1, 10, 30, 60]


def test_what_was_withdrawn_while_its_post_was_under_way_is_nowhere_or_goes() -> None:
    wished = given_up(outbox_row.begun(ROW, NOW))
    assert (wished.state, wished.wish) == (DeliveryState.UNSURE, outbox_row.Wish.WITHDRAW)
    for fault in (errors.Offline("o"), errors.Refused("r"), errors.CrmFault("c")):
        assert outbox_row.failed(wished, fault, NOW).state is DeliveryState.DROPPED
    there = outbox_row.found(wished, "9001")
    assert outbox_row.next_move(there, NOW) is Move.WITHDRAW
    assert outbox_row.withdrawn(there).state is DeliveryState.DROPPED


def test_what_is_not_wanted_any_more_and_was_not_found_is_nowhere() -> None:
    wished = given_up(outbox_row.begun(ROW, NOW))
    assert outbox_row.may_be_in_crm(wished)
    gone = outbox_row.not_found(outbox_row.not_found(wished, after(3)), after(150))
    assert (gone.state, gone.lost, outbox_row.may_be_in_crm(gone)) == (DeliveryState.DROPPED, 0, False)


def test_what_was_changed_while_its_post_was_under_way_is_changed_afterwards() -> None:
    changed = replace(outbox_row.begun(ROW, NOW), revision=1)
    assert outbox_row.next_move(outbox_row.found(changed, "9001"), NOW) is Move.UPDATE
    assert outbox_row.failed(changed, errors.Refused("the old answer"), NOW).state is DeliveryState.WAITING
    assert outbox_row.updated(outbox_row.found(changed, "9001"), 1, ENGAGEMENT).state is DeliveryState.DELIVERED


def test_a_change_that_fails_is_tried_again_or_is_a_dead_letter() -> None:
    there = replace(outbox_row.found(replace(outbox_row.begun(ROW, NOW), revision=1), "9001"), attempts=1)
    assert outbox_row.put_off(there, there, errors.Offline("o"), NOW).attempts == 1
    assert outbox_row.put_off(there, there, errors.CrmFault("c"), NOW).attempts == 2
    assert outbox_row.put_off(there, there, errors.Refused("r"), NOW).state is DeliveryState.DEAD
    gone = outbox_row.put_off(there, there, errors.Gone("g"), NOW)
    assert (gone.state, gone.remote_id, gone.fault) == (DeliveryState.DEAD, "", "g")
    assert outbox_row.next_move(tried_again(gone), NOW) is Move.POST


def test_what_a_person_tries_again_is_looked_for_first_if_it_may_be_there() -> None:
    assert tried_again(outbox_row.begun(ROW, NOW)).state is DeliveryState.UNSURE
    assert tried_again(replace(ROW, state=DeliveryState.DEAD)).state is DeliveryState.WAITING


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
    """A post whose end is not known is never followed by another within two minutes, nor without two looks that found nothing."""
    row, now, unsure_since, looks = ROW, NOW, None, 0
    for happened, fault, look_works, pause in steps:
        now += timedelta(seconds=pause)
        move = outbox_row.next_move(row, now)
        if move is Move.POST:
            if unsure_since is not None:
                assert now - unsure_since >= outbox_row.SURE_AFTER
                assert looks >= 2
            row = outbox_row.begun(row, now)
            unsure_since, looks = now, 0
            if not happened:  # else the process dies here
                row = outbox_row.failed(row, fault, now)
                unsure_since = now if isinstance(fault, errors.OutcomeUnknown) else None
        elif move is Move.LOOK:
            looks += look_works
            row = outbox_row.not_found(row, now) if look_works else outbox_row.look_failed(row, fault, now)


def test_it_is_looked_for_as_what_it_was_posted() -> None:
    changed = replace(outbox_row.begun(ROW, NOW), content=replace(ENGAGEMENT, contact_id="502"), revision=1)
    assert outbox_row.looked_for(changed) == ENGAGEMENT
    assert outbox_row.looked_for(replace(changed, posted=None)) == changed.content  # written by an earlier version
    assert outbox_row.updated(outbox_row.found(changed, "9001"), 1, changed.content).posted == changed.content


def test_what_a_change_carried_may_be_there_until_one_is_known_to_be() -> None:
    busy, wrong = replace(ENGAGEMENT, outcome="busy"), replace(ENGAGEMENT, outcome="wrong-number")
    row = outbox_row.changing(replace(outbox_row.found(outbox_row.begun(ROW, NOW), "9001"), content=busy, revision=1))
    row = outbox_row.changing(outbox_row.changing(replace(row, content=wrong, revision=2)))
    assert outbox_row.may_be_there(row) == (ENGAGEMENT, busy, wrong)
    assert outbox_row.may_be_there(outbox_row.updated(row, 2, wrong)) == (wrong,)
    assert outbox_row.may_be_there(replace(row, posted=None)) == ()


def test_a_pause_holds_from_the_moment_at_which_it_was_set() -> None:
    row = outbox_row.failed(outbox_row.begun(ROW, NOW), errors.RateLimited("slow down", retry_after=600.0), NOW)
    assert outbox_row.due(row, after(1)) == after(600)
    assert outbox_row.due(row, after(700)) == after(700)
    assert outbox_row.due(row, after(-3600)) == after(-3600)  # the clock was an hour ahead


def test_a_post_of_the_future_is_waited_for_from_now() -> None:
    row = outbox_row.not_found(outbox_row.not_found(outbox_row.begun(ROW, after(90_000)), NOW), after(30))
    assert (row.state, row.posted_at) == (DeliveryState.UNSURE, NOW)
    assert outbox_row.not_found(row, after(121)).state is DeliveryState.WAITING


def test_whoever_gives_up_a_change_leaves_what_the_crm_has() -> None:
    there = replace(outbox_row.found(outbox_row.begun(ROW, NOW), "9001"), content=replace(ENGAGEMENT, outcome="busy"), revision=1)
    refused = outbox_row.put_off(outbox_row.changing(there), there, errors.Refused("no"), NOW)
    kept = not_wanted(refused)
    assert (kept.state, kept.content, kept.fault, kept.remote_id) == (DeliveryState.DELIVERED, ENGAGEMENT, "", "9001")
    assert not_wanted(replace(refused, posted=None)).content == refused.content  # written by an earlier version
    waiting = replace(there, state=DeliveryState.WAITING)
    assert not_wanted(waiting).state is DeliveryState.DELIVERED
    assert not is_changed_back(kept)


def test_whoever_gives_up_a_change_that_may_have_arrived_has_it_changed_back() -> None:
    there = replace(outbox_row.found(outbox_row.begun(ROW, NOW), "9001"), content=replace(ENGAGEMENT, outcome="busy"), revision=1)
    begun = outbox_row.changing(replace(there, state=DeliveryState.WAITING))
    partly = outbox_row.put_off(begun, there, errors.PartlyDone("no"), NOW)
    cut = outbox_row.put_off(begun, there, errors.CrmFault("cut"), NOW)
    refused = outbox_row.put_off(outbox_row.changing(cut), cut, errors.Refused("no"), NOW)
    for row in (begun, partly, refused):
        back = not_wanted(row)
        assert (back.content, outbox_row.next_move(back, NOW), is_changed_back(back)) == (ENGAGEMENT, Move.UPDATE, True)
    left = not_wanted(outbox_row.put_off(outbox_row.changing(back), back, errors.Refused("no"), NOW))
    assert (left.state, left.content) == (DeliveryState.DELIVERED, ENGAGEMENT)


def test_whoever_gives_up_anything_else_wants_it_nowhere() -> None:
    assert not_wanted(ROW).state is DeliveryState.DROPPED
    assert not_wanted(outbox_row.begun(ROW, NOW)).wish is outbox_row.Wish.WITHDRAW
    going = replace(ROW, remote_id="9001", wish=outbox_row.Wish.WITHDRAW)
    assert outbox_row.next_move(not_wanted(going), NOW) is Move.WITHDRAW


def test_what_is_lost_again_and_again_is_posted_less_and_less_often_and_given_up_after_a_day() -> None:
    row, now, posts = ROW, NOW, 0
    while row.state is not DeliveryState.DEAD:
        now = outbox_row.due(row, now)
        if outbox_row.next_move(row, now) is Move.POST:
            posts += 1
            row = outbox_row.failed(outbox_row.begun(row, now), errors.OutcomeUnknown("500"), now)
        else:
            row = outbox_row.not_found(row, now)
    assert posts == outbox_row.MOST_POSTS
    assert timedelta(hours=23) < now - NOW < timedelta(hours=30)
    assert "callerid outbox retry" in row.fault
    again = tried_again(row)
    assert (outbox_row.next_move(again, now), outbox_row.is_in_trouble(again), outbox_row.is_in_trouble(row)) == (
        Move.POST,
        False,
        True,
    )


def test_what_was_said_while_a_change_was_refused_goes_on() -> None:
    there = replace(outbox_row.found(outbox_row.begun(ROW, NOW), "9001"), state=DeliveryState.WAITING, revision=1)
    for fault in (errors.Refused("r"), errors.Gone("g")):
        newer = outbox_row.put_off(replace(there, revision=2), there, fault, NOW)
        assert (outbox_row.next_move(newer, NOW), newer.fault) == (Move.UPDATE, "")
    undone = given_up(there)
    assert outbox_row.next_move(outbox_row.put_off(undone, there, errors.Refused("r"), NOW), NOW) is Move.WITHDRAW
    assert outbox_row.put_off(undone, there, errors.Gone("g"), NOW).state is DeliveryState.DROPPED


def test_what_is_not_wanted_and_not_there_is_not_posted() -> None:
    """An earlier version let a person try a withdrawn call again that somebody had deleted."""
    assert outbox_row.next_move(replace(ROW, wish=outbox_row.Wish.WITHDRAW), NOW) is Move.WITHDRAW


def test_what_we_have_taken_out_ourselves_is_posted_anew_when_it_is_wanted_again() -> None:
    there = given_up(outbox_row.found(outbox_row.begun(ROW, NOW), "9001"))
    cut = outbox_row.put_off(outbox_row.leaving(there), there, errors.CrmFault("cut"), NOW)
    assert (cut.leaving, outbox_row.next_move(cut, after(60))) == (True, Move.WITHDRAW)
    again = replace(cut, wish=outbox_row.Wish.KEEP, revision=9, not_before=None)
    anew = outbox_row.put_off(again, again, errors.Gone("deleted"), NOW)
    assert (outbox_row.next_move(anew, NOW), anew.fault, anew.leaving) == (Move.POST, "", False)
    assert not outbox_row.put_off(cut, cut, errors.Refused("no"), NOW).leaving
    assert not outbox_row.updated(again, 9, ENGAGEMENT).leaving
    assert outbox_row.next_move(not_wanted(again), NOW) is Move.UPDATE
